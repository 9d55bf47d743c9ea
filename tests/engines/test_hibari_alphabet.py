# ruff: noqa: RUF001 - look-alikes are what the IPA is made of

from __future__ import annotations

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.engines.voices.hibari import ASSETS
from vivavoce.engines.voices.hibari_alphabet import hibari_phonemes


@pytest.mark.parametrize(
    ("ipa", "phonemes"),
    [
        # Diphthongs and affricates, with ties and glides or without
        ("ˈeɪ ˈaɪ ˈoʊ ˈaʊ ˈɔɪ", "ˈA ˈI ˈO ˈW ˈY"),
        ("ˈej ˈaj ˈow ˈaw ˈɔj", "ˈA ˈI ˈO ˈW ˈY"),
        ("ˈe͡ɪ ˈaɪ̯ ˈəʊ", "ˈA ˈI ˈO"),
        ("ˈtʃɝtʃ ˈt͡ʃɜːtʃ ˈdʒʌd͡ʒ", "ʧˈɜɹʧ ʧˈɜɹʧ ʤˈʌʤ"),
        ("ˈmaja həˈwaɪi sɪˈkwɔɪə", "mˈɑjɑ həwˈIi sɪkwˈYə"),
        # Stress before the vowel, wherever it was
        ("ˈstɹiːt", "stɹˈit"),
        ("stɹˈit", "stɹˈit"),
        ("pɹəˌnʌnsiˈeɪʃən", "pɹənˌʌnsiˈAʃən"),
        ("'hɛloʊ", "hˈɛlO"),
        # No stress: words of one syllable have it, "the" does not
        ("laɪv", "lˈIv"),
        ("lɪv", "lˈɪv"),
        ("ðə", "ðə"),
        # British and American vowels
        ("ˈwɔːtə ˈwɔɾɚ", "wˈɔtə wˈɔTəɹ"),
        ("ˈbɒtl̩ ˈbɑːtəl", "bˈɑtᵊl bˈɑtəl"),
        ("ˈnɜːs ˈnɜːrs ˈnɝs ˈnɜɹs", "nˈɜɹs nˈɜɹs nˈɜɹs nˈɜɹs"),
        ("ˈmoːr ˈmoʊɹ", "mˈɔɹ mˈOɹ"),
        ("ˈbed ˈtres", "bˈɛd tɹˈɛs"),
        # Other languages
        ("xoˈse ˈbax", "hOsˈA bˈɑk"),
        ("bɔ̃ˈʒuʁ", "bɔnʒˈuɹ"),
        ("ˈɲɔki ˈkaʎe ˈɡøːtə", "njˈɔki kˈɑljA ɡˈɜɹtə"),
        ("ˈkʲijiu pʰo", "kjˈijiu pO"),
        ("sɯ˥ ˈʔa", "su ˈɑ"),
        # Not IPA
        ("", ""),
        (" ˈ . ː ", ""),
        ("12 (%)", ""),
    ],
)
def test_ipa_becomes_the_nearest_sounds_the_voice_has(ipa: str, phonemes: str) -> None:
    assert hibari_phonemes(ipa).split() == phonemes.split()


@pytest.fixture(scope="module")
def learnt() -> set[str]:
    """What occurs in the dictionary the voice was taught with, as hibari hands it on."""
    with gzip.open(ASSETS / "lexicon_us_gold.json.gz", "rt", encoding="utf-8") as file:
        entries = json.load(file).values()
    readings = [entry.values() if isinstance(entry, dict) else [entry] for entry in entries]
    letters = {letter for found in readings for one in found for letter in one or ""}
    return (letters - {"ɾ", "ʔ"}) | {"T", " "}


def test_only_sounds_that_the_voice_was_taught_come_out(learnt: set[str]) -> None:
    vocabulary = json.loads((ASSETS / "vocab.json").read_text("utf-8"))
    assert learnt <= set(vocabulary)

    @given(st.text(st.sampled_from("aeiouyæɑɒɐəɛɜɝɚɪʊʌøœɯɨʉbdfɡgxχçɲʎŋɾʁrɹtʃʒdʤʧθðʔʕħjwʍɥˈˌː̯̩̃͡ʲʷ .")))
    def only_learnt(ipa: str) -> None:
        assert set(hibari_phonemes(ipa)) <= learnt

    only_learnt()


@given(st.text())
def test_nothing_makes_it_fail(ipa: str) -> None:
    assert isinstance(hibari_phonemes(ipa), str)
