"""The last of a stream of sound, by the sample."""

from __future__ import annotations

SAMPLE_BYTES = 2


class RecentSound:
    """16-bit mono samples, numbered from the start of their stream; forgets what is done with."""

    def __init__(self) -> None:
        self._samples = bytearray()
        self._first = 0

    @property
    def end(self) -> int:
        """How many samples the stream has had."""
        return self._first + len(self._samples) // SAMPLE_BYTES

    def add(self, pcm: bytes) -> None:
        """More of the stream, in whole samples."""
        self._samples += pcm

    def cut(self, start: int, end: int) -> bytes:
        """Samples from `start` to `end`, silence for those that have not come yet."""
        if start < self._first:
            raise IndexError(f"sample {start} is forgotten; the first kept one is {self._first}")
        found = bytes(self._samples[self._bytes(start) : self._bytes(end)])
        return found.ljust((end - start) * SAMPLE_BYTES, b"\0")

    def forget(self, before: int) -> None:
        """Samples before `before` are not asked for any more."""
        gone = min(before, self.end) - self._first
        if gone > 0:
            del self._samples[: gone * SAMPLE_BYTES]
            self._first += gone

    def _bytes(self, sample: int) -> int:
        return (sample - self._first) * SAMPLE_BYTES
