"""Lines that somebody types, or that come through a pipe."""

from __future__ import annotations

from collections.abc import AsyncIterator


async def typed_lines(pieces: AsyncIterator[str]) -> AsyncIterator[str]:
    """Each line of a text as soon as it has ended, without white space around it or empty ones."""
    rest = ""
    async for piece in pieces:
        *whole, rest = (rest + piece).split("\n")
        for line in whole:
            if line.strip():
                yield line.strip()
    if rest.strip():
        yield rest.strip()
