"""What a server does in its own house: sweeps up after the last one, and forgets what is old."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import structlog

from vivavoce.errors import StoreFailed
from vivavoce.store.retention import prune
from vivavoce.store.store import Store

_log = structlog.get_logger(__name__)

_PRUNE_EVERY_S: Final = 3600.0
_SILENT_S: Final = 3600.0
"""A call that was not written down for so long is held by no server: agents end theirs before."""


@asynccontextmanager
async def housekeeping(store: Store, retention_days: float) -> AsyncIterator[None]:
    """Goes on while the block lasts."""
    await store.recordings.sweep()
    keeping = asyncio.create_task(_keep(store, retention_days))
    try:
        yield
    finally:
        keeping.cancel()
        await asyncio.wait([keeping])


async def _keep(store: Store, retention_days: float) -> None:
    while True:
        try:
            await store.conversations.abandon_unfinished(_SILENT_S)
            await prune(store, retention_days)
        except (StoreFailed, OSError) as error:
            _log.error("old conversations cannot be forgotten", reason=str(error))
        await asyncio.sleep(_PRUNE_EVERY_S)
