"""Ears in this very command."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from vivavoce.config import Settings
from vivavoce.engines.ears.silero import Silero
from vivavoce.runtime.ears import EarsWorkerPool
from vivavoce.sessions.listening import EarsDesk
from vivavoce.sessions.notices import Notices


@contextlib.asynccontextmanager
async def local_ears(settings: Settings, *, workers: int) -> AsyncIterator[EarsDesk]:
    """Ears in worker processes that live as long as the context. Raises EngineFailed."""
    async with EarsWorkerPool(
        workers=workers, cache_dir=settings.cache_dir, share=settings.admission_share
    ) as pool:
        yield EarsDesk(pool, Silero(), settings, Notices())
