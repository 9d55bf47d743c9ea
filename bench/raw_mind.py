"""The language model without a server: stock xllamacpp in a process of its own, for comparison."""

from __future__ import annotations

import contextlib
import multiprocessing
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

from vivavoce.engines.minds.base import Message
from vivavoce.engines.minds.llama_cpp import LlamaCpp, load
from vivavoce.engines.minds.smollm import find_model_file

_models: list[LlamaCpp] = []


class RawAnswer(NamedTuple):
    """Milliseconds until the first text, and until each that followed."""

    times_ms: list[float]


class RawMind:
    """The model in its process, with one slot."""

    def __init__(self, executor: ProcessPoolExecutor) -> None:
        self._executor = executor

    def answer(self, messages: Sequence[Message], most_tokens: int) -> RawAnswer:
        """Answers one prompt."""
        return self._executor.submit(_answer, list(messages), most_tokens).result()


@contextlib.contextmanager
def raw_mind() -> Iterator[RawMind]:
    """A model that is loaded, with the threads and the batches that ours has."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, initializer=_load) as executor:
        yield RawMind(executor)


def _load() -> None:
    _models.append(load(Path(find_model_file("")), 1))


def _answer(messages: list[Message], most_tokens: int) -> RawAnswer:
    times: list[float] = []
    started = time.perf_counter()

    def hear(text: str) -> bool:
        if text:
            times.append((time.perf_counter() - started) * 1000)
        return False

    _models[0].answer(0, messages, most_tokens=most_tokens, temperature=0.3, hear=hear)
    return RawAnswer(times)
