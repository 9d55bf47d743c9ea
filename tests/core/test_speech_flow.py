"""When somebody speaks."""

from __future__ import annotations

import pytest

from vivavoce.core.speech_flow import HOP_S, SpeechFlow


def fed(*likelihoods: float) -> tuple[SpeechFlow, list[bool]]:
    flow = SpeechFlow()
    return flow, [flow.feed(likelihood) for likelihood in likelihoods]


def test_a_hop_is_32_ms() -> None:
    assert pytest.approx(0.032) == HOP_S


def test_speech_begins_with_the_third_hop_in_a_row() -> None:
    flow, begins = fed(0.9, 0.9, 0.9, 0.9)
    assert begins == [False, False, True, False]
    assert flow.is_speaking
    assert flow.speech_s == pytest.approx(4 * HOP_S)
    assert flow.quiet_s == 0.0


def test_a_click_is_no_speech() -> None:
    flow, begins = fed(0.9, 0.9, 0.1, 0.9, 0.9, 0.1)
    assert not any(begins)
    assert flow.speech_s == 0.0
    assert flow.quiet_s == pytest.approx(6 * HOP_S)


def test_silence_is_counted_from_the_last_speech() -> None:
    flow, _ = fed(*[0.9] * 5, *[0.1] * 10)
    assert not flow.is_speaking
    assert flow.quiet_s == pytest.approx(10 * HOP_S)
    assert flow.speech_s == pytest.approx(5 * HOP_S)


def test_speech_that_has_begun_may_fall_a_little() -> None:
    flow, _ = fed(0.5, 0.3, 0.3, 0.26)
    assert flow.is_speaking
    weak, _ = fed(0.3, 0.3, 0.3, 0.3)
    assert not weak.is_speaking


def test_speech_that_goes_on_after_a_hop_without_begins_again() -> None:
    _, begins = fed(*[0.9] * 4, 0.1, *[0.9] * 4)
    assert begins.count(True) == 2


def test_what_is_settled_is_not_counted_again() -> None:
    flow, _ = fed(*[0.9] * 5)
    flow.forget()
    assert flow.speech_s == 0.0
    flow.feed(0.9)
    assert flow.speech_s == pytest.approx(HOP_S)
