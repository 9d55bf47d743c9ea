"""Characters in time."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from vivavoce.wire.alignment import TimedText, alignment_json


def test_times_count_from_the_messages_own_start() -> None:
    timed = TimedText("Hi ", [1000.0, 1060.4, 1130.0])
    assert json.loads(alignment_json(timed, 1000.0, 1170.0)) == {
        "chars": ["H", "i", " "],
        "charStartTimesMs": [0, 60, 130],
        "charDurationsMs": [60, 70, 40],
    }


def test_the_first_character_starts_with_the_message() -> None:
    alignment = json.loads(alignment_json(TimedText("ab", [3.0, 9.0]), 0.0, 20.0))
    assert alignment["charStartTimesMs"] == [0, 9]


def test_a_character_that_starts_behind_the_audio_has_no_duration() -> None:
    alignment = json.loads(alignment_json(TimedText("ab", [0.0, 25.0]), 0.0, 20.0))
    assert alignment["charStartTimesMs"] == [0, 20]
    assert alignment["charDurationsMs"] == [20, 0]


def test_a_message_in_which_no_character_begins_has_no_alignment() -> None:
    assert alignment_json(TimedText("", []), 0.0, 20.0) == "null"


def test_each_entry_is_one_character_whatever_it_is() -> None:
    text = '"\\\n\x00é😀\u2028'
    timed = TimedText(text, [float(index) for index in range(len(text))])
    assert json.loads(alignment_json(timed, 0.0, 99.0))["chars"] == list(text)


def test_half_a_surrogate_pair_does_not_break_the_message() -> None:
    timed = TimedText("a\ud83d", [0.0, 10.0])
    assert json.loads(alignment_json(timed, 0.0, 20.0)) == {
        "chars": ["a", "\ud83d"],
        "charStartTimesMs": [0, 10],
        "charDurationsMs": [10, 10],
    }


@given(st.lists(st.lists(st.floats(0.01, 400.0), min_size=1, max_size=20), min_size=1, max_size=30))
def test_messages_in_a_row_have_no_gap_and_sum_up_without_drift(
    messages: list[list[float]],
) -> None:
    clock = 0.0
    total = 0
    for lengths in messages:
        begin = clock
        starts = []
        for length in lengths:
            starts.append(clock)
            clock += length
        alignment = json.loads(alignment_json(TimedText("x" * len(starts), starts), begin, clock))
        begins, durations = alignment["charStartTimesMs"], alignment["charDurationsMs"]
        assert begins[0] == 0
        assert min(durations) >= 0
        assert [b + d for b, d in zip(begins, durations, strict=True)][:-1] == begins[1:]
        assert abs(begins[-1] + durations[-1] - (clock - begin)) <= 1
        total += begins[-1] + durations[-1]
    assert abs(total - clock) <= 0.5
