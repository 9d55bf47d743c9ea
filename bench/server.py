"""A server of its own process for the length of a measurement."""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

_START_WITHIN_S = 60.0
_STOP_WITHIN_S = 15.0
_POLL_S = 0.005
_LOG_TAIL = 2000
_COMMAND = (str(Path(sys.executable).with_name("vivavoce")), "serve")


class ServerStartError(Exception):
    """The server did not start; the message ends with its log."""


class Server(NamedTuple):
    """A running server."""

    process_id: int
    port: int
    started_s: float
    """From the start of its process to the first 200 of `/healthz`."""

    def speech_url(self, output_format: str) -> str:
        """Where its default voice listens."""
        return (
            f"ws://127.0.0.1:{self.port}/v1/text-to-speech/Allegra/stream-input"
            f"?output_format={output_format}&inactivity_timeout=180"
        )

    def contexts_url(self, output_format: str) -> str:
        """Where its default voice listens to many contexts at once."""
        return (
            f"ws://127.0.0.1:{self.port}/v1/text-to-speech/Allegra/multi-stream-input"
            f"?output_format={output_format}&auto_mode=true&inactivity_timeout=180"
        )

    def transcription_url(self, **query: str | float) -> str:
        """Where it listens to one speaker; `query` as the protocol has it."""
        return (
            f"ws://127.0.0.1:{self.port}/v1/speech-to-text/realtime"
            f"?{urlencode({'model_id': 'scribe_v2_realtime', **query})}"
        )

    @property
    def conversation_url(self) -> str:
        """Where its default agent converses."""
        return f"ws://127.0.0.1:{self.port}/v1/convai/conversation"


@contextlib.contextmanager
def running_server(
    *, cache_dir: Path | None = None, settings: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """A server on a free port; `cache_dir` instead of the user's own.

    Settings are the defaults but for those in `settings`, by their names. Raises ServerStartError.
    """
    port = _free_port()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("VIVAVOCE_")}
    if cache_dir is not None:
        environment["VIVAVOCE_CACHE_DIR"] = str(cache_dir)
    for name, value in (settings or {}).items():
        environment[f"VIVAVOCE_{name.upper()}"] = value
    with tempfile.TemporaryDirectory() as data, tempfile.TemporaryFile() as log:
        environment["VIVAVOCE_DATA_DIR"] = data
        started = time.perf_counter()
        process = subprocess.Popen(
            [*_COMMAND, "--port", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
        )
        try:
            while not _healthy(port):
                if process.poll() is not None or time.perf_counter() - started > _START_WITHIN_S:
                    log.seek(0)
                    tail = log.read().decode("utf-8", "replace")[-_LOG_TAIL:]
                    raise ServerStartError(f"exit status {process.poll()}, log: {tail}")
                time.sleep(_POLL_S)
            yield Server(process.pid, port, time.perf_counter() - started)
        finally:
            _stop(process)


@contextlib.contextmanager
def empty_cache() -> Iterator[Path]:
    """A cache directory in which nothing has been made yet."""
    directory = Path(tempfile.mkdtemp(prefix="vivavoce-bench-"))
    try:
        yield directory
    finally:
        shutil.rmtree(directory)


def _stop(process: subprocess.Popen[bytes]) -> None:
    for _ in range(2):  # the second signal is for sessions that do not leave
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_STOP_WITHIN_S)
            return
    process.kill()
    process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _healthy(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1.0)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
