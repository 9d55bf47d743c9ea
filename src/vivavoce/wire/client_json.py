"""One frame of JSON from a client, as forgiving as the protocol's own servers."""

from __future__ import annotations

import json
from typing import TypeVar

import msgspec

from vivavoce.errors import InvalidMessage

Message = TypeVar("Message")


def read_json(frame: str | bytes, decoder: msgspec.json.Decoder[Message]) -> Message:
    """The frame as the decoder's type; unknown keys are ignored.

    Raises InvalidMessage for anything but JSON of that shape.
    """
    try:
        return decoder.decode(frame)
    except msgspec.ValidationError as error:
        raise InvalidMessage(f"The message does not fit the protocol: {error}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return _with_half_characters(frame, decoder, error)


def _with_half_characters(
    frame: str | bytes, decoder: msgspec.json.Decoder[Message], error: Exception
) -> Message:
    r"""Reads JSON with a lone "\ud83d", which msgspec refuses, as U+FFFD.

    JavaScript writes one when a language model's stream was cut inside an emoji.
    """
    backslash_u = b"\\u" if isinstance(frame, bytes) else "\\u"
    if backslash_u not in frame:  # type: ignore[operator]
        raise InvalidMessage(f"The message is not JSON: {error}.") from error
    try:
        mended = json.dumps(json.loads(frame), ensure_ascii=False)
        return decoder.decode(
            mended.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        )
    except msgspec.ValidationError as misfit:
        raise InvalidMessage(f"The message does not fit the protocol: {misfit}.") from misfit
    except (ValueError, RecursionError) as still:
        raise InvalidMessage(f"The message is not JSON: {error}.") from still
