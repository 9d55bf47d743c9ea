"""Sound on this machine's loudspeaker, by whatever there is to play it."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from vivavoce.commands import sound_library
from vivavoce.commands.failures import CommandFailed
from vivavoce.commands.players import Player, find_piped_player

FORMAT = "pcm_24000"
SAMPLE_RATE = 24_000

_FROM_FILE = "afplay"

Play = Callable[[bytes], Awaitable[None]]


def find_player() -> str | None:
    """What would play here: a Python library or the name of a program; None for a mute machine."""
    if sound_library.usable_library("output") is not None:
        return sound_library.NAME
    piped = find_piped_player()
    if piped is not None:
        return piped.program
    has_device = sound_library.has_sound_device("output")
    return _FROM_FILE if has_device and shutil.which(_FROM_FILE) else None


@contextlib.asynccontextmanager
async def loudspeaker() -> AsyncIterator[Play]:
    """A function that plays 16-bit little-endian mono samples at 24 kHz; ends when all is heard.

    Raises CommandFailed when nothing here can play, or what can does not.
    """
    player = find_player()
    if player is None:
        raise CommandFailed(
            "there is no loudspeaker here, or nothing that plays on it: name a file, "
            "such as -o speech.mp3"
        )
    if player == sound_library.NAME:
        chosen = _through_library()
    elif (piped := find_piped_player()) is not None:
        chosen = _through_pipe(piped)
    else:
        chosen = _through_file(player)
    async with chosen as play:
        yield play


@contextlib.asynccontextmanager
async def _through_pipe(player: Player) -> AsyncIterator[Play]:
    process = await asyncio.create_subprocess_exec(
        *player.command(SAMPLE_RATE),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdin is not None
    pipe = process.stdin

    async def play(data: bytes) -> None:
        try:
            pipe.write(data)
            await pipe.drain()
        except (BrokenPipeError, ConnectionResetError):
            raise _cannot_play(player.program) from None

    try:
        yield play
        pipe.close()
        if await process.wait():
            raise _cannot_play(player.program)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@contextlib.asynccontextmanager
async def _through_file(program: str) -> AsyncIterator[Play]:
    import wave

    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "speech.wav"
        with wave.open(str(path), "wb") as wav:
            wav.setnchannels(1)
            wav.setsampwidth(2)
            wav.setframerate(SAMPLE_RATE)

            async def play(data: bytes) -> None:
                wav.writeframes(data)

            yield play
        process = await asyncio.create_subprocess_exec(program, str(path))
        if await process.wait():
            raise _cannot_play(program)


@contextlib.asynccontextmanager
async def _through_library() -> AsyncIterator[Play]:
    library = importlib.import_module(sound_library.NAME)
    try:
        stream = library.RawOutputStream(samplerate=SAMPLE_RATE, channels=1, dtype="int16")
        stream.start()
    except Exception as error:  # PortAudio's own, which only the library could name
        raise _cannot_play(sound_library.NAME) from error

    async def play(data: bytes) -> None:
        await asyncio.to_thread(stream.write, data)

    with contextlib.closing(stream):
        yield play
        await asyncio.to_thread(stream.stop)  # waits for what is in the device


def _cannot_play(player: str) -> CommandFailed:
    return CommandFailed(f"{player} cannot play here: name a file, such as -o speech.mp3")
