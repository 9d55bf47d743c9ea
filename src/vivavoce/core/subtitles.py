"""Transcripts as subtitles, cut as people who write them do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import msgspec

from vivavoce.core.cut_places import Place, cut_places
from vivavoce.core.spoken_words import SpokenWord

_SHORTEST_S: Final = 1.0
"""A cue is to be read: it stays so long unless the next one comes."""
_REST_S: Final = 0.25
"""Who is silent so long between two words means to part them."""
_UNEVEN_BY: Final[dict[Place, int]] = {
    Place.SENTENCE: -8,
    Place.CLAUSE: -8,
    Place.WORD: 0,
    Place.LEANING: 16,
}
"""Characters by which lines may differ for the sake of where they are broken."""


class CueRules(msgspec.Struct, frozen=True):
    """How much one cue may have.

    42 characters a line and 7 s are what most style guides for subtitles ask for. Without
    `most_chars` a cue has as many as its lines.
    """

    line_chars: int = 42
    lines: int = 2
    most_chars: int | None = None
    longest_s: float = 7.0
    silence_s: float = 1.5

    @property
    def cue_chars(self) -> int:
        """The most characters of a cue."""
        whole = self.line_chars * self.lines
        return whole if self.most_chars is None else min(whole, self.most_chars)


def segments(
    words: Sequence[SpokenWord], rules: CueRules | None = None
) -> list[tuple[SpokenWord, ...]]:
    """The words in parts that keep to `rules`; a word that breaks them by itself stands alone.

    A part ends at a silence, else at the last end of a sentence that fits, else of a clause, else
    at the longest gap, else where no two words are torn apart that belong together.
    """
    return [tuple(words[part.start : part.stop]) for part in _parts(words, rules or CueRules())]


def to_text(words: Sequence[SpokenWord], rules: CueRules | None = None) -> str:
    """One line for each part."""
    return "".join(f"{_text(part)}\n" for part in segments(words, rules))


def to_srt(words: Sequence[SpokenWord], rules: CueRules | None = None) -> str:
    """As SubRip has it."""
    rules = rules or CueRules()
    return "".join(
        f"{number}\n{_stamp(start, ',')} --> {_stamp(end, ',')}\n{text}\n\n"
        for number, (start, end, text) in enumerate(_cues(words, rules), 1)
    )


def to_vtt(words: Sequence[SpokenWord], rules: CueRules | None = None) -> str:
    """As WebVTT has it."""
    rules = rules or CueRules()
    cues = (
        f"{_stamp(start, '.')} --> {_stamp(end, '.')}\n{_escaped(text)}\n\n"
        for start, end, text in _cues(words, rules)
    )
    return "WEBVTT\n\n" + "".join(cues)


def _parts(words: Sequence[SpokenWord], rules: CueRules) -> Iterator[range]:
    places = cut_places([word.text for word in words])
    start = 0
    while start < len(words):
        end = start + _fitting(words, start, rules)
        if end < len(words) and _gap(words, end) < rules.silence_s:
            end = _best_end(words, places, range(start + 1, end + 1))
        yield range(start, end)
        start = end


def _fitting(words: Sequence[SpokenWord], start: int, rules: CueRules) -> int:
    """How many words from `start` on one part can have; 1 at least."""
    chars = line = len(words[start].text)
    lines = 1
    for index in range(start + 1, len(words)):
        word = words[index]
        chars += 1 + len(word.text)
        line += 1 + len(word.text)
        if line > rules.line_chars:
            line = len(word.text)
            lines += 1
        if (
            _gap(words, index) >= rules.silence_s
            or chars > rules.cue_chars
            or lines > rules.lines
            or word.end_s - words[start].start_s > rules.longest_s
        ):
            return index - start
    return len(words) - start


def _best_end(words: Sequence[SpokenWord], places: Sequence[Place], ends: range) -> int:
    """The best of `ends`, and the last of equally good ones; never so early that little is left."""
    late = ends[len(ends) // 3 :]
    for place in (Place.SENTENCE, Place.CLAUSE):
        # A sentence is whole however short it is, if it takes as long to say as a cue must stay.
        for end in reversed(ends if place is Place.SENTENCE else late):
            long_enough = words[end - 1].end_s - words[ends.start - 1].start_s >= _SHORTEST_S
            if places[end - 1] is place and (end in late or long_enough):
                return end
    later = ends[len(ends) // 2 :]
    rested = max(later, key=lambda end: _gap(words, end))
    if _gap(words, rested) >= _REST_S:
        return rested
    return next((end for end in reversed(later) if places[end - 1] is Place.WORD), later[-1])


def _gap(words: Sequence[SpokenWord], end: int) -> float:
    """Seconds of silence before words[end]."""
    return words[end].start_s - words[end - 1].end_s


def _cues(words: Sequence[SpokenWord], rules: CueRules) -> Iterator[tuple[float, float, str]]:
    parts = segments(words, rules)
    for part, behind in pairwise([*parts, None]):
        assert part is not None
        start = part[0].start_s
        end = max(part[-1].end_s, start + _SHORTEST_S)
        if behind is not None:
            end = min(end, behind[0].start_s)
        yield start, max(start, end), "\n".join(_lines(part, rules))


def _lines(part: Sequence[SpokenWord], rules: CueRules) -> list[str]:
    """The part's text in as few lines as it needs; two are of about equal length."""
    lines = [""]
    for word in part:
        longer = f"{lines[-1]} {word.text}".lstrip()
        if len(longer) <= rules.line_chars or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word.text)
    return _halves(part, rules) if len(lines) == 2 else lines


def _halves(part: Sequence[SpokenWord], rules: CueRules) -> list[str]:
    places = cut_places([word.text for word in part])

    def ungainly(count: int) -> tuple[int, int]:
        longer = max(len(_text(part[:count])), len(_text(part[count:])))
        return max(0, longer - rules.line_chars), longer + _UNEVEN_BY[places[count - 1]]

    best = min(range(1, len(part)), key=ungainly)
    return [_text(part[:best]), _text(part[best:])]


def _text(part: Sequence[SpokenWord]) -> str:
    return " ".join(word.text for word in part)


def _stamp(seconds: float, mark: str) -> str:
    milliseconds = round(seconds * 1000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    seconds, milliseconds = divmod(milliseconds, 1000)
    return f"{hours:02}:{minutes:02}:{seconds:02}{mark}{milliseconds:03}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
