"""Sound that waits for the connection to come back."""

from __future__ import annotations

from collections import deque
from typing import Final

HELD_S: Final = 30.0
"""As long as a server keeps a session whose client is away."""


class HeldSound:
    """A bounded queue of sound; what is oldest goes first when it is full. Pure."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._pieces: deque[bytes] = deque()
        self._held = 0
        self.lost_bytes = 0
        """How much has gone because nobody took it in time."""

    def __len__(self) -> int:
        """How many bytes wait."""
        return self._held

    def add(self, data: bytes) -> None:
        """Keeps `data` until it is taken, or pushed out."""
        self._pieces.append(data)
        self._held += len(data)
        while self._held > self._most:
            oldest = self._pieces.popleft()
            self._held -= len(oldest)
            self.lost_bytes += len(oldest)

    def take(self, most_bytes: int) -> bytes:
        """The oldest pieces, whole ones: `most_bytes` together, or one where that is longer."""
        taken: list[bytes] = []
        size = 0
        while self._pieces and (not taken or size + len(self._pieces[0]) <= most_bytes):
            taken.append(self._pieces.popleft())
            size += len(taken[-1])
        self._held -= size
        return b"".join(taken)
