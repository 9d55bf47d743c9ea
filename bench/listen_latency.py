"""How soon a speaker who has the server to himself sees what has been said."""

from __future__ import annotations

import asyncio
import random
import time
from typing import NamedTuple

import uvloop

from bench.figures import Bar, Effort, Figure, Report, percentile, shown
from bench.listen_socket import Microphone, ScribeSocket, chunks, dictating
from bench.listen_sounds import Speaker, Utterance, as_pcm, with_lead, without_tail
from bench.listen_turns import Turn, turn
from bench.recogniser import Recogniser
from bench.sentences import TEN_WORDS, some
from bench.server import Server, running_server
from bench.word_errors import overall_rate, word_errors

_SPEECH_S = (2.7, 3.1)
_LEAD_S = 0.1
_TURNS_A_CONNECTION = 5
_PAUSE_S = (0.05, 0.3)
_THRESHOLD_S = 0.3


class _Spoken(NamedTuple):
    """One utterance, what came of it, and the wait for what was committed."""

    utterance: Utterance
    turn: Turn
    wait_ms: float
    raw_ms: float = 0.0


def measure(effort: Effort) -> Report:
    """From a commit, from the end of speech and from its beginning, to text."""
    utterances = _utterances(effort.choose(25, 10))
    with running_server() as server:
        manual = uvloop.run(_commit_all(server, utterances * effort.choose(4, 2)))
        vad = uvloop.run(_fall_silent(server, utterances * effort.choose(2, 1)))
    waits = [one.wait_ms for one in manual]
    raw = [one.raw_ms for one in manual]
    ends = [one.wait_ms for one in vad]
    firsts = [one.turn.first_text_s * 1000 for one in (*manual, *vad)]
    return Report(
        [
            *(
                Figure(
                    f"commit to transcript, 3 s of speech, p{percent}",
                    percentile(waits, percent),
                    "ms",
                    bar,
                    raw=shown(percentile(raw, percent), "ms"),
                )
                for percent, bar in ((50, Bar(90, 50)), (99, Bar(150, 100)))
            ),
            Figure(
                f"end of speech to transcript, vad with {_THRESHOLD_S} s, p50",
                percentile(ends, 50),
                "ms",
                Bar(480, 440),
            ),
            Figure(
                "first partial transcript after speech starts, p50",
                percentile(firsts, 50),
                "ms",
                Bar(500, 350),
            ),
        ],
        [
            f"commit: {len(waits)} commits of {len(utterances)} utterances, "
            f"{_TURNS_A_CONNECTION} a connection, each right after its last chunk, whose last "
            f"sample is audible; {_wrong(manual)}. The raw engine hears the same sound after it, "
            "at once, on one thread",
            f"end of speech: {len(ends)} utterances, p99 {shown(percentile(ends, 99), 'ms')}, "
            f"{_cut(vad)} committed in two; {_wrong(vad)}",
            f"first partial: {len(firsts)} utterances, p99 {shown(percentile(firsts, 99), 'ms')}; "
            f"then {shown(_partial_rate((*manual, *vad)), '')} a second of speech",
        ],
    )


def _utterances(count: int) -> list[Utterance]:
    """Sentences of about 3 s that end with their last audible sample."""
    speaker = Speaker()
    found: list[Utterance] = []
    for text in some(TEN_WORDS, len(TEN_WORDS), seed=11):
        said = speaker.say(text)
        if _SPEECH_S[0] <= said.speech_s <= _SPEECH_S[1]:
            found.append(with_lead(said._replace(samples=without_tail(said.samples)), _LEAD_S))
        if len(found) == count:
            break
    return found


async def _commit_all(server: Server, utterances: list[Utterance]) -> list[_Spoken]:
    """Each utterance with a commit right after it, and the raw engine's time for the same."""
    recogniser, dice = Recogniser(), random.Random(2)
    recogniser.transcribe_at_once(utterances[0].samples)
    spoken = []
    for start in range(0, len(utterances), _TURNS_A_CONNECTION):
        async with dictating(server, commit_strategy="manual") as scribe:
            for utterance in utterances[start : start + _TURNS_A_CONNECTION]:
                await asyncio.sleep(dice.uniform(*_PAUSE_S))
                one = await _commit(scribe, utterance)
                raw_ms = await asyncio.to_thread(_raw_ms, recogniser, utterance)
                spoken.append(one._replace(raw_ms=raw_ms))
    return spoken


async def _commit(scribe: ScribeSocket, utterance: Utterance) -> _Spoken:
    scribe.take()
    began = await Microphone(scribe).play(chunks(as_pcm(utterance.samples)))
    asked = await scribe.commit()
    final = await scribe.committed_since(asked)
    return _Spoken(utterance, turn(utterance, began, scribe.take()), (final.at - asked) * 1000)


def _raw_ms(recogniser: Recogniser, utterance: Utterance) -> float:
    started = time.perf_counter()
    recogniser.transcribe_at_once(utterance.samples)
    return (time.perf_counter() - started) * 1000


async def _fall_silent(server: Server, utterances: list[Utterance]) -> list[_Spoken]:
    """Each utterance with silence after it until it has been committed, and a little longer."""
    dice = random.Random(3)
    spoken = []
    for start in range(0, len(utterances), _TURNS_A_CONNECTION):
        async with dictating(
            server, commit_strategy="vad", vad_silence_threshold_secs=_THRESHOLD_S
        ) as scribe:
            microphone = Microphone(scribe)
            for utterance in utterances[start : start + _TURNS_A_CONNECTION]:
                await microphone.rest(dice.uniform(*_PAUSE_S))
                spoken.append(await _await_commit(scribe, microphone, utterance))
    return spoken


async def _await_commit(
    scribe: ScribeSocket, microphone: Microphone, utterance: Utterance
) -> _Spoken:
    scribe.take()
    began = await microphone.play(chunks(as_pcm(utterance.samples)))
    ended = turn(utterance, began, []).speech_end_at
    final = await microphone.fall_silent(ended)
    return _Spoken(utterance, turn(utterance, began, scribe.take()), (final.at - ended) * 1000)


def _wrong(spoken: list[_Spoken]) -> str:
    errors = [word_errors(one.utterance.spoken, one.turn.text) for one in spoken]
    return f"{overall_rate(errors):.1%} of their words wrong"


def _cut(spoken: list[_Spoken]) -> int:
    return sum(sum(heard.committed for heard in one.turn.heard) > 1 for one in spoken)


def _partial_rate(spoken: tuple[_Spoken, ...]) -> float:
    speech_s = sum(one.utterance.speech_s for one in spoken)
    return sum(one.turn.partials for one in spoken) / speech_s
