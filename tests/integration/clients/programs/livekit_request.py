"""`python livekit_request.py HTTP_ADDRESS MODEL`: a sentence from LiveKit, without a socket.

Writes speech.pcm and tells its sample rate.
"""

import asyncio
import json
import logging
import sys
from pathlib import Path

import aiohttp
from livekit import rtc
from livekit.plugins import elevenlabs

WORDS = "This sentence was asked for without a socket."


async def speak(address: str, model: str) -> rtc.AudioFrame:
    async with aiohttp.ClientSession() as session:
        speaker = elevenlabs.TTS(
            base_url=f"{address}/v1", api_key="any", model=model, http_session=session
        )
        return await speaker.synthesize(WORDS).collect()


logging.basicConfig(level=logging.WARNING)
speech = asyncio.run(speak(*sys.argv[1:]))
Path("speech.pcm").write_bytes(speech.data)
json.dump({"text": WORDS, "sample_rate": speech.sample_rate}, sys.stdout)
