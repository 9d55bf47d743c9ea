"""IPA in the alphabet that hibari's voice learnt: misaki's, for American English.

It has one letter for each diphthong and affricate, no length, and stress right before the vowel.
The model's vocabulary holds most letters of the IPA besides, but none of them occurs in hibari's
dictionaries, so the voice never heard them: they become the nearest sounds of American English.
"""

# ruff: noqa: RUF001 - look-alikes are what the IPA is made of

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

VOWELS: Final = frozenset("AIOWYiuæɑɔəɛɜɪʊʌᵻ")
_REDUCED: Final = frozenset("əᵻ")
_STRESS: Final = "ˈˌ"


def _table(lines: str) -> Mapping[str, str]:
    """Pairs of what comes first on a line and each of the others."""
    rows = [unicodedata.normalize("NFD", line).split() for line in lines.strip().splitlines()]
    return {ipa: sound for sound, *others in rows for ipa in (sound, *others)}


_SOUNDS: Final = {
    **_table(
        """
        A eɪ ei ɛɪ ɛi æɪ eː
        I aɪ ai ɑɪ ɑi ɒɪ ʌɪ
        O oʊ ou əʊ ɔʊ ɔu ɵʊ o
        W aʊ au ɑʊ ɑu æʊ
        Y ɔɪ ɔi oɪ oi
        i
        u y ɯ ʉ
        æ
        ɑ a ɒ ɶ
        ɔ
        ə ɘ
        ɛ e
        ɜɹ ɜ ɝ əː œ ø ɞ
        əɹ ɚ r̩ ɹ̩
        ɪ ɨ
        ʊ ʏ ɵ
        ʌ ɐ ɤ
        ᵻ
        ᵊ
        ᵊl l̩ ɫ̩
        ᵊm m̩
        ᵊn n̩
        ᵊŋ ŋ̩
        ʧ tʃ tɕ tʂ ʈʂ ʨ
        ʤ dʒ dʑ dʐ ɖʐ ʥ ʄ
        ts ʦ
        dz ʣ
        b ɓ ʙ
        d ɗ ɖ
        dj ɟ
        f ɸ
        h ħ ɦ ʜ
        j
        k q c x χ ǀ ǁ ǂ ǃ ʘ
        l ɫ ɭ ʟ ɬ ɮ ʎ ˡ
        m ɱ
        n ɳ ɲ ⁿ
        p
        s
        t ʈ
        v β ʋ ⱱ
        w ʍ ɰ ɥ
        z
        ð
        ŋ ɴ
        ɡ g ɢ ɣ ɠ ʛ
        ɹ r ʀ ʁ ɻ ɽ ɺ ɾ ˞
        ʃ ʂ ɕ ɧ ç
        ʒ ʐ ʑ
        θ
        T
        """
    ),
    "\u0303": "n",
    "'": "ˈ",
    "\u2019": "ˈ",
    "ˈ": "ˈ",
    "ˌ": "ˌ",
    " ": " ",
}
_SOUND: Final = re.compile(
    "|".join(re.escape(ipa) for ipa in sorted(_SOUNDS, key=len, reverse=True)) + "|.", re.DOTALL
)

_VOWEL: Final = "[iyɯʉuɪʏʊeøɘɵɤoəɛœɜɞʌɔæɐaɶɑɒɚɝᵻɨ]"
_BEFORE_VOWEL: Final = f"(?=[{_STRESS}]?{_VOWEL})"
# What depends on the sounds around it, as other IPA.
_STEPS: Final = (
    # Tie bars, non-syllabic marks, other accents that have no counterpart.
    (re.compile("[\u0361\u035c\u032f\u0306\u0308\u031a\u02d1]"), ""),
    (re.compile(f"(?<=[aɑoɔeɛ])j(?!{_VOWEL})"), "ɪ"),
    (re.compile(f"(?<=[aɑæoɔ])w(?!{_VOWEL})"), "ʊ"),
    (re.compile("oː?(?=[rɹɻ])"), "ɔ"),
    (re.compile("eː?(?=[rɹɻ])"), "ɛ"),
    (re.compile(r"e(?=\s|\Z)"), "eɪ"),  # no English word ends in a short one
    (re.compile(f"[xχ]{_BEFORE_VOWEL}"), "h"),
    (re.compile(f"(?:ʲ|(?<=[ɲʎ])){_BEFORE_VOWEL}"), "j"),
    (re.compile(f"ʷ{_BEFORE_VOWEL}"), "w"),
    # Between vowels this is the sound of "water"; Spanish has it beside consonants too.
    (re.compile(f"(?<=[ːɹr]|{_VOWEL})ɾ{_BEFORE_VOWEL}"), "T"),
    (re.compile("\u0303(?=ː?[nmŋɲɱ])"), ""),
)
_TWICE: Final = re.compile("ɹɹ+")


def hibari_phonemes(ipa: str) -> str:
    """What hibari reads for `ipa`; "" where nothing in it has a sound.

    Where no stress is marked, as in words of one syllable, the first full vowel has it.
    """
    written = unicodedata.normalize("NFD", " ".join(ipa.split()))
    for pattern, other in _STEPS:
        written = pattern.sub(other, written)
    sounds = _TWICE.sub("ɹ", "".join(_sound(found[0]) for found in _SOUND.finditer(written)))
    if not any(mark in sounds for mark in _STRESS):
        return _stressed(sounds)
    return _at_vowels(sounds)


def _sound(symbol: str) -> str:
    if symbol in _SOUNDS:
        return _SOUNDS[symbol]
    if unicodedata.category(symbol) == "Lm":  # aspiration and the like
        return ""
    return _SOUNDS.get(unicodedata.normalize("NFKD", symbol)[0].lower(), "")


def _stressed(sounds: str) -> str:
    for at, sound in enumerate(sounds):
        if sound in VOWELS and sound not in _REDUCED:
            return sounds[:at] + "ˈ" + sounds[at:]
    return sounds


def _at_vowels(sounds: str) -> str:
    """Each mark of stress moved from the beginning of its syllable to the vowel."""
    moved: list[str] = []
    mark = ""
    for sound in sounds:
        if sound in _STRESS:
            mark = sound
            continue
        if sound in VOWELS:
            moved.append(mark)
            mark = ""
        elif sound == " ":
            mark = ""
        moved.append(sound)
    return "".join(moved)
