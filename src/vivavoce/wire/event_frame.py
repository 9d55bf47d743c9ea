"""How the server's frames on the conversation's socket are written."""

from __future__ import annotations

import json

import orjson


def event_frame(kind: str, **payload: object) -> str:
    """One frame of that type; half a character in a text is written as U+FFFD."""
    frame = {"type": kind, **payload}
    try:
        return orjson.dumps(frame).decode()
    except orjson.JSONEncodeError:
        # It refuses half a surrogate pair, and numbers of more than 64 bits.
        text = json.dumps(frame, ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
