"""`python -m bench [NAME …] [--quick] [--markdown]`: measures, and exits 1 when a bar is missed."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console

from bench import (
    contexts,
    converse_barge_in,
    converse_disturbed,
    converse_echo,
    converse_latency,
    converse_memory,
    converse_own_voice,
    converse_streams,
    converse_turns,
    first_audio,
    idle,
    lead_silence,
    listen_file,
    listen_latency,
    listen_noise,
    listen_streams,
    listen_times,
    listen_words,
    listeners,
    long_text,
    mind,
    read_back,
    rest,
    resume_calls,
    resume_delay,
    resume_leaks,
    resume_outage,
    resume_restart,
    resume_speech,
    resume_speech_js,
    resume_spoken,
    start_up,
    throughput,
)
from bench.figures import Effort, Mark, Report
from bench.machine import description
from bench.report import print_markdown, print_table


class Measurement(StrEnum):
    """The names of the measurements, in the order in which they run."""

    FIRST_AUDIO = "first-audio"
    LEAD_SILENCE = "lead-silence"
    CONTEXTS = "contexts"
    REST = "rest"
    LISTENERS = "listeners"
    THROUGHPUT = "throughput"
    LONG_TEXT = "long-text"
    IDLE = "idle"
    READ_BACK = "read-back"
    START_UP = "start-up"
    MIND = "mind"
    LISTEN = "listen"  # all whose names begin with it
    LISTEN_LATENCY = "listen-latency"
    LISTEN_STREAMS = "listen-streams"
    LISTEN_WORDS = "listen-words"
    LISTEN_NOISE = "listen-noise"
    LISTEN_TIMES = "listen-times"
    LISTEN_FILE = "listen-file"
    CONVERSE = "converse"  # likewise
    CONVERSE_LATENCY = "converse-latency"
    CONVERSE_BARGE_IN = "converse-barge-in"
    CONVERSE_TURNS = "converse-turns"
    CONVERSE_DISTURBED = "converse-disturbed"
    CONVERSE_ECHO = "converse-echo"
    CONVERSE_OWN_VOICE = "converse-own-voice"
    CONVERSE_STREAMS = "converse-streams"
    CONVERSE_MEMORY = "converse-memory"
    RESUME = "resume"  # likewise
    RESUME_SPEECH = "resume-speech"
    RESUME_SPEECH_JS = "resume-speech-js"
    RESUME_CALLS = "resume-calls"
    RESUME_SPOKEN = "resume-spoken"
    RESUME_DELAY = "resume-delay"
    RESUME_OUTAGE = "resume-outage"
    RESUME_RESTART = "resume-restart"
    RESUME_LEAKS = "resume-leaks"


_MEASURES: dict[Measurement, Callable[[Effort], Report]] = {
    Measurement.FIRST_AUDIO: first_audio.measure,
    Measurement.LEAD_SILENCE: lead_silence.measure,
    Measurement.CONTEXTS: contexts.measure,
    Measurement.REST: rest.measure,
    Measurement.LISTENERS: listeners.measure,
    Measurement.THROUGHPUT: throughput.measure,
    Measurement.LONG_TEXT: long_text.measure,
    Measurement.IDLE: idle.measure,
    Measurement.READ_BACK: read_back.measure,
    Measurement.START_UP: start_up.measure,
    Measurement.MIND: mind.measure,
    Measurement.LISTEN_LATENCY: listen_latency.measure,
    Measurement.LISTEN_STREAMS: listen_streams.measure,
    Measurement.LISTEN_WORDS: listen_words.measure,
    Measurement.LISTEN_NOISE: listen_noise.measure,
    Measurement.LISTEN_TIMES: listen_times.measure,
    Measurement.LISTEN_FILE: listen_file.measure,
    Measurement.CONVERSE_LATENCY: converse_latency.measure,
    Measurement.CONVERSE_BARGE_IN: converse_barge_in.measure,
    Measurement.CONVERSE_TURNS: converse_turns.measure,
    Measurement.CONVERSE_DISTURBED: converse_disturbed.measure,
    Measurement.CONVERSE_ECHO: converse_echo.measure,
    Measurement.CONVERSE_OWN_VOICE: converse_own_voice.measure,
    Measurement.CONVERSE_STREAMS: converse_streams.measure,
    Measurement.CONVERSE_MEMORY: converse_memory.measure,
    Measurement.RESUME_SPEECH: resume_speech.measure,
    Measurement.RESUME_SPEECH_JS: resume_speech_js.measure,
    Measurement.RESUME_CALLS: resume_calls.measure,
    Measurement.RESUME_SPOKEN: resume_spoken.measure,
    Measurement.RESUME_DELAY: resume_delay.measure,
    Measurement.RESUME_OUTAGE: resume_outage.measure,
    Measurement.RESUME_RESTART: resume_restart.measure,
    Measurement.RESUME_LEAKS: resume_leaks.measure,
}
_GROUPS = {
    group: [measurement for measurement in _MEASURES if measurement.startswith(f"{group}-")]
    for group in (Measurement.LISTEN, Measurement.CONVERSE, Measurement.RESUME)
}


def main(
    names: Annotated[
        list[Measurement] | None, typer.Argument(help="What to measure; everything if none.")
    ] = None,
    quick: Annotated[bool, typer.Option(help="Fewer samples, shorter runs.")] = False,
    turns: Annotated[
        int, typer.Option(min=0, help="Turns of converse-memory; 0 for the usual number.")
    ] = 0,
    markdown: Annotated[bool, typer.Option(help="Print the table as Markdown.")] = False,
) -> None:
    """Measure the server from the outside, over sockets on this machine."""
    # So that measuring, cut short by whatever means, takes its server along.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    progress = Console(stderr=True)
    reports = []
    for name in _chosen(names or list(_MEASURES)):
        started = time.perf_counter()
        reports.append(_MEASURES[name](Effort(quick, turns)))
        progress.print(f"{name}: {time.perf_counter() - started:.0f} s", highlight=False)
    (print_markdown if markdown else print_table)(reports, description())
    if any(figure.mark is Mark.MISSED for report in reports for figure in report.figures):
        raise typer.Exit(1)


def _chosen(names: Sequence[Measurement]) -> list[Measurement]:
    """`names` in their order, a name that stands for many replaced by them."""
    chosen: list[Measurement] = []
    for name in names:
        chosen += _GROUPS.get(name, [name])
    return chosen


if __name__ == "__main__":
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(main)
    app()
