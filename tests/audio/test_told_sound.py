"""Sound told of ahead of its time."""

from __future__ import annotations

import numpy as np

from vivavoce.audio.told_sound import ToldSound


def numbered(first: int, last: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.arange(first, last, dtype=np.float32)


def test_what_was_told_is_found_at_its_time_and_silence_around_it() -> None:
    told = ToldSound()
    told.tell(numbered(1, 4), 10)
    assert told.cut(8, 7).tolist() == [0, 0, 1, 2, 3, 0, 0]
    assert told.end == 13


def test_before_the_stream_and_far_behind_it_there_is_silence() -> None:
    told = ToldSound()
    told.tell(numbered(1, 3), 0)
    assert told.cut(-3, 5).tolist() == [0, 0, 0, 1, 2]
    assert not told.cut(1_000_000, 3).any()
    assert told.cut(-9, 4).tolist() == [0, 0, 0, 0]


def test_the_last_word_on_a_sample_counts() -> None:
    told = ToldSound()
    told.tell(numbered(1, 6), 0)
    told.tell(numbered(10, 12), 2)
    assert told.cut(0, 5).tolist() == [1, 2, 10, 11, 5]


def test_more_can_be_told_than_there_was_room_for() -> None:
    told = ToldSound()
    told.tell(numbered(0, 60_000), 100)
    assert told.cut(60_098, 3).tolist() == [59_998, 59_999, 0]


def test_what_was_stopped_is_silent() -> None:
    told = ToldSound()
    told.tell(numbered(1, 9), 0)
    told.silence_from(3)
    assert told.cut(0, 6).tolist() == [1, 2, 3, 0, 0, 0]
    assert told.end == 3


def test_times_stay_when_the_beginning_is_forgotten() -> None:
    told = ToldSound()
    told.tell(numbered(0, 40_000), 0)
    told.forget(before=30_000)
    told.tell(numbered(7, 9), 40_000)
    told.tell(numbered(1, 4), 29_998)
    assert told.cut(39_998, 4).tolist() == [39_998, 39_999, 7, 8]
    assert told.cut(29_998, 4).tolist() == [0, 0, 3, 30_001]
