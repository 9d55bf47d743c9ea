"""All of a call as its caller has it, and what that tells; pure, times come with the events."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from vivavoce.audio.g711 import decode_ulaw
from vivavoce.testing import measures
from vivavoce.testing.events import AgentAudio, CallStarted, Event, Interruption, Received
from vivavoce.testing.loudspeaker import Loudspeaker
from vivavoce.testing.microphone import MICROPHONE_RATE, Said
from vivavoce.testing.options import Echo
from vivavoce.testing.waveform import Samples, Stretch

_E = TypeVar("_E", bound=Event)


class Recording:
    """`events` has all that came, in order. Times are seconds of `time.monotonic()`."""

    def __init__(self) -> None:
        self.events: list[Received] = []
        self.started: CallStarted | None = None
        self._loudspeaker: Loudspeaker | None = None

    @property
    def conversation_id(self) -> str:
        """By which the server knows the call. Raises RuntimeError before its first message."""
        if self.started is None:
            raise RuntimeError("the call has not started")
        return self.started.conversation_id

    @property
    def loudspeaker(self) -> Loudspeaker:
        """What came of sound and what was played. Raises RuntimeError before the first message."""
        if self._loudspeaker is None:
            raise RuntimeError("the call has not started")
        return self._loudspeaker

    def take(self, received: Received) -> None:
        """Something has come. Raises ValueError for what would end an SDK's session."""
        self.events.append(received)
        match received.event:
            case CallStarted():
                self._start(received.event)
            case AgentAudio():
                samples = self._decoded(received.event.data)
                self.loudspeaker.take(samples, received.event.event_id, received.at)
            case Interruption(event_id):
                self.loudspeaker.interrupt(event_id, received.at)

    def all_of(self, kind: type[_E], since: float = 0.0) -> list[tuple[float, _E]]:
        """Every event of a kind that came at `since` or later, and when."""
        return [(at, event) for at, event in self.events if at >= since and isinstance(event, kind)]

    def agent_stretches(self, since: float = 0.0) -> list[Stretch]:
        """When the agent was audible, or will be if nobody interrupts it; ending after `since`."""
        return [] if self._loudspeaker is None else self.loudspeaker.played.stretches(since)

    def voice_to_voice(self, said: Said) -> float | None:
        """As `measures.voice_to_voice`."""
        return measures.voice_to_voice(said, self.agent_stretches(said.first_audible_at))

    def barge_in(self, said: Said) -> measures.BargeIn | None:
        """As `measures.barge_in`."""
        return measures.barge_in(said, self.agent_stretches(), self.loudspeaker.arrivals)

    def played(self, start: float, end: float) -> Samples:
        """What sounded in between, at the loudspeaker's rate."""
        track = self.loudspeaker.played
        return track.between(start, max(0, round((end - start) * track.rate)))

    def echo(self, echo: Echo, start: float, count: int) -> NDArray[np.float32]:
        """What of the agent's voice a microphone hears: `count` samples at 16 kHz from `start` on.

        Raises ValueError where the agent speaks at another rate.
        """
        if self._loudspeaker is None:
            return np.zeros(count, np.float32)
        track = self._loudspeaker.played
        if track.rate != MICROPHONE_RATE:
            raise ValueError("the echo is simulated for output at 16 kHz only")
        gain = np.float32(10 ** (echo.level_db / 20) / 32768)
        return track.between(start - echo.delay_s, count).astype(np.float32) * gain

    def _start(self, event: CallStarted) -> None:
        if self.started is not None:
            raise ValueError("a second conversation_initiation_metadata ends an SDK's session")
        if event.user_input_audio_format != f"pcm_{MICROPHONE_RATE}":
            raise ValueError("the simulated microphone gives pcm_16000 and nothing else")
        self.started = event
        _, _, rate = event.agent_output_audio_format.partition("_")
        self._loudspeaker = Loudspeaker(int(rate))

    def _decoded(self, data: bytes) -> Samples:
        assert self.started is not None
        if self.started.agent_output_audio_format.startswith("ulaw"):
            data = decode_ulaw(data)
        return np.frombuffer(data, "<i2")
