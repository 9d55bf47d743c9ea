"""The server that is fuzzed, in a process of its own."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import msgspec

from fuzz.server import Leftovers

# Hang guards, reached only by a server that does not do what it should.
_START_WITHIN_S = 60.0
_IDLE_WITHIN_S = 20.0
_STOP_WITHIN_S = 60.0
_POLL_S = 0.05

_NOTHING = Leftovers(0, 0, 0, 0)


class FuzzedServer:
    """A server on a free port of this machine."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self._process = process
        self._log = log
        self._address = ""

    @property
    def http(self) -> str:
        """Where it answers requests."""
        return f"http://{self._address}"

    @property
    def websocket(self) -> str:
        """Where it answers WebSockets."""
        return f"ws://{self._address}"

    def wait_until_ready(self) -> None:
        """Returns when it answers."""
        port = self._pipe(self._process.stdout).readline().strip()
        assert port, f"it did not start:\n{self._log.read_text()}"
        self._address = f"127.0.0.1:{port}"
        deadline = time.monotonic() + _START_WITHIN_S
        while not self._answers():
            assert self._process.poll() is None, f"it did not start:\n{self._log.read_text()}"
            assert time.monotonic() < deadline, "it did not start"
            time.sleep(_POLL_S)
        self._leftovers()  # from the first count it knows what an idle server has

    def check(self) -> None:
        """Fails unless it is as idle as on its first day, and had nothing to be ashamed of."""
        deadline = time.monotonic() + _IDLE_WITHIN_S
        while (left := self._leftovers()) != _NOTHING:
            assert time.monotonic() < deadline, f"the server has something left over: {left}"
            time.sleep(_POLL_S)
        faults = list(_faults(self._log.read_text("utf-8", "replace")))
        assert not faults, "in the server's log:\n" + "\n".join(faults[:5])

    def stop(self) -> None:
        """Ends it; fails unless it ended by itself and well."""
        self._pipe(self._process.stdin).close()
        code = self._process.wait(_STOP_WITHIN_S)
        assert code == 0, f"exit status {code}:\n{self._log.read_text()[-2000:]}"

    def kill(self) -> None:
        """Leaves nothing of it behind. Idempotent."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            self._pipe(pipe).close()

    def _leftovers(self) -> Leftovers:
        questions = self._pipe(self._process.stdin)
        questions.write("\n")
        questions.flush()
        return msgspec.json.decode(self._pipe(self._process.stdout).readline(), type=Leftovers)

    def _answers(self) -> bool:
        line = http.client.HTTPConnection(self._address, timeout=_START_WITHIN_S)
        with contextlib.suppress(OSError), contextlib.closing(line):
            line.request("GET", "/healthz")
            return line.getresponse().status == 200
        return False

    @staticmethod
    def _pipe(pipe: IO[str] | None) -> IO[str]:
        assert pipe is not None
        return pipe


@contextlib.contextmanager
def fuzzed_server() -> Iterator[FuzzedServer]:
    """A server for the length of the block; what it writes is gone afterwards."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("VIVAVOCE_")}
    with tempfile.TemporaryDirectory() as directory:
        log, temporary = Path(directory) / "log", Path(directory) / "temporary"
        temporary.mkdir()
        with log.open("wb") as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", "fuzz.server", directory],
                cwd=Path(__file__).parents[1],
                env=environment | {"TMPDIR": str(temporary)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        server = FuzzedServer(process, log)
        try:
            server.wait_until_ready()
            yield server
            server.stop()
        finally:
            server.kill()


def _faults(log: str) -> Iterator[str]:
    """The lines that tell of a bug."""
    for line in log.splitlines():
        try:
            level = json.loads(line)["level"]
        except (ValueError, TypeError, KeyError):
            yield line
            continue
        if level in ("error", "critical") or "Traceback" in line:
            yield line
