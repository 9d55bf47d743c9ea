"""Text as it comes, from wherever: whole, in pieces, or from a language model that is writing."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterable, Iterable
from typing import Protocol, TypeAlias

from vivavoce.clients.blocking import pulled
from vivavoce.clients.speech_chunk import SpeechChunk
from vivavoce.errors import InvalidParameter

TextSource: TypeAlias = str | Iterable[str] | AsyncIterable[str]


class Utterance(Protocol):
    """A context as those see it who write and hear it in one go."""

    async def send_text(self, text: str) -> None:
        """More text."""

    async def finish(self) -> None:
        """No more text."""

    async def cancel(self) -> None:
        """Nothing more is wanted."""

    async def next_chunk(self) -> SpeechChunk | None:
        """The next chunk, None after the last."""


async def spoken(utterance: Utterance, text: TextSource) -> AsyncGenerator[SpeechChunk, None]:
    """The chunks of `utterance`, into which `text` is written meanwhile.

    Ends the utterance when it is left early. What `text` raises is raised here.
    """
    writer = asyncio.create_task(_write(utterance, text))
    try:
        while (chunk := await _next(utterance, writer)) is not None:
            yield chunk
    finally:
        writer.cancel()
        await asyncio.gather(writer, return_exceptions=True)
        await utterance.cancel()


async def _next(utterance: Utterance, writer: asyncio.Task[None]) -> SpeechChunk | None:
    taking = asyncio.create_task(utterance.next_chunk())
    try:
        await asyncio.wait({taking, writer}, return_when=asyncio.FIRST_COMPLETED)
        if not taking.done():
            writer.result()
        return await taking
    finally:
        taking.cancel()
        await asyncio.gather(taking, return_exceptions=True)


async def _write(utterance: Utterance, text: TextSource) -> None:
    async with contextlib.aclosing(_pieces(text)) as pieces:
        async for piece in pieces:
            await utterance.send_text(piece)
    await utterance.finish()


async def _pieces(text: TextSource) -> AsyncGenerator[str, None]:
    if isinstance(text, str):
        yield text
    elif isinstance(text, AsyncIterable):
        async for piece in text:
            yield _checked(piece)
    else:
        async with contextlib.aclosing(pulled(text)) as pieces:
            async for piece in pieces:
                yield _checked(piece)


def _checked(piece: str) -> str:
    if not isinstance(piece, str):
        raise InvalidParameter("Text must come in strings.", param="text")
    return piece
