"""Whether what a caller says over the agent's speech is meant to stop it.

"Mhm" and "right" ask a speaker to go on (Yngve, "On getting a word in edgewise", 1970); whatever
else is said over him takes the turn. The first quarter of a second of a word tells little: of it
the recogniser makes "No." where "Oh" and "Okay" begin (a tenth of them), "Two." of "Cool", and
"Yeah." of "No".
"""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from typing import Final

from vivavoce.core.word_classes import (
    CONNECTIVES,
    DETERMINERS,
    OBJECTS,
    PARTICLES,
    PREPOSITIONS,
    PRONOUNS,
    TIME_OPENERS,
    listed,
)

_WORD: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_HUM: Final = re.compile(
    r"m{2,}|h+m+|m+h+m+|n+h+m*|[aeou]+h+|o{2,}|h+[aeu]+h*|a+h+a+h*|w+h*o+(?:w+|a+h*)"
)
"""Mm, hm, mhm, nh, ah, oh, ha, huh, aha, wow and whoa, however long."""
_HESITATING: Final = listed("um umm uhm uh uhh er err erm ehm well so like ye yeh")
_STOPPING: Final = listed("stop wait sorry excuse pardon quiet enough pause cancel shut but")
"""Words that take the turn as soon as they are heard."""
_TAKING: Final = listed("but so and because")
"""Behind a back-channel they take the turn: "Yeah, but"."""
_EMPTY: Final = (
    PREPOSITIONS
    | PARTICLES
    | DETERMINERS
    | PRONOUNS
    | OBJECTS
    | (CONNECTIVES - {"but"})
    | TIME_OPENERS
    | listed("is his")
)
_MOST_WORDS: Final = 40
"""That are looked at: nobody says more that asks for nothing."""
_MOST_EMPTY: Final = 2
"""Words that the recogniser makes of "uh-huh" now and then: "If I,", "Of her,", "And?"."""
_MOST_GUESSED: Final = 2
_GUESSES_BELOW: Final = -0.38
"""Of 15 hums of five voices that are heard as words 14 lie below, from -1.18 to -0.39; of 60 short
words three, at -0.42 to -0.38, one of which is always believed: "Wait"."""

_PRAISES: Final = listed(
    "good great nice cool true right fine correct interesting amazing awesome perfect wonderful"
    " funny lovely fantastic brilliant excellent crazy wild neat fair sweet impressive"
)
_BACK_CHANNELS: Final = (
    listed("yeah yea yep yup yes ya ok okay okey alright sure really indeed exactly absolutely")
    | listed("definitely totally gotcha understood agreed seriously gosh yay damn certainly")
    | _PRAISES
    | {f"{before} {praise}" for before in ("that's", "sounds", "very", "so") for praise in _PRAISES}
    | {"i see", "i know", "i understand", "i get it", "i got it", "got it", "get it", "all right"}
    | {"of course", "make sense", "makes sense", "that makes sense", "fair enough", "good point"}
    | {"go on", "go ahead", "no way", "oh no", "no kidding", "is it", "is that so", "uh huh"}
    | {"you know"}
    | {"my god", "oh my god", "oh my", "my goodness", "you're right", "that is right", "no problem"}
)
_LONGEST_BACK_CHANNEL: Final = max(len(phrase.split()) for phrase in _BACK_CHANNELS)


class Verdict(enum.Enum):
    """What the agent does about words over its speech."""

    INTERRUPTS = "interrupts"
    GOES_ON = "goes_on"
    UNDECIDED = "undecided"
    """More of the speech has to be heard."""


def means_interruption(
    text: str,
    *,
    ended: bool = False,
    logprob: float = 0.0,
    ignore_terms: Sequence[str] = (),
) -> Verdict:
    """What `text`, all that the caller has said over the agent so far, asks of the agent.

    Each partial transcript is to be judged anew: a back-channel lets the agent go on, until more
    comes of it ("Okay, stop"). `ended` says that the caller has stopped speaking, and so leaves
    nothing undecided. `logprob` is the recogniser's mean over its tokens: of a hum it makes words,
    and knows that it guesses. `ignore_terms` are back-channels of the agent's own: words or phrases
    in any case. No words, where the ears found none in a cough, let the agent go on.
    """
    words = _words(text)[-_MOST_WORDS:]
    if not words:
        return Verdict.GOES_ON
    left = _without_back_channels(words, [tuple(_words(term)) for term in ignore_terms])
    if not left:
        return Verdict.GOES_ON
    if _STOPPING.intersection(left) or (words[0] != left[0] and left[0] in _TAKING):
        return Verdict.INTERRUPTS
    if len(left) <= _MOST_GUESSED and logprob < _GUESSES_BELOW:
        return Verdict.GOES_ON if ended else Verdict.UNDECIDED
    if all(word in _HESITATING for word in left) or _is_empty(left):
        return Verdict.GOES_ON if ended else Verdict.UNDECIDED
    if len(left) == 1 and not ended:
        return Verdict.UNDECIDED
    return Verdict.INTERRUPTS


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold().replace("\u2019", "'"))


def _without_back_channels(words: Sequence[str], terms: Sequence[tuple[str, ...]]) -> list[str]:
    """What is left of `words`; of phrases that begin at one word the longest goes."""
    left: list[str] = []
    longest = max([_LONGEST_BACK_CHANNEL, *map(len, terms)])
    at = 0
    while at < len(words):
        length = _back_channel(words[at : at + longest], terms)
        if not length:
            left.append(words[at])
        at += length or 1
    return left


def _back_channel(words: Sequence[str], terms: Sequence[tuple[str, ...]]) -> int:
    """How many of `words`, from the first, are one back-channel."""
    for length in range(len(words), 0, -1):
        phrase = tuple(words[:length])
        if phrase in terms or " ".join(phrase) in _BACK_CHANNELS:
            return length
    return 1 if _HUM.fullmatch(words[0]) and words[0] not in _HESITATING else 0


def _is_empty(words: Sequence[str]) -> bool:
    return len(words) <= _MOST_EMPTY and all(
        word in _EMPTY or (len(word) == 1 and word.isalpha()) for word in words
    )
