"""`python livekit_turn.py [ADDRESS]`: LiveKit's ElevenLabs plugin speaks into livekit.wav.

It needs `livekit-plugins-elevenlabs`. Inside an agent, the session gives the plugin its HTTP
client; here `http_context` does.
"""

import asyncio
import sys
from pathlib import Path

from livekit import rtc
from livekit.agents.utils import http_context
from livekit.plugins import elevenlabs

[address] = sys.argv[1:] or ["http://127.0.0.1:8000"]
TEXT = "Good morning, everyone. The train leaves in an hour."


async def speak() -> rtc.AudioFrame:
    async with http_context.open():
        speaker = elevenlabs.TTS(base_url=f"{address}/v1", api_key="any")
        async with speaker.stream() as stream:
            for word in TEXT.split():
                stream.push_text(word + " ")
            stream.end_input()
            speech = rtc.combine_audio_frames([event.frame async for event in stream])
        await speaker.aclose()
    return speech


Path("livekit.wav").write_bytes(asyncio.run(speak()).to_wav_bytes())
