"""Text to speak, as it arrives."""

from __future__ import annotations

import codecs
from collections.abc import AsyncIterator

from vivavoce.commands.streamed_input import streamed_bytes


async def argument_text(text: str) -> AsyncIterator[str]:
    """The whole of `text` at once."""
    yield text


async def streamed_text(descriptor: int) -> AsyncIterator[str]:
    """What comes out of a file descriptor, as soon as it comes, cut between characters only.

    Bytes that are not UTF-8 become U+FFFD. The descriptor stays open.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    async for data in streamed_bytes(descriptor):
        if text := decoder.decode(data):
            yield text
    if rest := decoder.decode(b"", final=True):
        yield rest
