"""A whole text, spoken to whoever asked for it by one request."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from types import TracebackType

import msgspec

from vivavoce.audio.formats import OutputFormat
from vivavoce.core.languages import latin_language, normal_language
from vivavoce.core.lexicon import Lexicon
from vivavoce.engines.base import Voice
from vivavoce.errors import InvalidParameter, TextTooLong
from vivavoce.sessions.caller import Caller
from vivavoce.sessions.context import SpeechContext
from vivavoce.sessions.desk import SpeechDesk
from vivavoce.sessions.manner import Manner
from vivavoce.sessions.opening import SpeechPlan
from vivavoce.wire.frames import SpeechFrames
from vivavoce.wire.voice_settings import VoiceSettings

# Of frames that wait for a reader: hundreds may read at once. Ten seconds of MP3.
_LIMIT_BYTES = 160_000

_TELLING_CHARACTERS = 1_000
_TELLING_LINES = 3


class RecitalLine(msgspec.Struct, frozen=True):
    """What one voice says before the next one speaks."""

    text: str
    voice: Voice


class Recital(msgspec.Struct, frozen=True, kw_only=True):
    """What to speak, and how: one line or more, each of them begun anew.

    `language` is a code as callers write them. With `audio_tags`, `[laughs]` is no word.
    `next_text` is not spoken, but how the last line ends depends on it. Without `keep` nothing of
    it may be stored.
    """

    lines: tuple[RecitalLine, ...]
    output_format: OutputFormat
    voice_settings: VoiceSettings = VoiceSettings()
    seed: int = 0
    language: str | None = None
    audio_tags: bool = False
    normalize: bool = True
    lexicon: Lexicon = msgspec.field(default_factory=Lexicon)
    next_text: str = ""
    keep: bool = True

    @property
    def characters(self) -> int:
        """Of all lines."""
        return sum(len(line.text) for line in self.lines)


class _Shelf:
    """Frames between the one who speaks and the one who reads."""

    def __init__(self) -> None:
        self._frames: deque[str | bytes] = deque()
        self._bytes = 0
        self._end: BaseException | None = None
        self._moved = asyncio.Event()

    async def put(self, frame: str | bytes, due_at: float = 0.0) -> None:
        """See `FrameSink`."""
        while self._bytes >= _LIMIT_BYTES:
            await self._next_move()
        self._frames.append(frame)
        self._bytes += len(frame)
        self._moved.set()

    def end(self, error: BaseException) -> None:
        """Nothing comes any more; `error` is raised behind the last frame."""
        self._end = error
        self._moved.set()

    async def take(self) -> str | bytes:
        """The next frame, or the error at the end of them."""
        while not self._frames:
            if self._end is not None:
                raise self._end
            await self._next_move()
        frame = self._frames.popleft()
        self._bytes -= len(frame)
        self._moved.set()
        return frame

    async def _next_move(self) -> None:
        self._moved.clear()
        await self._moved.wait()


class Recitation:
    """Frames of a recital, as they are made: `async with recite(…) as frames: async for …`.

    Getting one raises what stands in the way: TextTooLong, LanguageMissing, TextNotSpeakable,
    ServerBusy, ConcurrencyLimited, QuotaExceeded or EngineFailed. Leaving the block ends all.
    """

    def __init__(
        self, recital: Recital, *, desk: SpeechDesk, caller: Caller, frames: SpeechFrames
    ) -> None:
        self._recital = recital
        self._desk = desk
        self._caller = caller
        self._frames = frames
        self._shelf = _Shelf()
        self._seems_to_be = latin_language(_beginning(recital))
        self._reader: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Recitation:
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._reader is not None:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader

    def __aiter__(self) -> Recitation:
        return self

    async def __anext__(self) -> str | bytes:
        return await self._shelf.take()

    async def _read(self) -> None:
        try:
            await self._speak_all()
        except Exception as error:
            self._shelf.end(error)
        else:
            self._shelf.end(StopAsyncIteration())

    async def _speak_all(self) -> None:
        recital = self._recital
        most = self._desk.settings.max_pending_characters
        if not any(line.text.strip() for line in recital.lines):
            raise InvalidParameter("There is nothing to speak in the text.", param="text")
        if recital.characters > most:
            raise TextTooLong(f"The text has {recital.characters} characters; {most} are allowed.")
        plan = self._plan()
        context = self._context(plan)
        last = len(recital.lines) - 1
        try:
            for index, line in enumerate(recital.lines):
                context.turn_to(self._manner(plan, line.voice))
                await context.take(line.text, most_unspoken=most + 1, flush=index < last)
                await asyncio.sleep(0)  # many short lines let others have their turn, too
            context.end(next_text=recital.next_text)
            await context.speak()
        finally:
            context.close()

    def _plan(self) -> SpeechPlan:
        recital = self._recital
        return SpeechPlan(
            voice=recital.lines[0].voice,
            output_format=recital.output_format,
            seed=recital.seed,
            language=None if recital.language is None else normal_language(recital.language),
            ssml=True,
            audio_tags=recital.audio_tags,
            normalize=recital.normalize,
            keep=recital.keep,
        )

    def _manner(self, plan: SpeechPlan, voice: Voice) -> Manner:
        return msgspec.structs.replace(
            plan.manner(voice),
            voice_settings=self._recital.voice_settings,
            lexicon=self._recital.lexicon,
            seems_to_be=self._seems_to_be,
        )

    def _context(self, plan: SpeechPlan) -> SpeechContext:
        return SpeechContext(
            self._manner(plan, self._recital.lines[0].voice),
            plan,
            pool=self._desk.pool,
            caller=self._caller,
            frames=self._frames,
            sink=self._shelf,
            on_asked=_nothing,
            on_quiet=_nothing,
        )


def recite(
    recital: Recital, *, desk: SpeechDesk, caller: Caller, frames: SpeechFrames
) -> Recitation:
    """Begins when it is entered, and is as far ahead of its reader as a few frames."""
    return Recitation(recital, desk=desk, caller=caller, frames=frames)


def _beginning(recital: Recital) -> str:
    """As much of the text as tells the language of it all."""
    return " ".join(line.text[:_TELLING_CHARACTERS] for line in recital.lines[:_TELLING_LINES])


def _nothing() -> None:
    """A recital is asked for once, and ends by itself."""
