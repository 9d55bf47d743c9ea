"""Two people reading aloud: recordings that come with the recogniser's wheel, and their texts."""

from __future__ import annotations

import wave
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple


class Reading(NamedTuple):
    """16-bit little-endian mono sound at `rate` Hz, and the words that are read in it."""

    name: str
    text: str
    pcm: bytes
    rate: int


def beckett() -> Reading:
    """Ten seconds from Worstward Ho; one man, slowly, in a quiet room."""
    return _reading("Beckett", "beckett.wav", _BECKETT)


def dickens() -> Reading:
    """The opening of A Tale of Two Cities: 44 seconds, without a longer pause than 0.7 s."""
    return _reading("Dickens", "two_cities.wav", _DICKENS)


def _reading(name: str, file: str, text: str) -> Reading:
    with wave.open(str(_assets() / file)) as sound:
        return Reading(name, text, sound.readframes(sound.getnframes()), sound.getframerate())


def _assets() -> Path:
    spec = find_spec("moonshine_voice")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("moonshine-voice is not installed; its wheel holds the recordings")
    return Path(spec.origin).parent / "assets"


_BECKETT = "Ever tried. Ever failed. No matter. Try again. Fail again. Fail better."
_DICKENS = (
    "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age "
    "of foolishness, it was the epoch of belief, it was the epoch of incredulity, it was the "
    "season of light, it was the season of darkness, it was the spring of hope, it was the winter "
    "of despair, we had everything before us, we had nothing before us, we were all going direct "
    "to heaven, we were all going direct the other way. In short, the period was so far like the "
    "present period that some of its noisiest authorities insisted on its being received, for good "
    "or for evil, in the superlative degree of comparison only."
)
