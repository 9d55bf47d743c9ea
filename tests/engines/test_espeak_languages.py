"""Our table of languages against what the library has."""

from __future__ import annotations

from pathlib import Path

import espeakng_loader
import pytest

from vivavoce.core import script_languages
from vivavoce.core.scripts import scripts_of
from vivavoce.engines.voices.espeak_languages import LANGUAGES, SIZE_BYTES
from vivavoce.engines.voices.espeak_library import EspeakLibrary, Utterance

DATA = Path(espeakng_loader.get_data_path())

SECOND_SPELLINGS = {"cmn-latn-pinyin", "yue-latn-jyutping", "fa-latn"}
ACCENTS = {"ca-ba", "ca-nw", "ca-va", "vi-vn-x-central", "vi-vn-x-south", "ru-cl", "ru-lv"}
INVENTED = {"piqd", "py", "qdb", "qya", "sjn", "xex"}
WITHOUT_RULES = {"fo", "kaa"}


def library_voices() -> set[str]:
    return {path.name.lower() for path in (DATA / "lang").rglob("*") if path.is_file()}


def test_every_language_of_the_library_is_here_but_english_and_what_is_left_out() -> None:
    english = {name for name in library_voices() if name.split("-")[0] == "en"}
    left_out = english | SECOND_SPELLINGS | ACCENTS | INVENTED | WITHOUT_RULES
    assert left_out <= library_voices()
    assert {language.voice for language in LANGUAGES} == library_voices() - left_out


def test_what_is_left_out_for_want_of_rules_has_none() -> None:
    dictionaries = {path.name.removesuffix("_dict") for path in DATA.glob("*_dict")}
    assert not WITHOUT_RULES & dictionaries


def test_codes_and_names_are_each_ones_own() -> None:
    assert len({language.code for language in LANGUAGES}) == len(LANGUAGES)
    assert len({language.name for language in LANGUAGES}) == len(LANGUAGES)


def test_the_size_is_that_of_what_is_installed() -> None:
    library = Path(espeakng_loader.get_library_path()).resolve()
    size = library.stat().st_size + sum(
        path.stat().st_size for path in DATA.rglob("*") if path.is_file()
    )
    assert pytest.approx(size, rel=0.05) == SIZE_BYTES


def test_every_language_that_a_script_leads_to_is_spoken() -> None:
    codes = {language.code for language in LANGUAGES}
    led_to = set(script_languages._MAIN.values()) | {
        language for signs in script_languages._SIGNS.values() for language, _ in signs
    }
    assert led_to <= codes
    assert all(scripts_of(language) != {"Latin"} for language in led_to)


def test_the_library_takes_every_voice_by_the_name_we_have_for_it() -> None:
    library = EspeakLibrary(espeakng_loader.get_library_path(), str(DATA))
    for language in LANGUAGES:
        utterance = Utterance("1 2 3 a i u", language.voice, 175, 50, 50, 60)
        assert len(library.speak(utterance).pcm) > 10_000, language
