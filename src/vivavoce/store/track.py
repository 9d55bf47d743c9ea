"""One side of a recording: samples with a place, in memory first and then on the disk."""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
from collections import deque
from pathlib import Path
from typing import BinaryIO

SAMPLE_BYTES = 2
"""Of signed 16-bit mono."""


class Track:
    """Samples in an unnamed file: the kernel takes it back when the process dies, however it does.

    `write`, `read` and `close` may be called from any thread, `add` and `cut` from one at a time.
    """

    def __init__(self) -> None:
        self.end = 0
        """Samples, counting those that are not written yet, and gaps."""
        # In the order in which they were given: at which sample it begins, and the sound.
        self._pending: deque[tuple[int, bytes]] = deque()
        self._file: BinaryIO | None = None
        self._is_closed = False
        self._lock = threading.Lock()

    def add(self, pcm: bytes, at: int) -> None:
        """Sound from the sample `at` on; none can stay that is behind it."""
        if pcm:
            self._pending.append((at, pcm))
            self.end = at + len(pcm) // SAMPLE_BYTES

    def cut(self, at: int) -> None:
        """Drops what lies behind the sample `at`."""
        if at < self.end:
            self._pending.append((at, b""))
            self.end = at

    def write(self, directory: Path) -> None:
        """Writes what is pending into a file in `directory`; nothing once it is closed.

        Raises OSError.
        """
        with self._lock:
            if self._is_closed:
                return
            if self._file is None:
                self._file = tempfile.TemporaryFile(dir=directory)  # noqa: SIM115
            while self._pending:
                at, pcm = self._pending.popleft()
                self._file.truncate(at * SAMPLE_BYTES)
                self._file.seek(at * SAMPLE_BYTES)
                self._file.write(pcm)
            self._file.flush()

    def read(self, position: int, size: int) -> bytes:
        """`size` bytes from there on, silence behind the end. Raises OSError."""
        data = b""
        with self._lock:
            if self._file is not None:
                data = os.pread(self._file.fileno(), size, position)
        return data.ljust(size, b"\0")

    def close(self) -> None:
        """Gives back file and memory; what was held is lost. Idempotent."""
        with self._lock:
            self._is_closed = True
            self._pending.clear()
            if self._file is not None:
                with contextlib.suppress(OSError):  # of a full disk, with what is forgotten anyway
                    self._file.close()
                self._file = None
