"""Calls in which the agent's voice comes back, with and without a caller who speaks over it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from bench.echo_rooms import EchoPath, echo_of, impulse_response, room_noise
from bench.listen_readings import Reading, beckett, dickens
from bench.listen_sounds import as_pcm, as_telephone, audible_span, from_pcm, from_telephone
from bench.noise_sources import RATE, Sound, levelled
from bench.recogniser import resample
from vivavoce.config import Settings
from vivavoce.engines.base import ACTIVITY_HOP, SpeechRequest
from vivavoce.engines.voices import hibari
from vivavoce.engines.voices.catalog import CATALOG, DEFAULT_VOICE

TURNS: Final = 20
_CALLER_DBFS: Final = (-26.0, -20.0)
_CALLER_S: Final = 3.0
_TIME_FOR_CALLER: Final = RATE // 2


class Line(NamedTuple):
    """A text, and how it sounds from its first audible sample to its last: -1 to 1 at 16 kHz."""

    text: str
    sound: Sound


class Onset(NamedTuple):
    """When a caller speaks, in samples of the microphone."""

    start: int
    end: int


class Call(NamedTuple):
    """What the microphone hears; what is played, when that is believed to be, and when it is."""

    microphone: bytes
    played: list[tuple[int, Line]]
    echoes: list[tuple[int, int]]
    onsets: list[Onset]


class Cast:
    """The agent's twenty lines, and what callers say over them, everybody else's voice."""

    def __init__(self, agent: Sequence[str], callers: Sequence[str]) -> None:
        self._engine = hibari.load(Settings().cache_dir).engine()
        self.agent = [Line(text, self._say(text, 0)) for text in agent]
        voices = len(CATALOG) - 1
        said = [Line(text, self._say(text, 1 + n % voices)) for n, text in enumerate(callers)]
        self.callers = [*said, *map(_read, (beckett(), dickens()))]

    def _say(self, text: str, voice: int) -> Sound:
        request = SpeechRequest(text, CATALOG[voice] if voice else DEFAULT_VOICE)
        pcm = b"".join(block.pcm for block in self._engine.speak(request))
        return _trimmed(from_pcm(pcm), self._engine.sample_rate)

    def call(
        self,
        path: EchoPath,
        seed: int,
        *,
        turns: int = TURNS,
        barge_in: bool = False,
        telephone: bool = False,
        noise_dbfs: float = -55.0,
    ) -> Call:
        """A call by that `path`, another caller over every turn of it if there is `barge_in`."""
        random = np.random.default_rng([2024, seed])
        response = impulse_response(random, path.rt60_s)
        played, echoes, onsets, sounds = [], [], [], list[tuple[int, Sound]]()
        now = RATE // 2
        for turn in range(turns):
            line = self.agent[(seed + turn) % len(self.agent)]
            late = path.delay_s + random.uniform(-path.jitter_s, path.jitter_s)
            start = now + round(late * RATE)
            played.append((now, line))
            echoes.append((start, start + len(line.sound)))
            sounds.append((start, echo_of(line.sound, path, response)))
            now += len(line.sound) + round(random.uniform(1.2, 2.5) * RATE)
            if barge_in:
                caller = self.callers[(seed + turn) % len(self.callers)].sound
                latest = start + len(line.sound) - _TIME_FOR_CALLER
                onset = min(start + round(random.uniform(0.3, 1.5) * RATE), latest)
                onsets.append(Onset(onset, onset + len(caller)))
                sounds.append((onset, levelled(caller, random.uniform(*_CALLER_DBFS))))
                now += RATE
        count = (now + 2 * RATE) // ACTIVITY_HOP * ACTIVITY_HOP
        heard = room_noise(random, count / RATE, noise_dbfs)
        for start, sound in sounds:
            heard[start : start + len(sound)] += sound[: max(0, count - start)]
        microphone = heard.astype(np.float32)
        if telephone:
            microphone = from_telephone(as_telephone(microphone))[:count]
        return Call(as_pcm(microphone), played, echoes, onsets)


def _read(reading: Reading) -> Line:
    sound = _trimmed(from_pcm(reading.pcm), reading.rate)
    return Line(reading.text, sound[: round(_CALLER_S * RATE)])


def _trimmed(samples: Sound | np.ndarray[tuple[int], np.dtype[np.float32]], rate: int) -> Sound:
    sound = resample(samples, rate)
    start, end = audible_span(sound)
    return sound[start:end].astype(np.float64)
