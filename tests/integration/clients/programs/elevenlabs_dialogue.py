"""`python elevenlabs_dialogue.py HTTP_ADDRESS`: two voices in one answer, from the official SDK."""

import base64
import sys
from pathlib import Path

from elevenlabs import DialogueInput, ElevenLabs
from elevenlabs.types import ToDialogueSettingsResponseModel
from outcomes import problems, tell
from pydantic import BaseModel

RACHEL, ADAM = "21m00Tcm4TlvDq8ikWAM", "pNInz6obpgDQGcFmaJgB"
INPUTS = [
    DialogueInput(text="Good morning. Is the train late?", voice_id=RACHEL),
    DialogueInput(text="It leaves in an hour.", voice_id=ADAM),
]

client = ElevenLabs(base_url=sys.argv[1], api_key="any")


def convert() -> None:
    audio = client.text_to_dialogue.convert(
        inputs=INPUTS,
        model_id="eleven_v3",
        output_format="mp3_44100_128",
        language_code="en",
        settings=ToDialogueSettingsResponseModel(stability=0.5),
        seed=1,
    )
    Path("convert.mp3").write_bytes(b"".join(audio))


def stream() -> int:
    """The number of pieces that the audio came in."""
    pieces = list(client.text_to_dialogue.stream(inputs=INPUTS, output_format="pcm_24000"))
    Path("stream.pcm").write_bytes(b"".join(pieces))
    return len(pieces)


def convert_with_timestamps() -> object:
    answer = client.text_to_dialogue.convert_with_timestamps(
        inputs=INPUTS, output_format="pcm_24000"
    )
    return kept("convert_with_timestamps", [answer])


def stream_with_timestamps() -> object:
    answers = client.text_to_dialogue.stream_with_timestamps(
        inputs=INPUTS, output_format="pcm_24000"
    )
    return kept("stream_with_timestamps", list(answers))


def kept(name: str, answers: list[BaseModel]) -> object:
    """Writes the audio; tells all else."""
    audio = b"".join(base64.b64decode(answer.audio_base_64) for answer in answers)
    Path(f"{name}.pcm").write_bytes(audio)
    return {
        "problems": problems(answers),
        "answers": [answer.model_dump(exclude={"audio_base_64"}) for answer in answers],
    }


tell(
    {
        call.__name__: call
        for call in (convert, stream, convert_with_timestamps, stream_with_timestamps)
    }
)
