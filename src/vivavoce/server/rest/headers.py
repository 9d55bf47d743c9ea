"""Headers that every answer has."""

from __future__ import annotations

import uuid

from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

# One id under three names: the LiveKit plugin reads the second, OpenAI's clients the third.
_ID_HEADERS = ("request-id", "x-trace-id", "x-request-id")
_ID_KEY = "vivavoce.request_id"

EXPOSED = (
    *_ID_HEADERS,
    "history-item-id",
    "character-cost",
    "current-concurrent-requests",
    "maximum-concurrent-requests",
)
"""What a web page of another origin may read."""


def request_id(scope: Scope) -> str:
    """The id of a request: 32 hexadecimal digits, in its answer and in the log."""
    ids: dict[str, str] = scope.setdefault("state", {})
    return ids.setdefault(_ID_KEY, uuid.uuid4().hex)


async def add_request_id(message: Message, scope: Scope) -> None:
    """Litestar's `before_send`: names the request on its answer, whatever the answer is."""
    if message["type"] == "http.response.start":
        headers = MutableScopeHeaders.from_message(message)
        for name in _ID_HEADERS:
            headers.setdefault(name, request_id(scope))
