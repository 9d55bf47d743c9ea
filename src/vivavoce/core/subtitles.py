"""Transcripts as subtitles, cut as people who write them do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import msgspec

from vivavoce.core.spoken_words import SpokenWord

_SENTENCE_END: Final = re.compile(r"[.!?…][\"')\]]*$")
_CLAUSE_END: Final = re.compile(r"[,;:\u2013\u2014][\"')\]]*$")
_SHORTEST_S: Final = 1.0
"""A cue is to be read: it stays so long unless the next one comes."""


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
    at the longest gap.
    """
    rules = rules or CueRules()
    parts: list[tuple[SpokenWord, ...]] = []
    start = 0
    while start < len(words):
        end = start + _length(words, start, rules)
        parts.append(tuple(words[start:end]))
        start = end
    return parts


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


def _length(words: Sequence[SpokenWord], start: int, rules: CueRules) -> int:
    """How many words from `start` on make the next part."""
    fitting = _fitting(words, start, rules)
    end = start + fitting
    if end == len(words) or words[end].start_s - words[end - 1].end_s >= rules.silence_s:
        return fitting
    third = fitting // 3
    for pattern in (_SENTENCE_END, _CLAUSE_END):
        for count in range(fitting, third, -1):
            if pattern.search(words[start + count - 1].text):
                return count
    if fitting == 1:
        return 1
    return max(
        range(max(1, fitting // 2), fitting + 1),
        key=lambda count: words[start + count].start_s - words[start + count - 1].end_s,
    )


def _fitting(words: Sequence[SpokenWord], start: int, rules: CueRules) -> int:
    """How many words from `start` on one part can have; 1 at least."""
    chars = len(words[start].text)
    for index in range(start + 1, len(words)):
        word = words[index]
        chars += 1 + len(word.text)
        if (
            word.start_s - words[index - 1].end_s >= rules.silence_s
            or chars > rules.cue_chars
            or word.end_s - words[start].start_s > rules.longest_s
        ):
            return index - start
    return len(words) - start


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
    """The part's text in lines of about equal length."""
    text = _text(part)
    if len(text) <= rules.line_chars:
        return [text]
    if rules.lines == 2:
        return _halves(part)
    lines = [""]
    for word in part:
        longer = f"{lines[-1]} {word.text}".lstrip()
        if len(longer) <= rules.line_chars or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word.text)
    return lines


def _halves(part: Sequence[SpokenWord]) -> list[str]:
    if len(part) < 2:
        return [_text(part)]
    halves = [(_text(part[:count]), _text(part[count:])) for count in range(1, len(part))]
    return list(min(halves, key=lambda two: max(map(len, two))))


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
