"""What is written down of a call."""

from __future__ import annotations

import pytest

from vivavoce.core.call_record import CallRecord, ToolCallRecord, ToolResultRecord, Waterfall
from vivavoce.sessions.converse.call_log import CallLog


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def log(clock: Clock) -> CallLog:
    record = CallRecord(
        conversation_id="conv_1",
        agent_id="a1",
        agent_name="Ann",
        status="in-progress",
        started_at=5.0,
    )
    return CallLog(record, clock)


def test_turns_are_in_order_and_at_their_times(log: CallLog, clock: Clock) -> None:
    log.agent_said("Hello.", 1, began_at=1_000.5)
    clock.now = 1_004.0
    log.caller_said("Hi.", 2)
    turns = [(one.role, one.message, one.time_in_call_s) for one in log.record.transcript]
    assert turns == [("agent", "Hello.", 0.5), ("user", "Hi.", 4.0)]
    assert log.record.duration_s == 4.0


def test_an_answer_never_begins_before_the_call(log: CallLog) -> None:
    log.agent_said("Hello.", 1, began_at=0.0)
    assert log.record.transcript[0].time_in_call_s == 0.0


def test_an_interrupted_answer_keeps_what_it_would_have_been(log: CallLog) -> None:
    log.agent_said("Once", 1, began_at=1_000.0, original="Once upon a time.")
    (turn,) = log.record.transcript
    assert turn.interrupted
    assert (turn.message, turn.original_message) == ("Once", "Once upon a time.")


def test_a_whole_one_does_not(log: CallLog) -> None:
    waterfall = Waterfall(endpoint=1.0)
    log.agent_said("Once.", 1, began_at=1_000.0, waterfall=waterfall)
    (turn,) = log.record.transcript
    assert not turn.interrupted
    assert turn.original_message is None
    assert turn.waterfall is waterfall


def test_tools_belong_to_the_next_answer_and_to_no_other(log: CallLog) -> None:
    called = ToolCallRecord("c1", "order", "client", "{}")
    result = ToolResultRecord("c1", "order", "client", "ok", False, 0.5)
    log.tools_ran([called], [result])
    log.agent_said("Done.", 1, began_at=1_000.0)
    log.agent_said("Bye.", 2, began_at=1_000.0)
    first, second = log.record.transcript
    assert (first.tool_calls, first.tool_results) == ((called,), (result,))
    assert (second.tool_calls, second.tool_results) == ((), ())


def test_feedback_is_about_the_answer_with_the_id(log: CallLog) -> None:
    log.agent_said("One.", 1, began_at=1_000.0)
    log.caller_said("Two?", 2)
    log.agent_said("Three.", 3, began_at=1_000.0)
    log.feedback(1, "like")
    log.feedback(2, "dislike")
    log.feedback(9, "dislike")
    assert [turn.feedback for turn in log.record.transcript] == ["like", None, None]
    log.feedback(1, None)
    assert log.record.transcript[0].feedback is None


def test_it_may_come_before_the_answer_has_been_heard_to_its_end(log: CallLog) -> None:
    log.feedback(3, "dislike")
    log.feedback(3, "like")
    log.agent_said("Three.", 3, began_at=1_000.0)
    log.agent_said("Three again.", 3, began_at=1_000.0)
    assert [turn.feedback for turn in log.record.transcript] == ["like", None]


def test_feedback_on_answers_that_never_come_is_not_kept_without_end(log: CallLog) -> None:
    for event_id in range(1, 1_000):
        log.feedback(event_id, "like")
    log.agent_said("Late.", 999, began_at=1_000.0)
    assert [turn.feedback for turn in log.record.transcript] == [None]


def test_without_an_id_it_is_about_the_last_one(log: CallLog) -> None:
    log.feedback(None, "like")
    log.agent_said("One.", 1, began_at=1_000.0)
    log.caller_said("Two?", 2)
    log.feedback(None, "like")
    assert [turn.feedback for turn in log.record.transcript] == ["like", None]


def test_another_agent_takes_over(log: CallLog) -> None:
    log.goes_to("a2", "Bob")
    assert (log.record.agent_id, log.record.agent_name) == ("a2", "Bob")


def test_how_it_ended_is_remembered_with_all_that_was_said(log: CallLog) -> None:
    log.caller_said("Hi.", 1)
    log.has_audio(of_caller=True, of_agent=False)
    record = log.end("llm_error", status="failed", code=1002, error="It broke.")
    assert record == log.record
    assert (record.status, record.termination_reason) == ("failed", "llm_error")
    assert (record.error_code, record.error_reason) == (1002, "It broke.")
    assert (record.has_user_audio, record.has_response_audio) == (True, False)
    assert len(record.transcript) == 1
