"""What one client does on the conversation's socket, and how it leaves."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from fuzz.call_house import AgentSetup
from fuzz.houses import House
from fuzz.odd import Frame
from fuzz.sounds import Stretch, sound_of
from fuzz.talks import Burst
from vivavoce.audio.inlet import INPUT_FORMATS

PATH = "/v1/convai/conversation"
"""Where the socket is."""

_FORMAT = INPUT_FORMATS["pcm_16000"]
_PACE_S = 0.02


class Leave(StrEnum):
    """How it ends."""

    CLOSE = "the client closes, and listens until the server does"
    VANISH = "the client vanishes"
    DRAINED = "the server shuts down, and the client stays"
    CUT_OFF = "the same in a hurry"
    SILENCE = "the client says nothing more, and stays"


@dataclass(frozen=True)
class Speech:
    """Sound, in frames of `frame_ms`; where it is `live`, at the pace of speech."""

    stretch: Stretch
    frame_ms: int = 20
    live: bool = False
    flat: bool = False

    def frames(self) -> Iterator[Frame | float]:
        """As the client sends it, with its pauses in seconds."""
        sound, size = sound_of([self.stretch], _FORMAT), 32 * self.frame_ms
        for start in range(0, len(sound), size):
            encoded = base64.b64encode(sound[start : start + size]).decode()
            said = (
                {"type": "audio", "audio": encoded} if self.flat else {"user_audio_chunk": encoded}
            )
            yield json.dumps(said)
            if self.live:
                yield self.frame_ms / 1000


@dataclass(frozen=True)
class Pause:
    """The client waits."""

    seconds: float


Step: TypeAlias = Speech | Burst | Frame | Pause


@dataclass(frozen=True)
class Conversation:
    """One connection; `proper` ones break no rule, so that nothing of theirs may be refused."""

    query: str
    agent: AgentSetup
    steps: tuple[Step, ...]
    leave: Leave
    proper: bool = False
    reads: bool = True
    reading_takes_s: float = 0.0
    answers_tools: bool = False
    fail_on: str | None = None
    house: House = field(default_factory=House)

    def sent(self) -> Iterator[Frame | float]:
        """All that the client sends, and its pauses in seconds."""
        for step in self.steps:
            if isinstance(step, Speech):
                yield from step.frames()
            elif isinstance(step, Burst):
                yield from [step.frame] * step.times
            elif isinstance(step, Pause):
                yield step.seconds
            else:
                yield step

    @property
    def frames(self) -> list[Frame]:
        """All that it sends."""
        return [one for one in self.sent() if not isinstance(one, float)]
