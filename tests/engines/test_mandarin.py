from __future__ import annotations

import subprocess
import sys

import pytest

from vivavoce.engines.voices.mandarin import HANZI_WITHOUT_SYLLABLE, phonemes_of

ASK_FOR_ALL = """
import ctypes, espeakng_loader
library = ctypes.CDLL(espeakng_loader.get_library_path())
library.espeak_Initialize(2, 60, espeakng_loader.get_data_path().encode(), 0x8000)
library.espeak_SetVoiceByName(b"cmn")
library.espeak_TextToPhonemes.restype = ctypes.c_char_p
for hanzi in map(chr, range(0x4E00, 0x9FA6)):
    text = ctypes.c_char_p(hanzi.encode())
    at = ctypes.c_void_p(ctypes.cast(text, ctypes.c_void_p).value)
    if b"(en)" in library.espeak_TextToPhonemes(ctypes.byref(at), 1, 0):
        print(hanzi, end="")
"""


@pytest.mark.parametrize(
    ("hanzi", "phonemes"), [("熊", "S;'ong35"), ("穷", "tS;h'ong35"), ("窘", "tS;'ong214")]
)
def test_a_character_the_library_lacks_the_syllable_of_has_phonemes(
    hanzi: str, phonemes: str
) -> None:
    assert HANZI_WITHOUT_SYLLABLE.fullmatch(hanzi)
    assert phonemes_of(hanzi) == phonemes


def test_those_are_all_that_the_library_reads_in_english() -> None:
    """Of the 20,902 characters that Unicode had first; in a process of its own."""
    run = subprocess.run([sys.executable, "-c", ASK_FOR_ALL], capture_output=True, text=True)
    ours = set(HANZI_WITHOUT_SYLLABLE.findall("".join(map(chr, range(0x4E00, 0x9FA6)))))
    assert set(run.stdout.strip()) == ours, run.stderr
