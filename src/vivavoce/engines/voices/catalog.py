"""The voices that ship, and which of them answers to which name."""

from __future__ import annotations

import re

import msgspec

from vivavoce.core.language_codes import normal_language
from vivavoce.engines.base import Voice
from vivavoce.engines.voices import espeak_languages as espeak
from vivavoce.errors import LanguageMissing, VoiceNotFound

# One model file carries them all: a derived voice is two factors.
_MODEL_BYTES = 7_936_868


def _voice(name: str, gender: str, description: str, pitch: float, tempo: float) -> Voice:
    """A voice of the one model; pitch from 0.6 to 1.5 leaves every word as clear as it was.

    The id has the 20 letters and digits that clients of the protocol expect of one.
    """
    return Voice(
        voice_id=f"vivavoce{name}".ljust(20, "0"),
        name=name,
        language="en",
        gender=gender,
        description=description,
        licence="Apache-2.0",
        size_bytes=_MODEL_BYTES,
        pitch=pitch,
        tempo=tempo,
    )


CATALOG: tuple[Voice, ...] = (
    _voice("Allegra", "female", "Warm and clear; the model's own voice, as it is.", 1.0, 1.0),
    _voice("Viola", "female", "Lower and composed, for a mature speaker.", 0.88, 0.97),
    _voice("Celeste", "female", "Bright and young.", 1.22, 1.0),
    _voice("Gioia", "female", "Lively and brisk, for short answers.", 1.15, 1.1),
    _voice("Leonora", "female", "Slow and even, for narration.", 0.95, 0.92),
    _voice("Andrea", "neutral", "Between low and high, relaxed.", 0.8, 1.0),
    _voice("Orfeo", "male", "Light and conversational, for a young speaker.", 0.7, 1.0),
    _voice("Claudio", "male", "Deep and unhurried, for narration.", 0.61, 0.94),
    _voice("Ottavio", "male", "Deep and brisk, for news.", 0.65, 1.1),
)
DEFAULT_VOICE = CATALOG[0]

ESPEAK = "espeak"
"""`Voice.engine` of the voices for all other languages."""


def _fallback(language: espeak.EspeakLanguage) -> Voice:
    """The one voice of a language; its pitch and gender are carried over from another's."""
    code = "".join(filter(str.isalnum, language.code))
    return Voice(
        voice_id=f"vivavoceEspeak{code}".ljust(20, "0"),
        name=f"eSpeak {language.name}",
        language=language.code,
        gender="male",
        description=f"{language.name}, clear and mechanical.",
        licence=espeak.LICENCE,
        size_bytes=espeak.SIZE_BYTES,
        engine=ESPEAK,
    )


FALLBACK_VOICES: tuple[Voice, ...] = tuple(map(_fallback, espeak.LANGUAGES))
"""One voice a language, for those that no voice of the catalogue speaks; an extra's to install."""

# espeak-ng's male voices are an octave lower than the English model, which is a woman's; its
# female ones are not. So much higher, they are where the English voice that they stand for is.
_ABOVE_OWN_PITCH = {"male": 1.9}

