# ruff: noqa: RUF001 - look-alikes are what the IPA is made of

from __future__ import annotations

import pytest

from vivavoce.core.phonemes import arpabet_to_ipa, ipa_of


@pytest.mark.parametrize(
    ("arpabet", "ipa"),
    [
        ("M AE1 D IH0 S AH0 N", "ˈmædɪsən"),
        ("T AH0 M EY1 T OW0", "təˈmeɪtoʊ"),
        ("P R OW0 N AH2 N S IY0 EY1 SH AH0 N", "pɹoʊˌnʌnsiˈeɪʃən"),
        ("CH ER1 CH", "ˈtʃɝtʃ"),
        ("W AO1 T ER0", "ˈwɔtɚ"),
        ("K AH T", "kʌt"),
        ("hh eh0 l ow1", "hɛˈloʊ"),
        ("IH0 K S T R IY1 M", "ɪkˈstɹim"),
        ("S IH1 NG ER0", "ˈsɪŋɚ"),
        ("AE0 T L AE1 N T IH0 K", "ætˈlæntɪk"),
        ("B AH1 T EN0", "ˈbʌtn̩"),
    ],
)
def test_arpabet_becomes_ipa_with_stress_before_its_syllable(arpabet: str, ipa: str) -> None:
    assert arpabet_to_ipa(arpabet) == ipa


@pytest.mark.parametrize("phonemes", ["", "  ", "M QQ1 D", "M1 AE1", "ˈmæd", "AE3", "1", "AE 1"])
def test_what_is_no_arpabet_is_unreadable(phonemes: str) -> None:
    assert arpabet_to_ipa(phonemes) is None


@pytest.mark.parametrize("alphabet", ["cmu-arpabet", "CMU-Arpabet", "x-cmu-arpabet"])
def test_names_of_alphabets_count_in_any_case(alphabet: str) -> None:
    assert ipa_of(alphabet, "L AY1 V") == "ˈlaɪv"


@pytest.mark.parametrize("written", ["laɪv", " laɪv ", "/laɪv/", "[laɪv]"])
def test_ipa_is_taken_out_of_its_slashes(written: str) -> None:
    assert ipa_of("ipa", written) == "laɪv"


@pytest.mark.parametrize(
    ("alphabet", "phonemes"), [("ipa", ""), ("ipa", "//"), ("ipa", "ˈː"), ("x-sampa", "laIv")]
)
def test_marks_alone_and_other_alphabets_are_unreadable(alphabet: str, phonemes: str) -> None:
    assert ipa_of(alphabet, phonemes) is None
