"""What files are, whatever they are called."""

from __future__ import annotations

import pytest

from vivavoce.wire.attachments import HEAD_BYTES, attachment_type


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"\x89PNG\r\n\x1a\n...", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\x10\n\0\0WEBPVP8 ", "image/webp"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"Hello.\r\n\tYou.", "text/plain"),
        ("Grüße".encode(), "text/plain"),
        (b"<svg onload=alert(1)>", "text/plain"),
        (b"", None),
        (b"RIFF\x10\n\0\0WAVE", None),
        (b"\x7fELF", None),
        (b"a\0b", None),
        ("Grüße".encode("latin-1"), None),
    ],
)
def test_a_file_is_what_it_begins_like(head: bytes, media_type: str | None) -> None:
    assert attachment_type(head) == media_type


def test_a_text_may_be_cut_within_a_character_where_its_head_ends() -> None:
    text = ("a" + "ü" * HEAD_BYTES).encode()
    assert attachment_type(text[:HEAD_BYTES]) == "text/plain"
    assert attachment_type(text[:100]) is None
