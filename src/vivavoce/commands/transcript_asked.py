"""What is asked of a line to a server that listens."""

from __future__ import annotations

from urllib.parse import urlencode

import msgspec


class TranscriptAsked(msgspec.Struct, frozen=True):
    """What the address of a line says.

    Sound comes as 16-bit samples at `sample_rate` (Hz); `silence_s` ends a segment. No `language`
    leaves it to the server.
    """

    sample_rate: int
    silence_s: float
    language: str | None = None

    @property
    def path(self) -> str:
        """See `Asked.path`."""
        return "/v1/speech-to-text/realtime"

    @property
    def query(self) -> str:
        """See `Asked.query`."""
        asked = {
            "model_id": "scribe_v2_realtime",
            "audio_format": f"pcm_{self.sample_rate}",
            "commit_strategy": "vad",
            "vad_silence_threshold_secs": f"{self.silence_s:g}",
        }
        if self.language is not None:
            asked["language_code"] = self.language
        return urlencode(asked)
