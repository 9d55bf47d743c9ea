from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from vivavoce.engines.base import Voice
from vivavoce.engines.voices.catalog import (
    CATALOG,
    DEFAULT_VOICE,
    ESPEAK,
    FALLBACK_VOICES,
    is_model_id,
    resolve_voice,
    voice_in,
)
from vivavoce.errors import LanguageMissing, VoiceNotFound

OTHER = CATALOG[3]


def spoken_by(identifier: str) -> Voice:
    resolution = resolve_voice(identifier, default=DEFAULT_VOICE, strict=True)
    assert resolution.exact
    return resolution.voice


def test_the_first_voice_is_the_models_own() -> None:
    assert (DEFAULT_VOICE.pitch, DEFAULT_VOICE.tempo) == (1.0, 1.0)
    assert [voice for voice in CATALOG if (voice.pitch, voice.tempo) == (1.0, 1.0)] == [
        DEFAULT_VOICE
    ]


def test_at_least_six_voices_are_derived_and_none_beyond_what_stays_clear() -> None:
    assert len(CATALOG) >= 7
    for voice in CATALOG:
        assert 0.6 <= voice.pitch <= 1.5
        assert 0.9 <= voice.tempo <= 1.1


def test_no_two_voices_share_an_id_a_name_or_a_sound() -> None:
    every = (*CATALOG, *FALLBACK_VOICES)
    assert len({voice.voice_id for voice in every}) == len(every)
    assert len({voice.name.casefold() for voice in every}) == len(every)
    assert len({(voice.pitch, voice.tempo) for voice in CATALOG}) == len(CATALOG)


def test_every_id_looks_as_clients_expect_and_never_changes() -> None:
    every = (*CATALOG, *FALLBACK_VOICES)
    assert all(re.fullmatch("[A-Za-z0-9]{20}", voice.voice_id) for voice in every)
    spanish = next(voice for voice in FALLBACK_VOICES if voice.language == "es")
    assert (spanish.voice_id, spanish.name) == ("vivavoceEspeakes0000", "eSpeak Spanish")
    assert [voice.voice_id for voice in CATALOG[:2]] == [
        "vivavoceAllegra00000",
        "vivavoceViola0000000",
    ]


def test_the_size_and_licence_are_those_of_the_model_in_the_wheel() -> None:
    spec = importlib.util.find_spec("hibari")
    assert spec is not None
    assert spec.origin is not None
    model = Path(spec.origin).parent / "assets" / "hibari.onnx"
    assert {voice.size_bytes for voice in CATALOG} == {model.stat().st_size}
    assert {voice.licence for voice in CATALOG} == {"Apache-2.0"}


@pytest.mark.parametrize("voice", [*CATALOG, *FALLBACK_VOICES[::10]], ids=lambda voice: voice.name)
def test_a_voice_answers_to_its_id_and_to_its_name_in_any_case(voice: Voice) -> None:
    assert spoken_by(voice.voice_id) == voice
    assert spoken_by(voice.name) == voice
    assert spoken_by(voice.name.upper()) == voice
    assert spoken_by(voice.name.lower()) == voice


def test_an_id_is_told_apart_by_its_case() -> None:
    assert not resolve_voice(OTHER.voice_id.lower(), default=DEFAULT_VOICE, strict=False).exact


@pytest.mark.parametrize(
    ("identifier", "gender"),
    [
        ("JBFqnCBsd6RMkjVDRZzb", "male"),  # George, whom the protocol's examples name
        ("21m00Tcm4TlvDq8ikWAM", "female"),  # Rachel
        ("EXAVITQu4vr4xnSDxMaL", "female"),  # Sarah, Bella before
        ("pNInz6obpgDQGcFmaJgB", "male"),  # Adam
        ("SAz9YHcvj6GT2YYXdXww", "neutral"),  # River
        ("rachel", "female"),
        ("Adam", "male"),
    ],
)
def test_a_premade_voice_is_stood_in_for_by_one_of_its_gender(identifier: str, gender: str) -> None:
    assert spoken_by(identifier).gender == gender


def test_pace_and_age_decide_between_voices_of_one_gender() -> None:
    assert spoken_by("Nicole").tempo < 1.0 < spoken_by("Jessica").tempo
    assert spoken_by("Brian").pitch < spoken_by("Josh").pitch
    assert spoken_by("Gigi").pitch > spoken_by("Rachel").pitch > spoken_by("Lily").pitch


