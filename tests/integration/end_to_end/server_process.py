"""`vivavoce serve` in a process of its own, started and looked at from outside, as strangers do."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import shlex
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import httpx

# Hang guards, reached only by a server that does not do what it should.
_HOLD_WITHIN_S = 90.0
_STOP_WITHIN_S = 90.0
_POLL_S = 0.02

_ADDRESS = re.compile(r"speaks at (https?://\S+)")
_TRUST = re.compile(r"export (SSL_CERT_FILE=.*)")
_ENGLISH = b"voices.hibari:"
_COMMAND = str(Path(sys.executable).with_name("vivavoce"))

_numbers = itertools.count(1)


class ServerProcess:
    """A running server; its address is the one it prints."""

    def __init__(self, home: Path, *flags: str, **variables: str) -> None:
        """`home` is the user's home directory; `variables` are settings for the environment."""
        self._log = home / f"server-{next(_numbers)}.log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [_COMMAND, "serve", "--port", "0", *flags],
                env=strangers_environment(home) | variables,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.pid = self._process.pid
        try:
            until(lambda: _ADDRESS.search(self.log) is not None or self._process.poll() is not None)
            found = _ADDRESS.search(self.log)
            assert found is not None, f"the server did not start:\n{self.log}"
        except BaseException:
            self.kill()
            raise
        self.http = found[1]
        self.websocket = self.http.replace("http", "ws", 1)
        self._trusting = ssl.create_default_context()
        if self.http.startswith("https"):
            self._trusting.load_verify_locations(self.trust["NODE_EXTRA_CA_CERTS"])

    @property
    def log(self) -> str:
        """All that it has printed."""
        return self._log.read_text("utf-8", "replace")

    @property
    def trust(self) -> dict[str, str]:
        """The environment after the line it prints for clients that are to trust it."""
        found = _TRUST.search(self.log)
        assert found is not None, self.log
        return dict(word.split("=", 1) for word in shlex.split(found[1]))

    def speech(self, segment: str = "Rachel", **query: object) -> str:
        """The URL of a speech socket."""
        return f"{self.websocket}/v1/text-to-speech/{segment}/stream-input?{urlencode(query)}"

    def health(self) -> tuple[int, dict[str, object]]:
        """Status and body of `/healthz`."""
        answer = httpx.get(
            f"{self.http}/healthz",
            verify=self._trusting,
            timeout=_HOLD_WITHIN_S,
            trust_env=False,
        )
        return answer.status_code, answer.json()

    def connections(self) -> object:
        """How many sessions are under way."""
        return self.health()[1]["connections"]

    def family(self) -> list[int]:
        """Its process id and those of all processes below it."""
        parents = dict(_parents())
        found = [self.pid]
        for pid in found:
            found += [child for child, parent in parents.items() if parent == pid]
        return found

    def workers(self) -> list[int]:
        """The processes that speak English: of its part of the family the youngest generation."""
        parents = dict(_parents())
        youngest = [pid for pid in self.family() if pid not in parents.values()]
        return [pid for pid in youngest if _ENGLISH in _command_line(pid)]

    def memory_kib(self) -> int:
        """Proportional set size of the whole family."""
        return sum(map(_pss_kib, self.family()))

    def open_files(self) -> int:
        """File descriptors of the server process."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    def threads(self) -> int:
        """Threads of the server process."""
        return len(list(Path(f"/proc/{self.pid}/task").iterdir()))

    def signal(self, number: signal.Signals, *, whole_group: bool = False) -> None:
        """Sends a signal to the server, or to it and all its children at once."""
        if whole_group:
            os.killpg(self.pid, number)
        else:
            self._process.send_signal(number)

    def exit_code(self) -> int:
        """Waits until it has ended."""
        return self._process.wait(_STOP_WITHIN_S)

    def stop(self) -> None:
        """Ends it, and fails if it did not end well or ever had a bug to report."""
        if self._process.poll() is None:
            self.signal(signal.SIGTERM)
        try:
            code = self.exit_code()
        finally:
            self.kill()
        assert code == 0, self.log
        assert "Traceback" not in self.log, self.log

    def kill(self) -> None:
        """Leaves nothing of it behind. Idempotent."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()


def strangers_environment(home: Path) -> dict[str, str]:
    """This environment without what would tell the server or a client what to do."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("VIVAVOCE_", "XDG_", "ELEVENLABS_", "PYTEST_"))
        and not name.lower().endswith("_proxy")
    }
    return kept | {"HOME": str(home)}


def until(condition: Callable[[], bool]) -> None:
    """Waits for `condition` to hold; fails when it does not."""
    deadline = time.monotonic() + _HOLD_WITHIN_S
    while not condition():
        assert time.monotonic() < deadline, "it never came to hold"
        time.sleep(_POLL_S)


def _command_line(pid: int) -> bytes:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def _parents() -> Iterator[tuple[int, int]]:
    """Process id and parent's of all processes that live."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            # The name may hold spaces and brackets; what follows it does not.
            state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                yield int(entry.name), int(parent)


def _pss_kib(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0
