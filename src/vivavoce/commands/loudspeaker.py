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

FORMAT = "pcm_24000"
SAMPLE_RATE = 24_000

_RATE = str(SAMPLE_RATE)
_FROM_STDIN: dict[str, tuple[str, ...]] = {
    "paplay": ("--raw", "--format=s16le", f"--rate={_RATE}", "--channels=1"),
    "aplay": ("-q", "-t", "raw", "-f", "S16_LE", "-r", _RATE, "-c", "1", "-"),
    # Its option for the number of channels has been renamed; one is its default for raw sound.
    "ffplay": ("-nodisp", "-autoexit", "-f", "s16le", "-ar", _RATE, "-i", "-"),
}
_FROM_FILE: dict[str, tuple[str, ...]] = {"afplay": ()}

Play = Callable[[bytes], Awaitable[None]]


def find_player() -> str | None:
    """What would play here: a Python library or the name of a program; None for a mute machine."""
    if sound_library.usable_library("output") is not None:
        return sound_library.NAME
    if not sound_library.has_sound_device("output"):
        return None
    return next((name for name in (*_FROM_STDIN, *_FROM_FILE) if shutil.which(name)), None)


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
    elif player in _FROM_FILE:
        chosen = _through_file(player)
    else:
        chosen = _through_pipe(player, _FROM_STDIN[player])
    async with chosen as play:
        yield play


@contextlib.asynccontextmanager
async def _through_pipe(program: str, options: tuple[str, ...]) -> AsyncIterator[Play]:
    process = await asyncio.create_subprocess_exec(
        program,
        *options,
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
            raise _cannot_play(program) from None

    try:
        yield play
        pipe.close()
        if await process.wait():
            raise _cannot_play(program)
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
