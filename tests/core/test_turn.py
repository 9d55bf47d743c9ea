"""Turn-taking, hop by hop."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.core.turn_scene import TurnScene
from vivavoce.core.barge_in import Verdict
from vivavoce.core.turn_clock import TurnTimes
from vivavoce.core.turn_effects import (
    Answer,
    Disregard,
    Drop,
    EndTurn,
    Fill,
    Forget,
    GoOn,
    HangUp,
    Hold,
    Interrupt,
    SpeakUp,
    Speculate,
    TurnEffect,
)


def kinds(effects: Sequence[TurnEffect]) -> list[type[TurnEffect]]:
    return [type(effect) for effect in effects]


@pytest.fixture
def scene() -> TurnScene:
    return TurnScene()


def test_a_pause_makes_the_agent_prepare_an_answer_to_what_was_heard(scene: TurnScene) -> None:
    scene.caller_speaks(1.0)
    scene.caller_is_quiet(0.1)
    assert scene.hears("What is it?", complete=True) == [Speculate("What is it?")]


def test_nothing_is_prepared_while_sound_is_ahead_of_the_words(scene: TurnScene) -> None:
    scene.caller_speaks(1.0)
    scene.caller_is_quiet(0.1)
    assert scene.hears("What is", complete=False) == []


def test_the_patience_for_the_words_ends_the_turn(scene: TurnScene) -> None:
    scene.patience = 0.5
    scene.caller_speaks(1.0)
    scene.caller_is_quiet(0.1)
    scene.hears("My number is", complete=True)
    assert EndTurn not in kinds(scene.caller_is_quiet(0.35))
    assert EndTurn in kinds(scene.caller_is_quiet(0.1))


def test_words_that_come_late_end_the_turn_at_once(scene: TurnScene) -> None:
    scene.caller_speaks(1.0)
    assert scene.caller_is_quiet(0.5) == []
    assert kinds(scene.hears("What is it?", complete=True)) == [Speculate, EndTurn]


def test_a_prepared_answer_is_given_if_the_words_were_right(scene: TurnScene) -> None:
    scene.says("What is it?")
    assert scene.settles("What is it?") == [
        Answer("What is it?", "What is it?", continues=False, prepared=True)
    ]


def test_an_answer_to_other_words_is_forgotten(scene: TurnScene) -> None:
    scene.says("What is it?")
    assert scene.settles("What is it now?") == [
        Forget(),
        Answer("What is it now?", "What is it now?", continues=False, prepared=False),
    ]


def test_speech_that_goes_on_forgets_what_was_prepared(scene: TurnScene) -> None:
    scene.caller_speaks(1.0)
    scene.caller_is_quiet(0.1)
    scene.hears("What is it?", complete=True)
    assert scene.caller_speaks(0.2) == [Forget()]


def test_a_noise_without_words_is_no_turn(scene: TurnScene) -> None:
    scene.caller_speaks(0.2)
    scene.caller_is_quiet(0.1)
    scene.hears("", complete=True)
    assert scene.caller_is_quiet(0.3) == [Disregard()]
    assert scene.settles("") == []


def test_speech_over_the_agent_makes_it_pause_within_three_hops(scene: TurnScene) -> None:
    scene.agent_speaks("It is a lamp.")
    assert scene.caller_speaks(2 * 0.032) == []
    assert scene.caller_speaks(0.032) == [Hold()]


def test_a_back_channel_lets_the_agent_go_on(scene: TurnScene) -> None:
    scene.agent_speaks("It is a lamp.")
    scene.caller_speaks(0.3)
    scene.verdict = Verdict.GOES_ON
    scene.caller_is_quiet(0.25)
    assert scene.hears("Mhm.", complete=True) == [Disregard(), GoOn()]
    assert not scene.machine.is_held


def test_a_cough_lets_the_agent_go_on(scene: TurnScene) -> None:
    scene.agent_speaks("It is a lamp.")
    scene.caller_speaks(0.2)
    scene.caller_is_quiet(0.25)
    assert scene.hears("", complete=True) == [Disregard(), GoOn()]


def test_words_end_the_agents_turn(scene: TurnScene) -> None:
    scene.agent_speaks("It is a lamp.")
    scene.caller_speaks(0.4)
    scene.verdict = Verdict.INTERRUPTS
    assert scene.hears("Stop", complete=False) == [Interrupt()]


def test_long_undecided_talk_ends_the_agents_turn(scene: TurnScene) -> None:
    scene.agent_speaks("It is a lamp.")
    scene.caller_speaks(1.0)
    assert scene.hears("Oh", complete=False) == []
    assert kinds(scene.caller_speaks(0.3)) == [Interrupt]


def test_what_interrupted_is_the_next_turn(scene: TurnScene) -> None:
    scene.agent_speaks("It is a lamp.")
    scene.caller_speaks(0.6)
    scene.verdict = Verdict.INTERRUPTS
    scene.hears("And the other?", complete=False)
    scene.caller_is_quiet(0.1)
    assert scene.hears("And the other?", complete=True) == [Speculate("And the other?")]
    assert EndTurn in kinds(scene.caller_is_quiet(0.3))


def test_a_caller_who_goes_on_before_the_answer_is_answered_once_for_all(scene: TurnScene) -> None:
    scene.says("I want a table.")
    scene.settles("I want a table.")
    assert scene.caller_speaks(0.5) == [Hold()]
    scene.verdict = Verdict.INTERRUPTS
    assert scene.hears("For two", complete=False) == [Drop()]
    scene.caller_is_quiet(0.1)
    assert scene.hears("For two.", complete=True) == [Speculate("I want a table. For two.")]
    assert EndTurn in kinds(scene.caller_is_quiet(0.3))
    assert scene.settles("For two.") == [
        Answer("For two.", "I want a table. For two.", continues=True, prepared=True)
    ]


def test_a_knock_before_the_answer_only_delays_it(scene: TurnScene) -> None:
    scene.says("I want a table.")
    scene.settles("I want a table.")
    assert scene.caller_speaks(0.2) == [Hold()]
    scene.caller_is_quiet(0.25)
    assert scene.hears("", complete=True) == [Disregard(), GoOn()]


def test_a_turn_that_was_dropped_for_mere_noise_is_answered_after_all(scene: TurnScene) -> None:
    scene.says("I want a table.")
    scene.settles("I want a table.")
    scene.caller_speaks(0.5)
    scene.verdict = Verdict.INTERRUPTS
    scene.hears("Four", complete=False)
    scene.caller_is_quiet(0.4)
    assert scene.hears("", complete=True) == [EndTurn()]
    assert scene.settles("") == [Answer("", "I want a table.", continues=True, prepared=False)]


def test_speech_that_begins_while_the_words_are_settled_keeps_the_answer_back(
    scene: TurnScene,
) -> None:
    scene.says("I want a table.")
    scene.caller_speaks(0.2)
    assert kinds(scene.settles("I want a table."))[-2:] == [Answer, Hold]


def test_a_protected_greeting_is_not_interrupted(scene: TurnScene) -> None:
    scene.machine.begin(scene.now, greets=True, protected=True)
    scene.machine.reply_starts(scene.now)
    assert scene.caller_speaks(1.0) == []
    scene.verdict = Verdict.INTERRUPTS
    assert scene.hears("Hello there", complete=False) == []
    scene.caller_is_quiet(0.5)
    scene.hears("Hello there.", complete=True)
    assert kinds(scene.machine.reply_ends(scene.now)) == [Speculate, EndTurn]


def test_a_back_channel_at_the_very_end_is_not_answered(scene: TurnScene) -> None:
    scene.agent_speaks("It is a lamp.")
    scene.caller_speaks(0.3)
    scene.verdict = Verdict.GOES_ON
    scene.machine.reply_ends(scene.now)
    scene.caller_is_quiet(0.2)
    scene.hears("Okay.", complete=True)
    assert scene.caller_is_quiet(0.3) == [Disregard()]


def test_typing_ends_the_agents_turn_and_is_answered(scene: TurnScene) -> None:
    scene.agent_speaks("It is a lamp.")
    assert scene.machine.typed("Thanks", scene.now) == [
        Interrupt(),
        Answer("Thanks", "Thanks", continues=False, prepared=False),
    ]


def test_the_agent_speaks_up_after_the_turn_timeout_three_times_at_most() -> None:
    scene = TurnScene(TurnTimes(turn_timeout=5.0))
    scene.agent_speaks("It is a lamp.")
    scene.machine.reply_ends(scene.now)
    spoken_up = 0
    for _ in range(5):
        scene.now += 5.0
        if scene.machine.tick(scene.now) == [SpeakUp()]:
            spoken_up += 1
            scene.machine.reply_starts(scene.now)
            scene.machine.reply_ends(scene.now)
    assert spoken_up == 3


def test_an_active_caller_is_not_spoken_to() -> None:
    scene = TurnScene(TurnTimes(turn_timeout=5.0))
    scene.now += 4.0
    scene.machine.is_active(scene.now)
    scene.now += 2.0
    assert scene.machine.tick(scene.now) == []
    scene.now += 3.0
    assert scene.machine.tick(scene.now) == [SpeakUp()]


def test_an_agent_that_skips_its_turn_waits_for_the_caller() -> None:
    scene = TurnScene(TurnTimes(turn_timeout=5.0))
    scene.agent_speaks("Take your time.")
    scene.machine.reply_ends(scene.now, waits=True)
    scene.now += 60.0
    assert scene.machine.tick(scene.now) == []


def test_a_silent_call_is_hung_up() -> None:
    scene = TurnScene(TurnTimes(hang_up=20.0))
    scene.agent_speaks("Hello?")
    scene.now += 30.0
    assert scene.machine.tick(scene.now) == []
    scene.machine.reply_ends(scene.now)
    assert scene.machine.tick(scene.now) == [HangUp()]


def test_a_slow_answer_is_filled_once() -> None:
    scene = TurnScene(TurnTimes(filler=2.0))
    scene.machine.typed("Hello", scene.now)
    assert scene.machine.due_at == pytest.approx(scene.now + 2.0)
    scene.now += 2.0
    assert scene.machine.tick(scene.now) == [Fill()]
    scene.now += 2.0
    assert scene.machine.tick(scene.now) == []


def test_without_timeouts_nothing_is_ever_due(scene: TurnScene) -> None:
    assert scene.machine.due_at is None


def test_a_caller_whose_words_never_come_is_answered_in_the_end(scene: TurnScene) -> None:
    scene.caller_speaks(1.0)
    assert EndTurn in kinds(scene.caller_is_quiet(2.7))
