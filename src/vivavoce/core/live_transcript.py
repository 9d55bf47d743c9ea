"""Live transcription: when the ears are asked about what, and what the caller is told.

Time is counted in samples of the sound (16 kHz): a caller who streams a file faster than it sounds
gets the same transcript as one who speaks.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final

import msgspec

from vivavoce.core.heeded import Ask, Hearing, HeededPiece, Segment, Urgency
from vivavoce.core.pieces import HOP, RATE, Piece, PieceCutter, PieceRules
from vivavoce.core.spoken_words import Passage

_FIRST_PARTIAL: Final = 8 * HOP
"""Speech before the first partial transcript; of less the recogniser makes other words."""
_PARTIAL_EVERY: Final = RATE // 2
_PAUSE: Final = 3 * HOP
"""Silence after which the speech before it is heard to its end, in case that was all."""
_LONGEST_SEGMENT: Final = 90 * RATE
"""Upstream commits by itself after so much."""


class TranscriptRules(msgspec.Struct, frozen=True):
    """How a transcript is cut into commits; durations in samples.

    With `commit_after` of silence a segment is committed, without it when the caller says so.
    Pieces with less than `shortest_speech` are no speech.
    """

    pieces: PieceRules = PieceRules()
    commit_after: int | None = None
    shortest_speech: int = 4 * HOP


class ShowPartial(msgspec.Struct, frozen=True):
    """The caller is to see what has been heard since the last commit."""

    text: str


class Commit(msgspec.Struct, frozen=True):
    """A segment is settled; `asked` says whether the caller wanted that."""

    passages: tuple[Passage, ...]
    asked: bool


Effect = Ask | ShowPartial | Commit


class LiveTranscript:
    """Voice activity, commits and answers of the ears in; questions to them and transcripts out."""

    def __init__(self, rules: TranscriptRules) -> None:
        self._rules = rules
        self._cutter = PieceCutter(rules.pieces)
        self._pieces: dict[int, HeededPiece] = {}
        self._count = 0
        self._open: HeededPiece | None = None
        self._segment = Segment()
        self._committed: deque[Segment] = deque()

    @property
    def needed_from(self) -> int:
        """The first sample that the ears may still be asked about."""
        starts = (piece.sound.start for piece in self._pieces.values() if not piece.is_settled)
        return min(starts, default=self._cutter.needed_from)

    @property
    def unsettled(self) -> int:
        """Pieces that wait for the ears."""
        return sum(not piece.is_settled for piece in self._pieces.values())

    @property
    def text(self) -> str:
        """What has been heard since the last commit."""
        return " ".join(passage.text for passage in self._segment.passages)

    @property
    def logprob(self) -> float:
        """How sure the ears are of the least certain part of `text`; 0 of none."""
        return min((passage.logprob for passage in self._segment.passages), default=0.0)

    @property
    def is_caught_up(self) -> bool:
        """Whether all speech since the last commit has been heard to its end."""
        sound = self._cutter.open
        if sound is not None and sound.speech >= self._rules.shortest_speech:
            return all(piece.is_heard for piece in self._segment.pieces) and self._open is not None
        return all(piece.is_heard for piece in self._segment.pieces)

    @property
    def owes(self) -> bool:
        """Whether a commit waits for the ears."""
        return bool(self._committed)

    def hear(self, likelihoods: Sequence[float]) -> list[Effect]:
        """One hop for each likelihood of speech (0 to 1)."""
        effects: list[Effect] = []
        for likelihood in likelihoods:
            for sound in self._cutter.feed([likelihood]):
                effects += self._close(sound)
                if self._segment.covers(self._cutter.now) >= _LONGEST_SEGMENT:
                    effects += self._seal(asked=False)
            if self._is_over():
                effects += self._end_piece(self._cutter.now) + self._seal(asked=False)
        return effects + self._attend() if likelihoods else effects

    def commit(self, end: int) -> list[Effect]:
        """The caller wants a commit of all sound before sample `end`."""
        return self._end_piece(end) + self._seal(asked=True)

    def finish(self, end: int) -> list[Effect]:
        """There is no sound behind sample `end`; no commit comes of it if nothing was said."""
        return self._end_piece(end) + self._seal(asked=False)

    def answer(self, ask: Ask, hearing: Hearing | None) -> list[Effect]:
        """The ears have answered, or have not in time."""
        piece = self._pieces.get(ask.piece)
        if piece is None:
            return []
        piece.waiting -= 1
        # Of a piece that was cut, a late answer has words of the next one.
        if hearing is not None and ask.turn > piece.heard and not piece.is_settled:
            piece.hearing = hearing
            piece.heard = ask.turn
            piece.heard_speech_end = ask.sound.speech_end
        if piece.closed and not piece.is_settled and not piece.waiting:
            return [piece.ask(Urgency.FINAL)]
        return [*self._settled(), *self._partial()]

    def _attend(self) -> list[Effect]:
        """Asks about the piece that is being spoken, if there is reason to."""
        sound = self._cutter.open
        if sound is None or sound.speech < self._rules.shortest_speech:
            return []
        if self._open is None:
            self._open = self._piece(sound)
        piece = self._open
        piece.sound = sound
        if self._cutter.quiet >= _PAUSE:
            if piece.asked_end < sound.speech_end + _PAUSE:
                return [piece.ask(Urgency.PAUSE)]
        elif not piece.waiting and not self._cutter.quiet:
            is_first = piece.asked_speech_end < 0
            if sound.end - piece.asked_end >= (_FIRST_PARTIAL if is_first else _PARTIAL_EVERY):
                return [piece.ask(Urgency.PARTIAL)]
        return []

    def _piece(self, sound: Piece) -> HeededPiece:
        self._count += 1
        piece = HeededPiece(self._count, sound)
        self._pieces[piece.number] = piece
        self._segment.pieces.append(piece)
        return piece

    def _close(self, sound: Piece) -> list[Effect]:
        """The cutter has ended a piece."""
        piece, self._open = self._open, None
        if sound.speech < self._rules.shortest_speech:
            if piece is not None:  # it was cut off behind what it had so far
                self._pieces.pop(piece.number)
                self._segment.pieces.remove(piece)
            return []
        piece = piece or self._piece(sound)
        piece.sound = sound
        piece.closed = True
        if piece.is_settled:
            return self._settled()
        if piece.waiting and piece.asked_speech_end == sound.speech_end:
            return []  # its last question was about all of it
        return [piece.ask(Urgency.FINAL)]

    def _is_over(self) -> bool:
        """Whether there has been silence for long enough after speech."""
        after = self._rules.commit_after
        if after is None:
            return False
        sounds = [piece.sound for piece in self._segment.pieces[-1:]]
        if (sound := self._cutter.open) and sound.speech >= self._rules.shortest_speech:
            sounds = [sound]
        return any(self._cutter.now - sound.speech_end >= after for sound in sounds)

    def _end_piece(self, end: int) -> list[Effect]:
        """Ends the open piece, unless it has hardly begun: it may be a word of the next segment."""
        sound = self._cutter.open
        if sound is None or sound.speech < self._rules.shortest_speech:
            return []
        sound = self._cutter.close(end)
        return [] if sound is None else self._close(sound)

    def _seal(self, *, asked: bool) -> list[Effect]:
        """What has been said so far is one commit."""
        segment, self._segment = self._segment, Segment()
        segment.asked = asked
        self._committed.append(segment)
        return self._settled()

    def _settled(self) -> list[Effect]:
        """Commits whose pieces are all settled, in the order of the commits."""
        effects: list[Effect] = []
        while self._committed and all(piece.is_settled for piece in self._committed[0].pieces):
            segment = self._committed.popleft()
            for piece in segment.pieces:
                self._pieces.pop(piece.number, None)
            passages = segment.passages
            if passages or segment.asked:
                effects.append(Commit(passages, segment.asked))
        return effects

    def _partial(self) -> list[Effect]:
        if self._committed or any(piece.is_overheard for piece in self._segment.pieces):
            return []
        text = self.text
        if not text or text == self._segment.shown:
            return []
        self._segment.shown = text
        return [ShowPartial(text)]
