"""`python openai_sdk.py HTTP_ADDRESS`: one sentence in every way that OpenAI's SDK knows."""

import base64
import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from openai import OpenAI
from outcomes import tell

WORDS = "Good morning, everyone. The train leaves in an hour."
FORMATS = ("mp3", "wav", "pcm", "opus", "aac", "flac")

client = OpenAI(base_url=f"{sys.argv[1]}/v1", api_key="any", max_retries=0)


def create(audio_format: str) -> object:
    """The media type of the answer."""
    speech = client.audio.speech.create(
        model="gpt-4o-mini-tts",
        voice="alloy",
        input=WORDS,
        instructions="Speak like a station announcer.",
        response_format=audio_format,
    )
    Path(f"create.{audio_format}").write_bytes(speech.content)
    return speech.response.headers["content-type"]


def default() -> object:
    """The media type when no format is asked for."""
    speech = client.audio.speech.create(model="tts-1", voice="nova", input=WORDS)
    speech.write_to_file("default.mp3")
    return speech.response.headers["content-type"]


def streaming() -> None:
    with client.audio.speech.with_streaming_response.create(
        model="tts-1", voice="onyx", input=WORDS, response_format="pcm", speed=1.1
    ) as speech:
        speech.stream_to_file("streaming.pcm")


def events() -> object:
    """The types of the events, their audio left out."""
    audio = b""
    types: list[str] = []
    with client.audio.speech.with_streaming_response.create(
        model="gpt-4o-mini-tts",
        voice="coral",
        input=WORDS,
        response_format="pcm",
        stream_format="sse",
    ) as speech:
        media_type = speech.headers["content-type"]
        for line in speech.iter_lines():
            if line.startswith("data: "):
                event = json.loads(line.removeprefix("data: "))
                types.append(event["type"])
                audio += base64.b64decode(event.get("audio", ""))
    Path("events.pcm").write_bytes(audio)
    return {"media_type": media_type, "types": types, "last": event}


calls: dict[str, Callable[[], object]] = {name: partial(create, name) for name in FORMATS}
tell(calls | {"default": default, "streaming": streaming, "events": events})
