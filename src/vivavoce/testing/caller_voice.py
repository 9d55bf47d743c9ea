"""What a simulated caller's lines sound like: spoken by a voice of the server under test."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from vivavoce.testing.server_process import ServerProcess

CALLERS_VOICE: Final = "Orfeo"
"""Not the voice that agents have unless told otherwise."""

_FORMAT: Final = "pcm_16000"


class CallerVoice:
    """Lines as 16-bit PCM at 16 kHz, the same in every run; each is spoken once and then kept."""

    def __init__(self, server: ServerProcess) -> None:
        self._server = server
        self._spoken: dict[tuple[str, str], bytes] = {}

    def spoken(self, text: str, voice: str = CALLERS_VOICE) -> bytes:
        """`text` in a voice by name or id. Raises urllib.error.HTTPError for what is refused."""
        key = (text, voice)
        if key not in self._spoken:
            path = f"/v1/text-to-speech/{quote(voice, safe='')}?output_format={_FORMAT}"
            self._spoken[key] = self._server.request("POST", path, {"text": text, "seed": 0})
        return self._spoken[key]
