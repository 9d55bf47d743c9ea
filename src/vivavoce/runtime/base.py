"""The door between sessions and engines."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from vivavoce.engines.base import SpeechBlock, SpeechRequest


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
