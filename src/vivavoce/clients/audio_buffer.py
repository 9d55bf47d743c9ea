"""The last so many bytes of a stream of audio."""

from __future__ import annotations

from vivavoce.errors import InvalidParameter


class AudioBuffer:
    """Holds at most `max_size` bytes; when more are added the oldest go first."""

    def __init__(self, max_size: int = 1024 * 1024) -> None:
        """Raises InvalidParameter for a size below one byte."""
        if max_size < 1:
            raise InvalidParameter("max_size must be at least 1.", param="max_size")
        self._max_size = max_size
        self._held = bytearray()

    @property
    def max_size(self) -> int:
        """How many bytes it holds at most."""
        return self._max_size

    def add(self, data: bytes | bytearray | memoryview) -> None:
        """Adds audio behind what is held."""
        newest = memoryview(data).cast("B")[-self._max_size :]
        del self._held[: max(0, len(self._held) + len(newest) - self._max_size)]
        self._held += newest

    def get(self) -> bytes:
        """All that is held, the oldest first; it stays held."""
        return bytes(self._held)

    def clear(self) -> None:
        """Holds nothing any more."""
        self._held.clear()

    def __len__(self) -> int:
        return len(self._held)
