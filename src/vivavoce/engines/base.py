"""What every engine looks like from the rooms to its left."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import msgspec

from vivavoce.core.pronunciation import Pronunciation


class Voice(msgspec.Struct, frozen=True):
    """One voice a caller can name.

    `pitch` multiplies the model's pitch curve, `tempo` its pace: 1.0 is the model as it is.
    """

    voice_id: str
    name: str
    language: str
    gender: str
    description: str
    licence: str
    size_bytes: int
    engine: str = "hibari"
    pitch: float = 1.0
    tempo: float = 1.0


class SpeechRequest(msgspec.Struct, frozen=True):
    """One utterance for a voice: a sentence or less, at most 30 words.

    `speed` multiplies the voice's pace (0.5 to 2). `intonation` is the width of pitch movement
    around its mean (1.0 as the model has it, 0 monotone). `pause_ms` of silence end the utterance.
    `pronunciations`, in order and apart, say how parts of the text are read. Without `normalize`
    dates, times and units are not put into words first. Equal requests give equal samples.
    """

    text: str
    voice: Voice
    speed: float = 1.0
    intonation: float = 1.0
    pause_ms: int = 200
    seed: int = 0
    pronunciations: tuple[Pronunciation, ...] = ()
    normalize: bool = True


class CharTimes(msgspec.Struct, array_like=True, frozen=True):
    """When each character of a block sounds.

    `starts[i]` is where `chars[i]` begins, in samples from the start of its block; a character
    lasts until the next one starts, the last one until the block ends. `len(starts) == len(chars)`.
    """

    chars: str
    starts: list[int]


class SpeechBlock(msgspec.Struct, array_like=True, frozen=True):
    """A piece of an utterance that ends where a word ends.

    `pcm` is 16-bit little-endian mono at the engine's `sample_rate`. All blocks of an utterance
    joined carry the request's text exactly in `original.chars`, and the text as it was read (dates,
    times and units in words) in `normalized.chars`; both end in white space.
    """

    pcm: bytes
    original: CharTimes
    normalized: CharTimes

    @property
    def samples(self) -> int:
        """Length in samples."""
        return len(self.pcm) // 2


class VoiceEngine(Protocol):
    """Text to speech, a block at a time; lives in a worker process, used by one thread."""

    sample_rate: int

    def warm_up(self) -> None:
        """Speak one sentence to nobody, so that the first caller does not pay for it."""

    def speak(self, request: SpeechRequest) -> Iterator[SpeechBlock]:
        """Blocks in order; each `next` computes one, and closing the iterator stops the work.

        Raises TextNotSpeakable when the text has letters and none of them is in the voice's
        language. Text with nothing to speak (an emoji, dashes) yields one block of silence.
        """
