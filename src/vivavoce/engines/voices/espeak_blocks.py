"""One spoken text, cut into blocks that belong to stretches of the caller's text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from vivavoce.core.characters import is_grapheme_boundary, is_spaceless
from vivavoce.core.traced_text import TracedText
from vivavoce.engines.base import CharTimes, SpeechBlock, SpeechRequest
from vivavoce.engines.voices.espeak_text import Spelled

SAMPLE_RATE: Final = 24_000

Samples = npt.NDArray[np.int16]
Times = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

_FIRST_BLOCK: Final = SAMPLE_RATE * 150 // 1000
_BLOCK_GROWTH: Final = 2
_LARGEST_BLOCK: Final = SAMPLE_RATE * 1200 // 1000
# As the English voice has it, so that the two follow each other at one pace.
_AUDIBLE: Final = 164
_LEAD: Final = SAMPLE_RATE * 10 // 1000
_FADE: Final = SAMPLE_RATE * 5 // 1000

# Behind these there is no space, in scripts that have none.
_WIDE_MARKS: Final = frozenset(
    "\u3002\uff0c\u3001\uff01\uff1f\uff1b\uff1a\u300d\u300f\uff09\u3011\u300b\u2026"
)


class Word(NamedTuple):
    """The word at character `at` of the spelled text begins at `sample`."""

    at: int
    sample: int


@dataclass(frozen=True, slots=True)
class Spoken:
    """`samples` are `spelled`; that is a way to write `shown`, and that what is read of the text.

    `words` come as the library tells of them.
    """

    request: SpeechRequest
    shown: TracedText
    spelled: Spelled
    samples: Samples
    words: Sequence[Word]


class _Cut(NamedTuple):
    original: int
    normalized: int
    sample: int


def blocks_of(spoken: Spoken) -> Iterator[SpeechBlock]:
    """The blocks, the first of which is short. There has to be an audible sample."""
    audible = np.flatnonzero(np.abs(spoken.samples.astype(np.int32)) > _AUDIBLE)
    first, last = max(0, int(audible[0]) - _LEAD), int(audible[-1]) + 1
    words = _in_order(spoken)
    spelled = _spelled_times(spoken, words, audible)
    shown = _spread(spoken.spelled.origin, spelled, len(spoken.shown.text))
    original = _spread(spoken.shown.origin, shown, len(spoken.request.text))
    writer = _BlockWriter(spoken, original, shown, first)
    for cut in _block_ends(_cuts(spoken, words), first, last):
        yield writer.block(spoken.samples[: cut.sample], cut)
    yield writer.last_block(spoken.samples[:last], spoken.request.pause_ms)


def is_audible(samples: Samples) -> bool:
    """Whether there is anything to hear in `samples`."""
    return bool((np.abs(samples.astype(np.int32)) > _AUDIBLE).any())


def silence(request: SpeechRequest) -> SpeechBlock:
    """The block of a text with nothing to speak: its pause."""
    text = _ending_in_space(request.text)
    times = CharTimes(text, [0] * len(text))
    return SpeechBlock(bytes(2 * (request.pause_ms * SAMPLE_RATE // 1000)), times, times)


def _in_order(spoken: Spoken) -> list[Word]:
    """Each word once, from the first character that was written for it."""
    origin = np.asarray(spoken.spelled.origin)
    words: list[Word] = []
    for index, sample in spoken.words:
        if not 0 <= index < len(origin):
            continue
        start = int(np.searchsorted(origin, origin[index]))
        if not words or (start > words[-1].at and sample > words[-1].sample):
            words.append(Word(start, sample))
    return words


def _spelled_times(spoken: Spoken, words: Sequence[Word], audible: Indices) -> Times:
    """Start of every spelled character and the end of the last: a word's share its time."""
    text = spoken.spelled.sounding
    position = np.concatenate([[0], np.cumsum([char != "\0" for char in text])])
    end = int(audible[-1]) + 1
    knots = [(0, int(audible[0]))]
    for word, following in pairwise((*words, Word(len(text), len(spoken.samples)))):
        heard = int(audible[np.searchsorted(audible, following.sample) - 1]) + 1
        stop = word.at + len(_without_marks(text[word.at : following.at]))
        knots.append((int(position[word.at]), word.sample))
        if stop > word.at:
            knots.append((int(position[stop]), max(word.sample, min(heard, following.sample))))
    knots.append((int(position[-1]), end))
    known = dict(knots)
    times = np.interp(position, list(known), list(known.values()))
    return np.maximum.accumulate(np.clip(times, audible[0], end))


