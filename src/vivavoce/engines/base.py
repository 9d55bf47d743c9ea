"""What every engine looks like from the rooms to its left."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from vivavoce.core.pronunciation import Pronunciation

if TYPE_CHECKING:  # 0.1 s of every start otherwise
    import numpy as np
    import numpy.typing as npt


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


EARS_RATE: Final = 16_000
"""Samples a second of all that ears are given."""
ACTIVITY_HOP: Final = 512
"""Samples from one judgement of voice activity to the next: 32 ms."""
LONGEST_PIECE: Final = 30 * EARS_RATE
"""Samples that ears take in one piece at the most."""


class HearingRequest(msgspec.Struct, array_like=True, frozen=True):
    """A piece of speech for the ears.

    `pcm` is 16-bit little-endian mono at EARS_RATE with about 0.1 s of room on either side of the
    speech, LONGEST_PIECE at the most. `draft` is `Heard.tokens` of an earlier hearing of the same
    piece when it was shorter: what still holds of it need not be found again. `word_times` asks for
    `Heard.words`.
    """

    pcm: bytes
    language: str = "en"
    draft: tuple[int, ...] = ()
    word_times: bool = False


class HeardWord(msgspec.Struct, array_like=True, frozen=True):
    """One word with its punctuation, from `start` to `end` in samples from the start of its piece.

    `logprob` is the mean natural logarithm of its tokens' probabilities.
    """

    text: str
    start: int
    end: int
    logprob: float


class Heard(msgspec.Struct, array_like=True, frozen=True):
    """What ears made of a piece: " ".join of the words' texts is `text`, if words were asked for.

    `logprob` is the mean natural logarithm of the tokens' probabilities, the end of speech among
    them; `tokens` means something to the engine alone.
    """

    text: str
    tokens: tuple[int, ...]
    logprob: float
    words: tuple[HeardWord, ...] = ()


class Ears(Protocol):
    """Speech to text, a piece at a time; lives in a worker process, used by one thread."""

    languages: tuple[str, ...]
    """ISO 639-1 codes, the best one first."""

    def warm_up(self) -> None:
        """Hear one sentence for nobody, so that the first caller does not pay for it."""

    def hear(self, request: HearingRequest) -> Heard:
        """Equal requests give equal answers."""


class ActivityStream(Protocol):
    """Voice activity of one stream of sound; remembers what it needs of it."""

    def feed(self, pcm: bytes) -> list[float]:
        """How likely each further ACTIVITY_HOP samples are speech, 0 to 1.

        `pcm` is any number of whole 16-bit samples at EARS_RATE; what is short of a hop waits for
        the next call.
        """


class ActivityDetector(Protocol):
    """Tells speech from all else. Streams share nothing but what never changes."""

    def stream(self) -> ActivityStream:
        """A stream that has heard nothing yet: 0.1 ms of work a hop, fit for an event loop."""

    def judge(self, pcm: bytes) -> npt.NDArray[np.float32]:
        """What a new stream would say of all hops of `pcm` at once, the last one filled up."""
