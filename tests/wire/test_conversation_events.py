"""What the server says on the conversation's socket."""

from __future__ import annotations

import base64
import json
import typing
from collections.abc import Callable

import pytest
from elevenlabs.conversational_ai.conversation import BaseConversation
from elevenlabs.types.client_event import ClientEvent
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.errors import (
    CallTooLong,
    CustomMindFailed,
    InvalidMessage,
    InvalidParameter,
    MissingVariable,
    OverrideForbidden,
)
from vivavoce.wire import conversation_events as events
from vivavoce.wire.agent_config import DEFAULT_CLIENT_EVENTS
from vivavoce.wire.alignment import TimedText

_METADATA = ("conv_x", "pcm_16000", "ulaw_8000")


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (
            events.metadata(*_METADATA),
            {
                "type": "conversation_initiation_metadata",
                "conversation_initiation_metadata_event": {
                    "conversation_id": "conv_x",
                    "agent_output_audio_format": "pcm_16000",
                    "user_input_audio_format": "ulaw_8000",
                },
            },
        ),
        (
            events.user_transcript("Hi", 5),
            {
                "type": "user_transcript",
                "user_transcription_event": {"user_transcript": "Hi", "event_id": 5},
            },
        ),
        (
            events.tentative_user_transcript("Hi", 5),
            {
                "type": "tentative_user_transcript",
                "tentative_user_transcription_event": {"user_transcript": "Hi", "event_id": 5},
            },
        ),
        (
            events.agent_response("Hello", 4),
            {
                "type": "agent_response",
                "agent_response_event": {"agent_response": "Hello", "event_id": 4},
            },
        ),
        (
            events.agent_response_correction("Hello there", "Hello", 4),
            {
                "type": "agent_response_correction",
                "agent_response_correction_event": {
                    "original_agent_response": "Hello there",
                    "corrected_agent_response": "Hello",
                    "event_id": 4,
                },
            },
        ),
        (
            events.chat_response_part("delta", "Hel", 4),
            {
                "type": "agent_chat_response_part",
                "text_response_part": {"text": "Hel", "type": "delta", "event_id": 4},
            },
        ),
        (
            events.agent_response_complete(4),
            {"type": "agent_response_complete", "agent_response_complete_event": {"event_id": 4}},
        ),
        (
            events.interruption(5),
            {"type": "interruption", "interruption_event": {"event_id": 5}},
        ),
        (
            events.ping(9, 42),
            {"type": "ping", "ping_event": {"event_id": 9, "ping_ms": 42}},
        ),
        (
            events.vad_score(0.9),
            {"type": "vad_score", "vad_score_event": {"vad_score": 0.9}},
        ),
        (
            events.tentative_agent_response("Well"),
            {
                "type": "internal_tentative_agent_response",
                "tentative_agent_response_internal_event": {"tentative_agent_response": "Well"},
            },
        ),
        (
            events.context_usage(4, "m", 1, 2),
            {
                "type": "context_usage",
                "context_usage_event": {
                    "event_id": 4,
                    "model": "m",
                    "context_tokens": 1,
                    "context_limit_tokens": 2,
                },
            },
        ),
    ],
)
def test_every_event_has_the_shape_of_the_protocol(frame: str, expected: object) -> None:
    assert json.loads(frame) == expected


def test_a_ping_has_its_key_also_without_a_measurement() -> None:
    assert json.loads(events.ping(9, None))["ping_event"] == {"event_id": 9, "ping_ms": None}


@given(st.binary(max_size=2000), st.integers(0, 2**53))
def test_sound_comes_through_without_an_alignment(data: bytes, event_id: int) -> None:
    assert json.loads(events.audio(data, event_id)) == {
        "type": "audio",
        "audio_event": {"audio_base_64": base64.b64encode(data).decode(), "event_id": event_id},
    }


@pytest.mark.parametrize("nothing", [None, TimedText("", [])])
def test_an_alignment_of_nothing_is_left_out(nothing: TimedText | None) -> None:
    assert "alignment" not in json.loads(events.audio(b"ab", 4, nothing, (0.0, 5.0)))["audio_event"]


def test_an_alignment_counts_whole_milliseconds_from_its_sound() -> None:
    timed = TimedText('H"i', [1000.0, 1060.4, 1130.0])
    frame = events.audio(b"ab", 4, timed, (1000.0, 1170.0))
    assert json.loads(frame)["audio_event"]["alignment"] == {
        "chars": ["H", '"', "i"],
        "char_start_times_ms": [0, 60, 130],
        "char_durations_ms": [60, 70, 40],
    }


def test_an_alignment_without_a_span_ends_with_its_last_character() -> None:
    frame = events.audio(b"ab", 4, TimedText("ab", [0.0, 25.5]))
    assert json.loads(frame)["audio_event"]["alignment"] == {
        "chars": ["a", "b"],
        "char_start_times_ms": [0, 26],
        "char_durations_ms": [26, 0],
    }


