"""What a client says on the conversation's socket."""

from __future__ import annotations

import base64
import contextlib
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vivavoce.errors import InvalidMessage
from vivavoce.wire.conversation import (
    ContextualUpdate,
    ConversationMessage,
    Feedback,
    FlatAudio,
    McpApproval,
    Pong,
    ToolResult,
    Unknown,
    UserActivity,
    UserAudio,
    UserText,
    decode_conversation_message,
)
from vivavoce.wire.flat_conversation import FlatSetup
from vivavoce.wire.initiation import EnclaveSetup, Initiation


def _decoded(message: object) -> ConversationMessage:
    return decode_conversation_message(json.dumps(message))


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def test_sound_arrives_as_it_was_sent_in_text_and_in_binary_frames() -> None:
    sent = bytes(range(256))
    frame = json.dumps({"user_audio_chunk": _base64(sent)})
    assert decode_conversation_message(frame) == UserAudio(sent)
    assert decode_conversation_message(frame.encode()) == UserAudio(sent)


def test_sound_with_half_a_sample_is_kept_as_it_is() -> None:
    assert _decoded({"user_audio_chunk": _base64(b"abc")}) == UserAudio(b"abc")


@pytest.mark.parametrize("nothing", ["", None])
def test_an_empty_chunk_is_no_sound(nothing: str | None) -> None:
    assert _decoded({"user_audio_chunk": nothing}) == UserAudio(b"")


def test_sound_that_names_itself_as_its_type_is_still_sound() -> None:
    message = {"type": "user_audio_chunk", "user_audio_chunk": _base64(b"ab")}
    assert _decoded(message) == UserAudio(b"ab")


@pytest.mark.parametrize("wrong", ["*", "YQ", "YWI=\n", "é", 5, ["YWI="], {}, True])
@pytest.mark.parametrize("form", ["{}", '{"type":"audio"}'])
def test_sound_that_is_not_base64_is_refused(wrong: object, form: str) -> None:
    key = "audio" if "type" in form else "user_audio_chunk"
    with pytest.raises(InvalidMessage, match=f"`{key}` is not"):
        _decoded({**json.loads(form), key: wrong})


def test_flat_sound_is_told_apart() -> None:
    assert _decoded({"type": "audio", "audio": _base64(b"abcd")}) == FlatAudio(b"abcd")
    assert _decoded({"type": "audio"}) == FlatAudio(b"")


def test_a_pong_names_its_ping() -> None:
    assert _decoded({"type": "pong", "event_id": 7}) == Pong(7)


@pytest.mark.parametrize("odd", [{}, {"event_id": None}, {"event_id": "x"}, {"event_id": True}])
def test_a_pong_that_names_no_ping_is_still_a_pong(odd: dict[str, object]) -> None:
    assert _decoded({"type": "pong", **odd}) == Pong(None)


def test_a_typed_message_is_a_turn() -> None:
    message = {"type": "user_message", "text": "Hi 😀", "rich_content_id": "r1"}
    assert _decoded(message) == UserText("Hi 😀")


@pytest.mark.parametrize("odd", [{}, {"text": None}, {"text": 5}])
def test_a_typed_message_may_lack_its_text(odd: dict[str, object]) -> None:
    assert _decoded({"type": "user_message", **odd}) == UserText("")


def test_a_text_with_half_an_emoji_is_mended() -> None:
    frame = '{"type":"user_message","text":"Hi \\ud83d"}'
    assert decode_conversation_message(frame) == UserText("Hi �")


def test_activity_says_only_that_there_is_some() -> None:
    assert _decoded({"type": "user_activity"}) == UserActivity()


def test_a_contextual_update_may_have_an_id() -> None:
    message = {"type": "contextual_update", "text": "On page 2."}
    assert _decoded(message) == ContextualUpdate("On page 2.", None)
    assert _decoded({**message, "context_id": "page"}) == ContextualUpdate("On page 2.", "page")
    assert _decoded({**message, "context_id": 5}) == ContextualUpdate("On page 2.", None)


