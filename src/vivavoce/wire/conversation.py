"""What a client says on the conversation's socket, in either dialect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Literal

import msgspec
import pybase64

from vivavoce.errors import InvalidMessage
from vivavoce.wire.client_json import read_json
from vivavoce.wire.flat_conversation import FlatSetup, read_flat_setup
from vivavoce.wire.initiation import EnclaveSetup, Initiation, read_enclave_setup, read_initiation
from vivavoce.wire.lenient import (
    MOST_DEEP,
    compact_json,
    filled,
    flag,
    inside,
    integer,
    is_deeper,
    mappings,
    text,
)

Score = Literal["like", "dislike"]


class UserAudio(msgspec.Struct, frozen=True):
    """The caller's next sound, in the call's input format; a sample may be cut in half."""

    pcm: bytes


class FlatAudio(msgspec.Struct, frozen=True):
    """The same from a client of the flat dialect: 16-bit PCM at 16,000 Hz."""

    pcm: bytes


class Pong(msgspec.Struct, frozen=True):
    """The answer to the ping of that id, None where it does not say which."""

    event_id: int | None


class UserText(msgspec.Struct, frozen=True):
    """A turn that was typed; `file_ids` name uploads that go with it."""

    text: str
    file_ids: tuple[str, ...] = ()


class UserActivity(msgspec.Struct, frozen=True):
    """The caller does something: the agent is not to speak up now."""


class ContextualUpdate(msgspec.Struct, frozen=True):
    """Something to know and not to answer; of one `context_id` only the newest counts."""

    text: str
    context_id: str | None = None


class Feedback(msgspec.Struct, frozen=True):
    """What the caller thinks of the turn `event_id`; a `score` of None takes it back."""

    event_id: int | None
    score: Score | None


class ToolResult(msgspec.Struct, frozen=True):
    """What a tool on the client's side gave; `result` is JSON text unless it was a string."""

    call_id: str
    result: str
    is_error: bool


class McpApproval(msgspec.Struct, frozen=True):
    """Whether the caller lets a tool of an MCP server run."""

    call_id: str
    is_approved: bool


class Unknown(msgspec.Struct, frozen=True):
    """A message of a `type` that nobody knows, empty where there is none; it says nothing."""

    type: str


ConversationMessage = (
    UserAudio
    | FlatAudio
    | Initiation
    | EnclaveSetup
    | FlatSetup
    | Pong
    | UserText
    | UserActivity
    | ContextualUpdate
    | Feedback
    | ToolResult
    | McpApproval
    | Unknown
)

_Fields = Mapping[str, object]

_decoder = msgspec.json.Decoder(dict[str, object])


def decode_conversation_message(frame: str | bytes) -> ConversationMessage:
    """Reads one frame. Unknown keys, and optional ones of an odd type, count as absent.

    A frame without a `type` is sound, or else the flat dialect's setup. Raises InvalidMessage for
    what is not a JSON object, and for sound that is not base64.
    """
    fields = read_json(frame, _decoder)
    if is_deeper(fields, MOST_DEEP):
        raise InvalidMessage("The message is nested too deeply.")
    kind = text(fields.get("type")) or ""
    reader = _READERS.get(kind)
    if reader is not None:
        return reader(fields)
    if "user_audio_chunk" in fields:
        return UserAudio(_sound(fields, "user_audio_chunk"))
    if not kind and "agent" in fields:
        return read_flat_setup(fields)
    return Unknown(kind)


def _sound(fields: _Fields, key: str) -> bytes:
    base64 = fields.get(key)
    if base64 is None:
        return b""
    if not isinstance(base64, str):
        raise InvalidMessage(f"`{key}` is not a string of base64.")
    try:
        return pybase64.b64decode(base64, validate=True)
    except ValueError as error:
        raise InvalidMessage(f"`{key}` is not base64: {error}.") from error


def _flat_audio(fields: _Fields) -> FlatAudio:
    return FlatAudio(_sound(fields, "audio"))


def _pong(fields: _Fields) -> Pong:
    return Pong(integer(fields.get("event_id")))


def _user_message(fields: _Fields) -> UserText:
    return UserText(text(fields.get("text")) or "")


def _multimodal_message(fields: _Fields) -> UserText:
    """Newer clients send `file`, the first of `files`, for the sake of older servers."""
    said = fields.get("text")
    typed = text(said) or text(inside(said, "text")) or ""
    files = (*mappings([fields.get("file")]), *mappings(fields.get("files")))
    ids = (filled(file.get("file_id")) for file in files)
    return UserText(typed, tuple(dict.fromkeys(file_id for file_id in ids if file_id)))


def _user_activity(_fields: _Fields) -> UserActivity:
    return UserActivity()


def _contextual_update(fields: _Fields) -> ContextualUpdate:
    return ContextualUpdate(text(fields.get("text")) or "", filled(fields.get("context_id")))


def _feedback(fields: _Fields) -> Feedback:
    said = fields.get("score")
    score: Score | None = "like" if said == "like" else "dislike" if said == "dislike" else None
    return Feedback(integer(fields.get("event_id")), score)


def _tool_result(fields: _Fields) -> ToolResult:
    return ToolResult(
        call_id=text(fields.get("tool_call_id")) or "",
        result=_result_text(fields.get("result", "")),
        is_error=flag(fields.get("is_error")) or False,
    )


def _result_text(result: object) -> str:
    return result if isinstance(result, str) else compact_json(result)


def _mcp_approval(fields: _Fields) -> McpApproval:
    return McpApproval(
        call_id=text(fields.get("tool_call_id")) or "",
        is_approved=flag(fields.get("is_approved")) or False,
    )


_READERS: Final[dict[str, Callable[[_Fields], ConversationMessage]]] = {
    "audio": _flat_audio,
    "conversation_initiation_client_data": read_initiation,
    "pong": _pong,
    "user_message": _user_message,
    "user_activity": _user_activity,
    "contextual_update": _contextual_update,
    "feedback": _feedback,
    "client_tool_result": _tool_result,
    "mcp_tool_approval_result": _mcp_approval,
    "multimodal_message": _multimodal_message,
    "enclave_setup_config": read_enclave_setup,
}
