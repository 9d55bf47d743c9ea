"""Where the agent's speech goes: a loudspeaker, or anything that takes samples."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Final, Protocol, TypeAlias, runtime_checkable

from vivavoce.clients.blocking import BlockingThread
from vivavoce.errors import InvalidParameter

_PIECE_S: Final = 0.04
"""How much a sink takes at a time, and so how late an interruption may be heard."""


class Playing(Protocol):
    """Speech that is being heard; nothing in it waits."""

    @property
    def is_waiting(self) -> bool:
        """Whether there is speech that has not been heard."""

    def play(self, pcm: bytes) -> None:
        """More speech: 16-bit little-endian mono samples."""

    def drop(self) -> None:
        """Falls silent: what waits is never heard."""


@runtime_checkable
class SoundSink(Protocol):
    """Where speech is heard."""

    def opened(self, sample_rate: int) -> AbstractAsyncContextManager[Playing]:
        """Plays at `sample_rate` (Hz) until it is left.

        Raises VivavoceError where there is no device, and where it breaks.
        """


SinkLike: TypeAlias = SoundSink | Callable[[bytes], object]
"""A `SoundSink`, or a function, synchronous or not, that is called with samples.

A function is called with 40 ms at most, and not again until it has returned; one that is
synchronous in a thread, so it may block. One that takes as long as the sound lasts is therefore
never ahead, and an interruption takes back all that it has not been given.
"""


def as_sink(given: SinkLike) -> SoundSink:
    """The sink that `given` stands for. Raises InvalidParameter for what cannot be one."""
    if isinstance(given, SoundSink):
        return given
    if callable(given):
        return _FunctionSink(given)
    raise InvalidParameter("sink must be a function that takes samples.", "sink")


class _FunctionSink:
    def __init__(self, function: Callable[[bytes], object]) -> None:
        self._function = function

    @contextlib.asynccontextmanager
    async def opened(self, sample_rate: int) -> AsyncIterator[Playing]:
        """See `SoundSink.opened`."""
        pieces = _Pieces(2 * round(sample_rate * _PIECE_S))
        async with asyncio.TaskGroup() as tasks:
            giving = tasks.create_task(self._give(pieces))
            yield pieces
            giving.cancel()

    async def _give(self, pieces: _Pieces) -> None:
        if inspect.iscoroutinefunction(self._function):
            while True:
                await self._function(await pieces.next())
                pieces.heard()
        with contextlib.closing(BlockingThread("sink")) as thread:
            while True:
                given = await thread.call(partial(self._function, await pieces.next()))
                if inspect.isawaitable(given):
                    await given
                pieces.heard()


class _Pieces:
    """`Playing` for a sink that takes a piece when it has done with the last."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._waiting: deque[bytes] = deque()
        self._is_given = False
        self._moved = asyncio.Event()

    @property
    def is_waiting(self) -> bool:
        """See `Playing`."""
        return bool(self._waiting) or self._is_given

    def play(self, pcm: bytes) -> None:
        """See `Playing`."""
        self._waiting.extend(pcm[at : at + self._size] for at in range(0, len(pcm), self._size))
        self._moved.set()

    def drop(self) -> None:
        """See `Playing`."""
        self._waiting.clear()

    async def next(self) -> bytes:
        """The next piece, once there is one."""
        while not self._waiting:
            self._moved.clear()
            await self._moved.wait()
        self._is_given = True
        return self._waiting.popleft()

    def heard(self) -> None:
        """The piece that was given last has been heard."""
        self._is_given = False
