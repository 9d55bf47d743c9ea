"""The sound of a call, both ways: what the caller says, and what is believed to be played."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from vivavoce.audio.formats import OutputFormat
from vivavoce.audio.inlet import Inlet, InputFormat, parse_input_format
from vivavoce.core.call_clock import CallClock
from vivavoce.sessions.converse.caller_ear import CallerEar
from vivavoce.sessions.converse.keeping import CallKeeper
from vivavoce.sessions.converse.reply_sound import SoundPiece
from vivavoce.sessions.converse.stage import Start
from vivavoce.sessions.duplex import Presence
from vivavoce.sessions.listening import EarsDesk

_STARVED_AFTER_S: Final = 0.5
"""A client that sends nothing for so long has closed the microphone; later sound is not earlier."""
_STALLED_UNTIL_S: Final = 3.0
"""The same for one that could come back, and would say all again: more likely its line stands
still. Our own clients send silence when they are muted."""
_BACK_WITHIN_S: Final = 1.5
"""The same for one that has just come back: its line is slow, and has much to carry."""
_MOST_RETOLD: Final = 40
"""Pieces of the agent's sound that are told again where they had not arrived: 4 s of it."""


class Headset:
    """Heard by nobody until it is put on; a call in writing never does.

    Times are those of the call's clock. Microphones do not stop with that, nor does what is kept of
    the call's sound: both are told of real time.
    """

    def __init__(
        self,
        desk: EarsDesk,
        keeper: CallKeeper,
        *,
        input_format: InputFormat,
        output_format: OutputFormat,
        start: Start,
        clock: CallClock,
        presence: Presence,
    ) -> None:
        self._desk = desk
        self._keeper = keeper
        self._format = input_format
        self._played = Inlet(parse_input_format(output_format.name))
        self._start = start
        self._clock = clock
        self._presence = presence
        self._told: deque[bytes] = deque(maxlen=_MOST_RETOLD)
        self._ear: CallerEar | None = None
        self._sound_at: float | None = None

    @property
    def logprob(self) -> float:
        """How sure the ears are of what the caller is saying; 0 of nothing."""
        return 0.0 if self._ear is None else self._ear.logprob

    @property
    def awaits_late_sound(self) -> bool:
        """See `CallerEar.awaits_late_sound`; a line that stands still has some, too."""
        return self._ear is not None and (self._ear.awaits_late_sound or self._is_stalled)

    @property
    def _is_stalled(self) -> bool:
        last = self._sound_at
        return (
            self._presence.may_return
            and last is not None
            and self._clock.now() - last >= _STARVED_AFTER_S
        )

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
        is_late = self._is_stalled
        self._sound_at = self._clock.now()
        if self._ear is not None and data:
            if is_late:
                self._ear.returned()
            await self._ear.hear(data)

    async def tick(self, now: float) -> None:
        """Time has passed, perhaps without any sound."""
        last = self._sound_at
        patience_s = _STALLED_UNTIL_S if self._presence.may_return else _STARVED_AFTER_S
        if self._ear is not None and last is not None and now - last >= patience_s:
            self._sound_at = now
            await self._ear.hear_silence(now - last)

    async def settle(self) -> None:
        """See `CallerEar.settle`."""
        if self._ear is not None:
            await self._ear.settle()

    def agent_sounds(self, piece: SoundPiece, sounds_at: float) -> None:
        """A piece is on its way to the client, who plays it at `sounds_at`."""
        pcm = self._played.feed(piece.data)
        self._told.append(pcm)
        self._tell(pcm, sounds_at)

    def agent_stops(self, now: float) -> None:
        """What was to be played after `now` is not."""
        self._silence(self._clock.real(now))

    def returned(self, silent_at: float, again_at: Sequence[float]) -> None:
        """The client is back. The last pieces had not arrived, and sound only now: `again_at`.

        Without them it fell silent at `silent_at`, in `time.monotonic()`.
        """
        if again_at:
            self._silence(silent_at)
        retold = list(self._told)[-len(again_at) :] if again_at else []
        for pcm, sounds_at in zip(retold, again_at[-len(retold) :], strict=True):
            self._tell(pcm, sounds_at)
        if self._ear is not None:
            self._ear.returned()
            if self._ear.awaits_late_sound:
                self._sound_at = self._clock.now() + _BACK_WITHIN_S - _STALLED_UNTIL_S

    def _tell(self, pcm: bytes, sounds_at: float) -> None:
        real = self._clock.real(sounds_at)
        self._keeper.agent_sounds(pcm, real)
        if self._ear is not None:
            self._ear.agent_sounds(pcm, real)

    def _silence(self, real: float) -> None:
        self._keeper.agent_stops(real)
        if self._ear is not None:
            self._ear.agent_stops(real)
