"""The door between sessions and engines."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from vivavoce.engines.base import Heard, HearingRequest, SpeechBlock, SpeechRequest


class Spoken(Protocol):
    """One utterance being spoken: iterate its blocks in order, or cancel it."""

    def __aiter__(self) -> AsyncIterator[SpeechBlock]:
        """Blocks in order. Raises TextNotSpeakable or EngineFailed."""

    def cancel(self) -> None:
        """Stop after the block under way; later blocks never appear. Idempotent."""


class SpeechPool(Protocol):
    """Engines behind one deadline queue."""

    sample_rate: int

    def submit(self, request: SpeechRequest, *, dry_at: float, keep: bool = True) -> Spoken:
        """Queue one utterance; never waits.

        `dry_at` is the `time.monotonic()` at which the listener will have heard all that came
        before (a moment in the past for a listener who is waiting now). Without `keep`, no cache
        is asked for the utterance, and none keeps it.
        """

    def enter_turn(self) -> None:
        """Admit one more listener who wants speech in real time; raises ServerBusy when full."""

    def leave_turn(self) -> None:
        """The listener of one `enter_turn` has all the speech it asked for."""


class EarsPool(Protocol):
    """Ears behind one deadline queue.

    What a caller waits for is due at once, a partial transcript when the next one would be wanted,
    a file some time: the earliest is heard first. Cancelling an await takes the job back.
    """

    languages: tuple[str, ...]

    async def hear(
        self, request: HearingRequest, *, due_at: float, background: bool = False
    ) -> Heard:
        """What is said in a piece. `due_at` is of `time.monotonic()`.

        Work in the `background` leaves one worker free for the others, where there are two or
        more. Raises EngineFailed.
        """

    async def hear_in_time(self, request: HearingRequest, *, due_at: float) -> Heard | None:
        """The same, or None when no worker could begin with it by `due_at`."""

    async def judge(self, pcm: bytes, *, due_at: float) -> list[float]:
        """`ActivityDetector.judge` in a worker's process, in the background.

        Raises EngineFailed.
        """

    def enter_stream(self) -> None:
        """Admit one more caller who speaks in real time; raises ServerBusy when full."""

    def leave_stream(self) -> None:
        """The caller of one `enter_stream` has gone."""
