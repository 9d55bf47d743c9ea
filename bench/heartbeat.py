"""How late the load's own process is: what it adds to every wait that it measures."""

from __future__ import annotations

import asyncio
import time

_EVERY_S = 0.01


async def beat(lags_ms: list[float]) -> None:
    """Notes how much later than asked for it is woken, until cancelled."""
    while True:
        due = time.perf_counter() + _EVERY_S
        await asyncio.sleep(_EVERY_S)
        lags_ms.append((time.perf_counter() - due) * 1000)
