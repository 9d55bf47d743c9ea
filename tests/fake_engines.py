"""Engines without models, for servers in tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from vivavoce.engines.ears.fake import FakeDetector, FakeEars
from vivavoce.engines.minds.base import Mind
from vivavoce.engines.minds.scripted import ScriptedMind
from vivavoce.engines.voices.fake import FakeVoice
from vivavoce.runtime.inprocess import InProcessPool
from vivavoce.runtime.inprocess_ears import InProcessEarsPool
from vivavoce.server.app import Engines


def fake_engines(
    pool: InProcessPool | None = None,
    ears: InProcessEarsPool | None = None,
    mind: Mind | None = None,
) -> Engines:
    """A server's engines: `pool`, `ears` and `mind`, or new ones; the mind says what it hears."""
    voices = pool or InProcessPool(FakeVoice())
    listeners = ears or InProcessEarsPool(FakeEars(), FakeDetector())

    @asynccontextmanager
    async def thinker() -> AsyncIterator[Mind]:
        yield mind or ScriptedMind()

    return Engines(lambda: voices, lambda: listeners, FakeDetector, thinker)
