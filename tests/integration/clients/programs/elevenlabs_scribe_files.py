"""`python elevenlabs_scribe_files.py HTTP_ADDRESS KEY SOUND`: the SDK has a file written down."""

import asyncio
import io
import sys
import wave

from elevenlabs import (
    AsyncElevenLabs,
    ElevenLabs,
    ExportOptions_SegmentedJson,
    ExportOptions_Srt,
    ExportOptions_Txt,
    SpeechToTextChunkResponseModel,
)
from outcomes import problems, tell

address, key, path = sys.argv[1:]
client = ElevenLabs(base_url=address, api_key=key)


def told(answer: SpeechToTextChunkResponseModel) -> object:
    return {"problems": problems([answer]), **answer.model_dump(mode="json")}


def words() -> object:
    """With the time of each word, which is what it does by itself."""
    with open(path, "rb") as file:
        return told(client.speech_to_text.convert(file=file, model_id="scribe_v1"))


def characters_and_files() -> object:
    """With the time of each character, and as subtitles, as text and in parts."""
    with open(path, "rb") as file:
        answer = client.speech_to_text.convert(
            file=("talk.wav", file, "audio/wav"),
            model_id="scribe_v2",
            language_code="en",
            tag_audio_events=False,
            timestamps_granularity="character",
            diarize=True,
            keyterms=["train", "hour"],
            temperature=0.0,
            seed=7,
            no_verbatim=True,
            additional_formats=[
                ExportOptions_Srt(max_characters_per_line=40),
                ExportOptions_Txt(),
                ExportOptions_SegmentedJson(),
            ],
        )
    return told(answer)


def bare_text() -> object:
    """Without times."""
    with open(path, "rb") as file:
        answer = client.speech_to_text.convert(
            file=file, model_id="scribe_v2", timestamps_granularity="none"
        )
    return told(answer)


def with_token() -> object:
    """With a token for one file instead of the key."""
    token = client.tokens.single_use.create("batch_scribe").token
    keyless = ElevenLabs(base_url=address, api_key="")
    with open(path, "rb") as file:
        return told(keyless.speech_to_text.convert(file=file, model_id="scribe_v2", token=token))


def refused() -> object:
    """What it says to a token that nobody gave."""
    keyless = ElevenLabs(base_url=address, api_key="")
    try:
        with open(path, "rb") as file:
            keyless.speech_to_text.convert(file=file, model_id="scribe_v2", token="nobody's")
    except Exception as error:
        return {"status": error.status_code, "body": error.body}
    return None


def home_assistant() -> object:
    """As Home Assistant has a command written down: bare samples, without a name for the file."""
    with wave.open(path) as file:
        samples = file.readframes(file.getnframes())
    return told(
        asyncio.run(
            AsyncElevenLabs(base_url=address, api_key=key).speech_to_text.convert(
                file=io.BytesIO(samples),
                file_format="pcm_s16le_16",
                model_id="scribe_v1",
                language_code=None,
                tag_audio_events=False,
                num_speakers=1,
                diarize=False,
            )
        )
    )


tell(
    {
        call.__name__: call
        for call in (words, characters_and_files, bare_text, with_token, refused, home_assistant)
    }
)
