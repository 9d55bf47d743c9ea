"""What a client of the conversation's socket was told, held against the protocol."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from typing import Any

from fuzz.conversations import Conversation, Leave
from fuzz.odd import Frame
from vivavoce.core.call_record import CallRecord
from vivavoce.errors import EngineFailed, VivavoceError, call_code

_METADATA = "conversation_initiation_metadata"
_FLAT = frozenset(("audio", "transcript", "agent_response", "interruption", "error"))

# Each name that a frame may have, and the key that it has beside `type`.
_PAYLOADS = {
    _METADATA: "conversation_initiation_metadata_event",
    "audio": "audio_event",
    "user_transcript": "user_transcription_event",
    "tentative_user_transcript": "tentative_user_transcription_event",
    "agent_response": "agent_response_event",
    "agent_response_complete": "agent_response_complete_event",
    "agent_response_correction": "agent_response_correction_event",
    "agent_response_metadata": "agent_response_metadata_event",
    "agent_chat_response_part": "text_response_part",
    "interruption": "interruption_event",
    "ping": "ping_event",
    "vad_score": "vad_score_event",
    "internal_tentative_agent_response": "tentative_agent_response_internal_event",
    "client_tool_call": "client_tool_call",
    "agent_tool_request": "agent_tool_request",
    "agent_tool_response": "agent_tool_response",
    "agent_tool_response_full_payload": "agent_tool_response_full_payload",
    "mcp_tool_call": "mcp_tool_call",
    "mcp_connection_status": "mcp_connection_status",
    "context_usage": "context_usage_event",
    "error": "error_event",
}
_TEXTS = {
    "user_transcript": ("user_transcript",),
    "tentative_user_transcript": ("user_transcript",),
    "agent_response": ("agent_response",),
    "agent_response_correction": ("original_agent_response", "corrected_agent_response"),
}

Message = dict[str, Any]


def _kinds(kind: type[VivavoceError]) -> Iterator[type[VivavoceError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from _kinds(below)


_CODES = {call_code(kind.__new__(kind)) for kind in _kinds(VivavoceError)}
_CRASHED = call_code(ValueError())
_BROKEN = call_code(EngineFailed())


def judge_conversation(
    case: Conversation, heard: Sequence[Frame], closed: tuple[int, str] | None, *, cursed: bool
) -> None:
    """Fails unless the server kept to the protocol; only where it is `cursed` may an engine break.

    A crash is never right.
    """
    messages = [_read(frame) for frame in heard]
    kinds = [message["type"] for message in messages]
    assert "error" not in kinds[:-1], kinds
    if _is_flat(messages):
        assert set(kinds) <= _FLAT, kinds
    else:
        _judge_messages(messages, cursed=cursed)
    _judge_close(case, closed, messages, cursed=cursed)
    if case.proper:
        assert closed is None or closed[0] in (1000, 1001), closed


def judge_record(begun: Sequence[CallRecord], saved: Sequence[CallRecord]) -> None:
    """Fails unless a call that began was written down to its end."""
    assert len(begun) <= 1, "begun twice"
    for record in begun:
        assert saved, "a call that began was never finished"
        last = saved[-1]
        assert last.conversation_id == record.conversation_id
        assert last.status in ("done", "failed"), last.status
        assert last.termination_reason, last
        assert (last.error_code is None) is (last.status == "done"), last


def _read(frame: Frame) -> Message:
    assert isinstance(frame, str), "a binary frame"
    message = json.loads(frame)
    assert isinstance(message, dict), message
    assert isinstance(message["type"], str), message
    return message


def _is_flat(messages: Sequence[Message]) -> bool:
    """The flat dialect has no metadata, and its errors no event."""
    first = messages[0] if messages else {}
    return bool(first) and _PAYLOADS.get(first["type"], "") not in first


def _judge_messages(messages: Sequence[Message], *, cursed: bool) -> None:
    kinds = [message["type"] for message in messages]
    assert not kinds or kinds[0] == _METADATA or kinds == ["error"], kinds
    assert kinds.count(_METADATA) <= 1, kinds
    newest, stopped = -1, -1
    for message in messages:
        inside = message[_PAYLOADS[message["type"]]]
        assert isinstance(inside, dict), message
        for name in _TEXTS.get(message["type"], ()):
            assert isinstance(inside[name], str), message
        match message["type"]:
            case "audio":
                newest = _judge_audio(inside, newest, stopped, messages[0])
            case "interruption":
                stopped = max(stopped, inside["event_id"])
            case "ping":
                assert "ping_ms" in inside, message
            case "client_tool_call":
                assert isinstance(inside["parameters"], dict), message
                assert isinstance(inside["tool_call_id"], str), message
            case "error":
                told = (inside["error_type"], inside["code"])
                assert told in _CODES - {_CRASHED}, message
                assert cursed or told != _BROKEN, message
                assert inside["message"], message


def _judge_audio(inside: Message, newest: int, stopped: int, metadata: Message) -> int:
    event_id: int = inside["event_id"]
    assert event_id >= newest, f"{event_id} after {newest}"
    assert event_id > stopped, f"sound of {event_id} after the interruption of {stopped}"
    data = base64.b64decode(inside["audio_base_64"], validate=True)
    assert data, "an empty sound"
    fmt = metadata["conversation_initiation_metadata_event"]["agent_output_audio_format"]
    assert fmt.startswith("ulaw_") or len(data) % 2 == 0, "half a sample"
    if "alignment" in inside:
        columns = [
            inside["alignment"][name]
            for name in ("chars", "char_start_times_ms", "char_durations_ms")
        ]
        assert len({len(column) for column in columns}) == 1, inside["alignment"]
        assert all(ms >= 0 for column in columns[1:] for ms in column), inside["alignment"]
    return event_id


def _judge_close(
    case: Conversation,
    closed: tuple[int, str] | None,
    messages: Sequence[Message],
    *,
    cursed: bool,
) -> None:
    stayed = case.leave in (Leave.DRAINED, Leave.CUT_OFF, Leave.SILENCE) and case.reads
    if closed is None:
        assert not stayed, "the server went without a word"
        return
    code, reason = closed
    assert code in {code for _, code in _CODES} - {_CRASHED[1]} | {1000}, closed
    assert cursed or code != _BROKEN[1] or not reason.startswith("internal"), closed
    assert len(reason.encode()) <= 123, closed
    told = messages[-1] if messages else {}
    if told.get("type") == "error":
        said = told.get("error_event", told)["code"]
        assert said == code, (told, closed)
    elif case.reads and messages:
        assert code == 1000, f"closed with {closed}, and no error told"
