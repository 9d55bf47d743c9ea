"""The fallback voice: espeak-ng, for every language that has no better one here."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vivavoce.audio.resample import Resampler
from vivavoce.core import scripts
from vivavoce.engines.base import SpeechBlock, SpeechRequest
from vivavoce.engines.voices import espeak_text
from vivavoce.engines.voices.catalog import FALLBACK_VOICES
from vivavoce.engines.voices.espeak_blocks import (
    SAMPLE_RATE,
    Spoken,
    Word,
    blocks_of,
    is_audible,
    silence,
)
from vivavoce.engines.voices.espeak_languages import INSTALL, LANGUAGES
from vivavoce.engines.voices.espeak_library import SAMPLE_RATE as LIBRARY_RATE
from vivavoce.engines.voices.espeak_library import EspeakLibrary, Utterance
from vivavoce.engines.voices.espeak_text import Form, Spelled
from vivavoce.engines.voices.japanese import KanaReader, has_kanji
from vivavoce.errors import TextNotSpeakable

_VOICES = {language.code: language.voice for language in LANGUAGES} | {"en": "en-us"}
# The variant of a voice that is of its gender, and the volume at which it is as loud as the English
# voice; nothing is clipped at it, and 100 would be the library's own.
_VARIANTS = {"male": ("+m3", 65)}
_OTHER_VARIANT = ("+f2", 50)
_WORDS_PER_MINUTE = 175
_SLOWEST, _FASTEST = 80, 450
_MIDDLE = 50
# Steps from the middle to twice or half the pitch, by measuring.
_STEPS_UP, _STEPS_DOWN = 68, 85
# Every voice reads these scripts, whatever its language is written in.
_READ_BY_ALL = frozenset((scripts.LATIN, scripts.GREEK, scripts.DEVANAGARI, scripts.HANGUL))
_WARM_UP = "¿Qué tal?"
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class EspeakParts:
    """What is loaded before a worker is forked."""

    speaker: EspeakLibrary
    kana: KanaReader | None

    def engine(self) -> EspeakVoice:
        """The voice of one process."""
        return EspeakVoice(self)


def load(cache_dir: Path) -> EspeakParts:
    """The library and the Japanese dictionary; nothing is cached. Raises ImportError, OSError."""
    import espeakng_loader

    library = EspeakLibrary(espeakng_loader.get_library_path(), espeakng_loader.get_data_path())
    try:
        return EspeakParts(library, KanaReader())
    except ImportError:  # it is the same extra's, but another package's
        return EspeakParts(library, None)


class EspeakVoice:
    """`VoiceEngine` on espeak-ng. A text is spoken whole, in milliseconds, and then cut."""

    sample_rate = SAMPLE_RATE

    def __init__(self, parts: EspeakParts) -> None:
        self._library = parts.speaker
        self._kana = parts.kana

    def warm_up(self) -> None:
        """See `VoiceEngine.warm_up`."""
        spanish = next(voice for voice in FALLBACK_VOICES if voice.language == "es")
        for _ in self.speak(SpeechRequest(_WARM_UP, spanish)):
            pass

    def speak(self, request: SpeechRequest) -> Iterator[SpeechBlock]:
        """See `VoiceEngine.speak`."""
        shown = espeak_text.readable(request.text, request.pronunciations)
        if not espeak_text.has_speech(shown.text):
            yield silence(request)
            return
        self._check_letters(shown.text, request)
        spelled = espeak_text.for_library(shown.text, request.voice.language, self._kana)
        sound = self._library.speak(_utterance(spelled, request))
        resampler = Resampler(LIBRARY_RATE, SAMPLE_RATE)
        samples = np.frombuffer(resampler.push(sound.pcm) + resampler.flush(), np.int16)
        if not is_audible(samples):
            if any(char.isalpha() for char in shown.text):
                raise _not_speakable(request)
            yield silence(request)
            return
        words = [Word(word.at, word.sample * SAMPLE_RATE // LIBRARY_RATE) for word in sound.words]
        yield from blocks_of(Spoken(request, shown, spelled, samples, words))

    def _check_letters(self, text: str, request: SpeechRequest) -> None:
        """Raises TextNotSpeakable for letters that would all be read as "Chinese letter"."""
        language = request.voice.language
        if language == "ja" and self._kana is None and has_kanji(text):
            raise TextNotSpeakable(
                f"Japanese in kanji takes packages that are not installed here: {INSTALL}"
            )
        written_in = {script for char in text if (script := scripts.script_of(char))}
        if written_in and written_in.isdisjoint(scripts.scripts_of(language) | _READ_BY_ALL):
            raise _not_speakable(request)


def _utterance(spelled: Spelled, request: SpeechRequest) -> Utterance:
    voice = request.voice
    variant, volume = _VARIANTS.get(voice.gender, _OTHER_VARIANT)
    pace = round(_WORDS_PER_MINUTE * request.speed * voice.tempo)
    return Utterance(
        text=spelled.text,
        voice=_VOICES[voice.language] + variant,
        words_per_minute=min(max(pace, _SLOWEST), _FASTEST),
        pitch=_steps(voice.pitch),
        pitch_range=min(round(_MIDDLE * request.intonation), 2 * _MIDDLE),
        volume=volume,
        phonemes=spelled.form is Form.PHONEMES,
        ssml=spelled.form is Form.XML,
    )


def _steps(pitch: float) -> int:
    """The library's number for a multiple of the voice's own pitch."""
    octaves = math.log2(pitch)
    steps = octaves * (_STEPS_UP if octaves > 0 else _STEPS_DOWN)
    return min(max(round(_MIDDLE + steps), 0), 2 * _MIDDLE - 1)


def _not_speakable(request: SpeechRequest) -> TextNotSpeakable:
    text = request.text if len(request.text) <= _SHOWN else request.text[:_SHOWN] + "…"
    return TextNotSpeakable(
        f"the voice {request.voice.name!r} speaks {request.voice.language} and cannot read {text!r}"
    )
