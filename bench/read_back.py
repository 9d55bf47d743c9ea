"""Whether what is spoken can be understood: a recogniser writes it down again."""

from __future__ import annotations

from collections.abc import Sequence

import uvloop

from bench.caller import MP3, calling
from bench.figures import Bar, Effort, Figure, Report, shown
from bench.raw_engine import SAMPLE_RATE, raw_engine
from bench.recogniser import Recogniser, decode_audio, resample
from bench.sentences import READ_BACK, ReadBack
from bench.server import Server, running_server
from bench.word_errors import WordErrors, overall_rate, word_errors

_WORST = 8


def measure(effort: Effort) -> Report:
    """Word errors in sentences heard as MP3 over a connection each."""
    sentences = READ_BACK[:: effort.choose(1, 3)]
    recogniser = Recogniser()
    with running_server() as server:
        files = uvloop.run(_speak_all(server, sentences))
    heard = [recogniser.transcribe(decode_audio(file)) for file in files]
    with raw_engine(1) as engine:
        raw_heard = [
            recogniser.transcribe(resample(engine.speak(sentence.text).samples, SAMPLE_RATE))
            for sentence in sentences
        ]
    scores = [word_errors(s.spoken, text) for s, text in zip(sentences, heard, strict=True)]
    raw = [word_errors(s.spoken, text) for s, text in zip(sentences, raw_heard, strict=True)]
    figure = Figure(
        "word errors of sentences read back",
        100 * overall_rate(scores),
        "%",
        Bar(4, 2),
        raw=shown(100 * overall_rate(raw), "%"),
    )
    return Report([figure], [_summary(scores), *_worst(sentences, heard, scores)])


async def _speak_all(server: Server, sentences: Sequence[ReadBack]) -> list[bytes]:
    files = []
    for sentence in sentences:
        async with calling(server, MP3) as caller:
            await caller.say(sentence.text)
            files.append(b"".join(frame.data for frame in await caller.hear_out()))
    return files


def _summary(scores: Sequence[WordErrors]) -> str:
    perfect = sum(not score.errors for score in scores)
    words = sum(score.words for score in scores)
    return (
        f"read back: {len(scores)} sentences, {words} words, {MP3}; {perfect} sentences without "
        "an error. Errors of the recogniser count too"
    )


def _worst(
    sentences: Sequence[ReadBack], heard: Sequence[str], scores: Sequence[WordErrors]
) -> list[str]:
    wrong = [
        (score.errors, sentence.text, text)
        for sentence, text, score in zip(sentences, heard, scores, strict=True)
        if score.errors
    ]
    worst = sorted(wrong, reverse=True)[:_WORST]
    return [f'{errors} wrong: "{text}" was heard as "{other}"' for errors, text, other in worst]
