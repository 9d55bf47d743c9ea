"""Sound told of ahead of its time, by the sample."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

_ROOM: Final = 16_384


class ToldSound:
    """What is said to sound when, in any order; silence where nothing is said.

    Samples are float32 and numbered from the start of a stream; the last told of one counts.
    """

    def __init__(self) -> None:
        self._samples = np.zeros(_ROOM, np.float32)
        self._first = 0
        self._end = 0

    @property
    def end(self) -> int:
        """The sample behind the last one told of."""
        return self._end

    def tell(self, samples: Floats, at: int) -> None:
        """`samples` sound from sample `at` on; what is forgotten already stays so."""
        samples = samples[max(0, self._first - at) :]
        at = max(at, self._first)
        end = at + len(samples)
        if end - self._first > len(self._samples):
            grown = np.zeros(2 * (end - self._first), np.float32)
            grown[: len(self._samples)] = self._samples
            self._samples = grown
        self._samples[at - self._first : end - self._first] = samples
        self._end = max(self._end, end)

    def silence_from(self, at: int) -> None:
        """Nothing sounds from sample `at` on."""
        self._samples[max(0, at - self._first) :] = 0.0
        self._end = min(self._end, max(at, self._first))

    def cut(self, start: int, count: int) -> Floats:
        """`count` samples from `start` on."""
        found = np.zeros(count, np.float32)
        skipped = max(0, self._first - start)
        known = self._samples[start + skipped - self._first :][: max(0, count - skipped)]
        found[skipped : skipped + len(known)] = known
        return found

    def forget(self, before: int) -> None:
        """Samples before `before` are not asked for any more."""
        gone = before - self._first
        if gone < _ROOM // 2:
            return
        kept = self._samples[gone:]
        self._samples[: len(kept)] = kept
        self._samples[len(kept) :] = 0.0
        self._first = before
        self._end = max(self._end, before)
