"""Text as it comes, from wherever: whole, in pieces, or from a language model that is writing."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
from collections.abc import AsyncGenerator, AsyncIterable, Generator, Iterable, Iterator
from typing import Protocol, TypeAlias

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
        async with contextlib.aclosing(_pulled(text)) as pieces:
            async for piece in pieces:
                yield _checked(piece)


def _checked(piece: str) -> str:
    if not isinstance(piece, str):
        raise InvalidParameter("Text must come in strings.", param="text")
    return piece


async def _pulled(text: Iterable[str]) -> AsyncGenerator[str, None]:
    """`text`, which may block, out of a thread that reads no farther ahead than is asked for."""
    loop = asyncio.get_running_loop()
    wanted: queue.SimpleQueue[asyncio.Future[str | None] | None] = queue.SimpleQueue()
    # A daemon: an iterator that never returns must not keep the program from ending.
    threading.Thread(
        target=_pull, args=(text, wanted, loop), name="vivavoce-text", daemon=True
    ).start()
    try:
        while True:
            future: asyncio.Future[str | None] = loop.create_future()
            wanted.put(future)
            piece = await future
            if piece is None:
                return
            yield piece
    finally:
        wanted.put(None)


def _pull(
    text: Iterable[str],
    wanted: queue.SimpleQueue[asyncio.Future[str | None] | None],
    loop: asyncio.AbstractEventLoop,
) -> None:
    pieces: Iterator[str] | None = None
    try:
        while (future := wanted.get()) is not None:
            try:
                pieces = pieces or iter(text)
                piece = next(pieces, None)
            except Exception as error:
                loop.call_soon_threadsafe(_settle, future, None, error)
            else:
                loop.call_soon_threadsafe(_settle, future, piece, None)
    except RuntimeError:
        return  # the loop was closed while the iterator was thinking: nobody listens
    finally:
        if isinstance(pieces, Generator):
            pieces.close()


def _settle(future: asyncio.Future[str | None], piece: str | None, error: Exception | None) -> None:
    if future.done():
        return  # the listener has left
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(piece)
