"""How long each answer took."""

from __future__ import annotations

from tests.sessions.converse.test_reply import Listener
from vivavoce.core.call_record import Waterfall
from vivavoce.sessions.converse.reply import Reply
from vivavoce.sessions.converse.turn_times import TurnStopwatch


def a_reply() -> Reply:
    reply = Reply(1, Listener(), clock=lambda: 100.0)
    reply.times.first_token = 100.6
    reply.times.first_clause = 100.7
    return reply


def test_steps_are_counted_from_the_callers_last_sound() -> None:
    watch = TurnStopwatch(lambda moment: moment)
    watch.turn_ended(100.5, 0.3)
    watch.settled(100.55)
    watch.begun(100.9, a_reply())
    assert watch.waterfall == Waterfall(
        endpoint=300.0,
        transcript=350.0,
        first_token=400.0,
        first_clause=500.0,
        first_audible=700.0,
    )
    assert watch.reply_began_at == 100.9


def test_what_was_typed_has_none() -> None:
    watch = TurnStopwatch(lambda moment: moment)
    watch.turn_ended(100.5, 0.3)
    watch.typed()
    watch.begun(100.9, a_reply())
    assert watch.waterfall is None


def test_each_turn_is_timed_once() -> None:
    watch = TurnStopwatch(lambda moment: moment)
    watch.turn_ended(100.5, 0.3)
    watch.begun(100.9, a_reply())
    watch.begun(105.0, a_reply())
    assert watch.waterfall is None
    assert watch.reply_began_at == 105.0


def test_a_greeting_has_none() -> None:
    watch = TurnStopwatch(lambda moment: moment)
    watch.begun(1.0, a_reply())
    assert watch.waterfall is None
