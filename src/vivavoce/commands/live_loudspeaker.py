"""A loudspeaker that takes sound at the moment it sounds, so that it can fall silent at once."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from types import ModuleType
from typing import Final, Protocol

from vivavoce.audio.encoders import StreamEncoder
from vivavoce.audio.formats import parse_output_format
from vivavoce.commands import sound_library
from vivavoce.commands.failures import CommandFailed
from vivavoce.commands.players import Player, find_piped_player
from vivavoce.commands.sound_file import SoundFile

_BLOCK_S: Final = 0.02
_LEAD_S: Final = 0.06
"""How far ahead a program gets its sound: what a busy machine may be late by."""
_DELAY_S: Final = 0.1
"""What PortAudio may hold: less runs dry on PulseAudio."""
_LAST_SOUND_S: Final = 1.0
_ELSEWHERE: Final = "name a file, such as -o answer.wav"

Pull = Callable[[int], bytes]
"""The next so many 16-bit little-endian mono samples; called from any thread, and never waits."""


class LiveLoudspeaker(Protocol):
    """Where sound is heard."""

    def opened(self, sample_rate: int, pull: Pull) -> AbstractAsyncContextManager[None]:
        """Pulls sound at `sample_rate` (Hz) as fast as it is heard.

        Raises CommandFailed, also when the loudspeaker breaks.
        """


def find_live_loudspeaker() -> LiveLoudspeaker:
    """The system's own. Raises CommandFailed, which names the way out, where there is none."""
    library = sound_library.usable_library("output")
    if library is not None:
        return _LibraryLoudspeaker(library)
    player = find_piped_player()
    if player is None:
        raise CommandFailed(
            f"there is no loudspeaker here, or nothing that plays on it: {_ELSEWHERE}"
        )
    return _PipedLoudspeaker(player)


class FileLoudspeaker:
    """`LiveLoudspeaker` that writes a file of all that would be heard, silence included."""

    def __init__(self, file: SoundFile) -> None:
        self._file = file

    @contextlib.asynccontextmanager
    async def opened(self, sample_rate: int, pull: Pull) -> AsyncIterator[None]:
        """See `LiveLoudspeaker.opened`."""
        fmt = self._file.output_format
        if fmt.codec == "pcm":  # a file has the rate that it is given
            fmt = parse_output_format(f"pcm_{sample_rate}")
        file = SoundFile(self._file.path, fmt)
        encoder = StreamEncoder(fmt, sample_rate)
        with file.opened() as write, contextlib.closing(encoder):

            async def put(data: bytes) -> None:
                write(encoder.encode(data).data)

            async with asyncio.TaskGroup() as tasks:
                pumping = tasks.create_task(_pump(put, sample_rate, pull, lead_s=0.0))
                yield
                pumping.cancel()
            write(encoder.finish().data)


class _LibraryLoudspeaker:
    def __init__(self, library: ModuleType) -> None:
        self._library = library

    @contextlib.asynccontextmanager
    async def opened(self, sample_rate: int, pull: Pull) -> AsyncIterator[None]:
        """See `LiveLoudspeaker.opened`."""
        loop = asyncio.get_running_loop()
        gone = asyncio.Event()

        def fill(out: memoryview, frames: int, _time: object, _status: object) -> None:
            out[:] = pull(frames)

        try:
            stream = self._library.RawOutputStream(
                samplerate=sample_rate,
                blocksize=round(sample_rate * _BLOCK_S),
                channels=1,
                dtype="int16",
                latency=_DELAY_S,
                callback=fill,
                finished_callback=lambda: loop.call_soon_threadsafe(gone.set),
            )
        except (ValueError, self._library.PortAudioError) as error:
            raise _cannot_play(sound_library.NAME) from error
        with contextlib.closing(stream):
            try:
                stream.start()
            except self._library.PortAudioError as error:
                raise _cannot_play(sound_library.NAME) from error
            async with asyncio.TaskGroup() as tasks:
                watching = tasks.create_task(_fail_at(gone))
                yield
                watching.cancel()


class _PipedLoudspeaker:
    def __init__(self, player: Player) -> None:
        self._player = player

    @contextlib.asynccontextmanager
    async def opened(self, sample_rate: int, pull: Pull) -> AsyncIterator[None]:
        """See `LiveLoudspeaker.opened`."""
        process = await asyncio.create_subprocess_exec(
            *self._player.command(sample_rate, is_live=True),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for this command, which hangs up first
        )
        pipe = process.stdin
        assert pipe is not None

        async def put(data: bytes) -> None:
            try:
                pipe.write(data)
                await pipe.drain()
            except (BrokenPipeError, ConnectionResetError):
                raise _cannot_play(self._player.program) from None

        try:
            async with asyncio.TaskGroup() as tasks:
                pumping = tasks.create_task(_pump(put, sample_rate, pull, lead_s=_LEAD_S))
                yield
                pumping.cancel()
            pipe.close()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LAST_SOUND_S):
                    await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def _pump(
    put: Callable[[bytes], Awaitable[None]], sample_rate: int, pull: Pull, *, lead_s: float
) -> None:
    """A block at a time, by the clock, until it is cancelled."""
    loop = asyncio.get_running_loop()
    samples = round(sample_rate * _BLOCK_S)
    due_at = loop.time() - lead_s
    while True:
        due_at += samples / sample_rate
        await asyncio.sleep(due_at - loop.time())
        await put(pull(samples))


async def _fail_at(gone: asyncio.Event) -> None:
    await gone.wait()
    raise _cannot_play("the loudspeaker")


def _cannot_play(player: str) -> CommandFailed:
    return CommandFailed(f"{player} cannot play here: {_ELSEWHERE}")
