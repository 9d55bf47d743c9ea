"""Whether words are said to be where they are: against the times of the voice that spoke them."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

import numpy as np
import uvloop

from bench.figures import Bar, Effort, Figure, Report, percentile, shown
from bench.listen_socket import Microphone, Word, chunks, dictating
from bench.listen_sounds import Speaker, TimedWord, Utterance, as_pcm, silence, with_lead
from bench.sentences import READ_BACK
from bench.server import Server, running_server

_LEAD_S, _TAIL_S = 0.3, 0.2
_WORST = 4
_A_CONNECTION = 5
"""Sentences one after the other: times are from the start of the session."""


class Deviation(NamedTuple):
    """A word found again, and how much too late (in s) its start and end are said to be."""

    text: str
    start_s: float
    end_s: float

    @property
    def size_s(self) -> float:
        """The larger of the two, either way."""
        return max(abs(self.start_s), abs(self.end_s))


def measure(effort: Effort) -> Report:
    """Errors of the starts and ends of words that were heard right."""
    speaker = Speaker()
    texts = [sentence.text for sentence in READ_BACK if sentence.text == sentence.spoken]
    utterances = [with_lead(speaker.say(text), _LEAD_S) for text in texts[: effort.choose(30, 10)]]
    with running_server() as server:
        found = uvloop.run(_deviations(server, utterances))
    words = sum(len(utterance.words) for utterance in utterances)
    starts = [one.start_s * 1000 for one in found]
    ends = [one.end_s * 1000 for one in found]
    return Report(
        [
            Figure(
                f"times of words, error of {edge}, p50",
                percentile(list(map(abs, late)), 50),
                "ms",
                Bar(60, 40),
            )
            for edge, late in (("starts", starts), ("ends", ends))
        ],
        [
            f"times of words: {len(utterances)} sentences, {len(found)} of {words} words heard as "
            f"they were spoken; starts {_spread(starts)}, ends {_spread(ends)}",
            *(
                f'times of words: "{one.text}" {shown(one.start_s * 1000, "ms")} and '
                f"{shown(one.end_s * 1000, 'ms')} late"
                for one in sorted(found, key=lambda one: -one.size_s)[:_WORST]
            ),
        ],
    )


async def _deviations(server: Server, utterances: Sequence[Utterance]) -> list[Deviation]:
    groups = [
        utterances[start : start + _A_CONNECTION]
        for start in range(0, len(utterances), _A_CONNECTION)
    ]
    async with asyncio.TaskGroup() as tasks:
        hearing = [tasks.create_task(_hear(server, group)) for group in groups]
    return [one for task in hearing for one in task.result()]


async def _hear(server: Server, utterances: Sequence[Utterance]) -> list[Deviation]:
    found: list[Deviation] = []
    async with dictating(server, commit_strategy="manual", include_timestamps="true") as scribe:
        microphone = Microphone(scribe)
        for utterance in utterances:
            before_s = microphone.sent_s
            sound = np.concatenate([utterance.samples, silence(_TAIL_S)])
            await microphone.play(chunks(as_pcm(sound)))
            final = await scribe.committed_since(await scribe.commit())
            found += deviations(utterance.words, final.words, before_s)
    return found


def deviations(
    spoken: Sequence[TimedWord], heard: Sequence[Word], before_s: float
) -> Iterator[Deviation]:
    """Of the words heard right; what was spoken began `before_s` after the session."""
    words = [word for word in heard if word.type == "word"]
    matcher = SequenceMatcher(
        None, [_key(word.text) for word in spoken], [_key(word.text) for word in words], False
    )
    for first, other, length in matcher.get_matching_blocks():
        for true, said in zip(spoken[first:][:length], words[other:][:length], strict=True):
            yield Deviation(
                true.text,
                said.start - before_s - true.start_s,
                said.end - before_s - true.end_s,
            )


def _key(word: str) -> str:
    return "".join(filter(str.isalnum, word)).lower()


def _spread(late_ms: list[float]) -> str:
    size = list(map(abs, late_ms))
    return (
        f"{shown(percentile(late_ms, 50), 'ms')} late (median), error p90 "
        f"{shown(percentile(size, 90), 'ms')}, most {shown(max(size, default=math.nan), 'ms')}"
    )
