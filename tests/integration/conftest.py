"""Servers on free ports of this machine, with a voice of tones, for real clients."""

from __future__ import annotations

import asyncio
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fake_engines import fake_engines
from vivavoce.config import Settings
from vivavoce.engines.ears.fake import FakeDetector, FakeEars
from vivavoce.engines.voices.fake import FakeVoice
from vivavoce.runtime.inprocess import InProcessPool
from vivavoce.runtime.inprocess_ears import InProcessEarsPool
from vivavoce.server.app import App
from vivavoce.server.run import make_server


class RunningServer:
    """A server in a thread of its own; `pool` and `app` belong to that thread's loop."""

    def __init__(
        self,
        *,
        engine: FakeVoice | None = None,
        block_delay_s: float = 0.0,
        hearing_delay_s: float = 0.0,
        **settings: Any,
    ) -> None:
        self.pool = InProcessPool(engine or FakeVoice(), block_delay_s=block_delay_s)
        self.ears = InProcessEarsPool(FakeEars(), FakeDetector(), delay_s=hearing_delay_s)
        self._data = tempfile.TemporaryDirectory()
        self.settings = Settings(port=0, **{"data_dir": Path(self._data.name), **settings})
        self._server, listener = make_server(self.settings, fake_engines(self.pool, self.ears))
        self.port = int(listener.getsockname()[1])
        self._thread = threading.Thread(target=self._server.run, args=([listener],))
        self._thread.start()
        self.until(lambda: self._server.started)
        self._idle_tasks = self._count_tasks()

    @property
    def app(self) -> App:
        app = self._server.config.app
        assert isinstance(app, App)
        return app

    def url(self, path: str, scheme: str = "ws") -> str:
        return f"{scheme}://localhost:{self.port}{path}"

    def speech(self, segment: str = "Rachel", query: str = "output_format=pcm_24000") -> str:
        return self.url(f"/v1/text-to-speech/{segment}/stream-input?{query}")

    def is_idle(self) -> bool:
        """Whether nothing is left of any connection: no session, no turn, no task."""
        nobody = self.app.doors.inside == self.pool.listeners == self.ears.streams == 0
        return nobody and self._count_tasks() <= self._idle_tasks

    def until(self, condition: Callable[[], bool], seconds: float = 20.0) -> None:
        """Waits for `condition` to hold; fails when it does not."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "it never came to hold"
            time.sleep(0.01)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(30)
        self._data.cleanup()
        assert not self._thread.is_alive()

    def _count_tasks(self) -> int:
        async def count() -> int:
            return len(asyncio.all_tasks()) - 1

        loop = self._server.loop
        assert loop is not None
        return asyncio.run_coroutine_threadsafe(count(), loop).result(10)


@pytest.fixture
def start_server() -> Iterator[Callable[..., RunningServer]]:
    """Starts servers: `engine` and the delays are the pools', the rest are settings."""
    started: list[RunningServer] = []

    def start(**options: Any) -> RunningServer:
        started.append(RunningServer(**options))
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    """One server with the default settings for all tests of a file."""
    running = RunningServer()
    yield running
    running.stop()
