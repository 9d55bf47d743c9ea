"""`python openai_transcripts.py HTTP_ADDRESS SOUND`: OpenAI's SDK has a file written down."""

import sys
from pathlib import Path

from openai import BadRequestError, OpenAI
from outcomes import problems, tell

address, path = sys.argv[1:]
client = OpenAI(base_url=f"{address}/v1", api_key="any", max_retries=0)
MODEL = "gpt-4o-mini-transcribe"


def json() -> object:
    with open(path, "rb") as file:
        return client.audio.transcriptions.create(
            file=file, model=MODEL, language="en", prompt="Trains.", temperature=0.0
        ).text


def bytes() -> object:
    """The file's content and a name for it, as it comes from a form on a page."""
    content = Path(path).read_bytes()
    return client.audio.transcriptions.create(file=("talk.wav", content), model="whisper-1").text


def text() -> object:
    with open(path, "rb") as file:
        return client.audio.transcriptions.create(file=file, model=MODEL, response_format="text")


def srt() -> object:
    with open(path, "rb") as file:
        return client.audio.transcriptions.create(
            file=file, model="whisper-1", response_format="srt"
        )


def vtt() -> object:
    with open(path, "rb") as file:
        return client.audio.transcriptions.create(
            file=file, model="whisper-1", response_format="vtt"
        )


def verbose_json() -> object:
    with open(path, "rb") as file:
        answer = client.audio.transcriptions.create(
            file=file,
            model="whisper-1",
            response_format="verbose_json",
            timestamp_granularities=["word", "segment"],
        )
    return {"problems": problems([answer]), **answer.model_dump(mode="json")}


def stream() -> object:
    """The types of the events, the parts joined, and the whole."""
    types: list[str] = []
    deltas = ""
    with open(path, "rb") as file:
        for event in client.audio.transcriptions.create(file=file, model=MODEL, stream=True):
            types.append(event.type)
            deltas += getattr(event, "delta", "")
    return {"types": types, "deltas": deltas, "text": event.text}


def no_sound() -> object:
    try:
        client.audio.transcriptions.create(file=("talk.wav", b"no sound"), model=MODEL)
    except BadRequestError as error:
        return {"status": error.status_code, "message": error.body["message"]}
    return None


calls = (json, bytes, text, srt, vtt, verbose_json, stream, no_sound)
tell({call.__name__: call for call in calls})
