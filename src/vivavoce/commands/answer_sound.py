"""The agent's sound between the line and the loudspeaker, where it can still be taken back."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

_SAMPLE_BYTES = 2
_FADE_S = 0.005
"""Sound that begins or ends within a wave clicks; over 5 ms it does not."""


class _Char(NamedTuple):
    at: int
    event_id: int
    char: str


class AnswerSound:
    """16-bit mono samples at `sample_rate` (Hz); any thread may pull them.

    Fades out where it is dropped or runs dry, and in where it goes on.
    """

    def __init__(self, sample_rate: int) -> None:
        self.sample_rate = sample_rate
        self._fade = round(sample_rate * _FADE_S)
        self._lock = threading.Lock()
        self._waiting = bytearray()
        self._pulled = 0
        self._is_silent = True
        self._is_faded = False
        self._void_id = 0
        self._chars: list[_Char] = []

    @property
    def is_waiting(self) -> bool:
        """Whether there is sound that has not been pulled."""
        return bool(self._waiting)

    def is_void(self, event_id: int) -> bool:
        """Whether that answer was dropped."""
        return event_id <= self._void_id

    def add(
        self, pcm: bytes, event_id: int, chars: Sequence[str], starts_ms: Sequence[float]
    ) -> bool:
        """More of an answer; `starts_ms` says when each of `chars` sounds within it.

        False for one that was dropped: this is dropped as well.
        """
        with self._lock:
            if self.is_void(event_id):
                return False
            begins_at = self._pulled + len(self._waiting) // _SAMPLE_BYTES
            self._chars += [
                _Char(begins_at + round(start * self.sample_rate / 1000), event_id, char)
                for char, start in zip(chars, starts_ms, strict=False)
            ]
            self._waiting += pcm
            self._is_faded = False
            return True

    def drop(self, event_id: int) -> None:
        """Takes back what has not been pulled of answers up to that id; none of it follows."""
        with self._lock:
            self._void_id = max(self._void_id, event_id)
            rest = _samples(bytes(self._waiting[: self._fade * _SAMPLE_BYTES]))
            _fade_out(rest, self._fade)
            self._waiting = bytearray(rest.tobytes())
            self._is_faded = True
            self._chars = [one for one in self._chars if one.at < self._pulled]

    def pull(self, count: int) -> bytes:
        """The next `count` samples, silence where there are none."""
        with self._lock:
            size = count * _SAMPLE_BYTES
            is_last = len(self._waiting) <= size
            data = bytes(self._waiting[:size])
            del self._waiting[:size]
            self._pulled += len(data) // _SAMPLE_BYTES
            if not data:
                self._is_silent = True
                return bytes(size)
            samples = _samples(data)
            if self._is_silent:
                _fade_out(samples[::-1], self._fade)
            if is_last and not self._is_faded:
                _fade_out(samples, self._fade)
            self._is_silent = is_last
            return samples.tobytes().ljust(size, b"\0")

    def heard_text(self, event_id: int) -> str:
        """What of that answer has begun to sound, as far as its characters are timed."""
        with self._lock:
            heard = [
                one.char
                for one in self._chars
                if one.event_id == event_id and one.at < self._pulled
            ]
        return "".join(heard)


def _samples(data: bytes) -> npt.NDArray[np.int16]:
    return np.frombuffer(data, dtype="<i2").copy()


def _fade_out(samples: npt.NDArray[np.int16], over: int) -> None:
    """Lets the last `over` of the samples go down to nothing, or all where there are fewer."""
    tail = samples[-over:]
    tail[:] = tail * np.linspace(1.0, 0.0, len(tail))
