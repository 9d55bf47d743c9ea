"""What is to be spoken by, and how: the part of the settings that is the server's to follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vivavoce.clients.addresses import socket_url

DEFAULT_VOICE = "JBFqnCBsd6RMkjVDRZzb"
DEFAULT_MODEL = "eleven_multilingual_v2"
DEFAULT_FORMAT = "mp3_44100_128"

# The longest that the protocol allows: a context may wait so long for a language model.
INACTIVITY_TIMEOUT_S = 180


@dataclass(frozen=True, slots=True)
class SpeechOptions:
    """How a connection speaks.

    `voice_settings` has the protocol's names (`stability`, `speed` and so on).
    `chunk_length_schedule` says after how many characters each generation starts, 50 to 500 each.
    A server ends what it has heard nothing of for `inactivity_timeout_s`, 1 to 180.
    """

    voice_id: str = DEFAULT_VOICE
    model_id: str = DEFAULT_MODEL
    output_format: str = DEFAULT_FORMAT
    voice_settings: Mapping[str, float | bool] | None = None
    chunk_length_schedule: Sequence[int] | None = None
    language_code: str | None = None
    seed: int | None = None
    inactivity_timeout_s: int = INACTIVITY_TIMEOUT_S

    def url(self, base: str | None) -> str:
        """Where the server at `base` speaks in many contexts. Raises InvalidParameter."""
        query = {
            "model_id": self.model_id,
            "output_format": self.output_format,
            "language_code": self.language_code,
            "seed": self.seed,
            "inactivity_timeout": self.inactivity_timeout_s,
            "sync_alignment": True,
            # Ours; other servers ignore it, and the alignment has to do.
            "flush_done": True,
        }
        return socket_url(base, f"/v1/text-to-speech/{self.voice_id}/multi-stream-input", query)

    def context_settings(
        self, voice_settings: Mapping[str, float | bool] | None
    ) -> dict[str, object]:
        """What the message that opens a context says besides its text."""
        settings: dict[str, object] = {}
        chosen = voice_settings if voice_settings is not None else self.voice_settings
        if chosen is not None:
            settings["voice_settings"] = dict(chosen)
        if self.chunk_length_schedule is not None:
            schedule = list(self.chunk_length_schedule)
            settings["generation_config"] = {"chunk_length_schedule": schedule}
        return settings