@pytest.mark.parametrize("score", ["like", "dislike", None])
def test_feedback_has_one_of_three_scores(score: str | None) -> None:
    message = {"type": "feedback", "event_id": 3, "score": score}
    assert _decoded(message) == Feedback(3, score)  # type: ignore[arg-type]


@pytest.mark.parametrize("odd", ["love", 1, ["like"], {"like": True}])
def test_a_score_that_nobody_knows_counts_as_none(odd: object) -> None:
    assert _decoded({"type": "feedback", "event_id": 3, "score": odd}) == Feedback(3, None)


def test_a_tools_text_is_taken_as_it_is() -> None:
    message = {
        "type": "client_tool_result",
        "tool_call_id": "c1",
        "result": "text",
        "is_error": False,
    }
    assert _decoded(message) == ToolResult("c1", "text", False)
    assert _decoded({**message, "is_error": True}) == ToolResult("c1", "text", True)


@pytest.mark.parametrize(
    ("result", "text"),
    [
        ({"a": [1, 2.5, None, "é"]}, '{"a":[1,2.5,null,"é"]}'),
        ([], "[]"),
        (True, "true"),
        (3, "3"),
        (10**30, str(10**30)),
        (None, "null"),
        ("", ""),
        ('"quoted"', '"quoted"'),
    ],
)
def test_a_tools_result_of_any_kind_is_turned_into_text(result: object, text: str) -> None:
    message = {"type": "client_tool_result", "tool_call_id": "c1", "result": result}
    assert _decoded(message) == ToolResult("c1", text, False)


def test_a_tools_result_may_be_missing() -> None:
    assert _decoded({"type": "client_tool_result"}) == ToolResult("", "", False)


@pytest.mark.parametrize(("said", "granted"), [(True, True), (False, False), (1, False)])
def test_only_a_plain_yes_approves_of_a_tool(said: object, granted: bool) -> None:
    message = {"type": "mcp_tool_approval_result", "tool_call_id": "c1", "is_approved": said}
    assert _decoded(message) == McpApproval("c1", granted)


def test_a_message_with_files_names_each_of_them_once() -> None:
    first, second = ({"type": "file_input", "file_id": name} for name in ("f1", "f2"))
    message = {
        "type": "multimodal_message",
        "text": {"type": "user_message", "text": "Look."},
        "file": first,
        "files": [first, second],
    }
    assert _decoded(message) == UserText("Look.", ("f1", "f2"))


@pytest.mark.parametrize(
    ("odd", "expected"),
    [
        ({}, UserText("")),
        ({"text": "Look."}, UserText("Look.")),
        ({"text": {"text": None}}, UserText("")),
        ({"file": {"file_id": "f1"}}, UserText("", ("f1",))),
        ({"files": [{"file_id": 5}, "f2", {"file_id": "f3"}]}, UserText("", ("f3",))),
    ],
)
def test_a_message_with_files_may_lack_any_part(
    odd: dict[str, object], expected: ConversationMessage
) -> None:
    assert _decoded({"type": "multimodal_message", **odd}) == expected


def test_an_initiation_is_kept_as_json_without_half_characters() -> None:
    frame = '{ "type": "conversation_initiation_client_data", "user_id": "\\ud83d" }'
    message = decode_conversation_message(frame)
    assert isinstance(message, Initiation)
    assert message.user_id == "�"
    assert message.raw == '{"type":"conversation_initiation_client_data","user_id":"�"}'


def test_a_setup_of_ones_own_server_is_told_apart() -> None:
    assert _decoded({"type": "enclave_setup_config", "agent_config_dict": None}) == EnclaveSetup()


def test_an_agent_without_a_type_is_the_flat_dialect() -> None:
    assert _decoded({"agent": {}}) == FlatSetup({})
    assert _decoded({"agent": None, "type": None}) == FlatSetup({})


