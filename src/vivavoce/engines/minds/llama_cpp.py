"""A GGUF file on llama.cpp's server inside this process.

xllamacpp has no interface below that HTTP server. Here it has no port: it listens on a Unix socket
in a directory that only this user may enter, and both are gone before the first prompt. What is
asked of it goes by function calls.

Figures are those of SmolLM2-135M on 2 cores of an AMD EPYC with AVX2.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import msgspec

from vivavoce.engines.minds.base import Message
from vivavoce.engines.minds.local_model import ContextFull, Hear, ModelBroke
from vivavoce.engines.minds.smollm import CONTEXT
from vivavoce.engines.minds.spoken_answer import SpokenAnswer

if TYPE_CHECKING:
    import xllamacpp

_BATCH = 64
"""Tokens read at once. A neighbour waits for them, and so does what cancels: 0.2 s, with 2048 it is
1.4 s; reading takes as long."""
_MOST_THREADS = 4
"""So small a model gains nothing by more."""
_REMEMBERED_MIB = 64
"""For prompts that lost their slot to another conversation: 2800 tokens."""

# Found best of those tried; at temperature 0 it repeats itself from turn to turn.
_SAMPLING = {"temperature": 0.3, "min_p": 0.1, "repeat_penalty": 1.05}


def load(model_file: Path, slots: int) -> LlamaCpp:
    """The model, ready for as many conversations at once as it has slots: 0.5 s.

    Raises RuntimeError when the file is not a model.
    """
    return LlamaCpp(model_file, slots)


class LlamaCpp:
    """`LocalModel` on xllamacpp."""

    def __init__(self, model_file: Path, slots: int) -> None:
        # After the fork: it starts threads of its own.
        import xllamacpp

        with TemporaryDirectory(prefix="vivavoce-") as directory:
            address = f"{directory}/mind.sock"
            self._server = xllamacpp.Server(_parameters(model_file, slots, address))

    def answer(
        self,
        slot: int,
        messages: Sequence[Message],
        *,
        most_tokens: int,
        temperature: float | None,
        hear: Hear,
    ) -> int:
        """See `LocalModel.answer`."""
        sampling = _SAMPLING | ({} if temperature is None else {"temperature": temperature})
        spoken = SpokenAnswer(most_tokens)
        completion = _Completion(lambda token: hear(spoken.add(token) if token else ""))
        self._complete(slot, messages, {"max_tokens": most_tokens} | sampling, completion)
        if completion.finished and (rest := spoken.end(cut=completion.finished == "length")):
            hear(rest)
        return completion.tokens

    def read(self, slot: int, messages: Sequence[Message], *, hear: Hear) -> int:
        """See `LocalModel.read`."""
        completion = _Completion(hear)
        self._complete(slot, messages, {"max_tokens": 0}, completion)
        return completion.tokens

    def _complete(
        self,
        slot: int,
        messages: Sequence[Message],
        options: dict[str, float],
        completion: _Completion,
    ) -> None:
        self._server.handle_chat_completions(
            {
                "messages": [{"role": one.role.value, "content": one.text} for one in messages],
                "id_slot": slot,
                "cache_prompt": True,
                "stop": ["\n"],
                "stream": True,
                # Otherwise nothing is called, and nothing can be cancelled, while it reads.
                "return_progress": True,
                **options,
            },
            completion.take,
        )
        completion.check()


class _Progress(msgspec.Struct):
    total: int = 0


class _Timings(msgspec.Struct):
    cache_n: int = 0
    prompt_n: int = 0
    predicted_n: int = 0


class _Delta(msgspec.Struct):
    content: str | None = None


class _Choice(msgspec.Struct):
    delta: _Delta
    finish_reason: str | None = None


class _Fault(msgspec.Struct):
    message: str = ""
    type: str = ""
    n_prompt_tokens: int = 0


class _Chunk(msgspec.Struct):
    """What the library calls back with."""

    choices: list[_Choice] = []
    prompt_progress: _Progress | None = None
    timings: _Timings | None = None
    error: _Fault | None = None


class _Completion:
    """One call of the library, as its chunks tell it."""

    def __init__(self, hear: Hear) -> None:
        self.tokens = 0
        self.finished = ""
        """Why it ended; "" when it was stopped."""
        self._hear = hear
        self._fault: _Fault | None = None
        self._broken: BaseException | None = None

    def take(self, chunk: object) -> bool:
        """One chunk; True stops. The library drops what is raised here, so nothing is."""
        try:
            return self._take(msgspec.convert(chunk, _Chunk))
        except Exception as error:
            self._broken = error
            return True

    def _take(self, chunk: _Chunk) -> bool:
        if chunk.error is not None:
            self._fault = chunk.error
            return True
        if chunk.prompt_progress is not None:
            self.tokens = chunk.prompt_progress.total
        if chunk.timings is not None:
            timings = chunk.timings
            self.tokens = timings.cache_n + timings.prompt_n + timings.predicted_n
        token = ""
        for choice in chunk.choices:
            token += choice.delta.content or ""
            self.finished = choice.finish_reason or self.finished
        return self._hear(token)

    def check(self) -> None:
        """Raises what went wrong."""
        if self._broken is not None:
            raise self._broken
        if self._fault is not None and self._fault.type == "exceed_context_size_error":
            raise ContextFull(self._fault.n_prompt_tokens)
        if self._fault is not None:
            raise ModelBroke(self._fault.message)


def _parameters(model_file: Path, slots: int, address: str) -> xllamacpp.CommonParams:
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(model_file)
    parameters.n_parallel = slots
    parameters.n_ctx = CONTEXT * slots
    threads = min(_MOST_THREADS, len(os.sched_getaffinity(0)))
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = threads
    parameters.n_batch = parameters.n_ubatch = _BATCH
    parameters.cache_ram_mib = _REMEMBERED_MIB
    parameters.verbosity = -1  # silent: a log line would have what people say
    parameters.enable_reasoning = 0  # nobody waits for thoughts that are not spoken
    parameters.hostnames = [address]
    parameters.api_keys = [secrets.token_urlsafe(32)]
    parameters.n_threads_http = 1
    parameters.ui = parameters.endpoint_slots = parameters.endpoint_props = False
    return parameters
