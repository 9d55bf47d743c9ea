"""Whether somebody said what the recogniser made of a piece of sound.

A recogniser answers everything with words, and a detector of speech takes a knock or a cough for
some now and then. Each of them knows when it is guessing; the two together tell rather well.
"""

from __future__ import annotations

import re
from typing import Final

_LIKELIHOOD_WEIGHT: Final = 3.5
_HASTE_WEIGHT: Final = 0.05
"""For each token a second: of a click, words are made that nobody could say in its time."""
_LEAST: Final = 0.7
_LEAST_OF_A_HUM: Final = 1.0
_LEAST_LIKELIHOOD_OF_AN_ECHO: Final = 0.8

_HUMS: Final = frozenset({"hm", "hmm", "huh", "mhm", "mm", "mmm", "shh", "uh", "um"})
"""What breath and friction are heard as, and so need more to be believed."""
_ECHOES: Final = frozenset({"You", "Thank you for watching.", "Thanks for watching!"})
"""What silence is heard as, and that without any doubt: the ends of the videos it learned from.
Somebody who does say "You." is given the full stop."""
_WORD: Final = re.compile(r"\w+")


def is_plausible(
    text: str, *, logprob: float, tokens: int, speech_s: float, likelihood: float
) -> bool:
    """Whether `text` is what somebody said, rather than what was made of a noise.

    `tokens` counts those of the text alone, `logprob` is the mean over them and the end of speech,
    `speech_s` is how many seconds of the piece were judged to be speech, and `likelihood` the
    detector's mean over those.

    What is weighed is logprob + 3.5 likelihood - 0.05 tokens / speech_s, after a logistic
    regression; 0.7 is enough. With moonshine tiny, Silero and `pieces`, single words and sentences
    of nine voices (5,937 clips) have 1.85 or more when clean, 0.87 or more with noise 5 to 10 dB
    below or by mu-law telephone, people's recordings treated likewise 1.2 or more. Five words at
    -50 dBFS are lost, and nine of 72 times a lone "Oh." of 0.2 s that is mostly misheard. Of 265
    minutes without speech (`bench.noises`) 95 pieces get this far and five through: bands of noise
    that swell like a vowel, 1.03 at the most.
    """
    words = _WORD.findall(text.lower())
    if not words:
        return False
    if text in _ECHOES:
        return likelihood >= _LEAST_LIKELIHOOD_OF_AN_ECHO
    haste = tokens / max(speech_s, 0.001)
    weight = logprob + _LIKELIHOOD_WEIGHT * likelihood - _HASTE_WEIGHT * haste
    return weight >= (_LEAST_OF_A_HUM if _HUMS.issuperset(words) else _LEAST)
