"""From attention and sound to the times of words."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest

from vivavoce.engines.base import EARS_RATE
from vivavoce.engines.ears.moonshine_graphs import FRAME
from vivavoce.engines.ears.moonshine_timing import ALIGNMENT_HEADS, Span, word_spans
from vivavoce.engines.ears.moonshine_vocabulary import TokenWord

Floats = npt.NDArray[np.float32]
AHEAD = {(3, 3): 5, (4, 0): 5, (4, 6): 2}
FRAMES = 125
NEAR = 2 * FRAME


def looking(moments: list[int], frames: int = FRAMES) -> Floats:
    """Attention of heads that look ahead of the frames `moments` as the real ones do."""
    attention = np.full((len(ALIGNMENT_HEADS), len(moments), frames), 1e-3, np.float32)
    for index, head in enumerate(ALIGNMENT_HEADS):
        for row, moment in enumerate(moments):
            attention[index, row, max(0, moment - AHEAD[head])] = 0.8
    return attention


def sound(*silences: tuple[float, float], seconds: float = FRAMES * FRAME / EARS_RATE) -> Floats:
    """A tone with silences, given in seconds."""
    time = np.arange(int(seconds * EARS_RATE)) / EARS_RATE
    tone = (0.3 * np.sin(2 * np.pi * 200 * time)).astype(np.float32)
    for start, end in silences:
        tone[int(start * EARS_RATE) : int(end * EARS_RATE)] = 0
    return tone


def words(*lengths: int) -> list[TokenWord]:
    """Words of so many tokens."""
    ends = np.cumsum(lengths).tolist()
    return [TokenWord("x", end - size, end) for size, end in zip(lengths, ends, strict=True)]


def test_a_word_begins_where_its_first_token_looks_and_ends_before_the_next() -> None:
    # the second word has two tokens, the last row is the end's
    spans = word_spans(words(1, 2, 1), looking([10, 40, 60, 80, 110]), sound())
    starts = [span.start for span in spans]
    assert starts == pytest.approx([10 * FRAME, 40 * FRAME, 80 * FRAME], abs=NEAR)
    ends = [span.end for span in spans]
    assert ends == pytest.approx([40 * FRAME, 80 * FRAME, 110 * FRAME], abs=NEAR)
    assert all(before.end < after.start for before, after in pairwise(spans))


def test_a_pause_is_between_words_not_in_them() -> None:
    pause = sound((0.9, 1.5))
    first, second = word_spans(words(1, 1), looking([10, 42, 110]), pause)
    assert first.end == pytest.approx(0.9 * EARS_RATE, abs=320)
    assert second.start == pytest.approx(1.5 * EARS_RATE, abs=320)


def test_silence_around_the_speech_is_in_no_word() -> None:
    only, *_ = word_spans(words(1), looking([5, 80]), sound((0, 0.3), (1.9, 3)))
    assert only == Span(
        pytest.approx(0.3 * EARS_RATE, abs=320), pytest.approx(1.9 * EARS_RATE, abs=320)
    )


def test_the_closed_mouth_before_a_consonant_is_no_pause() -> None:
    moment = 40 * FRAME
    first, second = word_spans(words(1, 1), looking([10, 40, 110]), sound((0.9, 1.0)))
    assert second.start == pytest.approx(moment, abs=NEAR)
    assert moment - 0.06 * EARS_RATE < first.end < moment


def test_without_an_end_the_last_word_lasts_as_long_as_the_sound() -> None:
    samples = sound()
    _, last = word_spans(words(1, 1), looking([10, 40]), samples)
    assert last.end == pytest.approx(len(samples), abs=NEAR)


@pytest.mark.parametrize(
    "moments",
    [[100, 10, 60, 20], [50, 50, 50, 50], [0, 0, 0, 0], [124, 124, 124, 124]],
    ids=["backwards", "all at once", "all at the start", "all at the end"],
)
@pytest.mark.parametrize("silences", [[], [(0, 3)], [(1.1, 1.6)]], ids=["none", "all", "one"])
def test_words_are_in_order_and_within_the_sound_whatever_was_looked_at(
    moments: list[int], silences: list[tuple[float, float]]
) -> None:
    samples = sound(*silences)
    spans = word_spans(words(1, 1, 1), looking(moments), samples)
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(edges)
    assert edges[0] >= 0
    assert edges[-1] <= len(samples)


def test_there_may_be_more_words_than_frames() -> None:
    spans = word_spans(words(*[1] * 6), looking([0] * 7, frames=1), sound(seconds=0.06))
    assert len(spans) == 6
    assert word_spans([], looking([0]), sound()) == []
