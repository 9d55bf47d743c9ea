"""A server in a process of its own, on a free port, whose agents answer by rules."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlencode

from vivavoce.errors import VivavoceError

_START_WITHIN_S: Final = 60.0
_STOP_WITHIN_S: Final = 10.0
_ASK_WITHIN_S: Final = 30.0
_POLL_S: Final = 0.005
_TAIL: Final = 4_000

_COMMAND: Final = (sys.executable, "-c", "from vivavoce.cli import main; main()", "serve")
_LISTENING: Final = re.compile(r"^vivavoce speaks at (https?)://([^\s/]+?):(\d+)", re.MULTILINE)

_SETTINGS: Final[Mapping[str, str]] = {
    # One process that speaks and one that hears are up in 1.7 s, two of each in 2.2 s.
    "workers": "1",
    "drain_timeout_s": "1",
}
"""What differs from an ordinary server."""


class ServerFailed(VivavoceError):
    """A server did not start, or is gone; the message ends with its log."""


class ServerProcess:
    """A server for tests, up within `with`, or between `start` and `stop`.

    It keeps what it keeps in a directory of its own that goes with it, and takes no setting from
    the environment, so that equal runs are equal; models are read from the user's own cache.
    `rules` answer callers, as a table or as a file, in the shape of the setting `mind_script`;
    without any, an agent says back what it heard. `settings` are a server's, by name.
    """

    def __init__(
        self,
        *,
        rules: Mapping[str, object] | Path | None = None,
        settings: Mapping[str, str] | None = None,
        port: int = 0,
    ) -> None:
        self._rules = rules
        self._settings = {**_SETTINGS, **(settings or {})}
        self._port = port
        self._directory: tempfile.TemporaryDirectory[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def port(self) -> int:
        """Where it listens, the same after every `start`. Raises RuntimeError before the first."""
        if not self._port:
            raise RuntimeError("the server has not been started")
        return self._port

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`, for REST and for the SDKs' base URL."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws_url(self) -> str:
        """`ws://127.0.0.1:PORT`."""
        return f"ws://127.0.0.1:{self.port}"

    @property
    def api_key(self) -> str:
        """One that it takes: the first of the setting `api_keys`; without any, all will do."""
        return self._settings.get("api_keys", "").split(",")[0].strip() or "any"

    @property
    def pid(self) -> int:
        """Of its process. Raises ServerFailed when there is none."""
        return self._running().pid

    @property
    def log(self) -> str:
        """All that it has said, of every start."""
        path = self._log_path
        return "" if path is None else path.read_text("utf-8", "replace")

    def conversation_url(self, agent_id: str = "") -> str:
        """Where one converses with an agent; with the server's own if none is named."""
        query = f"?{urlencode({'agent_id': agent_id})}" if agent_id else ""
        return f"{self.ws_url}/v1/convai/conversation{query}"

    def request(self, method: str, path: str, body: object = None) -> bytes:
        """The body of its answer to a request with `body` as JSON, such as POST of an agent.

        Raises urllib.error.HTTPError for what is refused.
        """
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"xi-api-key": self.api_key, "content-type": "application/json"},
        )
        # Not through a proxy that the environment names: it is on this machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=_ASK_WITHIN_S) as answer:
            content: bytes = answer.read()
        return content

    def start(self) -> None:
        """Starts it, or starts it again, and waits until it listens. Raises ServerFailed."""
        if self._directory is None:
            self._directory = tempfile.TemporaryDirectory(prefix="vivavoce-")
        path = Path(self._directory.name)
        seen = len(self.log)
        with (path / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*_COMMAND, "--port", str(self._port)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment(path),
            )
        try:
            self._port = self._address(seen)
        except BaseException:
            self.kill()
            raise

    def check(self) -> None:
        """Raises ServerFailed when it does not run any more."""
        self._running()

    def kill(self) -> None:
        """Ends it without a goodbye to anybody; it can be started again. Idempotent."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """Ends it, and removes all it kept. Idempotent."""
        if self._process is not None:
            for _ in range(2):  # a second signal is for calls that do not end
                self._process.terminate()
                try:
                    self._process.wait(_STOP_WITHIN_S)
                    break
                except subprocess.TimeoutExpired:
                    continue
            self.kill()
            self._process = None
        if self._directory is not None:
            self._directory.cleanup()
            self._directory = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def _log_path(self) -> Path | None:
        path = None if self._directory is None else Path(self._directory.name) / "server.log"
        return path if path is not None and path.exists() else None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise ServerFailed("the server has not been started")
        if (status := self._process.poll()) is not None:
            raise ServerFailed(f"the server has ended, status {status}:\n{self.log[-_TAIL:]}")
        return self._process

    def _address(self, seen: int) -> int:
        deadline = time.monotonic() + _START_WITHIN_S
        while (found := _LISTENING.search(self.log, seen)) is None:
            self._running()
            if time.monotonic() > deadline:
                raise ServerFailed(f"the server does not get ready:\n{self.log[-_TAIL:]}")
            time.sleep(_POLL_S)
        return int(found[3])

    def _environment(self, directory: Path) -> dict[str, str]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("VIVAVOCE_")}
        for name, value in {**self._settings, "data_dir": str(directory / "data")}.items():
            environment[f"VIVAVOCE_{name.upper()}"] = value
        if "mind_script" not in self._settings:
            environment["VIVAVOCE_MIND_SCRIPT"] = str(self._script(directory))
        return environment

    def _script(self, directory: Path) -> Path:
        if isinstance(self._rules, Path):
            return self._rules.absolute()
        script = directory / "rules.json"
        script.write_text(json.dumps(dict(self._rules or {})), encoding="utf-8")
        return script
