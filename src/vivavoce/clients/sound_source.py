"""Where the caller's sound comes from: anything that gives samples."""

from __future__ import annotations

import asyncio
import contextlib
import io
import wave
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Final, Protocol, TypeAlias, runtime_checkable

from vivavoce.clients.blocking import in_thread, pulled
from vivavoce.errors import AudioUnreadable, InvalidParameter

BLOCK_S: Final = 0.05
"""Seconds of sound that are sent at a time; a browser's SDK sends 25 ms, the Python SDK 250."""
_LEAD_S: Final = 0.2
"""How far a source may run ahead of the clock: what a busy machine may be late by."""


@runtime_checkable
class SoundSource(Protocol):
    """Sound of the caller, as fast as it sounds."""

    def opened(self, sample_rate: int) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Blocks of 16-bit little-endian mono samples at `sample_rate` (Hz) until it is left.

        Raises VivavoceError where there is none, and where it breaks.
        """


SourceLike: TypeAlias = SoundSource | AsyncIterable[bytes] | Iterable[bytes] | str | Path
"""A `SoundSource`; samples in pieces of any size, at the rate that the agent hears; or a WAV file.

The last two are sent as fast as they sound. A plain iterable is asked in a thread, so it may block.
"""


def as_source(given: SourceLike) -> SoundSource:
    """The source that `given` stands for. Raises InvalidParameter for what cannot be one."""
    if isinstance(given, SoundSource):
        return given
    if isinstance(given, str | Path):
        return _FileSource(Path(given))
    if isinstance(given, AsyncIterable):
        return _StreamSource(given)
    if isinstance(given, Iterable) and not isinstance(given, bytes | bytearray):
        return _IterableSource(given)
    raise InvalidParameter("source must be a file, or give pieces of sound.", "source")


class _StreamSource:
    def __init__(self, pieces: AsyncIterable[bytes]) -> None:
        self._pieces = pieces

    @contextlib.asynccontextmanager
    async def opened(self, sample_rate: int) -> AsyncIterator[AsyncIterator[bytes]]:
        """See `SoundSource.opened`."""
        blocks = _paced(self._pieces, sample_rate)
        async with contextlib.aclosing(blocks):
            yield blocks


class _IterableSource:
    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = pieces

    @contextlib.asynccontextmanager
    async def opened(self, sample_rate: int) -> AsyncIterator[AsyncIterator[bytes]]:
        """See `SoundSource.opened`."""
        async with contextlib.aclosing(pulled(self._pieces)) as pieces:
            blocks = _paced(pieces, sample_rate)
            async with contextlib.aclosing(blocks):
                yield blocks


class _FileSource:
    def __init__(self, path: Path) -> None:
        self._path = path

    @contextlib.asynccontextmanager
    async def opened(self, sample_rate: int) -> AsyncIterator[AsyncIterator[bytes]]:
        """See `SoundSource.opened`. Raises AudioUnreadable for all but WAV at that rate."""
        try:
            data = await in_thread(self._path.read_bytes)
            file = wave.open(io.BytesIO(data))  # noqa: SIM115
        except (OSError, EOFError, wave.Error) as error:
            raise AudioUnreadable(f"{self._path} cannot be read: {error}") from error
        with file:
            form = file.getnchannels(), file.getsampwidth(), file.getframerate()
            if form != (1, 2, sample_rate):
                raise AudioUnreadable(
                    f"{self._path} has {form[0]} channels of {8 * form[1]} bits at {form[2]} Hz; "
                    f"the agent hears one of 16 bits at {sample_rate} Hz."
                )
            blocks = _paced(_read(file), sample_rate)
            async with contextlib.aclosing(blocks):
                yield blocks


async def _read(file: wave.Wave_read) -> AsyncIterator[bytes]:
    while data := file.readframes(round(file.getframerate() * BLOCK_S)):
        yield data


async def _paced(pieces: AsyncIterable[bytes], sample_rate: int) -> AsyncGenerator[bytes, None]:
    """Blocks of whole samples, none sooner than it sounds but for `_LEAD_S`."""
    clock = asyncio.get_running_loop().time
    size = 2 * round(sample_rate * BLOCK_S)
    waiting = bytearray()
    due_at = clock() - _LEAD_S
    async for piece in pieces:
        waiting += piece
        while len(waiting) >= size:
            block = bytes(waiting[:size])
            del waiting[:size]
            due_at = max(due_at + BLOCK_S, clock() - _LEAD_S)
            await asyncio.sleep(due_at - clock())
            yield block
    if waiting:
        yield bytes(waiting[: len(waiting) // 2 * 2])
