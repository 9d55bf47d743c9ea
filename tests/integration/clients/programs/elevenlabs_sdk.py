"""`python elevenlabs_sdk.py HTTP_ADDRESS`: what the official SDK can ask for over REST."""

import base64
import sys
from pathlib import Path

from elevenlabs import (
    ElevenLabs,
    PronunciationDictionaryVersionLocator,
    VoiceSettings,
    pronunciation_dictionaries,
)
from outcomes import problems, tell

VOICE = "21m00Tcm4TlvDq8ikWAM"
WORDS = "Good morning, everyone. The train leaves in an hour."

# The generated name alone is nearly as long as a line.
ALIAS = "BodyAddAPronunciationDictionaryV1PronunciationDictionariesAddFromRulesPostRulesItem_Alias"
AliasRule = getattr(pronunciation_dictionaries, ALIAS)

client = ElevenLabs(base_url=sys.argv[1], api_key="any")


def convert() -> None:
    audio = client.text_to_speech.convert(
        VOICE,
        text=WORDS,
        model_id="eleven_multilingual_v2",
        output_format="mp3_44100_128",
        voice_settings=VoiceSettings(stability=0.5, similarity_boost=0.75, speed=1.0),
    )
    Path("convert.mp3").write_bytes(b"".join(audio))


def stream() -> int:
    """The number of pieces that the audio came in."""
    pieces = list(client.text_to_speech.stream(VOICE, text=WORDS, output_format="pcm_24000"))
    Path("stream.pcm").write_bytes(b"".join(pieces))
    return len(pieces)


def convert_with_timestamps() -> object:
    answer = client.text_to_speech.convert_with_timestamps(
        VOICE, text=WORDS, output_format="pcm_24000"
    )
    Path("convert_with_timestamps.pcm").write_bytes(base64.b64decode(answer.audio_base_64))
    return [answer.model_dump(include={"alignment", "normalized_alignment"})]


def stream_with_timestamps() -> object:
    answers = list(
        client.text_to_speech.stream_with_timestamps(VOICE, text=WORDS, output_format="pcm_24000")
    )
    audio = b"".join(base64.b64decode(answer.audio_base_64) for answer in answers)
    Path("stream_with_timestamps.pcm").write_bytes(audio)
    return [answer.model_dump(include={"alignment", "normalized_alignment"}) for answer in answers]


def voices() -> object:
    everybody = client.voices.get_all()
    found = client.voices.search(search="rachel", page_size=1)
    one = client.voices.get(VOICE)
    return {
        "problems": problems([everybody, *everybody.voices, found, *found.voices, one]),
        "everybody": [voice.name for voice in everybody.voices],
        "categories": [voice.category for voice in everybody.voices],
        "found": [voice.name for voice in found.voices],
        "more": found.has_more,
        "one": one.name,
    }


def models() -> object:
    offered = client.models.list()
    return {
        "problems": problems(offered),
        "languages": {
            model.model_id: [language.language_id for language in model.languages or []]
            for model in offered
        },
    }


def user() -> object:
    account = client.user.get()
    subscription = client.user.subscription.get()
    return {
        "problems": problems([account, account.subscription, subscription]),
        "user_id": account.user_id,
        "characters": [subscription.character_count, subscription.character_limit],
    }


def dictionaries() -> object:
    rule = AliasRule(
        string_to_replace="NASA",
        alias="the space agency",
        case_sensitive=True,
        word_boundaries=True,
    )
    made = client.pronunciation_dictionaries.create_from_rules(name="Spelled out", rules=[rule])
    kept = client.pronunciation_dictionaries.get(made.id)
    listed = client.pronunciation_dictionaries.list()
    audio = client.text_to_speech.convert(
        VOICE,
        text="Today NASA sent a rocket to the moon.",
        pronunciation_dictionary_locators=[
            PronunciationDictionaryVersionLocator(
                pronunciation_dictionary_id=made.id, version_id=made.version_id
            )
        ],
    )
    Path("dictionaries.mp3").write_bytes(b"".join(audio))
    return {
        "problems": problems([made, kept, listed]),
        "kept": kept.name,
        "listed": made.id in [entry.id for entry in listed.pronunciation_dictionaries],
    }


tell(
    {
        call.__name__: call
        for call in (
            convert,
            stream,
            convert_with_timestamps,
            stream_with_timestamps,
            voices,
            models,
            user,
            dictionaries,
        )
    }
)
