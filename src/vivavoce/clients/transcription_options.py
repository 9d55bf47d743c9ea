"""What is to be listened to, and how: the part of the settings that is the server's to follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from vivavoce.clients.addresses import socket_url

DEFAULT_MODEL: Final = "scribe_v2_realtime"
DEFAULT_FORMAT: Final = "pcm_16000"
_PATH: Final = "/v1/speech-to-text/realtime"


@dataclass(frozen=True, slots=True)
class TranscriptionOptions:
    """How a connection listens; each field is the query parameter of its name."""

    model_id: str = DEFAULT_MODEL
    audio_format: str = DEFAULT_FORMAT
    language_code: str | None = None
    commit_strategy: Literal["manual", "vad"] = "manual"
    include_timestamps: bool = False
    include_language_detection: bool = False
    vad_silence_threshold_secs: float | None = None
    vad_threshold: float | None = None
    min_speech_duration_ms: int | None = None
    min_silence_duration_ms: int | None = None
    no_verbatim: bool = False
    token: str | None = None

    @property
    def is_timed(self) -> bool:
        """Whether words come with times: they tell how much of the sound a commit has settled."""
        return self.include_timestamps or self.commit_strategy == "vad"

    @property
    def is_paired(self) -> bool:
        """Whether there are two messages of every segment."""
        return self.is_timed or self.include_language_detection

    def url(self, base: str | None) -> str:
        """Where the server at `base` listens. Raises InvalidParameter."""
        query = {
            "model_id": self.model_id,
            "audio_format": self.audio_format,
            "language_code": self.language_code,
            "commit_strategy": self.commit_strategy,
            "include_timestamps": self.is_timed or None,
            "include_language_detection": self.include_language_detection or None,
            "vad_silence_threshold_secs": self.vad_silence_threshold_secs,
            "vad_threshold": self.vad_threshold,
            "min_speech_duration_ms": self.min_speech_duration_ms,
            "min_silence_duration_ms": self.min_silence_duration_ms,
            "no_verbatim": self.no_verbatim or None,
            "token": self.token,
        }
        return socket_url(base, _PATH, query)
