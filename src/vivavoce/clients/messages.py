"""Between a message and the bytes of its frame."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from vivavoce.errors import InvalidMessage

Message: TypeAlias = Mapping[str, object]
"""What is sent."""
Frame: TypeAlias = dict[str, object]
"""What is received."""
Opening: TypeAlias = Callable[[bool], Sequence[Message]]
"""What to say first in a session; whether it follows on one that is lost is told."""


def encoded(message: Message) -> bytes:
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


def decoded(frame: str | bytes) -> Frame:
    """The message in a frame. Raises InvalidMessage if it is not a JSON object."""
    try:
        message = json.loads(frame)
    except (ValueError, RecursionError):
        raise InvalidMessage("The server sent something that is not JSON.") from None
    if not isinstance(message, dict):
        raise InvalidMessage("The server sent JSON that is not an object.")
    return message
