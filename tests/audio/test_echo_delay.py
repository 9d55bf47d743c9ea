"""How late the agent's voice comes back."""

from __future__ import annotations

import numpy as np
import pytest

from tests.audio.echoes import Sound, hiss, room, syllables
from vivavoce.audio.echo_delay import BLOCK, DelayFinder, Peak

SPAN = 32


def found(played: Sound, heard: Sound) -> Peak:
    finder = DelayFinder(SPAN)
    for start in range(0, len(heard) - BLOCK + 1, BLOCK):
        finder.push_played(played[start : start + BLOCK])
        finder.push_heard(heard[start : start + BLOCK])
    return finder.peak()


def late(sound: Sound, by: int) -> Sound:
    return np.concatenate([np.zeros(by, np.float32), sound])[: len(sound)]


@pytest.mark.parametrize("delay", [0, 130, 511, 512, 3_000, 12_346])
def test_a_faint_echo_in_a_room_with_noise_is_found_to_two_samples(delay: int) -> None:
    voice = syllables(1, 2.0)
    echo = np.convolve(late(voice, delay), room(2))[: len(voice)].astype(np.float32)
    peak = found(voice, 0.05 * echo + hiss(3, len(voice)))
    assert abs(peak.delay - delay) <= 2
    assert peak.lead > 1.5


def test_an_echo_under_somebody_elses_voice_is_found() -> None:
    voice = syllables(1, 2.0)
    peak = found(voice, 0.2 * late(voice, 3_000) + syllables(4, 2.0))
    assert abs(peak.delay - 3_000) <= 2


def test_somebody_elses_voice_alone_makes_no_peak_that_stands_out() -> None:
    assert found(syllables(1, 2.0), syllables(4, 2.0)).lead < 1.4


def test_after_forgetting_only_what_comes_next_counts() -> None:
    voice = syllables(1, 4.0)
    finder = DelayFinder(SPAN)
    half = len(voice) // 2 // BLOCK * BLOCK
    heard = np.concatenate([late(voice, 2_000)[:half], late(voice, 5_000)[half:]])
    for start in range(0, len(voice) - BLOCK + 1, BLOCK):
        if start == half:
            finder.forget()
        finder.push_played(voice[start : start + BLOCK])
        finder.push_heard(heard[start : start + BLOCK])
    assert abs(finder.peak().delay - 5_000) <= 2
