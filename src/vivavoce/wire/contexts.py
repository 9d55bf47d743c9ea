"""What a client says on the sockets that carry many contexts."""

from __future__ import annotations

import json
from typing import Annotated, TypeAlias

import msgspec

from vivavoce.errors import InvalidMessage
from vivavoce.wire.client_json import read_json
from vivavoce.wire.speech import ClientFrame, SpeechMessage

DEFAULT_CONTEXT = "default"
"""The context of messages that name none."""

# Every frame of audio repeats it.
_ID_MAX = 256
_ContextId: TypeAlias = Annotated[str, msgspec.Meta(max_length=_ID_MAX)] | int | None


class Line(msgspec.Struct, frozen=True):
    """Text for one speaker; the context's own voice where `voice_id` is None."""

    text: str
    voice_id: str | None = None


class ContextMessage(msgspec.Struct, frozen=True):
    """One message of a client; `speech` has what every speech socket knows.

    `opens` says that it registers a context though it may bring no text.
    """

    context_id: str
    lines: tuple[Line, ...]
    close_context: bool
    close_socket: bool
    opens: bool
    speech: SpeechMessage


class ContextFrame(ClientFrame):
    """The keys of a socket with contexts."""

    context_id: _ContextId = None
    context_id_camel: _ContextId = msgspec.field(default=None, name="contextId")
    close_context: bool | None = None
    close_socket: bool | None = None

    @property
    def context(self) -> str:
        """The id of the context that is meant."""
        for given in (self.context_id, self.context_id_camel):
            if given not in (None, ""):
                return str(given)
        return DEFAULT_CONTEXT


_decoder = msgspec.json.Decoder(ContextFrame, strict=False)
_EMPTY = ContextFrame()


def decode_context_message(frame: str | bytes) -> ContextMessage:
    """Reads one frame of `multi-stream-input`.

    Unknown keys are ignored and null stands for "not given". Raises InvalidMessage for anything
    but a JSON object with at least one key of the protocol, and for a context id of more than 256
    characters.
    """
    raw = read_json(frame, _decoder)
    if raw == _EMPTY:
        raise InvalidMessage("The message has none of the protocol's fields; it needs `text`.")
    speech = raw.message()
    return ContextMessage(
        context_id=raw.context,
        lines=(Line(speech.text),) if speech.text else (),
        close_context=bool(raw.close_context),
        close_socket=bool(raw.close_socket),
        opens=bool(speech.text or raw.voice_settings or raw.generation_config or speech.locators),
        speech=speech,
    )


def is_json(frame: str | bytes) -> bool:
    """Whether a frame is JSON at all, of whatever shape."""
    try:
        json.loads(frame)
    except (ValueError, RecursionError):
        return False
    return True


class _ContextOnly(msgspec.Struct):
    context_id: object = None
    context_id_camel: object = msgspec.field(default=None, name="contextId")


_id_decoder = msgspec.json.Decoder(_ContextOnly)


def context_of(frame: str | bytes) -> str | None:
    """The context that a frame names which cannot be read otherwise, if it says that much."""
    try:
        raw = _id_decoder.decode(frame)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    named = raw.context_id or raw.context_id_camel
    return named if isinstance(named, str) and len(named) <= _ID_MAX else None
