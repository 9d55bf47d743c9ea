"""Engines without models, for servers in tests."""

from __future__ import annotations

from vivavoce.engines.ears.fake import FakeDetector, FakeEars
from vivavoce.engines.voices.fake import FakeVoice
from vivavoce.runtime.inprocess import InProcessPool
from vivavoce.runtime.inprocess_ears import InProcessEarsPool
from vivavoce.server.app import Engines


def fake_engines(
    pool: InProcessPool | None = None, ears: InProcessEarsPool | None = None
) -> Engines:
    """A server's engines: `pool` and `ears`, or new ones."""
    voices = pool or InProcessPool(FakeVoice())
    listeners = ears or InProcessEarsPool(FakeEars(), FakeDetector())
    return Engines(lambda: voices, lambda: listeners, FakeDetector)
