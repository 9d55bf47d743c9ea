"""What is asked of a line to a server that speaks."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import msgspec

_SILENCE_S = 180
"""The longest that a server waits for text."""


class SpeechAsked(msgspec.Struct, frozen=True):
    """What the address of a line says. No `voice` means the server's default."""

    output_format: str
    voice: str | None = None

    @property
    def segment(self) -> str:
        """The part of the path that names a voice, or else a model."""
        return self.voice or "eleven_flash_v2_5"

    @property
    def path(self) -> str:
        """See `Asked.path`."""
        return f"/v1/text-to-speech/{quote(self.segment, safe='')}/stream-input"

    @property
    def query(self) -> str:
        """See `Asked.query`."""
        return urlencode(
            {
                "frames": "json",
                "output_format": self.output_format,
                "inactivity_timeout": _SILENCE_S,
            }
        )