# ElevenLabs' premade voices, under the one of ours that is nearest in gender, age and pace.
PREMADE: dict[str, dict[str, str]] = {
    "Allegra": {
        "Rachel": "21m00Tcm4TlvDq8ikWAM",
        "Sarah": "EXAVITQu4vr4xnSDxMaL",
        "Bella": "hpp4J3VqNfWAUOO0d1Us",
        "Matilda": "XrExE9yKIg1WjnnlVkGX",
        "Serena": "pMsXgVXv3BLzUgSXRplE",
    },
    "Viola": {
        "Alice": "Xb7hH8MSUJpSbSDYk0k2",
        "Charlotte": "XB0fDUnXU5powFXDhCwa",
        "Lily": "pFZP5JQG7iQjIQuC4Bku",
        "Grace": "oWAxZDx7w5VEj9dCyTzz",
        "Glinda": "z9fAnlkpzviPz146aGWa",
    },
    "Celeste": {
        "Elli": "MF3mGyEYCl7XYWbV9V6O",
        "Dorothy": "ThT5KcBeYPX3keUQqHPh",
        "Gigi": "jBpfuIE2acCO8z3wKNLl",
        "Mimi": "zrHiDhphv9ZnVXBqCLjz",
    },
    "Gioia": {
        "Aria": "9BWtsMINqrJLrRacOk9x",
        "Laura": "FGY2WhTYpPnrIDTdsKH5",
        "Jessica": "cgSgspJ2msm6clMCkdW9",
        "Domi": "AZnzlk1XvdvUeBnXmlld",
        "Freya": "jsCqWAovK2LkecY7zXl4",
    },
    "Leonora": {
        "Emily": "LcfcDJNUP1GQjkzn1xUU",
        "Nicole": "piTKgcLEGmPE4e6mEKli",
    },
    "Andrea": {
        "River": "SAz9YHcvj6GT2YYXdXww",
    },
    "Orfeo": {
        "Roger": "CwhRBWXzGAHq8TQ4Fs17",
        "Will": "bIHbv24MWmeRgasZH58o",
        "Eric": "cjVigY5qzO86Huf0OWal",
        "Chris": "iP95p4xoKVk53GoZ742B",
        "Antoni": "ErXwobaYiN019PkySvjV",
        "Josh": "TxGEqnHWrfWFTfGW9XjX",
        "Sam": "yoZ06aMxZJJ28mfd3POQ",
        "Drew": "29vD33N1CtxCmqQRPOHJ",
        "Dave": "CYw3kZ02Hs0563khs1Fj",
        "Ethan": "g5CIjZEefAph4nQFvHAz",
        "Giovanni": "zcAOhNBS3c14rBihAFp1",
        "Thomas": "GBv7mTt0atIp3Br8iCZE",
    },
    "Claudio": {
        "Adam": "pNInz6obpgDQGcFmaJgB",
        "Arnold": "VR6AewLTigWG4xSOukaG",
        "Bill": "pqHfZKP75CvOlQylNhV4",
        "Brian": "nPczCjzI2devNBz1zQrb",
        "Callum": "N2lVS1w4EtoT3dr4eOWO",
        "Clyde": "2EiwWnXFnvU5JabPnv8n",
        "George": "JBFqnCBsd6RMkjVDRZzb",
        "James": "ZQe5CZNOzWyzPSCn5a3c",
        "Jessie": "t0jbNlBVZ17f02VDIeMI",
        "Joseph": "Zlb1dXrM653N07WRdFW3",
        "Michael": "flq6f7yk4E4fJM5XTYuZ",
    },
    "Ottavio": {
        "Charlie": "IKne3meq5aSn9XLyUdCD",
        "Daniel": "onwK4e9ZLuTAKqWW03F9",
        "Liam": "TX3LPaxmHKxFdv7VOQHJ",
        "Fin": "D38z5RcWu1voky8WS1ja",
        "Harry": "SOYHLrjzK2X1ezoPC6cr",
        "Jeremy": "bVMeCyTHy58xNoL34h3p",
        "Patrick": "ODq5zmih8GrVes37Dizd",
        "Paul": "5Q0t7uMcjvnagumLfvZi",
        "Ryan": "wViXBPUzp2ZZixB1xQuM",
    },
}

_MODEL_ID = re.compile(r"eleven_[a-z0-9_]+|hibari")


class Resolution(msgspec.Struct, frozen=True):
    """Who speaks; `exact` is false when nobody answers to the identifier and the default does."""

    voice: Voice
    exact: bool


def resolve_voice(identifier: str, *, default: Voice, strict: bool) -> Resolution:
    """The voice that `identifier` means: an id, a name in any case, or a premade voice's of either.

    Raises VoiceNotFound if it means none and `strict` is set; else `default` speaks.
    """
    voice = _BY_ID.get(identifier) or _BY_NAME.get(identifier.casefold())
    if voice is not None:
        return Resolution(voice, exact=True)
    if strict:
        raise VoiceNotFound(f"This server has no voice {identifier[:64]!r}.")
    return Resolution(default, exact=False)


def voice_in(language: str, like: Voice) -> Voice:
    """The voice that speaks `language` (a normal code): `like` if it does, else the nearest to it.

    Raises LanguageMissing for a language that no voice here speaks, installed or not.
    """
    if normal_language(like.language) == normal_language(language):
        return like
    own = [voice for voice in CATALOG if voice.language == language]
    if own:
        return next((voice for voice in own if voice.gender == like.gender), own[0])
    found = _BY_LANGUAGE.get(language) or _BY_LANGUAGE.get(normal_language(language))
    if found is None:
        raise LanguageMissing(f"No voice here speaks the language {language[:20]!r}.")
    above = 1.0 if like.engine == ESPEAK else _ABOVE_OWN_PITCH.get(like.gender, 1.0)
    return msgspec.structs.replace(
        found, gender=like.gender, pitch=like.pitch * above, tempo=like.tempo
    )


def is_model_id(segment: str) -> bool:
    """Whether a path segment names a model, where other clients name a voice."""
    return _MODEL_ID.fullmatch(segment) is not None


def _tables() -> tuple[dict[str, Voice], dict[str, Voice]]:
    by_id: dict[str, Voice] = {}
    by_name: dict[str, Voice] = {}
    for voice in CATALOG:
        for name, voice_id in {voice.name: voice.voice_id, **PREMADE[voice.name]}.items():
            by_id[voice_id] = voice
            by_name[name.casefold()] = voice
    for voice in FALLBACK_VOICES:
        by_id[voice.voice_id] = voice
        by_name[voice.name.casefold()] = voice
    return by_id, by_name


_BY_ID, _BY_NAME = _tables()
_BY_LANGUAGE = {voice.language: voice for voice in FALLBACK_VOICES}