@given(st.text())
def test_every_text_comes_through(text: str) -> None:
    assert json.loads(events.agent_response(text, 1))["agent_response_event"] == {
        "agent_response": text,
        "event_id": 1,
    }


def test_half_a_character_does_not_break_a_frame() -> None:
    frame = events.user_transcript("a\ud83d", 1)
    assert json.loads(frame)["user_transcription_event"]["user_transcript"] == "a�"


@pytest.mark.parametrize(
    ("error", "error_type", "code"),
    [
        (OverrideForbidden("No."), "override_error", 1008),
        (MissingVariable("No."), "missing_dynamic_variable", 1008),
        (InvalidMessage("No."), "invalid_message", 1008),
        (CallTooLong("No."), "max_duration_exceeded", 1000),
        (CustomMindFailed("No."), "custom_llm_error", 1002),
    ],
)
def test_an_error_says_what_it_is_and_how_the_socket_closes(
    error: Exception, error_type: str, code: int
) -> None:
    assert json.loads(events.conversation_error(error)) == {
        "type": "error",
        "error_event": {
            "code": code,
            "message": "No.",
            "error_type": error_type,
            "reason": "No.",
            "debug_message": None,
            "details": {},
        },
    }


def test_an_error_names_the_parameter_that_was_wrong() -> None:
    error = json.loads(events.conversation_error(InvalidParameter("No.", param="agent_id")))
    assert error["error_event"]["details"] == {"param": "agent_id"}


def test_an_error_of_ours_keeps_its_details_to_itself() -> None:
    error = json.loads(events.conversation_error(KeyError("secret")))["error_event"]
    assert error["message"] == error["reason"] == "The server failed."
    assert (error["error_type"], error["code"]) == ("unknown_websocket_crash", 1011)


def test_every_event_that_the_sdk_may_ask_for_has_a_name_here() -> None:
    literal = typing.get_args(ClientEvent)[0]
    assert set(typing.get_args(literal)) <= events.EVENT_NAMES
    assert set(DEFAULT_CLIENT_EVENTS) <= events.EVENT_NAMES


class _Heard:
    """Has every callback that the SDK's conversation can be given, and keeps what each is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, tuple[object, ...]]] = []

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *what: self.told.append((name, what))


class _Reader(BaseConversation):
    """The SDK's reading of frames, without its socket."""

    def __init__(self) -> None:
        self._conversation_id = None
        self._last_interrupt_id = 0

    def heard(self, *frames: str) -> list[tuple[str, tuple[object, ...]]]:
        heard = _Heard()
        for frame in frames:
            self._handle_message_core(json.loads(frame), heard)
        return heard.told


def test_the_python_sdk_reads_every_frame_with_every_callback_set() -> None:
    told = _Reader().heard(
        events.metadata(*_METADATA),
        events.ping(1, None),
        events.ping(2, 40),
        events.audio(b"ab", 1),
        events.audio(b"cd", 1, TimedText("", []), (0.0, 5.0)),
        events.agent_response(" Hi ", 1),
        events.agent_response_correction("Hi there", "Hi", 1),
        events.user_transcript("Stop", 2),
        events.chat_response_part("stop", "", 4),
        events.client_tool_call("t", "c1", {"a": 1}, 4),
        events.context_usage(4, "m", 1, None),
        events.conversation_error(KeyError()),
    )
    assert [what for name, what in told if name == "handle_ping"] == [
        ({"event_id": 1, "ping_ms": None},),
        ({"event_id": 2, "ping_ms": 40},),
    ]
    assert ("handle_latency_measurement", (40,)) in told
    assert [what for name, what in told if name == "handle_audio_output"] == [(b"ab",), (b"cd",)]
    assert ("handle_agent_response", ("Hi",)) in told
    assert ("handle_agent_response_correction", ("Hi there", "Hi")) in told
    assert ("handle_user_transcript", ("Stop",)) in told
    assert ("handle_client_tool_call", ("t", {"tool_call_id": "c1", "a": 1})) in told


def test_the_python_sdk_plays_only_sound_with_an_id_above_the_interruptions() -> None:
    told = _Reader().heard(events.interruption(3), events.audio(b"ol", 3), events.audio(b"ne", 4))
    assert [what for name, what in told if name == "handle_audio_output"] == [(b"ne",)]


def test_the_python_sdk_reads_an_alignment() -> None:
    told = _Reader().heard(events.audio(b"ab", 1, TimedText("a", [0.0]), (0.0, 50.0)))
    ((alignment,),) = [what for name, what in told if name == "handle_audio_alignment"]
    assert vars(alignment) == {
        "chars": ["a"],
        "char_start_times_ms": [0],
        "char_durations_ms": [50],
    }