@pytest.mark.parametrize("kind", ["telepathy", "audio2", ""])
def test_a_type_that_nobody_knows_is_no_error(kind: str) -> None:
    assert _decoded({"type": kind, "text": 5}) == Unknown(kind)
    assert _decoded({"type": [kind]}) == Unknown("")


def test_an_agent_in_a_message_of_another_type_is_not_the_flat_dialect() -> None:
    assert _decoded({"type": "telepathy", "agent": {}}) == Unknown("telepathy")


def test_unknown_keys_are_ignored() -> None:
    assert _decoded({"type": "user_activity", "cseq": 5, "agent": 1}) == UserActivity()


@pytest.mark.parametrize("frame", ["", "[]", "5", '"text"', "null", "{", '{"a":NaN}', "YWI="])
def test_what_is_no_json_object_is_refused(frame: str) -> None:
    with pytest.raises(InvalidMessage):
        decode_conversation_message(frame)


@pytest.mark.parametrize("frame", [b"\xff\xfe", b'{"type":"\xff"}', bytes(640)])
def test_a_binary_frame_that_is_no_text_is_refused(frame: bytes) -> None:
    with pytest.raises(InvalidMessage):
        decode_conversation_message(frame)


@pytest.mark.parametrize("depth", [100, 900, 990, 100_000])
@pytest.mark.parametrize(
    "start",
    [
        '{"type":"client_tool_result","result":',
        '{"type":"conversation_initiation_client_data","conversation_config_override":{"a":',
        '{"type":"conversation_initiation_client_data","dynamic_variables":{"a":',
    ],
)
def test_depth_is_read_or_refused(start: str, depth: int) -> None:
    frame = start + "[" * depth + "]" * depth + "}" * start.count("{")
    with contextlib.suppress(InvalidMessage):
        assert isinstance(decode_conversation_message(frame), ToolResult | Initiation)


_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.sampled_from(["like", "YWI=", "on"])
)
_KEYS = st.sampled_from(
    [
        "text",
        "file",
        "files",
        "file_id",
        "event_id",
        "score",
        "result",
        "is_error",
        "agent",
        "audio",
        "user_audio_chunk",
        "prompt",
        "voice",
        "voice_id",
        "temperature",
        "conversation_config_override",
        "dynamic_variables",
        "source_info",
        "agent_config_dict",
        "conversation_config",
        "tools_config_list",
        "post_call_audio_webhook",
        "post_call_audio_webhook_url",
        "url",
    ]
)
_JSON = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(_KEYS | st.text(), inner, max_size=5)
    ),
    max_leaves=20,
)
_TYPES = [
    "conversation_initiation_client_data",
    "enclave_setup_config",
    "pong",
    "user_message",
    "user_activity",
    "contextual_update",
    "feedback",
    "client_tool_result",
    "mcp_tool_approval_result",
    "multimodal_message",
    "audio",
]


@given(st.sampled_from(_TYPES) | _JSON, st.dictionaries(_KEYS, _JSON, max_size=8))
@example("audio", {"audio": "é"})
@example("pong", {"event_id": 10**400})
def test_no_message_does_anything_but_mean_something_or_be_refused(
    kind: object, fields: dict[str, object]
) -> None:
    with contextlib.suppress(InvalidMessage):
        assert isinstance(_decoded({"type": kind, **fields}), ConversationMessage)


@given(_JSON | st.text() | st.binary())
def test_no_frame_does_anything_but_mean_something_or_be_refused(content: object) -> None:
    frame = content if isinstance(content, str | bytes) else json.dumps(content)
    with contextlib.suppress(InvalidMessage):
        assert isinstance(decode_conversation_message(frame), ConversationMessage)


@given(st.binary(max_size=4000))
def test_every_sound_comes_through(data: bytes) -> None:
    assert _decoded({"user_audio_chunk": _base64(data)}) == UserAudio(data)
