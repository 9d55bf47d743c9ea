"""The engine without a server: stock hibari, a process for each core, for comparison."""

from __future__ import annotations

import contextlib
import multiprocessing
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from hibari import Hibari

SAMPLE_RATE = 24_000
_LOADED_WITHIN_S = 2.0

_hibari: list[Hibari] = []


class RawSpeech(NamedTuple):
    """How long the engine took for a text, until its first sentence and in all, and the speech."""

    first_s: float
    whole_s: float
    samples: npt.NDArray[np.float32]


class RawEngine:
    """As many engines as workers, each in its process."""

    def __init__(self, executor: ProcessPoolExecutor) -> None:
        self._executor = executor

    def speak(self, text: str) -> RawSpeech:
        """Speaks one text."""
        return self._executor.submit(_speak, text).result()

    def speak_all(self, texts: Sequence[str]) -> tuple[float, float]:
        """Speaks all texts on all engines: seconds taken, and seconds of audio made."""
        started = time.perf_counter()
        jobs: list[Future[float]] = [self._executor.submit(_audio_s, text) for text in texts]
        audio_s = sum(job.result() for job in jobs)
        return time.perf_counter() - started, audio_s


@contextlib.contextmanager
def raw_engine(workers: int) -> Iterator[RawEngine]:
    """Engines loaded and warm."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_load) as executor:
        for job in [executor.submit(time.sleep, _LOADED_WITHIN_S) for _ in range(workers)]:
            job.result()
        yield RawEngine(executor)


def _load() -> None:
    _hibari.append(Hibari())
    for text in ("Warm up, blorpt.", "Ten words are enough to fill every cache we have."):
        _hibari[0](text)


def _speak(text: str) -> RawSpeech:
    started = time.perf_counter()
    first_s, parts = 0.0, []
    for part in _hibari[0].stream(text):
        first_s = first_s or time.perf_counter() - started
        parts.append(part)
    whole_s = time.perf_counter() - started
    return RawSpeech(first_s, whole_s, np.concatenate(parts))


def _audio_s(text: str) -> float:
    return len(_hibari[0](text)) / SAMPLE_RATE
