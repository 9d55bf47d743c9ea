"""What words over the agent's speech mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.core.barge_in import Verdict, means_interruption

_BACK_CHANNELS = (
    *("mhm", "mm-hmm", "uh-huh", "uh huh", "yeah", "yes", "right", "okay", "ok", "I see", "sure"),
    *("oh", "ooh", "ah", "aha", "wow", "whoa", "hmm", "mmmm", "huh", "really", "of course"),
    *("got it", "makes sense", "that's great", "good", "oh no", "all right"),
)
_INTERRUPTIONS = (
    *("Stop.", "Wait!", "Hold on.", "Sorry", "No, no.", "Excuse me", "Be quiet", "That's enough"),
    *("Can you", "What about Tuesday?", "I have a question.", "Actually, no.", "Hang on a second"),
    *("No, that's wrong", "Who are you?", "Never mind"),
)


@pytest.mark.parametrize("said", _BACK_CHANNELS)
@pytest.mark.parametrize("ended", [False, True])
def test_a_back_channel_lets_the_agent_go_on(said: str, ended: bool) -> None:
    assert means_interruption(said, ended=ended) is Verdict.GOES_ON


@given(st.lists(st.sampled_from(_BACK_CHANNELS), min_size=1, max_size=5), st.booleans())
def test_so_do_many_in_any_case_and_with_any_marks(said: list[str], loud: bool) -> None:
    text = ", ".join(said) + "."
    assert means_interruption(text.upper() if loud else text.title()) is Verdict.GOES_ON


@pytest.mark.parametrize("said", _INTERRUPTIONS)
@pytest.mark.parametrize("ended", [False, True])
def test_whatever_has_content_interrupts(said: str, ended: bool) -> None:
    assert means_interruption(said, ended=ended) is Verdict.INTERRUPTS


@given(st.lists(st.sampled_from(_BACK_CHANNELS)), st.sampled_from(_INTERRUPTIONS))
def test_a_back_channel_after_which_speech_goes_on_interrupts(said: list[str], more: str) -> None:
    assert means_interruption(" ".join([*said, more])) is Verdict.INTERRUPTS


@pytest.mark.parametrize("said", ["Yeah, but", "Okay, so", "Right, and", "Okay stop", "Mhm, wait"])
def test_a_back_channel_and_a_word_that_takes_the_turn_interrupts(said: str) -> None:
    assert means_interruption(said) is Verdict.INTERRUPTS


@pytest.mark.parametrize("said", ["", "  ", "...", "-", "?!"])
@pytest.mark.parametrize("ended", [False, True])
def test_no_words_let_the_agent_go_on(said: str, ended: bool) -> None:
    assert means_interruption(said, ended=ended) is Verdict.GOES_ON


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        *(("ye", Verdict.GOES_ON), ("O", Verdict.GOES_ON), ("I.", Verdict.GOES_ON)),
        *(("Um", Verdict.GOES_ON), ("Well,", Verdict.GOES_ON), ("Yeah, I", Verdict.GOES_ON)),
        *(("No.", Verdict.INTERRUPTS), ("What?", Verdict.INTERRUPTS)),
        *(("Tuesday.", Verdict.INTERRUPTS), ("Hello?", Verdict.INTERRUPTS)),
    ],
)
def test_one_word_may_become_another_until_speech_ends(said: str, meant: Verdict) -> None:
    assert means_interruption(said) is Verdict.UNDECIDED
    assert means_interruption(said, ended=True) is meant


@pytest.mark.parametrize(
    "heard", ["If I,", "Of her,", "And?", "A.", "As I.", "Is I?", "Her,", "S."]
)
def test_what_the_recogniser_makes_of_hums_lets_the_agent_go_on(heard: str) -> None:
    assert means_interruption(heard) is Verdict.UNDECIDED
    assert means_interruption(heard, ended=True) is Verdict.GOES_ON


@pytest.mark.parametrize("said", ["Tell me more.", "tell me MORE, yeah", "Amen!", "amen, amen"])
def test_terms_of_the_agents_own_are_back_channels(said: str) -> None:
    terms = ("Tell me more", "amen", "")
    assert means_interruption(said, ignore_terms=terms) is Verdict.GOES_ON
    assert means_interruption(said, ended=True) is Verdict.INTERRUPTS


def test_terms_are_whole_words_in_their_order() -> None:
    assert means_interruption("more men", ignore_terms=("me", "men more")) is Verdict.INTERRUPTS


def test_terms_may_be_words_that_would_interrupt() -> None:
    assert means_interruption("Stop it", ignore_terms=("stop it",)) is Verdict.GOES_ON
    assert means_interruption("Stop it now", ignore_terms=("stop it",)) is Verdict.UNDECIDED
    assert means_interruption("Stop", ignore_terms=("stop it",)) is Verdict.INTERRUPTS


@given(st.text(), st.lists(st.text(), max_size=3))
def test_nothing_is_undecided_when_speech_has_ended(text: str, terms: list[str]) -> None:
    assert means_interruption(text, ended=True, ignore_terms=terms) is not Verdict.UNDECIDED
    assert means_interruption(text, ignore_terms=terms) in Verdict


@pytest.mark.parametrize("heard", ["Ham.", "If I,", "Come,", "Mama."])
def test_what_the_ears_only_guess_of_a_hum_lets_the_agent_go_on(heard: str) -> None:
    assert means_interruption(heard, logprob=-0.6) is Verdict.UNDECIDED
    assert means_interruption(heard, ended=True, logprob=-0.6) is Verdict.GOES_ON


def test_words_that_stop_are_believed_although_the_ears_are_not_sure() -> None:
    assert means_interruption("Wait", logprob=-0.6) is Verdict.INTERRUPTS


def test_more_than_two_words_are_believed_although_the_ears_are_not_sure() -> None:
    assert means_interruption("Is that Ham too?", logprob=-0.6) is Verdict.INTERRUPTS
