"""A long file: how fast it is transcribed, and what that takes of memory."""

from __future__ import annotations

import contextlib
import http.client
import threading
import time
from collections.abc import Iterator
from typing import NamedTuple

import lameenc
import msgspec
import numpy as np

from bench.figures import Bar, Effort, Figure, Report, shown
from bench.listen_readings import beckett, dickens
from bench.listen_sounds import Speaker, as_pcm, from_pcm, silence
from bench.machine import family_memory_kb
from bench.recogniser import SAMPLE_RATE, Floats, Recogniser, resample
from bench.sentences import TURN_SENTENCES, some
from bench.server import Server, running_server
from bench.word_errors import word_error_rate

_SHORT_MIN = 3.0
_PAUSES_S = (0.3, 0.6, 1.2)
_READING_EVERY = 60
"""Sentences of our voice from one person reading to the next."""
_KBIT_S = 64
_LOOK_EVERY_S = 0.2
_SETTLE_S = 3.0
_WITHIN_S = 1800.0
_RAW_S = 60
_BOUNDARY = "part-of-a-form"


class _Talk(NamedTuple):
    """Speech at 16 kHz, and its words."""

    text: str
    samples: Floats

    @property
    def seconds(self) -> float:
        return len(self.samples) / SAMPLE_RATE


class _Answer(msgspec.Struct):
    text: str


class _Memory:
    """Memory of the server and all its workers, in MB."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.most = 0.0

    def now(self) -> float:
        """At this moment."""
        size = family_memory_kb(self._server.process_id) / 1024
        self.most = max(self.most, size)
        return size

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Finds out how much it is at the most meanwhile."""
        done = threading.Event()

        def watch() -> None:
            while not done.wait(_LOOK_EVERY_S):
                self.now()

        self.most = 0.0
        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()


class _Run(NamedTuple):
    talk: _Talk
    text: str
    seconds: float
    most_mb: float

    @property
    def pace(self) -> float:
        """Of real time."""
        return self.talk.seconds / self.seconds


def measure(effort: Effort) -> Report:
    """A file of three minutes, then a long one, as MP3."""
    long_talk = _talk(effort.choose(30.0, 9.0) * 60)
    short_talk = _talk(_SHORT_MIN * 60)
    with running_server() as server:
        memory = _Memory(server)
        _transcribe(server, _talk(20), memory)  # so that all code has been loaded
        time.sleep(_SETTLE_S)
        before_mb = memory.now()
        short = _transcribe(server, short_talk, memory)
        long = _transcribe(server, long_talk, memory)
        time.sleep(_SETTLE_S)
        after_mb = memory.now()
    minutes = f"{long_talk.seconds / 60:.0f}-minute file"
    return Report(
        [
            Figure(
                f"{minutes}, times real time",
                long.pace,
                "x",
                Bar(8, at_least=True),
                raw=f"{_raw_pace(long_talk):.1f} x on one core",
            ),
            Figure(
                f"{minutes}: memory against a {_SHORT_MIN:.0f}-minute one's",
                long.most_mb / short.most_mb,
                "x",
                Bar(1.1),
            ),
        ],
        [
            f"file: MP3 with {_KBIT_S} kbit/s, {long_talk.seconds / 60:.1f} minutes of our voice "
            f"and of people reading, written down in {shown(long.seconds, 's')}, "
            f"{word_error_rate(long.talk.text, long.text):.1%} of its words wrong; "
            f"{_SHORT_MIN:.0f} minutes at {shown(short.pace, 'x')} real time",
            f"file: proportional set size of the server and its workers {before_mb:.0f} MB before, "
            f"at most {short.most_mb:.0f} MB with {_SHORT_MIN:.0f} minutes and {long.most_mb:.0f} "
            f"MB with {long_talk.seconds / 60:.0f}, {after_mb:.0f} MB after",
        ],
    )


def _talk(seconds: float) -> _Talk:
    """At least so long: different sentences with pauses, and between them people reading."""
    speaker = Speaker()
    readings = [(one.text, resample(from_pcm(one.pcm), one.rate)) for one in (dickens(), beckett())]
    texts: list[str] = []
    sounds: list[Floats] = []
    lasted_s = 0.0
    for number, sentence in enumerate(some(TURN_SENTENCES, len(TURN_SENTENCES), seed=8)):
        _, text, samples, _ = speaker.say(sentence)
        if number % _READING_EVERY == 0:
            text, samples = readings[number // _READING_EVERY % len(readings)]
        texts.append(text)
        sounds += [samples, silence(_PAUSES_S[number % len(_PAUSES_S)])]
        lasted_s += sum(map(len, sounds[-2:])) / SAMPLE_RATE
        if lasted_s >= seconds:
            break
    return _Talk(" ".join(texts), np.concatenate(sounds))


def _transcribe(server: Server, talk: _Talk, memory: _Memory) -> _Run:
    form = _form(_mp3(talk.samples))
    with memory.watched():
        started = time.perf_counter()
        text = _post(server, form)
        seconds = time.perf_counter() - started
    return _Run(talk, text, seconds, memory.most)


def _post(server: Server, form: bytes) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=_WITHIN_S)
    try:
        kind = f"multipart/form-data; boundary={_BOUNDARY}"
        connection.request("POST", "/v1/speech-to-text", form, {"Content-Type": kind})
        answer = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    if answer.status != http.client.OK:
        raise http.client.HTTPException(f"{answer.status}: {body.decode('utf-8', 'replace')}")
    return msgspec.json.decode(body, type=_Answer).text


def _form(file: bytes) -> bytes:
    head = (
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="model_id"\r\n\r\nscribe_v1\r\n'
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="talk.mp3"\r\n'
        "Content-Type: audio/mpeg\r\n\r\n"
    )
    return head.encode() + file + f"\r\n--{_BOUNDARY}--\r\n".encode()


def _mp3(samples: Floats) -> bytes:
    encoder = lameenc.Encoder()
    encoder.silence()
    encoder.set_channels(1)
    encoder.set_in_sample_rate(SAMPLE_RATE)
    encoder.set_bit_rate(_KBIT_S)
    return bytes(encoder.encode(as_pcm(samples)) + encoder.flush())


def _raw_pace(talk: _Talk) -> float:
    recogniser = Recogniser()
    started = time.perf_counter()
    recogniser.transcribe(talk.samples[: _RAW_S * SAMPLE_RATE])
    return _RAW_S / (time.perf_counter() - started)
