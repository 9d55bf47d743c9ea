"""From sound, as the encoder leaves it, to tokens: the likeliest one, time after time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from vivavoce.engines.ears.moonshine_graphs import (
    HEADS,
    LAST,
    LAYERS,
    LENGTH,
    LOGITS,
    MEMORY_WIDTH,
    MOST_POSITIONS,
    TOKENS,
    attention,
    kept,
    keys,
    values,
)
from vivavoce.engines.ears.moonshine_vocabulary import BEGIN, END
from vivavoce.engines.ears.moonshine_weights import Floats
from vivavoce.engines.inference import open_session

if TYPE_CHECKING:
    import onnxruntime as ort

Sound = dict[str, "ort.OrtValue"]
"""What the encoder put out, by name."""
MOST_TOKENS: Final = MOST_POSITIONS - 1
_LONGEST_UNIT: Final = 16
_LEAST_REPEATED: Final = 12
"""Tokens: so many, and four times the same, are no longer speech."""
_TIMES: Final = 4


class Head(NamedTuple):
    """One of the decoder's heads that look at the sound."""

    layer: int
    head: int


class Decoded(NamedTuple):
    """Tokens, the natural logarithms of their probabilities and where in the sound they looked.

    If the model ended the speech by itself, `logprobs` and `attention` have one more than there are
    tokens, for the end. `attention` is [heads asked for, tokens, frames].
    """

    tokens: tuple[int, ...]
    logprobs: tuple[float, ...]
    attention: Floats


class Decoder:
    """The decoder's graph, with memory for one piece at a time."""

    def __init__(self, graph: Path) -> None:
        import onnxruntime as ort

        self._session = open_session(graph, optimized=False)
        shape = (1, HEADS, MOST_POSITIONS, MEMORY_WIDTH)
        self._memory = {
            name(layer): ort.OrtValue.ortvalue_from_numpy(np.zeros(shape, np.float32))
            for layer in range(LAYERS)
            for name in (keys, values)
        }

    def decode(
        self, sound: Sound, draft: Sequence[int], most: int, heads: Sequence[Head] = ()
    ) -> Decoded:
        """At most `most` tokens (MOST_TOKENS at the most), those of `draft` where they are right.

        A draft is checked in one pass, all but its first token: a pass over many tokens quantises
        all of them alike, and the mark of the beginning is so unlike the others that with it they
        would be told apart less well.
        """
        telling = _Telling(self._session, self._memory, sound, heads)
        tokens: list[int] = []
        (token,) = telling.tell([BEGIN])
        if draft and draft[0] == token:
            guesses = telling.tell(draft[:most])
            agreed = 1
            while agreed < len(guesses) and guesses[agreed - 1] == draft[agreed]:
                agreed += 1
            tokens += draft[:agreed]
            token = guesses[agreed - 1]
            telling.go_back(1 + agreed)
        while token != END and len(tokens) < most:
            tokens.append(token)
            if again := repeated(tokens):
                del tokens[-again:]
                break
            (token,) = telling.tell([token])
        said = len(tokens) + (token == END)
        return Decoded(tuple(tokens), *telling.results(said))


class _Telling:
    """One piece's tokens as they are told to the graph."""

    def __init__(
        self,
        session: ort.InferenceSession,
        memory: dict[str, ort.OrtValue],
        sound: Sound,
        heads: Sequence[Head],
    ) -> None:
        self._session = session
        self._heads = heads
        self._layers = sorted({head.layer for head in heads})
        self._binding = session.io_binding()
        for name, value in {**memory, **sound}.items():
            self._binding.bind_ortvalue_input(name, value)
        for name, value in memory.items():
            self._binding.bind_ortvalue_output(kept(name), value)
        self._kept = len(memory)
        self._logprobs: list[float] = []
        self._attention: list[Floats] = []

    def tell(self, tokens: Sequence[int]) -> list[int]:
        """The likeliest token after each of `tokens`."""
        logits, *attended = self._run(tokens)
        likeliest = logits[0].argmax(axis=1)
        best = logits[0, np.arange(len(tokens)), likeliest]
        spread = np.exp(logits[0] - best[:, None]).sum(axis=1)
        self._logprobs += (-np.log(spread)).tolist()
        by_layer = dict(zip(self._layers, attended, strict=True))
        seen = [by_layer[layer][0, head] for layer, head in self._heads]
        self._attention += [np.stack(rows) for rows in zip(*seen, strict=True)]
        tokens_likeliest: list[int] = likeliest.tolist()
        return tokens_likeliest

    def go_back(self, told: int) -> None:
        """Only the first `told` tokens were told."""
        del self._logprobs[told:], self._attention[told:]

    def results(self, said: int) -> tuple[tuple[float, ...], Floats]:
        """Logarithms of the first `said` answers' probabilities, and what each looked at."""
        attended = self._attention[:said]
        stacked = np.stack(attended, axis=1) if attended else np.zeros((0, 0, 0), np.float32)
        return tuple(self._logprobs[:said]), stacked

    def _run(self, tokens: Sequence[int]) -> list[Floats]:
        """The logits, and the attention of the layers that are looked at."""
        binding, length = self._binding, len(self._logprobs) + len(tokens)
        binding.bind_cpu_input(TOKENS, np.array([tokens], np.int64))
        binding.bind_cpu_input(LAST, np.array([length - 1], np.int32))
        binding.bind_cpu_input(LENGTH, np.array(length, np.int32))
        for name in (LOGITS, *map(attention, self._layers)):
            binding.bind_output(name, "cpu")
        self._session.run_with_iobinding(binding)
        return [value.numpy() for value in binding.get_outputs()[self._kept :]]


def repeated(tokens: list[int]) -> int:
    """How many tokens at the end say again and again what those before them said; mostly 0."""
    for unit in range(1, _LONGEST_UNIT + 1):
        times = max(_TIMES, -(-_LEAST_REPEATED // unit))
        if tokens[-unit * times :] == tokens[-unit:] * times:
            return unit * (times - 1)
    return 0
