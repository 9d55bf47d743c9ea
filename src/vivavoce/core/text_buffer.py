"""Text that trickles in, cut into utterances: when speech starts, and where each piece ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from vivavoce.core.boundaries import Boundary, BoundaryScanner, Cut, boundaries_of
from vivavoce.core.cut_choice import choose_cut, reach
from vivavoce.core.phrasing import word_cut
from vivavoce.core.utterances import Utterance, divide

__all__ = ["Cut", "TextBuffer", "Utterance"]

DEFAULT_SCHEDULE: Final = (120, 160, 250, 290)
# The protocol's own bounds for one item of `chunk_length_schedule`, in characters.
SHORTEST_CHUNK: Final = 50
LONGEST_CHUNK: Final = 500
# `try_trigger_generation` asks for speech now; below about a clause it would only stutter.
TRIGGER_MINIMUM: Final = 24
# Long enough for the next token of a language model, too short to be heard as a pause.
IDLE_SECONDS: Final = 0.08


class TextBuffer:
    """Holds text until there is enough of it, then hands it out in utterances.

    A generation starts when as many characters wait as the schedule's next item says (white space
    in front not counted). It takes all up to the last good boundary: a sentence end, else the end
    of a clause, else of a word. What stays behind is in `waiting`; at any moment the texts of all
    utterances so far and `waiting`, joined, are what was fed, character for character.

    White space goes with the sentence it follows, and alone it makes no utterance: after `finish`
    it may be left in `waiting`. Times are seconds on any clock that does not run backwards.

    With `ssml` nothing but `flush` and `finish` cuts inside a `<phoneme …>…</phoneme>`, however
    it is split over messages. One that is not closed after 126 characters is plain text.
    """

    def __init__(
        self,
        *,
        chunk_length_schedule: Sequence[int] = DEFAULT_SCHEDULE,
        auto_mode: bool = False,
        ssml: bool = False,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self._schedule = _clamped(chunk_length_schedule)
        self._auto_mode = auto_mode
        self._ssml = ssml
        self._idle_seconds = idle_seconds
        self._scanner = self._scan("")
        self._leading: list[str] = []
        self._leading_length = 0
        self._generations = 0
        self._fed_at = 0.0

    def follow(self, schedule: Sequence[int]) -> None:
        """Another schedule for the text to come; the count of generations goes on."""
        self._schedule = _clamped(schedule)

    @property
    def waiting(self) -> str:
        """The text that no utterance has carried yet."""
        return "".join(self._leading) + self._scanner.text

    @property
    def pending(self) -> int:
        """How many characters wait."""
        return self._leading_length + len(self._scanner.text)

    @property
    def next_tick(self) -> float | None:
        """When `tick` would speak if no text comes until then; None when it would not."""
        tail = self._scanner.tail
        has_sentence = self._scanner.last_sentence or (tail and tail.cut is Cut.SENTENCE)
        if has_sentence or (self._is_due and choose_cut(self._scanner, eager=True)):
            return self._fed_at + self._idle_seconds
        return None

    def feed(
        self, text: str, *, now: float, try_trigger: bool = False, flush: bool = False
    ) -> list[Utterance]:
        """Take `text` and return what is to be spoken at once.

        `try_trigger` starts a generation below the schedule if 24 characters wait that end where a
        word ends. `flush` speaks all that waits, half words too. In `auto_mode` every message is
        spoken whole, save for the beginning of a tag or element.
        """
        if text:
            self._append(text)
            self._fed_at = now
        if flush:
            return self._take_all(len(self._scanner.text))
        if self._auto_mode:
            return self._take_all(self._scanner.limit)
        utterances = self._scheduled()
        if try_trigger and not utterances:
            utterances = self._triggered()
        return utterances

    def tick(self, now: float) -> list[Utterance]:
        """Speak the finished sentences that wait, if no text has come for a while."""
        due = self.next_tick
        if due is None or now < due:
            return []
        cut = choose_cut(self._scanner, eager=True)
        return self._generate(cut) if cut else []

    def finish(self) -> list[Utterance]:
        """No more text will come: speak all that waits."""
        return self._take_all(len(self._scanner.text))

    def discard(self) -> None:
        """Forget all that waits, and start again with the first item of the schedule."""
        self._scanner = self._scan("")
        self._take_leading()
        self._generations = 0

    def _scan(self, text: str) -> BoundaryScanner:
        return BoundaryScanner(text, ssml=self._ssml)

    def _append(self, text: str) -> None:
        if not self._scanner.text:
            body = text.lstrip()
            self._lead(text[: len(text) - len(body)])
            text = body
        if text:
            self._scanner.extend(text)

    def _lead(self, space: str) -> None:
        if space:
            self._leading.append(space)
            self._leading_length += len(space)

    def _take_leading(self) -> str:
        space = "".join(self._leading)
        self._leading.clear()
        self._leading_length = 0
        return space

    @property
    def _is_due(self) -> bool:
        item = min(self._generations, len(self._schedule) - 1)
        return len(self._scanner.text) >= self._schedule[item]

    def _scheduled(self) -> list[Utterance]:
        utterances: list[Utterance] = []
        while self._is_due and (cut := choose_cut(self._scanner, eager=False)):
            utterances += self._generate(cut)
        return utterances

    def _triggered(self) -> list[Utterance]:
        if reach(self._scanner) < TRIGGER_MINIMUM:
            return []
        cut = choose_cut(self._scanner, eager=True)
        return self._generate(cut) if cut else []

    def _take_all(self, end: int) -> list[Utterance]:
        if not end:
            return []
        text = self._scanner.text[:end]
        boundaries = boundaries_of(text, ssml=self._ssml)
        ended = bool(boundaries) and boundaries[-1].end == end
        return self._hand_out(end, boundaries, boundaries[-1].cut if ended else word_cut(text, end))

    def _generate(self, cut: Boundary) -> list[Utterance]:
        return self._hand_out(cut.end, self._scanner.settled, cut.cut)

    def _hand_out(self, end: int, boundaries: Sequence[Boundary], cut: Cut) -> list[Utterance]:
        text = self._scanner.text
        first, *others = divide(text[:end], boundaries, cut)
        first = Utterance(self._take_leading() + first.text, first.cut)
        self._scanner = self._scan(text[end:])
        self._generations += 1
        return [first, *others]


def _clamped(schedule: Sequence[int]) -> tuple[int, ...]:
    """The schedule with each item brought within bounds; an empty one is the default."""
    return tuple(
        min(max(item, SHORTEST_CHUNK), LONGEST_CHUNK) for item in schedule or DEFAULT_SCHEDULE
    )
