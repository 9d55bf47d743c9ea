"""`python livekit_streams.py HTTP_ADDRESS MODEL`: LiveKit's plugin speaks on one socket.

Ten sentences, then a stream that is closed at its first sound, then one more. Writes ten.pcm and
again.pcm and tells the times of the words.
"""

import asyncio
import json
import logging
import sys
from collections.abc import AsyncIterable
from pathlib import Path

import aiohttp
from livekit.agents import tts
from livekit.agents.types import USERDATA_TIMED_TRANSCRIPT
from livekit.plugins import elevenlabs

TEN = (
    "The first train leaves in the morning.",
    "My brother bought a small boat.",
    "It rained for most of the night.",
    "Please close the kitchen window.",
    "The river was high and cold.",
    "Nobody knew the old man's name.",
    "The soup needs a little salt.",
    "He reads the paper after lunch.",
    "We met on the bridge at seven.",
    "There was nothing more to say.",
)
INTERRUPTED = "This is a rather long story about a ship. It left the harbour at night. " * 3
AGAIN = "After the interruption, the voice goes on. It has forgotten the ship."
WITHIN_S = 60.0


class Heard:
    """Sound as 16-bit samples, and words with the seconds at which they begin and end."""

    def __init__(self) -> None:
        self.sample_rate = 0
        self.audio = bytearray()
        self.words: list[tuple[str, float, float]] = []

    async def listen(self, stream: AsyncIterable[tts.SynthesizedAudio]) -> None:
        async for event in stream:
            self.sample_rate = event.frame.sample_rate
            self.audio += bytes(event.frame.data)
            for word in event.frame.userdata.get(USERDATA_TIMED_TRANSCRIPT, []):
                self.words.append((str(word), word.start_time, word.end_time))

    def save(self, name: str) -> object:
        Path(f"{name}.pcm").write_bytes(self.audio)
        return {"sample_rate": self.sample_rate, "words": self.words}


async def speak(speaker: tts.TTS, *sentences: str) -> Heard:
    """Word by word, as a language model does."""
    heard = Heard()
    async with speaker.stream() as stream:
        for word in " ".join(sentences).replace(" ", " |").split("|"):
            stream.push_text(word)
        stream.end_input()
        await heard.listen(stream)
    return heard


async def interrupt(speaker: tts.TTS) -> None:
    """Leaves at the first sound."""
    async with speaker.stream() as stream:
        stream.push_text(INTERRUPTED)
        stream.end_input()
        await anext(stream)


async def run(address: str, model: str) -> dict[str, object]:
    sockets = 0

    async def count(*_: object) -> None:
        nonlocal sockets
        sockets += 1

    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(count)
    async with aiohttp.ClientSession(trace_configs=[trace]) as session, asyncio.timeout(WITHIN_S):
        speaker = elevenlabs.TTS(
            base_url=f"{address}/v1", api_key="any", model=model, http_session=session
        )
        ten = await speak(speaker, *TEN)
        await interrupt(speaker)
        again = await speak(speaker, AGAIN)
        await speaker.aclose()
    return {
        "ten": {"text": " ".join(TEN), **ten.save("ten")},
        "again": {"text": AGAIN, **again.save("again")},
        "sockets": sockets,
    }


def main(address: str, model: str) -> None:
    json.dump(asyncio.run(run(address, model)), sys.stdout)


logging.basicConfig(level=logging.WARNING)
main(*sys.argv[1:])
