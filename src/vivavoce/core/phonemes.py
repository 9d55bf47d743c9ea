"""Phonemes as people write them: the International Phonetic Alphabet, and CMU's for American."""

# ruff: noqa: RUF001, RUF002 - look-alikes are what the IPA is made of

from __future__ import annotations

import unicodedata
from typing import Final


def _table(pairs: str) -> dict[str, str]:
    return dict(pair.split() for pair in pairs.split(","))


_VOWELS: Final = _table(
    "AA ɑ,AE æ,AH ʌ,AO ɔ,AW aʊ,AX ə,AXR ɚ,AY aɪ,EH ɛ,ER ɝ,EY eɪ,IH ɪ,IX ɨ,IY i,OW oʊ,OY ɔɪ,UH ʊ,"
    "UW u,UX ʉ,EL l̩,EM m̩,EN n̩"
)
_CONSONANTS: Final = _table(
    "B b,CH tʃ,D d,DH ð,DX ɾ,F f,G ɡ,H h,HH h,JH dʒ,K k,L l,M m,N n,NG ŋ,P p,Q ʔ,R ɹ,S s,SH ʃ,"
    "T t,TH θ,V v,W w,WH ʍ,Y j,Z z,ZH ʒ"
)
# Without the letters that only modify others: a mark of stress alone is nothing to speak.
_LETTERS: Final = frozenset(("Ll", "Lo", "Lu"))
_STRESS: Final = {"0": "", "1": "ˈ", "2": "ˌ"}
# The two vowels whose sound depends on their stress.
_UNSTRESSED: Final = {"ʌ": "ə", "ɝ": "ɚ"}

_BEFORE_GLIDES: Final = frozenset("pbtdkɡfθʃ")
_GLIDES: Final = frozenset("ɹlwj")
_AFTER_S: Final = frozenset("ptkfmnlw")
_NO_ONSET: Final = frozenset(("tl", "dl", "θl"))


def ipa_of(alphabet: str, phonemes: str) -> str | None:
    """The IPA of `phonemes`, written in the alphabet "ipa" or "cmu-arpabet"; None if unreadable.

    Names of alphabets count in any case, with or without "x-" in front.
    """
    match alphabet.strip().lower().removeprefix("x-"):
        case "ipa":
            ipa = phonemes.strip().strip("/[]").strip()
            return ipa if any(unicodedata.category(char) in _LETTERS for char in ipa) else None
        case "cmu-arpabet":
            return arpabet_to_ipa(phonemes)
        case _:
            return None


def arpabet_to_ipa(phonemes: str) -> str | None:
    """The IPA of, say, "M AE1 D IH0 S AH0 N": "ˈmædɪsən", with stress before its syllable.

    None when there are no phonemes, or some that CMU's alphabet does not have.
    """
    syllables: list[str] = []
    consonants: list[str] = []
    for symbol in phonemes.upper().split():
        name, stress = (symbol[:-1], symbol[-1]) if symbol[-1] in _STRESS else (symbol, None)
        if stress is None and name in _CONSONANTS:
            consonants.append(_CONSONANTS[name])
        elif name in _VOWELS:
            onset = _onset(consonants) if syllables else len(consonants)
            coda = consonants[: len(consonants) - onset]
            vowel = _VOWELS[name]
            vowel = _UNSTRESSED.get(vowel, vowel) if stress == "0" else vowel
            mark = _STRESS[stress or "0"]
            syllables += [*coda, mark, *consonants[len(coda) :], vowel]
            consonants = []
        else:
            return None
    return "".join((*syllables, *consonants)) or None


def _onset(consonants: list[str]) -> int:
    """How many of the consonants between two vowels begin the second one's syllable."""
    if not consonants or consonants[-1] == "ŋ":
        return 0
    pair = "".join(consonants[-2:])
    if len(consonants) < 2 or pair in _NO_ONSET:
        return 1
    before, last = consonants[-2:]
    if before in _BEFORE_GLIDES and last in _GLIDES:
        return 3 if consonants[-3:-2] == ["s"] and before in "ptk" else 2
    return 2 if before == "s" and last in _AFTER_S else 1
