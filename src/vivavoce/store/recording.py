"""One conversation's sound, while it is held and when it is over."""

from __future__ import annotations

import asyncio
import fcntl
import os
import threading
from pathlib import Path
from typing import BinaryIO

import numpy as np
import structlog

from vivavoce.audio.mp3 import Mp3Encoder
from vivavoce.store.track import SAMPLE_BYTES, Track

SAMPLE_RATE = 16_000
"""Hz, of what is recorded and of the file."""

BITRATE_KBPS = 64
"""29 MB an hour."""

# Frames that follow each other are placed by clocks that round.
_SEAM_SAMPLES = SAMPLE_RATE // 50

# As long as players' buffers usually are: frames that come later than that were sent later.
_JITTER_SAMPLES = 3 * SAMPLE_RATE // 10

# Whoever cancels waits for no more than this to be encoded: some 20 ms.
_ENCODED_AT_ONCE = 4 * SAMPLE_RATE * SAMPLE_BYTES

_log = structlog.get_logger(__name__)


class Recording:
    """Both sides of one call, 16 kHz signed 16-bit mono each, until it is finished or closed.

    A disk that fails ends the recording and not the call: that is logged, once.
    """

    def __init__(self, path: Path, part: Path, encoding: asyncio.Semaphore) -> None:
        """The file will be `path`, and `part` until it is whole; `encoding` is taken meanwhile."""
        self._path = path
        self._part = part
        self._encoding = encoding
        self._caller = Track()
        self._agent = Track()
        self._is_over = False

    def caller(self, pcm: bytes, arrived_s: float | None = None) -> None:
        """What the caller sent next; without `arrived_s`, it has no gaps from the call's start on.

        With it, which is when the last of it came, in seconds after the call's start, there is
        silence where the caller sent nothing for longer than networks take.
        """
        if self._is_over:
            return
        at = end = self._caller.end
        if arrived_s is not None:
            at = round(arrived_s * SAMPLE_RATE) - len(pcm) // SAMPLE_BYTES
        self._caller.add(pcm, at if at > end + _JITTER_SAMPLES else end)

    def agent(self, pcm: bytes, at_s: float) -> None:
        """What is heard of the agent from `at_s` on, after the call's start.

        It comes after all that was given before, even if that lasts longer than `at_s`.
        """
        at, end = round(at_s * SAMPLE_RATE), self._agent.end
        if not self._is_over:
            self._agent.add(pcm, at if at > end + _SEAM_SAMPLES else end)

    def cut_agent(self, at_s: float) -> None:
        """Nobody hears what was given of the agent for later than `at_s` after the call's start."""
        if not self._is_over:
            self._agent.cut(max(round(at_s * SAMPLE_RATE), 0))

    async def flush(self) -> None:
        """Writes what was given since the last time; to be called every few seconds."""
        if self._is_over:
            return
        try:
            await asyncio.to_thread(self._write)
        except OSError as error:
            self._give_up(error)

    async def finish(self) -> tuple[bool, bool]:
        """Makes the file of it, if there is any sound: whether of the caller, and of the agent.

        Cancelled, it makes none.
        """
        has = self._caller.end > 0, self._agent.end > 0
        if self._is_over or not any(has):
            self.close()
            return False, False
        self._is_over = True
        cancelled = threading.Event()
        try:
            async with self._encoding:
                await asyncio.to_thread(self._encode, cancelled)
        except OSError as error:
            self._give_up(error)
            return False, False
        finally:
            cancelled.set()
            self.close()
        return has

    def close(self) -> None:
        """Forgets what there is, but not a file that is finished. Idempotent."""
        self._is_over = True
        self._caller.close()
        self._agent.close()

    def _write(self) -> None:
        directory = self._path.parent
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._caller.write(directory)
        self._agent.write(directory)

    def _encode(self, cancelled: threading.Event) -> None:
        self._write()
        with open(os.open(self._part, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            # While it is locked, no server that starts takes it for what another left behind.
            fcntl.flock(file, fcntl.LOCK_EX)
            try:
                self._encode_into(file, cancelled)
                if not cancelled.is_set():
                    os.replace(self._part, self._path)
            finally:
                self._part.unlink(missing_ok=True)

    def _encode_into(self, file: BinaryIO, cancelled: threading.Event) -> None:
        encoder = Mp3Encoder(SAMPLE_RATE, BITRATE_KBPS, channels=2)
        size = max(self._caller.end, self._agent.end) * SAMPLE_BYTES
        for position in range(0, size, _ENCODED_AT_ONCE):
            if cancelled.is_set():
                break
            length = min(_ENCODED_AT_ONCE, size - position)
            sides = [track.read(position, length) for track in (self._caller, self._agent)]
            stereo = np.stack([np.frombuffer(side, np.int16) for side in sides], axis=1)
            file.write(encoder.encode(stereo.tobytes()))
        file.write(encoder.finish())
        file.flush()
        os.fsync(file.fileno())

    def _give_up(self, error: OSError) -> None:
        _log.error("recording given up", path=str(self._path), error=error.strerror)
        self.close()
