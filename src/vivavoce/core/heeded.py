"""What the ears are asked about pieces of a transcript, and what they have said so far."""

from __future__ import annotations

from enum import Enum

import msgspec

from vivavoce.core.pieces import Piece
from vivavoce.core.spoken_words import Passage


class Urgency(Enum):
    """What waits for an answer of the ears."""

    PARTIAL = "partial"
    """A line that the next one replaces."""
    PAUSE = "pause"
    """A commit that has not come yet, but may."""
    FINAL = "final"
    """A commit."""


class Ask(msgspec.Struct, frozen=True):
    """The ears are to hear a piece of sound; `draft` is what they made of less of it."""

    piece: int
    turn: int
    sound: Piece
    draft: tuple[int, ...]
    urgency: Urgency


class Hearing(msgspec.Struct, frozen=True):
    """What the ears say to an `Ask`; None for a passage where there was no speech."""

    passage: Passage | None
    tokens: tuple[int, ...] = ()


class HeededPiece:
    """A piece of sound with speech in it, and how far it has been heard."""

    def __init__(self, number: int, sound: Piece) -> None:
        self.number = number
        self.sound = sound
        self.closed = False
        self.asked_end = sound.start
        self.asked_speech_end = -1
        self.asked = 0
        self.heard = 0
        self.waiting = 0
        self.heard_speech_end = -1
        self.hearing = Hearing(None)

    @property
    def is_heard(self) -> bool:
        """Whether all of its speech so far has been heard."""
        return self.heard_speech_end == self.sound.speech_end

    @property
    def is_settled(self) -> bool:
        """Whether all of its speech has been heard, and no more can come."""
        return self.closed and self.is_heard

    @property
    def is_overheard(self) -> bool:
        """Whether it has been cut since, so that what was heard is in part the next one's."""
        return self.heard_speech_end > self.sound.speech_end

    def ask(self, urgency: Urgency) -> Ask:
        """A question about all of it so far."""
        self.asked_end = self.sound.end
        self.asked_speech_end = self.sound.speech_end
        self.asked += 1
        self.waiting += 1
        return Ask(self.number, self.asked, self.sound, self.hearing.tokens, urgency)


class Segment:
    """What one commit covers."""

    def __init__(self) -> None:
        self.pieces: list[HeededPiece] = []
        self.asked = False
        """Whether the caller asked for the commit."""
        self.shown = ""

    def covers(self, now: int) -> int:
        """Samples since its first speech."""
        return now - self.pieces[0].sound.start if self.pieces else 0

    @property
    def passages(self) -> tuple[Passage, ...]:
        found = (piece.hearing.passage for piece in self.pieces)
        return tuple(passage for passage in found if passage is not None)
