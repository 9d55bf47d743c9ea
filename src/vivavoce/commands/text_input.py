"""Text to speak, as it arrives."""

from __future__ import annotations

import asyncio
import codecs
import os
import stat
from collections.abc import AsyncIterator

_READ_BYTES = 4096


async def argument_text(text: str) -> AsyncIterator[str]:
    """The whole of `text` at once."""
    yield text


async def streamed_text(descriptor: int) -> AsyncIterator[str]:
    """What comes out of a file descriptor, as soon as it comes, cut between characters only.

    Bytes that are not UTF-8 become U+FFFD. The descriptor stays open.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    while True:
        await _readable(descriptor)
        data = os.read(descriptor, _READ_BYTES)
        text = decoder.decode(data, final=not data)
        if text:
            yield text
        if not data:
            return


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
