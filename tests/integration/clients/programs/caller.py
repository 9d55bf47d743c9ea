"""Somebody on the telephone: says one line after the other, and hears what the agent says."""

from __future__ import annotations

import threading
import time
import wave
from collections import deque
from collections.abc import Callable
from pathlib import Path

MICROPHONE_RATE = 16_000
PAUSE_S = 0.8
"""How long the agent has been silent when the caller begins."""
PATIENCE_S = 2.0
"""How long the caller hears the agent before interrupting it."""
INTERRUPTING = "!"


class Caller:
    """`frame` is asked for as a microphone is, in real time; `play` as a loudspeaker is.

    A line is a WAV file, said when the agent has answered the line before it, or while it answers,
    if the path begins with "!". `heard` is what sounded, in 16-bit PCM.
    """

    def __init__(self, lines: list[str], rate: int = MICROPHONE_RATE) -> None:
        self._lines = deque(lines)
        self._rate = rate
        self._lock = threading.Lock()
        self._said = b""
        self._heard: list[tuple[float, bytes]] = []
        self._turn_began_at: float | None = None
        self._silent_from = 0.0
        self.interruptions: list[int] = []
        """After how many bytes of what was heard."""

    @property
    def heard(self) -> bytes:
        """All that has sounded, or is about to, without the silence between."""
        return b"".join(pcm for _, pcm in self._heard)

    def listen_to_the_end(self) -> None:
        """Comes back when the agent has answered all that was to be said."""
        while not self._is_left_alone():
            time.sleep(0.1)

    def frame(self, samples: int) -> bytes:
        """The microphone's next sound."""
        with self._lock:
            if not self._said and self._lines and self._begins(time.monotonic()):
                self._said = _pcm(self._lines.popleft().removeprefix(INTERRUPTING))
                self._turn_began_at = None
            size = 2 * samples
            said, self._said = self._said[:size], self._said[size:]
        return said + bytes(size - len(said))

    def play(self, pcm: bytes) -> None:
        """Sounds as soon as what came before it has."""
        with self._lock:
            starts_at = max(time.monotonic(), self._silent_from)
            if self._turn_began_at is None:
                self._turn_began_at = starts_at
            self._heard.append((starts_at, pcm))
            self._silent_from = starts_at + self._seconds(pcm)

    def fall_silent(self) -> None:
        """The agent has been interrupted: what has not sounded yet never will."""
        with self._lock:
            now = time.monotonic()
            kept = [(at, self._until(now - at, pcm)) for at, pcm in self._heard]
            self._heard = [(at, pcm) for at, pcm in kept if pcm]
            self._silent_from = min(self._silent_from, now)
            self._turn_began_at = None
            self.interruptions.append(len(self.heard))

    def _is_left_alone(self) -> bool:
        with self._lock:
            is_done = not self._lines and not self._said and self._turn_began_at is not None
            return is_done and time.monotonic() >= self._silent_from + PAUSE_S

    def _begins(self, now: float) -> bool:
        if self._turn_began_at is None:
            return False
        if self._lines[0].startswith(INTERRUPTING):
            return now >= self._turn_began_at + PATIENCE_S
        return now >= self._silent_from + PAUSE_S

    def _until(self, seconds: float, pcm: bytes) -> bytes:
        return pcm[: max(0, 2 * int(seconds * self._rate))]

    def _seconds(self, pcm: bytes) -> float:
        return len(pcm) / 2 / self._rate


class Clock:
    """A thread that calls at the end of every frame, for as long as it is answered with True."""

    def __init__(self, frame_s: float) -> None:
        self._frame_s = frame_s
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, tick: Callable[[], bool]) -> None:
        self._thread = threading.Thread(target=self._run, args=(tick,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self, tick: Callable[[], bool]) -> None:
        began_at = time.monotonic()
        count = 1
        while not self._stopped.wait(max(0.0, began_at + count * self._frame_s - time.monotonic())):
            if not tick():
                return
            count += 1


def _pcm(path: str) -> bytes:
    with wave.open(str(Path(path))) as file:
        assert (file.getframerate(), file.getnchannels()) == (MICROPHONE_RATE, 1)
        return file.readframes(file.getnframes())
