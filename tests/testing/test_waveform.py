from __future__ import annotations

import numpy as np
import pytest

from vivavoce.testing.waveform import Samples, Stretch, Track

RATE = 16_000


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE), np.int16)


def test_a_stretch_begins_and_ends_with_its_audible_samples(tone: Samples) -> None:
    track = Track(RATE)
    track.add(10.0, np.concatenate([silence(0.3), tone, silence(0.5)]))
    assert track.stretches() == [Stretch(10.3, 11.3)]


def test_the_noise_of_a_quiet_room_is_not_audible() -> None:
    track = Track(RATE)
    noise = np.random.default_rng(1).standard_normal(RATE) * 32768 * 10 ** (-60 / 20)
    track.add(0.0, noise.astype(np.int16))
    assert track.stretches() == []


def test_a_click_is_no_speech(tone: Samples) -> None:
    track = Track(RATE)
    track.add(0.0, np.concatenate([silence(0.5), tone[:80], silence(0.5)]))
    assert track.stretches() == []


def test_frames_of_one_word_make_one_stretch(tone: Samples) -> None:
    track = Track(RATE)
    for start in range(0, RATE, 400):
        track.add(5.0 + start / RATE, tone[start : start + 400])
    assert track.stretches() == [Stretch(5.0, 6.0)]


def test_silence_as_long_as_between_words_parts_two_stretches(tone: Samples) -> None:
    track = Track(RATE)
    track.add(0.0, np.concatenate([tone, silence(0.04), tone]))
    track.add(3.0, tone)
    assert track.stretches() == [Stretch(0.0, 2.04), Stretch(3.0, 4.0)]
    assert track.stretches(since=2.5) == [Stretch(3.0, 4.0)]


def test_what_is_cut_away_is_neither_audible_nor_there(tone: Samples) -> None:
    track = Track(RATE)
    track.add(0.0, tone)
    track.add(1.0, tone)
    track.cut(0.25)
    assert track.stretches() == [Stretch(0.0, 0.25)]
    assert track.end == 0.25
    assert not track.between(0.25, RATE).any()


def test_after_a_cut_sound_goes_on_where_it_is_put(tone: Samples) -> None:
    track = Track(RATE)
    track.add(0.0, tone)
    track.cut(0.5)
    track.add(2.0, tone)
    assert track.stretches() == [Stretch(0.0, 0.5), Stretch(2.0, 3.0)]


def test_a_section_has_what_lies_in_it_and_silence_around() -> None:
    track = Track(RATE)
    track.add(1.0, np.arange(1, 161, dtype=np.int16))
    track.add(1.01, np.arange(161, 321, dtype=np.int16))
    section = track.between(1.0 - 80 / RATE, 480)
    expected = np.concatenate([np.zeros(80), np.arange(1, 321), np.zeros(80)])
    assert section.tolist() == expected.tolist()


def test_a_section_may_begin_within_a_piece() -> None:
    track = Track(RATE)
    track.add(1.0, np.arange(1, 161, dtype=np.int16))
    assert track.between(1.0 + 100 / RATE, 3).tolist() == [101, 102, 103]


def test_sound_over_other_sound_is_refused(tone: Samples) -> None:
    track = Track(RATE)
    track.add(0.0, tone)
    with pytest.raises(ValueError, match="overlaps"):
        track.add(0.5, tone)
