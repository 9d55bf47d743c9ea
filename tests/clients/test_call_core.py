from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vivavoce.clients.call_core import CallCore, FallSilent, Play, Reply, RunTool, Tell
from vivavoce.clients.events import Interruption, SessionLost, ToolCalled
from vivavoce.clients.failures import Failure

STARTED = {
    "type": "conversation_initiation_metadata",
    "conversation_initiation_metadata_event": {
        "conversation_id": "c",
        "agent_output_audio_format": "pcm_16000",
    },
}
REFUSED = {
    "type": "error",
    "error_event": {"code": 1008, "message": "no", "error_type": "override_error"},
}
VIOLATION = Failure("closed with 1008", close_code=1008)


def speech(event_id: int) -> dict[str, object]:
    return {"type": "audio", "audio_event": {"audio_base_64": "AAE=", "event_id": event_id}}


def interruption(event_id: int) -> dict[str, object]:
    return {"type": "interruption", "interruption_event": {"event_id": event_id}}


def test_a_ping_is_answered_and_not_told() -> None:
    frame = {"type": "ping", "ping_event": {"event_id": 3, "ping_ms": None}}
    assert CallCore().feed(frame) == [Reply({"type": "pong", "event_id": 3})]


def test_silence_comes_before_the_news_of_the_interruption() -> None:
    assert CallCore().feed(interruption(2)) == [FallSilent(), Tell(Interruption(2))]


def test_a_tool_call_is_told_and_run() -> None:
    told = {"tool_name": "t", "tool_call_id": "c", "parameters": {}}
    call = ToolCalled("t", "c", {})
    frame = {"type": "client_tool_call", "client_tool_call": told}
    assert CallCore().feed(frame) == [Tell(call), RunTool(call)]


def test_a_new_session_counts_its_events_anew() -> None:
    core = CallCore()
    core.feed(STARTED)
    core.feed(interruption(9))
    assert core.feed(speech(1)) == []
    assert core.restarted("gone") == [Tell(SessionLost("gone"))]
    assert Play(b"\0\1") in core.feed(speech(1))
    assert (core.session, core.spoken_id) == (1, 1)


def test_a_session_that_never_began_is_no_loss() -> None:
    assert CallCore().restarted("gone") == []


def test_silence_is_asked_for_once_the_agent_has_spoken_and_not_after_a_refusal() -> None:
    core = CallCore()
    assert not core.asks_for_silence()
    core.feed(STARTED)
    core.feed(speech(1))
    assert core.asks_for_silence()
    assert core.feed(REFUSED) == []
    assert core.forgives(VIOLATION)
    assert core.feed(REFUSED) == []
    assert not core.asks_for_silence()
    assert not core.forgives(VIOLATION)


def test_what_is_refused_of_a_session_that_has_begun_is_not_forgiven() -> None:
    core = CallCore()
    core.feed(speech(1))
    assert core.asks_for_silence()
    core.feed(STARTED)
    assert not core.forgives(VIOLATION)
    assert len(core.feed(REFUSED)) == 1


def test_of_what_an_agent_is_told_by_the_way_the_newest_of_each_id_is_told_again() -> None:
    core = CallCore()
    core.context("It rains.", "weather")
    core.context("It is late.", None)
    snow = core.context("It snows.", "weather")
    assert snow == {"type": "contextual_update", "text": "It snows.", "context_id": "weather"}
    assert [one["text"] for one in core.contexts] == ["It is late.", "It snows."]


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 9))))
def test_speech_is_played_if_no_interruption_before_it_was_of_its_id_or_a_greater_one(
    steps: list[tuple[bool, int]],
) -> None:
    core, void = CallCore(), 0
    for is_speech, event_id in steps:
        if is_speech:
            assert (Play(b"\0\1") in core.feed(speech(event_id))) == (event_id > void)
        else:
            core.feed(interruption(event_id))
            void = max(void, event_id)
