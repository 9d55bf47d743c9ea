"""Where running text may be cut: sentence and clause ends, found as the text trickles in."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import Final

from vivavoce.core import marks
from vivavoce.core.characters import is_grapheme_boundary, is_spaceless
from vivavoce.core.full_stops import FullStop, read_full_stop


class Cut(enum.Enum):
    """How an utterance ended; the pause after it depends on it."""

    SENTENCE = enum.auto()
    CLAUSE = enum.auto()
    WORD = enum.auto()
    FORCED = enum.auto()


@dataclass(frozen=True, slots=True)
class Boundary:
    """A place to cut: text[:end] is one side. `sure` is False while only silence speaks for it."""

    end: int
    cut: Cut
    sure: bool = True


class _Wait(enum.Enum):
    """The answer while it depends on text that has not come."""

    WAIT = enum.auto()


_WAIT: Final = _Wait.WAIT

_ROLES: Final[dict[FullStop, Cut | _Wait | None]] = {
    FullStop.END: Cut.SENTENCE,
    FullStop.PAUSE: Cut.CLAUSE,
    FullStop.PART: None,
    FullStop.UNKNOWN: _WAIT,
}


class BoundaryScanner:
    """Finds the sentence and clause ends of text that arrives in pieces; each piece is read once.

    `settled` are boundaries that no later text can change, in order. `tail` is one at the very end
    of the text, which later text may still move or take back. `open_tag` is where an unclosed tag
    begins (with `ssml`, an unclosed phoneme element too): nothing may be cut behind it.
    `last_sentence` is where the last settled sentence ends.
    """

    def __init__(self, text: str = "", *, complete: bool = False, ssml: bool = False) -> None:
        self.text = text
        self.settled: list[Boundary] = []
        self.tail: Boundary | None = None
        self.open_tag: int | None = None
        self.last_sentence = 0
        self._complete = complete
        self._ssml = ssml
        self._resume = 0
        self._wordless = 0
        if text:
            self._scan()

    def extend(self, text: str) -> None:
        """Append `text` and find what it settles."""
        self.text += text
        self._scan()

    @property
    def limit(self) -> int:
        """The end of what may be cut: all of the text, or as far as an open tag."""
        return len(self.text) if self.open_tag is None else self.open_tag

    @property
    def undecided(self) -> bool:
        """Whether the text ends in a mark whose meaning depends on what comes next."""
        return self._resume < self.limit and not (self.tail is not None and self.tail.sure)

    def _scan(self) -> None:
        self.tail = None
        self.open_tag = None
        at = self._resume
        while found := marks.MARK.search(self.text, at):
            after = self._read(found.start())
            if after is None:
                self._resume = found.start()
                return
            at = after
        self._resume = len(self.text)

    def _read(self, at: int) -> int | None:
        """Judge the mark at `at`; where to go on, or None when the text to come must be known."""
        char = self.text[at]
        if char == "<":
            return self._read_tag(at)
        if char in marks.LINE_ENDS:
            return self._settle(space_end(self.text, at), Cut.SENTENCE)
        if char in marks.ANY_CLAUSE:
            return self._read_clause(at)
        return self._read_sentence(at)

    def _read_tag(self, at: int) -> int | None:
        if self._ssml and (element := marks.PHONEME_ELEMENT.match(self.text, at)):
            return element.end()
        if not self._complete and self._is_open(at):
            self.open_tag = at
            return None
        closed = marks.TAG.match(self.text, at)
        return closed.end() if closed else at + 1

    def _is_open(self, at: int) -> bool:
        """Whether what begins at text[at] and must stay whole has not ended yet."""
        if self._ssml and marks.OPEN_ELEMENT.match(self.text, at):
            return True
        return marks.OPEN_TAG.match(self.text, at) is not None

    def _read_clause(self, at: int) -> int | None:
        found = marks.CLAUSE_END.match(self.text, at)
        assert found is not None
        end = found.end()
        if marks.LINE_END.search(found[3]):
            return self._settle(end, Cut.SENTENCE)
        if not found[3] and self._must_wait(end):
            return None
        return self._settle(end, Cut.CLAUSE) if self._is_clause_end(found) else end

    def _is_clause_end(self, found: re.Match[str]) -> bool:
        written, _, gap = found.groups()
        before = self.text[max(0, found.start() - 1) : found.start()]
        if all(mark in marks.SPACED_DASHES for mark in written):
            return bool(gap) and before.isspace()
        if any(mark in marks.HARD_CLAUSE_MARKS for mark in written):
            return True
        return bool(gap) or (is_spaceless(before) and self._spaceless_follows(found.end()))

    def _read_sentence(self, at: int) -> int | None:
        found = marks.SENTENCE_END.match(self.text, at)
        assert found is not None
        end = found.end()
        if not found[3] and self._must_wait(end):
            cut = self._judge_unfollowed(found)
            if isinstance(cut, Cut) and end == len(self.text) and self._has_word(end):
                self.tail = Boundary(end, cut, sure=False)
            return None
        cut = self._judge_followed(found)
        if cut is _WAIT:
            return None
        return end if cut is None else self._settle(end, cut)

    def _judge_followed(self, found: re.Match[str]) -> Cut | _Wait | None:
        """The cut behind marks that something is known to follow (or behind the last of all)."""
        written, closers, gap = found.groups()
        end = found.end()
        hard = any(mark in marks.HARD_SENTENCE_MARKS for mark in written)
        if hard or marks.LINE_END.search(gap) or (self._complete and end == len(self.text)):
            return Cut.SENTENCE
        if not gap and "<" not in closers and not marks.TAG.match(self.text, end):
            return Cut.SENTENCE if self._ends_spaceless(found) else None
        if written == ".":
            return self._judge_full_stop(found)
        trails_off = bool(closers) or not set(written) - {".", "…"}
        return Cut.CLAUSE if trails_off and self.text[end : end + 1].islower() else Cut.SENTENCE

    def _judge_unfollowed(self, found: re.Match[str]) -> Cut | _Wait | None:
        """The cut behind marks at the end of the text, should nothing follow for a while."""
        if found[1] != ".":
            return Cut.SENTENCE
        if self.text[max(0, found.start() - 1) : found.start()].isdecimal():
            return None
        return self._judge_full_stop(found)

    def _judge_full_stop(self, found: re.Match[str]) -> Cut | _Wait | None:
        role = read_full_stop(
            self.text,
            found.start(),
            found.end(),
            sentence_start=self.last_sentence,
            complete=self._complete,
        )
        return _ROLES[role]

    def _ends_spaceless(self, found: re.Match[str]) -> bool:
        """Latin marks between such letters; a lone full stop only right behind one of them."""
        before = self.text[max(0, found.start() - 1) : found.start()]
        return self._spaceless_follows(found.end()) and (found[1] != "." or is_spaceless(before))

    def _spaceless_follows(self, end: int) -> bool:
        return is_spaceless(self.text[end : end + 1])

    def _must_wait(self, end: int) -> bool:
        """Whether it is not known yet what follows `end`: nothing has come, or half a tag."""
        if self._complete or end == len(self.text):
            return not self._complete
        if marks.OPEN_TAG.match(self.text, end):
            self.open_tag = end
            return True
        return False

    def _settle(self, end: int, cut: Cut) -> int | None:
        """Note a boundary at `end`; None when the text ends there and may still move it."""
        if not is_grapheme_boundary(self.text, end):
            return end
        counts = cut is not Cut.SENTENCE or self._has_word(end)
        if end == len(self.text) and not self._complete:
            self.tail = Boundary(end, cut) if counts else None
            return None
        if counts:
            self.settled.append(Boundary(end, cut))
            if cut is Cut.SENTENCE:
                self.last_sentence = end
        return end

    def _has_word(self, end: int) -> bool:
        """Whether there is anything to say since the last sentence end; dashes alone are none."""
        if marks.WORD_CHAR.search(self.text, max(self.last_sentence, self._wordless), end):
            return True
        self._wordless = end
        return False


def boundaries_of(text: str, *, ssml: bool = False) -> list[Boundary]:
    """All sentence and clause ends of a text that nothing follows."""
    return BoundaryScanner(text, complete=True, ssml=ssml).settled


def word_ends(text: str, start: int, stop: int) -> list[int]:
    """Where in text[start:stop] a word and the white space behind it end, never inside a tag.

    Nor inside a phoneme element: whoever spells one out wants it spoken as one.
    """
    return [
        gap.end()
        for gap in marks.WORD_GAP.finditer(text, start, stop)
        if gap.start() > start and not gap[0].startswith("<")
    ]


def space_end(text: str, at: int) -> int:
    """Where the white space that begins at text[at], if any, ends."""
    found = marks.SPACE.match(text, at)
    return found.end() if found else at
