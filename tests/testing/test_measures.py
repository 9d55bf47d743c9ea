from __future__ import annotations

import pytest

from vivavoce.testing.loudspeaker import Arrival
from vivavoce.testing.measures import barge_in, gaps, spoke_over, voice_to_voice
from vivavoce.testing.microphone import Said
from vivavoce.testing.waveform import Stretch

SAID = Said(began_at=9.9, first_audible_at=10.0, last_audible_at=12.0, ended_at=12.3)


def test_voice_to_voice_runs_from_the_last_sound_to_the_first() -> None:
    agent = [Stretch(2.0, 8.0), Stretch(12.5, 13.0), Stretch(13.2, 14.0)]
    assert voice_to_voice(SAID, agent) == pytest.approx(0.5)


def test_an_agent_that_begins_too_early_has_a_negative_one() -> None:
    assert voice_to_voice(SAID, [Stretch(11.5, 13.0)]) == pytest.approx(-0.5)


def test_an_agent_that_says_nothing_has_none() -> None:
    assert voice_to_voice(SAID, [Stretch(2.0, 8.0)]) is None


def test_an_agent_that_is_interrupted_falls_silent_after_its_last_audible_sample() -> None:
    agent = [Stretch(8.0, 10.15), Stretch(12.6, 14.0)]
    arrivals = [Arrival(at, 1) for at in (8.0, 9.9, 10.02, 10.1)] + [Arrival(12.6, 2)]
    assert barge_in(SAID, agent, arrivals) == pytest.approx((0.1, 0.15))


def test_an_agent_that_speaks_on_is_counted_to_the_callers_end() -> None:
    stopped = barge_in(SAID, [Stretch(8.0, 20.0)], [])
    assert stopped is not None
    assert stopped.last_frame_s is None
    assert stopped.last_audible_s == pytest.approx(2.1)


def test_a_caller_who_begins_between_two_words_interrupts_all_the_same() -> None:
    stopped = barge_in(SAID, [Stretch(8.0, 9.8)], [Arrival(9.9, 1)])
    assert stopped == (None, 0.0)


def test_the_next_answer_is_not_what_was_to_stop() -> None:
    agent = [Stretch(8.0, 10.15), Stretch(10.6, 11.0)]
    arrivals = [Arrival(9.9, 1), Arrival(10.1, 1), Arrival(10.6, 2), Arrival(10.8, 2)]
    assert barge_in(SAID, agent, arrivals) == pytest.approx((0.1, 0.15))


def test_nobody_who_is_silent_is_interrupted() -> None:
    assert barge_in(SAID, [Stretch(2.0, 8.0), Stretch(12.5, 14.0)], []) is None


def test_gaps_are_what_lies_between_two_stretches() -> None:
    agent = [Stretch(0.0, 1.0), Stretch(1.1, 2.0), Stretch(2.9, 4.0)]
    assert gaps(agent, least_s=0.5) == [Stretch(2.0, 2.9)]
    assert len(gaps(agent)) == 2


def test_speaking_over_the_caller_is_counted_while_the_caller_is_audible() -> None:
    agent = [Stretch(9.0, 10.25), Stretch(11.0, 11.5), Stretch(11.9, 13.0)]
    assert spoke_over(SAID, agent) == pytest.approx(0.85)
