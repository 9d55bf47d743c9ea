"""Text into a line, sound out of it."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec

from vivavoce.commands.failures import CommandFailed
from vivavoce.commands.line import Line, LineClosed

# Speech starts with the first clause, and later pieces are long enough to sound well.
_SCHEDULE = (50, 120, 200, 290)
# A language model may think for longer than a server waits for text.
_KEEP_ALIVE_S = 60.0
_STILL_THERE = '{"flush":false}'
# Frames, a quarter of a second or more each: a server is read as fast as it speaks, because one
# that is not takes its reader for dead.
_HELD_FRAMES = 20_000

TakeSound = Callable[[bytes], Awaitable[None]]


class VoiceWishes(msgspec.Struct, frozen=True):
    """`voice_settings` of a connection; None where the voice's own is wished."""

    speed: float | None = None
    stability: float | None = None


class Spoken(msgspec.Struct, frozen=True):
    """What came of it: seconds of sound, and milliseconds from first text to first sound."""

    sound_s: float
    first_sound_ms: int


class _Timing(msgspec.Struct):
    starts: list[float] = msgspec.field(name="charStartTimesMs", default_factory=list)
    durations: list[float] = msgspec.field(name="charDurationsMs", default_factory=list)

    @property
    def length_s(self) -> float:
        return (self.starts[-1] + self.durations[-1]) / 1000 if self.starts else 0.0


class _Frame(msgspec.Struct):
    audio: str | None = None
    is_final: bool | None = msgspec.field(name="isFinal", default=None)
    alignment: _Timing | None = None
    message: str | None = None
    error: str | None = None


_decoder = msgspec.json.Decoder(_Frame)


async def speak(
    line: Line, pieces: AsyncIterator[str], wishes: VoiceWishes, take: TakeSound
) -> Spoken:
    """Sends the text of `pieces` as it comes, and hands the sound to `take` as it comes.

    Raises CommandFailed with what the server says against it, or when there was nothing to speak;
    from inside an exception group.
    """
    conversation = _Conversation(line)
    async with asyncio.TaskGroup() as tasks:
        talking = (
            tasks.create_task(conversation.write(pieces, wishes)),
            tasks.create_task(conversation.keep_alive()),
        )
        tasks.create_task(conversation.hand_over(take))
        await conversation.read()
        for task in talking:
            task.cancel()
    return conversation.spoken()


class _Conversation:
    def __init__(self, line: Line) -> None:
        self._line = line
        self._sound: asyncio.Queue[bytes | None] = asyncio.Queue(_HELD_FRAMES)
        self._asked_at: float | None = None
        self._first_at: float | None = None
        self._sound_s = 0.0

    def spoken(self) -> Spoken:
        if self._asked_at is None or self._first_at is None:
            raise CommandFailed("there was nothing to speak")
        return Spoken(self._sound_s, round((self._first_at - self._asked_at) * 1000))

    async def write(self, pieces: AsyncIterator[str], wishes: VoiceWishes) -> None:
        with contextlib.suppress(LineClosed):  # what is read says why
            await self._line.send(_opening(wishes))
            async for piece in pieces:
                if self._asked_at is None and not piece.isspace():
                    self._asked_at = time.monotonic()
                await self._line.send(json.dumps({"text": piece}))
            await self._line.send('{"text":""}')

    async def keep_alive(self) -> None:
        with contextlib.suppress(LineClosed):
            while True:
                await asyncio.sleep(_KEEP_ALIVE_S)
                await self._line.send(_STILL_THERE)

    async def read(self) -> None:
        while True:
            try:
                frame = _decoder.decode(await self._line.receive())
            except LineClosed as closed:
                raise CommandFailed(f"the server hung up ({closed.code}): {closed}") from closed
            except msgspec.DecodeError as error:
                raise CommandFailed(f"the server does not speak the protocol: {error}") from error
            if frame.error is not None:
                raise CommandFailed(f"{frame.error}: {frame.message}")
            if frame.audio:
                await self._take(frame)
            if frame.is_final:
                await self._sound.put(None)
                return

    async def hand_over(self, take: TakeSound) -> None:
        while (sound := await self._sound.get()) is not None:
            await take(sound)

    async def _take(self, frame: _Frame) -> None:
        if self._first_at is None:
            self._first_at = time.monotonic()
        self._sound_s += frame.alignment.length_s if frame.alignment else 0.0
        await self._sound.put(base64.b64decode(frame.audio or ""))


def _opening(wishes: VoiceWishes) -> str:
    wished = msgspec.structs.asdict(wishes).items()
    settings = {name: value for name, value in wished if value is not None}
    return json.dumps(
        {
            "text": " ",
            "voice_settings": settings,
            "generation_config": {"chunk_length_schedule": _SCHEDULE},
        }
    )
