"""Between a message and the bytes of its frame."""

from __future__ import annotations

import json
from collections.abc import Mapping

from vivavoce.errors import InvalidMessage


def encoded(message: Mapping[str, object]) -> bytes:
    """A message as JSON in UTF-8.

    Raises InvalidMessage for what JSON cannot say, and for a `cseq` of the caller's own.
    """
    if "cseq" in message:
        raise InvalidMessage("cseq is the connection's own.")
    try:
        text = json.dumps(dict(message), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidMessage(f"The message cannot be sent as JSON: {error}") from None


def decoded(frame: str | bytes) -> dict[str, object]:
    """The message in a frame. Raises InvalidMessage if it is not a JSON object."""
    try:
        message = json.loads(frame)
    except (ValueError, RecursionError):
        raise InvalidMessage("The server sent something that is not JSON.") from None
    if not isinstance(message, dict):
        raise InvalidMessage("The server sent JSON that is not an object.")
    return message
