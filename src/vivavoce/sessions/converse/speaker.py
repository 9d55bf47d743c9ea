"""Sends the agent's sound a little ahead of the listener, and stops it between two pieces."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final, Protocol

from vivavoce.core.playback import Playback
from vivavoce.sessions.converse.reply_sound import ReplySound, SoundPiece

LEAD_S: Final = 0.6
"""How far ahead of the listener. Less runs dry on a bad network; more is heard after a client that
knows no interruptions was interrupted. Coughs are judged before it is over: nobody hears a gap."""
_LEAST_WAIT_S: Final = 0.001
"""Clocks that have stood still round: what is due by one is not yet by the other."""


class Frames(Protocol):
    """Where pieces go."""

    async def __call__(self, piece: SoundPiece) -> int:
        """Waits while the client is slow; gives the number of the frame among all of the call's."""


class Speaker:
    """One call's way out for sound; one task runs `run`, the others are told nothing by waiting.

    Times are those of `clock`.
    """

    def __init__(
        self,
        send: Frames,
        *,
        clock: Callable[[], float],
        on_first: Callable[[float], None],
        on_heard: Callable[[], None],
        on_sent: Callable[[SoundPiece, float], None],
    ) -> None:
        """`on_first` is called when a reply begins, with when; `on_heard` when it has been heard.

        `on_sent` hears of every piece, and when it will sound.
        """
        self.moved = asyncio.Event()
        self._send = send
        self._clock = clock
        self._on_first = on_first
        self._on_heard = on_heard
        self._on_sent = on_sent
        self._sound: ReplySound | None = None
        self._playback = Playback()
        self._sent: list[tuple[int, float]] = []
        """For each piece of the reply its frame's number, and its seconds."""
        self._missed_s: list[float] = []
        self._held = False
        self._paused = False

    def play(self, sound: ReplySound) -> None:
        """The next reply; there is none under way."""
        self._sound = sound
        # What a listener who came back has yet to hear of the last one comes before it.
        self._playback = Playback(begins_at=self._playback.dry_at)
        self._sent = []
        self.moved.set()

    def hold(self) -> None:
        """Sends no more for now."""
        self._held = True
        self.moved.set()

    def go_on(self) -> None:
        """Sends on."""
        self._held = False
        self.moved.set()

    def stop(self) -> Playback:
        """The reply is over; what its listener has heard."""
        played, self._playback = self._playback, Playback()
        self._sound = None
        self._sent = []
        self._held = False
        self.moved.set()
        return played

    def pause(self) -> None:
        """Nobody is there to play it."""
        self._paused = True
        self.moved.set()

    def miss(self, arrived: int) -> float:
        """No more than the call's first `arrived` frames have come; when the listener ran dry."""
        self._missed_s = [seconds for number, seconds in self._sent if number > arrived]
        self._playback.missed(sum(self._missed_s))
        return self._playback.dry_at

    def resume(self) -> list[float]:
        """The listener is back, and gets again what it has missed.

        Gives when each of those pieces sounds.
        """
        self._paused = False
        self.moved.set()
        sounds_at: list[float] = []
        for seconds in self._missed_s:
            sounds_at.append(max(self._playback.dry_at, self._clock()))
            self._playback.sent_again(seconds, self._clock())
        self._missed_s = []
        return sounds_at

    async def run(self) -> None:
        """Sends until it is cancelled."""
        while True:
            until = await self._step(self._clock())
            if until > 0.0:
                await self._next_move(until)

    async def _step(self, now: float) -> float:
        """Does what can be done; gives when there may be more to do, 0 for at once."""
        sound = self._sound
        if sound is None or self._held or self._paused:
            return float("inf")
        if sound.pieces:
            due_at = self._playback.dry_at - LEAD_S
            if now < due_at:
                return due_at
            await self._send_piece(sound, now)
            return 0.0
        if sound.ended:
            if now < self._playback.dry_at:
                return self._playback.dry_at
            self._sound = None
            self._on_heard()
            return 0.0
        return float("inf")

    async def _send_piece(self, sound: ReplySound, now: float) -> None:
        piece = sound.take()
        is_first = not self._playback.has_begun
        sounds_at = max(self._playback.dry_at, now)
        starts_s = [start / 1000 for start in piece.text.starts_ms]
        self._playback.sent(piece.ms / 1000, piece.text.chars, starts_s, now)
        if is_first:
            self._on_first(now)
        self._on_sent(piece, sounds_at)
        number = await self._send(piece)
        if self._sound is sound:
            self._sent.append((number, piece.ms / 1000))

    async def _next_move(self, until: float) -> None:
        seconds = None if until == float("inf") else max(until - self._clock(), _LEAST_WAIT_S)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.moved.wait()
        self.moved.clear()
