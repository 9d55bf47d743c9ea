"""The sound of a call, both ways: what the caller says, and what is believed to be played."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from vivavoce.audio.formats import OutputFormat
from vivavoce.audio.inlet import Inlet, InputFormat, parse_input_format
from vivavoce.sessions.converse.caller_ear import CallerEar
from vivavoce.sessions.converse.keeping import CallKeeper
from vivavoce.sessions.converse.reply_sound import SoundPiece
from vivavoce.sessions.converse.stage import Start
from vivavoce.sessions.listening import EarsDesk

_STARVED_AFTER_S: Final = 0.5
"""A client that sends nothing for so long has closed the microphone; later sound is not earlier."""


class Headset:
    """Heard by nobody until it is put on; a call in writing never does."""

    def __init__(
        self,
        desk: EarsDesk,
        keeper: CallKeeper,
        *,
        input_format: InputFormat,
        output_format: OutputFormat,
        start: Start,
    ) -> None:
        self._desk = desk
        self._keeper = keeper
        self._format = input_format
        self._played = Inlet(parse_input_format(output_format.name))
        self._start = start
        self._ear: CallerEar | None = None
        self._sound_at: float | None = None

    @property
    def logprob(self) -> float:
        """How sure the ears are of what the caller is saying; 0 of nothing."""
        return 0.0 if self._ear is None else self._ear.logprob

    def put_on(
        self,
        language: str,
        *,
        on_activity: Callable[[Sequence[float]], Awaitable[None]],
        on_words: Callable[[str, bool], Awaitable[None]],
        on_settled: Callable[[str, bool], Awaitable[None]],
    ) -> None:
        """From now on the callbacks hear what `CallerEar` has to say. Raises ServerBusy."""
        self._desk.pool.enter_stream()
        self._ear = CallerEar(
            self._desk,
            self._format,
            self._desk.best_language(language),
            start=self._start,
            on_activity=on_activity,
            on_words=on_words,
            on_settled=on_settled,
            on_sound=self._keeper.caller_sounds,
        )

    def take_off(self) -> None:
        """The call is over. Idempotent."""
        if self._ear is not None:
            self._desk.pool.leave_stream()
            self._ear = None  # half a megabyte, while this call waits for the garbage collector

    async def hear(self, data: bytes) -> None:
        """More of the microphone, in the client's format."""
        self._sound_at = time.monotonic()
        if self._ear is not None and data:
            await self._ear.hear(data)

    async def tick(self, now: float) -> None:
        """Time has passed, perhaps without any sound."""
        last = self._sound_at
        if self._ear is not None and last is not None and now - last >= _STARVED_AFTER_S:
            self._sound_at = now
            await self._ear.hear_silence(now - last)

    async def settle(self) -> None:
        """See `CallerEar.settle`."""
        if self._ear is not None:
            await self._ear.settle()

    def agent_sounds(self, piece: SoundPiece, sounds_at: float) -> None:
        """A piece is on its way to the client, who plays it at `sounds_at`."""
        pcm = self._played.feed(piece.data)
        self._keeper.agent_sounds(pcm, sounds_at)
        if self._ear is not None:
            self._ear.agent_sounds(pcm, sounds_at)

    def agent_stops(self, now: float) -> None:
        """What was to be played after `now` is not."""
        self._keeper.agent_stops(now)
        if self._ear is not None:
            self._ear.agent_stops(now)
