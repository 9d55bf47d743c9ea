"""What a client says on the `text-to-dialogue` sockets."""

from __future__ import annotations

from typing import Annotated

import msgspec

from vivavoce.errors import InvalidMessage
from vivavoce.wire.client_json import read_json
from vivavoce.wire.contexts import ContextFrame, ContextMessage, Line

# Of one message or request.
INPUTS_MAX = 1_000


class _Input(msgspec.Struct):
    text: str | None = None
    voice_id: str | None = None


class _DialogueFrame(ContextFrame):
    voices: list[str] | None = None
    inputs: Annotated[list[_Input], msgspec.Meta(max_length=INPUTS_MAX)] | None = None
    keep_alive: bool | None = None


_decoder = msgspec.json.Decoder(_DialogueFrame, strict=False)
_EMPTY = _DialogueFrame()


def decode_dialogue_message(frame: str | bytes) -> ContextMessage:
    """Reads one frame; the first of `voices` speaks where an input names no voice.

    Unknown keys are ignored and null stands for "not given". Raises InvalidMessage for anything
    but a JSON object with at least one key of the protocol.
    """
    raw = read_json(frame, _decoder)
    if raw == _EMPTY:
        raise InvalidMessage("The message has none of the protocol's fields; it needs `inputs`.")
    if raw.voices and not raw.voice_id:
        raw.voice_id = raw.voices[0]
    lines = tuple(Line(one.text, one.voice_id or None) for one in raw.inputs or () if one.text)
    return ContextMessage(
        context_id=raw.context,
        lines=lines,
        close_context=bool(raw.close_context),
        close_socket=bool(raw.close_socket),
        opens=bool(lines or raw.voices),
        speech=raw.message(),
    )
