"""How many words are heard wrong: of people who read, and of our own voice on bad lines."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
import uvloop

from bench.figures import Bar, Effort, Figure, Report, shown
from bench.listen_readings import Reading, beckett, dickens
from bench.listen_socket import Chunk, Microphone, chunks, dictating
from bench.listen_sounds import Speaker, as_pcm, as_telephone, from_pcm, from_telephone, silence
from bench.noise_sources import coloured
from bench.noises import mix
from bench.recogniser import SAMPLE_RATE, Floats, Recogniser, resample
from bench.sentences import READ_BACK
from bench.server import Server, running_server
from bench.word_errors import WordErrors, differences, overall_rate, word_errors

_AT_ONCE = 6
"""So few that nobody waits for anybody."""
_QUIET_S = 0.2
"""Before and after a sentence."""
_SNR_DB = 10.0
_NOISE_DBFS = -30.0
_DEFAULT_S, _SHORT_S = 1.5, 0.5
"""Thresholds of vad."""
_WITHIN_S = 60.0
_WORST = 12

_VOICE = "our voice"
_BARS = {
    "Beckett, manual": Bar(0, 0),
    "Beckett, vad": Bar(0, 0),
    "Dickens, manual": Bar(6, 3),
    "Dickens, vad": Bar(6, 3),
    _VOICE: Bar(3),
    f"{_VOICE}, ulaw_8000": Bar(4),
    f"{_VOICE}, 10 dB over noise": Bar(5),
}


class _Task(NamedTuple):
    """A sound for the socket, the same for the bare model, and the words in it.

    With `threshold_s` vad commits, else a commit after the last sample does.
    """

    kind: str
    text: str
    sound: bytes
    audio_format: str
    samples: Floats
    threshold_s: float | None = None

    def chunks(self) -> list[Chunk]:
        """What goes over the wire, with as much silence after it as vad needs to be sure."""
        sound = self.sound
        if self.threshold_s is not None:
            sound += as_pcm(
                silence(self.threshold_s + 1, int(self.audio_format.removeprefix("pcm_")))
            )
        return chunks(sound, self.audio_format)


class _Score(NamedTuple):
    task: _Task
    heard: str

    @property
    def errors(self) -> WordErrors:
        return word_errors(self.task.text, self.heard)


def measure(effort: Effort) -> Report:
    """Word errors of what is committed, over sockets that are fed in real time."""
    texts = [sentence.text for sentence in READ_BACK[:: effort.choose(2, 6)]]
    tasks = [*_of_people(), *_of_our_voice(texts)]
    with running_server() as server:
        scores = uvloop.run(_hear_all(server, tasks))
    recogniser = Recogniser()
    raw = [_Score(task, recogniser.transcribe_at_once(task.samples)) for task in tasks]
    figures = [
        Figure(
            f"words wrong: {kind}",
            100 * _rate(scores, kind),
            "%",
            bar,
            raw=shown(100 * _rate(raw, kind), "%"),
        )
        for kind, bar in _BARS.items()
    ]
    others = sorted({task.kind for task in tasks} - set(_BARS))
    return Report(
        figures,
        [
            f"words wrong: Beckett and Dickens read aloud by people; {len(texts)} sentences "
            "of our voice, a connection each, the noise pink. The raw engine is the bare model on "
            "the same sound, all of it at once",
            *(f"words wrong: {kind} {_rate(scores, kind):.1%}" for kind in others),
            *_worst(scores),
        ],
    )


def _of_people() -> list[_Task]:
    return list(chain.from_iterable(map(_of_reader, (beckett(), dickens()))))


def _of_reader(reading: Reading) -> list[_Task]:
    """One recording, at the rate it has, with a commit at its end and with those of vad."""
    samples = resample(from_pcm(reading.pcm), reading.rate)
    manual = _Task(
        f"{reading.name}, manual", reading.text, reading.pcm, f"pcm_{reading.rate}", samples
    )
    vad = manual._replace(kind=f"{reading.name}, vad", threshold_s=_DEFAULT_S)
    short = vad._replace(kind=f"{reading.name}, vad with {_SHORT_S} s", threshold_s=_SHORT_S)
    return [manual, vad, short]


def _of_our_voice(texts: Sequence[str]) -> list[_Task]:
    """The same sentences as they are, over the telephone, and in noise."""
    speaker, random = Speaker(), np.random.default_rng(7)
    quiet = silence(_QUIET_S)
    tasks = []
    for said in speaker.say_all(texts):
        clean = np.concatenate([quiet, said.samples, quiet])
        noise = coloured(random, len(clean) / SAMPLE_RATE, 1.0, _NOISE_DBFS).astype(np.float32)
        noisy = mix(as_pcm(clean), as_pcm(noise), _SNR_DB)
        line = as_telephone(clean)
        pcm = "pcm_16000"
        tasks += [
            _Task(_VOICE, said.spoken, as_pcm(clean), pcm, clean),
            _Task(f"{_VOICE}, ulaw_8000", said.spoken, line, "ulaw_8000", from_telephone(line)),
            _Task(f"{_VOICE}, 10 dB over noise", said.spoken, noisy, pcm, from_pcm(noisy)),
        ]
    return tasks


async def _hear_all(server: Server, tasks: Sequence[_Task]) -> list[_Score]:
    lanes = asyncio.Semaphore(_AT_ONCE)

    async def hear(task: _Task) -> _Score:
        async with lanes:
            return _Score(task, await _hear(server, task))

    return list(await asyncio.gather(*map(hear, tasks)))


async def _hear(server: Server, task: _Task) -> str:
    query: dict[str, str | float] = {"commit_strategy": "manual"}
    if task.threshold_s is not None:
        query = {"commit_strategy": "vad", "vad_silence_threshold_secs": task.threshold_s}
    async with dictating(server, audio_format=task.audio_format, **query) as scribe:
        await Microphone(scribe).play(task.chunks())
        # After vad has committed all there is, this brings an empty transcript, the last one.
        await scribe.committed_since(await scribe.commit(), _WITHIN_S)
        return " ".join(one.text for one in scribe.take() if one.committed and one.text)


def _rate(scores: Sequence[_Score], kind: str) -> float:
    return overall_rate([score.errors for score in scores if score.task.kind == kind])


def _worst(scores: Sequence[_Score]) -> list[str]:
    wrong = [score for score in scores if score.errors.errors]
    worst = sorted(wrong, key=lambda score: -score.errors.errors)[:_WORST]
    return [
        f"{score.errors.errors} wrong, {score.task.kind}: "
        + ", ".join(
            f'"{" ".join(said)}" as "{" ".join(heard)}"'
            for said, heard in differences(score.task.text, score.heard)
        )
        for score in worst
    ]
