"""Files that callers bring into a conversation: what they are, whatever they are called."""

from __future__ import annotations

import re

# What a file of each kind begins with.
_MARKS = (
    ("image/png", re.compile(rb"\x89PNG\r\n\x1a\n")),
    ("image/jpeg", re.compile(rb"\xff\xd8\xff")),
    ("image/gif", re.compile(rb"GIF8[79]a")),
    ("image/webp", re.compile(rb"RIFF....WEBP", re.DOTALL)),
    ("application/pdf", re.compile(rb"%PDF-")),
)
_TEXT = "text/plain"
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")

HEAD_BYTES = 4_096
"""As much of a file's beginning as `attachment_type` looks at."""


def attachment_type(head: bytes) -> str | None:
    """The media type of what begins so: an image, PDF or UTF-8 text; None for all else."""
    for media_type, mark in _MARKS:
        if mark.match(head):
            return media_type
    return _TEXT if head and _is_text(head) else None


def _is_text(head: bytes) -> bool:
    """The head may end within a character."""
    if _BINARY.search(head):
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return len(head) == HEAD_BYTES and error.start >= len(head) - 3
    return True
