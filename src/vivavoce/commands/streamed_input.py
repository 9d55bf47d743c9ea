"""Input as it arrives, without a thread that would have to be waited for."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import AsyncIterator

_READ_BYTES = 1 << 16


async def streamed_bytes(descriptor: int) -> AsyncIterator[bytes]:
    """What comes out of a file descriptor, as soon as it comes. The descriptor stays open."""
    while True:
        await _readable(descriptor)
        data = os.read(descriptor, _READ_BYTES)
        if not data:
            return
        yield data


async def _readable(descriptor: int) -> None:
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    try:
        loop.add_reader(descriptor, ready.set)
    except PermissionError:  # nothing to wait for, as with /dev/null
        return
    try:
        await ready.wait()
    finally:
        loop.remove_reader(descriptor)
