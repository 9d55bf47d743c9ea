"""The REST side of a server with a voice and ears of tones, without a network."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from litestar import Litestar

from vivavoce.config import Settings
from vivavoce.engines.ears.fake import FakeDetector, FakeEars
from vivavoce.engines.guarded_http import is_any
from vivavoce.engines.minds.scripted import ScriptedMind
from vivavoce.engines.voices.fake import FakeVoice
from vivavoce.runtime.inprocess import InProcessPool
from vivavoce.runtime.inprocess_ears import InProcessEarsPool
from vivavoce.server.auth import open_gate
from vivavoce.server.doors import Doors
from vivavoce.server.house import House
from vivavoce.server.http import Health, http_app
from vivavoce.server.metrics import Metrics
from vivavoce.sessions.converse.call_desk import CallDesk
from vivavoce.sessions.converse.minding import Minds
from vivavoce.sessions.converse.post_call import PostCall
from vivavoce.sessions.desk import SpeechDesk
from vivavoce.sessions.harbour import Harbour
from vivavoce.sessions.listening import EarsDesk
from vivavoce.sessions.notices import Notices
from vivavoce.store.store import open_store


class Rest(NamedTuple):
    """An application, whoever it serves for, and a client that talks to it."""

    app: Litestar
    house: House
    pool: InProcessPool
    ears: InProcessEarsPool
    client: httpx.AsyncClient


OpenRest = Callable[..., AbstractAsyncContextManager[Rest]]


@pytest.fixture
def open_rest(tmp_path: Path) -> OpenRest:
    """Opens one; `engine`, `capacity` and `block_delay_s` are those of the pool of voices.

    `ears` and `hearing_delay_s` are those of the pool of ears, the rest are settings.
    """

    @asynccontextmanager
    async def opened(
        *,
        engine: FakeVoice | None = None,
        capacity: int | None = None,
        block_delay_s: float = 0.0,
        ears: FakeEars | None = None,
        hearing_delay_s: float = 0.0,
        **options: Any,
    ) -> AsyncIterator[Rest]:
        settings = Settings(data_dir=tmp_path, **options)
        pool = InProcessPool(engine or FakeVoice(), capacity=capacity, block_delay_s=block_delay_s)
        detector = FakeDetector()
        ears_pool = InProcessEarsPool(ears or FakeEars(), detector, delay_s=hearing_delay_s)
        url = f"sqlite:///{tmp_path}/store.db"
        async with open_store(url) as store, open_gate(settings.api_keys, store) as gate:
            notices = Notices()
            desk = SpeechDesk(pool, settings, notices, store.dictionaries)
            listeners = EarsDesk(ears_pool, detector, settings, notices)
            metrics = Metrics()
            calls = CallDesk(
                speech=desk,
                ears=listeners,
                minds=Minds(ScriptedMind(), ScriptedMind(), allows=is_any),
                conversations=store.conversations,
                recordings=store.recordings,
                post_call=PostCall(),
                settings=settings,
                on_answer=metrics.answered,
            )
            doors = Doors()
            harbour = Harbour(doors.inside_for)
            house = House(settings, desk, listeners, gate, store, doors, calls, metrics, harbour)
            app = http_app(lambda: house, lambda: Health("ok", 0), settings)
            transport = httpx.ASGITransport(app)  # type: ignore[arg-type]
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                yield Rest(app, house, pool, ears_pool, client)

    return opened


@pytest.fixture
async def rest(open_rest: OpenRest) -> AsyncIterator[Rest]:
    """One with the default settings."""
    async with open_rest() as opened:
        yield opened
