from __future__ import annotations

from vivavoce.testing.loudspeaker import Loudspeaker
from vivavoce.testing.waveform import Samples, Stretch

RATE = 16_000


def test_the_first_frame_is_played_when_it_comes(tone: Samples) -> None:
    speaker = Loudspeaker(RATE)
    speaker.take(tone, 1, now=3.5)
    assert speaker.played.stretches() == [Stretch(3.5, 4.5)]


def test_frames_that_come_early_are_played_back_to_back(tone: Samples) -> None:
    speaker = Loudspeaker(RATE)
    for now in (0.0, 0.1, 0.2):
        speaker.take(tone, 1, now)
    assert speaker.played.stretches() == [Stretch(0.0, 3.0)]


def test_a_frame_that_comes_late_leaves_a_gap(tone: Samples) -> None:
    speaker = Loudspeaker(RATE)
    speaker.take(tone, 1, now=0.0)
    speaker.take(tone, 1, now=1.2)
    assert speaker.played.stretches() == [Stretch(0.0, 1.0), Stretch(1.2, 2.2)]


def test_an_interruption_silences_it_at_once(tone: Samples) -> None:
    speaker = Loudspeaker(RATE)
    speaker.take(tone, 4, now=0.0)
    speaker.take(tone, 4, now=0.1)
    speaker.interrupt(4, now=0.3)
    assert speaker.played.stretches() == [Stretch(0.0, 0.3)]


def test_sound_of_an_interrupted_answer_is_dropped_and_that_of_the_next_is_played(
    tone: Samples,
) -> None:
    speaker = Loudspeaker(RATE)
    speaker.interrupt(4, now=0.0)
    speaker.take(tone, 4, now=0.1)
    speaker.take(tone, 5, now=1.0)
    assert speaker.played.stretches() == [Stretch(1.0, 2.0)]
    assert speaker.dropped == len(tone)
    assert speaker.arrivals == [(0.1, 4), (1.0, 5)]


def test_all_that_was_received_is_kept(tone: Samples) -> None:
    speaker = Loudspeaker(RATE)
    speaker.take(tone, 1, now=0.0)
    speaker.interrupt(1, now=0.1)
    speaker.take(tone, 1, now=0.2)
    assert [len(samples) for samples in speaker.received] == [len(tone), len(tone)]
