"""What one client says on a transcription socket, and how it ends."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias
from urllib.parse import parse_qsl

from fuzz.houses import House
from fuzz.odd import Frame
from fuzz.sounds import Stretch, sound_of
from vivavoce.audio.inlet import INPUT_FORMATS, InputFormat

PATH = "/v1/speech-to-text/realtime"
"""Where the socket is."""

_DEFAULT_FORMAT = "pcm_16000"


class Parting(StrEnum):
    """How it ends. Over a network, where one server serves all, the client closes instead."""

    PATIENT = "the server shuts down when the client has been heard to its end"
    DRAINED = "the server shuts down in the middle"
    CUT_OFF = "the server shuts down in the middle, in a hurry"
    CLOSE = "the client closes, and listens until the server does"
    VANISH = "the client vanishes"
    BABBLE = "the client sends what is no frame"


class Ending(StrEnum):
    """Whether a commit follows what was said."""

    NONE = "none"
    COMMIT = "in a message of its own"
    COMMIT_WITHIN = "in the last message with sound"


@dataclass(frozen=True)
class Saying:
    """Sound in messages of `chunk_bytes`, then a commit, if there is to be one.

    `stray` is a byte more than the samples have, so that all behind it is heard askew.
    """

    stretch: Stretch
    chunk_bytes: int
    ending: Ending = Ending.NONE
    stray: bool = False
    more: Mapping[str, object] = field(default_factory=dict)

    def frames(self, fmt: InputFormat) -> Iterator[str]:
        """As the client sends it."""
        sound = sound_of([self.stretch], fmt) + b"\x7f" * self.stray
        starts = range(0, len(sound), self.chunk_bytes) or range(1)
        for start in starts:
            is_last = start == starts[-1] and self.ending is Ending.COMMIT_WITHIN
            yield self._frame(sound[start : start + self.chunk_bytes], fmt, commit=is_last)
        if self.ending is Ending.COMMIT:
            yield self._frame(b"", fmt, commit=True)

    def _frame(self, sound: bytes, fmt: InputFormat, *, commit: bool) -> str:
        message = {
            "message_type": "input_audio_chunk",
            "audio_base_64": base64.b64encode(sound).decode(),
            "commit": commit,
            "sample_rate": fmt.sample_rate,
        }
        return json.dumps({**message, **self.more})


@dataclass(frozen=True)
class Burst:
    """The same message many times."""

    frame: str
    times: int


Step: TypeAlias = Saying | Burst | Frame | int
"""What the client sends, or for how long it waits."""


@dataclass(frozen=True)
class Talk:
    """One connection. All steps of a `proper` one are what the protocol says they should be."""

    query: str
    steps: tuple[Step, ...]
    parting: Parting
    proper: bool = False
    reads: bool = True
    reading_takes_s: float = 0.0
    has_time: bool = True
    fail_on: str | None = None
    house: House = field(default_factory=House)

    @property
    def asked(self) -> Mapping[str, str]:
        """The query by name."""
        return dict(parse_qsl(self.query))

    @property
    def format(self) -> InputFormat:
        """That of the sound; a query which names none, or a wrong one, has the default."""
        named = self.asked.get("audio_format", "").lower()
        return INPUT_FORMATS.get(named, INPUT_FORMATS[_DEFAULT_FORMAT])

    def sent(self) -> Iterator[Frame | int]:
        """All that the client sends, and its pauses."""
        for step in self.steps:
            if isinstance(step, Saying):
                yield from step.frames(self.format)
            elif isinstance(step, Burst):
                yield from [step.frame] * step.times
            else:
                yield step

    @property
    def frames(self) -> Sequence[Frame]:
        """All that it sends."""
        return [one for one in self.sent() if not isinstance(one, int)]
