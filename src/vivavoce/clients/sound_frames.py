"""Sound of any size as the messages in which a transcription hears it. Pure."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Final

from vivavoce.clients.wire_sound import WireSound

FRAME_S: Final = 1.0
"""The most that is sent at once: a server's longest message has room for several."""


class SoundFrames:
    """Cuts sound into pieces of whole samples; half a sample waits for its other half."""

    def __init__(self, sound: WireSound) -> None:
        self._rate = sound.sample_rate
        self._sample = sound.sample_bytes
        self._most = round(FRAME_S * sound.sample_rate) * sound.sample_bytes
        self._half = b""

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """What of `data`, and of what waits, can be sent: a second at a time at most."""
        waiting = self._half + data
        whole = len(waiting) - len(waiting) % self._sample
        self._half = waiting[whole:]
        for at in range(0, whole, self._most):
            yield waiting[at : min(at + self._most, whole)]

    def message(self, piece: bytes | None) -> dict[str, object]:
        """The message with a piece; with None the commit of all that was sent."""
        return {
            "message_type": "input_audio_chunk",
            "audio_base_64": base64.b64encode(piece or b"").decode(),
            "commit": piece is None,
            "sample_rate": self._rate,
        }
