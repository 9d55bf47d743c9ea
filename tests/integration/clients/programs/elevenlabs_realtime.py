"""`python elevenlabs_realtime.py HTTP_ADDRESS [WEBSOCKET_ADDRESS]`: the SDK writes output.mp3."""

import sys
from collections.abc import Iterator
from pathlib import Path

from elevenlabs import ElevenLabs

address, *websocket_address = sys.argv[1:]
client = ElevenLabs(base_url=address, api_key="any")
if websocket_address:
    client.text_to_speech._ws_base_url = websocket_address[0]


def text() -> Iterator[str]:
    """As a language model streams it."""
    yield from ("Good ", "morning, ", "every", "one. ", "The train ", "leaves ", "in an hour.")


audio = client.text_to_speech.convert_realtime(
    "21m00Tcm4TlvDq8ikWAM", text=text(), model_id="eleven_multilingual_v2"
)
Path("output.mp3").write_bytes(b"".join(audio))
