"""Contexts, and the speech of one utterance, for threads that have no event loop."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Generator

from vivavoce.clients.async_context import AsyncSpeechContext
from vivavoce.clients.loop_thread import LoopThread
from vivavoce.clients.speech_chunk import SpeechChunk
from vivavoce.clients.text_source import TextSource, spoken


class SpeechContext:
    """Text goes in, `for` gives the chunks of its speech; others speak at the same time.

    Made by `RealtimeTTS.context`. What went wrong with its text is raised to its listener alone
    (SpeechFailed), the end of the connection to all (ConnectionOver, CannotConnect).
    """

    def __init__(self, context: AsyncSpeechContext, loop: LoopThread) -> None:
        self._context = context
        self._loop = loop

    @property
    def context_id(self) -> str:
        """Its name on the connection."""
        return self._context.context_id

    def send_text(self, text: str, *, flush: bool = False) -> None:
        """More text, with the spaces between its words; `flush` has all so far spoken at once.

        Raises VivavoceError after its end, and ConnectionOver.
        """
        self._loop.call(self._context.send_text(text, flush=flush))

    def flush(self) -> None:
        """Has all text so far spoken at once."""
        self._loop.call(self._context.flush())

    def finish(self) -> None:
        """No more text: the rest is spoken, then the iteration ends. Idempotent."""
        self._loop.call(self._context.finish())

    def cancel(self) -> None:
        """Nothing more of it is spoken or heard; its iteration ends. Idempotent."""
        self._loop.call(self._context.cancel())

    def __iter__(self) -> Generator[SpeechChunk, None, None]:
        while (chunk := self._loop.call(self._context.next_chunk())) is not None:
            yield chunk


class SpeechStream:
    """The speech of one utterance, to be iterated once: with `for`, or in a loop with `async for`.

    Nothing is sent before that. Leaving the iteration cancels the utterance.
    """

    def __init__(
        self,
        loop: LoopThread,
        open_context: Callable[[], AsyncSpeechContext],
        text: TextSource,
    ) -> None:
        self._loop = loop
        self._open_context = open_context
        self._text = text

    def __iter__(self) -> Generator[SpeechChunk, None, None]:
        chunks = self._loop.call(self._begin())
        # An interrupted wait for a chunk may still be unwinding when the iteration is closed.
        turn = asyncio.Lock()
        try:
            while (chunk := self._loop.call(_next(chunks, turn))) is not None:
                yield chunk
        finally:
            if self._loop.is_running:
                self._loop.call(_close(chunks, turn))

    async def __aiter__(self) -> AsyncGenerator[SpeechChunk, None]:
        context = _JoinedContext(await self._loop.join(self._opened()), self._loop)
        async with contextlib.aclosing(spoken(context, self._text)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def _begin(self) -> AsyncGenerator[SpeechChunk, None]:
        return spoken(self._open_context(), self._text)

    async def _opened(self) -> AsyncSpeechContext:
        return self._open_context()


class _JoinedContext:
    """A context as seen from another event loop."""

    def __init__(self, context: AsyncSpeechContext, loop: LoopThread) -> None:
        self._context = context
        self._loop = loop

    async def send_text(self, text: str) -> None:
        """More text."""
        await self._loop.join(self._context.send_text(text))

    async def finish(self) -> None:
        """No more text."""
        await self._loop.join(self._context.finish())

    async def cancel(self) -> None:
        """Nothing more is wanted; the loop may be gone already."""
        if self._loop.is_running:
            await self._loop.join(self._context.cancel())

    async def next_chunk(self) -> SpeechChunk | None:
        """The next chunk, None after the last."""
        return await self._loop.join(self._context.next_chunk())


async def _next(
    chunks: AsyncGenerator[SpeechChunk, None], turn: asyncio.Lock
) -> SpeechChunk | None:
    async with turn:
        return await anext(chunks, None)


async def _close(chunks: AsyncGenerator[SpeechChunk, None], turn: asyncio.Lock) -> None:
    async with turn:
        await chunks.aclose()
