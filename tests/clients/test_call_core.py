from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vivavoce.clients.call_core import CallCore, FallSilent, Play, Reply, RunTool, Tell
from vivavoce.clients.events import Interruption, SessionLost, ToolCalled


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
    core.feed(interruption(9))
    assert core.feed(speech(1)) == []
    assert core.restarted("gone") == [Tell(SessionLost("gone"))]
    assert Play(b"\0\1") in core.feed(speech(1))
    assert (core.session, core.spoken_id) == (1, 1)


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
