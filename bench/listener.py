"""The load model: somebody in conversation with an agent whose voice the server is.

A turn is three to six sentences of 3.7 to 5.2 s, written to the server one every 0.6 s, each with a
flush, as a language model would. The listener plays what comes in real time from the first frame
on. One turn in four is interrupted: the listener hangs up in the middle and calls anew. Before the
next turn somebody speaks for 3 s on average.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from typing import NamedTuple

from websockets.exceptions import ConnectionClosed

from bench.caller import AudioFrame, Caller, RefusedError, calling, letters
from bench.sentences import TURN_SENTENCES
from bench.server import Server

_SENTENCES = (3, 6)
_SENTENCE_S = 4.5
_TEXT_EVERY_S = 0.6
_INTERRUPTED = 0.25
_SOONEST_INTERRUPTION_S = 0.5
_THINKS_S = 3.0
_GAP_MS = 20.0


class Tally:
    """What all listeners of a run have heard."""

    def __init__(self) -> None:
        self.first_audio_ms: list[float] = []
        self.gaps_ms: list[float] = []
        self.frames = 0
        self.speech_s = 0.0
        self.refused = 0
        self.broken = 0


class Habits(NamedTuple):
    """One kind of listener: the format asked for, and when the first turns start, at the latest."""

    output_format: str
    ramp_s: float


async def listen(server: Server, habits: Habits, tally: Tally, dice: random.Random) -> None:
    """One listener, until cancelled."""
    await asyncio.sleep(dice.uniform(0, habits.ramp_s))
    while True:
        # Refusals and losses are in the tally; a listener tries again after a while.
        with contextlib.suppress(RefusedError, ConnectionClosed, OSError):
            async with calling(server, habits.output_format) as caller:
                while await _Turn(caller, tally, dice).take():
                    await _think(dice)
        await _think(dice)


async def _think(dice: random.Random) -> None:
    await asyncio.sleep(dice.expovariate(1 / _THINKS_S))


class _Turn:
    """One answer of the agent, and what its listener hears of it."""

    def __init__(self, caller: Caller, tally: Tally, dice: random.Random) -> None:
        self._caller = caller
        self._tally = tally
        self._unsent = dice.sample(TURN_SENTENCES, dice.randint(*_SENTENCES))
        self._sent_at: list[float] = []
        self._ends: list[int] = []
        """For each sentence sent, letters of the turn up to its end."""
        self._letters = 0
        self._dry_at: float | None = None
        self._patience_s = self._draw_patience(dice)

    def _draw_patience(self, dice: random.Random) -> float | None:
        if dice.random() >= _INTERRUPTED:
            return None
        return dice.uniform(_SOONEST_INTERRUPTION_S, _SENTENCE_S * len(self._unsent))

    async def take(self) -> bool:
        """Hears the turn out; False when it was interrupted. Raises as `Caller.hear`."""
        try:
            async with asyncio.timeout(self._patience_s):
                while self._unsent or self._letters < self._ends[-1]:
                    await self._step()
                if self._dry_at is not None:
                    await asyncio.sleep(self._dry_at - time.perf_counter())
        except TimeoutError:
            self._account_for_waiting()
            return False
        except RefusedError:
            self._tally.refused += 1
            raise
        except (ConnectionClosed, OSError):
            self._tally.broken += 1
            raise
        except asyncio.CancelledError:
            self._account_for_waiting()
            raise
        return True

    async def _step(self) -> None:
        """Sends the next sentence when it is due, else hears a frame."""
        due = None if not self._unsent else self._next_text_in()
        if due is not None and due <= 0:
            sentence = self._unsent.pop()
            so_far = self._ends[-1] if self._ends else 0
            self._ends.append(so_far + letters(sentence))
            self._sent_at.append(await self._caller.say(sentence + " "))
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(due):
                self._hear(await self._caller.hear())

    def _next_text_in(self) -> float:
        if not self._sent_at:
            return 0.0
        return self._sent_at[0] + len(self._sent_at) * _TEXT_EVERY_S - time.perf_counter()

    def _hear(self, frame: AudioFrame) -> None:
        if self._dry_at is None:
            self._tally.first_audio_ms.append((frame.at - self._sent_at[0]) * 1000)
            self._dry_at = frame.at
        else:
            self._account_for_gap(frame.at)
        self._letters += frame.letters
        self._dry_at = max(self._dry_at, frame.at) + frame.seconds
        self._tally.frames += 1
        self._tally.speech_s += frame.seconds

    def _account_for_gap(self, now: float) -> None:
        """Silence in mid-turn counts from when the text of what follows had been sent."""
        sentence = sum(end <= self._letters for end in self._ends)
        if self._dry_at is None or sentence >= len(self._ends):
            return
        gap_ms = (now - max(self._dry_at, self._sent_at[sentence])) * 1000
        if gap_ms > _GAP_MS:
            self._tally.gaps_ms.append(gap_ms)

    def _account_for_waiting(self) -> None:
        """What a listener who stops here was still waiting for must not be lost."""
        if self._dry_at is not None:
            self._account_for_gap(time.perf_counter())
        elif self._sent_at:
            self._tally.first_audio_ms.append((time.perf_counter() - self._sent_at[0]) * 1000)