def _without_marks(word: str) -> str:
    """The word without the marks and spaces behind it, which share the pause after it."""
    for length in range(len(word), 0, -1):
        if word[length - 1].isalnum() or not word[length - 1].isascii():
            return word[:length]
    return word


def _spread(origin: Sequence[int], starts: Times, length: int) -> Times:
    """When each of `length` characters starts and the last one ends.

    `starts[i]` is when that of `origin[i]` does; what lies between two of those is in between.
    """
    known, first = np.unique(np.asarray(origin), return_index=True)
    times: Times = np.interp(
        np.arange(length + 1), [*known, length], [*starts[:-1][first], starts[-1]]
    )
    return times


def _cuts(spoken: Spoken, words: Sequence[Word]) -> Iterator[_Cut]:
    """Where a block may end: before a word, in both texts."""
    text, shown = spoken.request.text, spoken.shown
    for word in words[1:]:
        normalized = _before_marks(shown.text, spoken.spelled.origin[word.at])
        original = shown.origin[normalized]
        # What stands for a stretch of the text, as a pronunciation does, stays in one piece.
        is_first_of_original = normalized > 0 and shown.origin[normalized - 1] < original
        if (
            is_first_of_original
            and _is_between_words(shown.text, normalized)
            and _is_between_words(text, original)
        ):
            yield _Cut(original, normalized, word.sample)


def _before_marks(text: str, at: int) -> int:
    """Where the marks that open the word at `at` begin, if there are any."""
    start = at
    while start and not text[start - 1].isalnum() and not text[start - 1].isspace():
        start -= 1
    return start if text[start - 1 : start].isspace() else at


def _is_between_words(text: str, at: int) -> bool:
    before, after = text[at - 1 : at], text[at : at + 1]
    if before.isspace():
        return True
    is_spaceless_script = is_spaceless(after) and (is_spaceless(before) or before in _WIDE_MARKS)
    return is_spaceless_script and is_grapheme_boundary(text, at)


def _block_ends(cuts: Iterator[_Cut], first: int, last: int) -> Iterator[_Cut]:
    """The cuts at which blocks end: the first soon, later ones further apart."""
    size, start = _FIRST_BLOCK, first
    for cut in cuts:
        if start + size <= cut.sample < last:
            yield cut
            size = min((cut.sample - start) * _BLOCK_GROWTH, _LARGEST_BLOCK)
            start = cut.sample


class _BlockWriter:
    def __init__(self, spoken: Spoken, original: Times, shown: Times, first: int) -> None:
        self._texts = (_ending_in_space(spoken.request.text), _ending_in_space(spoken.shown.text))
        self._starts = (original[:-1], shown[:-1])
        self._taken = (0, 0)
        self._position = first

    def block(self, until: Samples, cut: _Cut) -> SpeechBlock:
        """The block that ends with `cut`, where `until` does too."""
        return self._write(until[self._position :], (cut.original, cut.normalized))

    def last_block(self, until: Samples, pause_ms: int) -> SpeechBlock:
        """All that is left, and the pause after it."""
        samples = np.pad(until[self._position :], (0, pause_ms * SAMPLE_RATE // 1000))
        fade = min(len(samples), _FADE)
        samples[len(samples) - fade :] = samples[len(samples) - fade :] * np.linspace(1, 0, fade)
        return self._write(samples, (len(self._texts[0]), len(self._texts[1])))

    def _write(self, samples: Samples, ends: tuple[int, int]) -> SpeechBlock:
        times = []
        for text, starts, taken, end in zip(
            self._texts, self._starts, self._taken, ends, strict=True
        ):
            own = np.clip(np.rint(starts[taken:end] - self._position), 0, len(samples))
            missing = end - taken - len(own)  # the space added at the end of the text
            sounding = own.astype(int).tolist() + [len(samples)] * missing
            times.append(CharTimes(text[taken:end], sounding))
        self._taken = ends
        self._position += len(samples)
        return SpeechBlock(samples.astype("<i2").tobytes(), times[0], times[1])


def _ending_in_space(text: str) -> str:
    return text if text[-1:].isspace() else text + " "