@pytest.mark.parametrize("identifier", ["nobody", "", "21m00Tcm4TlvDq8ikWAm"])
def test_anyone_else_is_answered_by_the_default_or_refused(identifier: str) -> None:
    resolution = resolve_voice(identifier, default=OTHER, strict=False)
    assert (resolution.voice, resolution.exact) == (OTHER, False)
    with pytest.raises(VoiceNotFound):
        resolve_voice(identifier, default=OTHER, strict=True)


def test_a_refusal_of_a_long_identifier_still_fits_a_close_reason() -> None:
    with pytest.raises(VoiceNotFound) as caught:
        resolve_voice("x" * 5000, default=OTHER, strict=True)
    # RFC 6455, 5.5: a control frame carries at most 125 bytes, two of them the code.
    assert len(str(caught.value).encode()) <= 123


@pytest.mark.parametrize(
    "segment", ["eleven_multilingual_v2", "eleven_flash_v2_5", "eleven_v4_turbo", "hibari"]
)
def test_a_segment_that_names_a_model_is_known_as_one(segment: str) -> None:
    assert is_model_id(segment)


@pytest.mark.parametrize("segment", [DEFAULT_VOICE.voice_id, "JBFqnCBsd6RMkjVDRZzb", "eleven_", ""])
def test_a_segment_that_names_a_voice_or_nothing_is_no_model(segment: str) -> None:
    assert not is_model_id(segment)


def test_a_fallback_voice_says_what_it_is_and_under_which_licence() -> None:
    assert {voice.engine for voice in FALLBACK_VOICES} == {ESPEAK}
    assert {voice.engine for voice in CATALOG} == {"hibari"}
    assert {voice.licence for voice in FALLBACK_VOICES} == {"GPL-3.0-or-later"}
    languages = [voice.language for voice in FALLBACK_VOICES]
    assert len(set(languages)) == len(languages) > 100
    assert "en" not in languages


def test_a_voice_speaks_its_own_language_itself() -> None:
    assert voice_in("en", like=OTHER) is OTHER
    portuguese = spoken_by("eSpeak Portuguese (Portugal)")
    assert voice_in("pt", like=portuguese) is portuguese


def test_another_language_is_spoken_by_its_voice_in_the_manner_of_the_one_asked_for() -> None:
    claudio, allegra = spoken_by("Claudio"), spoken_by("Allegra")
    low, high = voice_in("es", like=claudio), voice_in("es", like=allegra)
    assert {low.voice_id, high.voice_id} == {spoken_by("eSpeak Spanish").voice_id}
    assert (low.gender, low.tempo) == ("male", claudio.tempo)
    assert (high.gender, high.tempo, high.pitch) == ("female", 1.0, 1.0)
    assert voice_in("fr", like=spoken_by("Ottavio")).pitch > low.pitch


def test_between_two_fallback_voices_pitch_stays_as_it_is() -> None:
    spanish = voice_in("es", like=spoken_by("Orfeo"))
    russian = voice_in("ru", like=spanish)
    assert (russian.pitch, russian.gender) == (spanish.pitch, spanish.gender)


def test_english_beside_a_fallback_voice_is_a_voice_of_ours_of_its_gender() -> None:
    assert voice_in("en", like=spoken_by("eSpeak Spanish")).gender == "male"
    assert voice_in("en", like=spoken_by("eSpeak Spanish")) in CATALOG


@pytest.mark.parametrize(
    ("code", "name"), [("zh", "eSpeak Chinese (Mandarin)"), ("no", "eSpeak Norwegian")]
)
def test_normal_codes_find_their_voice(code: str, name: str) -> None:
    assert voice_in(code, like=DEFAULT_VOICE).name == name


@pytest.mark.parametrize("code", ["km", "xx", "", "x" * 200])
def test_a_language_that_nobody_speaks_is_missing_by_name(code: str) -> None:
    with pytest.raises(LanguageMissing, match=f"'{code[:20]}'") as caught:
        voice_in(code, like=DEFAULT_VOICE)
    assert len(str(caught.value).encode()) <= 123
