"""This machine's microphone and loudspeaker, through the library `sounddevice`."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import threading
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Final, Protocol

from vivavoce.clients.jitter_buffer import JitterBuffer
from vivavoce.clients.sound_sink import Playing
from vivavoce.clients.sound_source import BLOCK_S
from vivavoce.errors import VivavoceError

_PLAYED_BLOCK_S: Final = 0.02
_DELAY_S: Final = 0.1
"""What PortAudio may hold of what is played: less runs dry on PulseAudio."""
_DEPTH_MS: Final = 100.0
"""How long speech waits at first, so that what comes after it may be as late."""
_MOST_SPEECH_MS: Final = 600_000.0
_HELD_BLOCKS: Final = 200
"""10 s: longer than a busy event loop is ever late."""
_INSTALL: Final = (
    "Sound devices need PortAudio and the package sounddevice: "
    "pip install sounddevice, and apt install libportaudio2, dnf install portaudio "
    "or brew install portaudio. Without them, give a source and a sink of your own."
)

_log: Final = logging.getLogger(__name__)


class DeviceFailed(VivavoceError):
    """There is no such microphone or loudspeaker, or it broke; the text says what to do."""


@dataclass(frozen=True)
class Microphone:
    """`SoundSource` that records; `device` is a number or a name, the default one if None."""

    device: int | str | None = None

    @contextlib.asynccontextmanager
    async def opened(self, sample_rate: int) -> AsyncIterator[AsyncIterator[bytes]]:
        """See `SoundSource.opened`. Raises DeviceFailed."""
        library = _library()
        recorded = _Recorded()

        def take(data: bytes, _frames: int, _time: object, status: _CallbackFlags) -> None:
            recorded.put(bytes(data), has_lost=status.input_overflow)

        with _failing_as(library, "The microphone"):
            stream = library.RawInputStream(
                samplerate=sample_rate,
                blocksize=round(sample_rate * BLOCK_S),
                device=self.device,
                channels=1,
                dtype="int16",
                callback=take,
                finished_callback=recorded.end,
            )
        with contextlib.closing(stream):
            with _failing_as(library, "The microphone"):
                stream.start()
            yield recorded.blocks()


@dataclass(frozen=True)
class Loudspeaker:
    """`SoundSink` that plays; `device` is a number or a name, the default one if None."""

    device: int | str | None = None

    @contextlib.asynccontextmanager
    async def opened(self, sample_rate: int) -> AsyncIterator[Playing]:
        """See `SoundSink.opened`. Raises DeviceFailed."""
        library = _library()
        speech = _Speech(sample_rate)
        loop = asyncio.get_running_loop()
        gone = asyncio.Event()

        def fill(out: memoryview, frames: int, _time: object, _status: object) -> None:
            out[:] = speech.pull(frames)

        with _failing_as(library, "The loudspeaker"):
            stream = library.RawOutputStream(
                samplerate=sample_rate,
                blocksize=round(sample_rate * _PLAYED_BLOCK_S),
                device=self.device,
                channels=1,
                dtype="int16",
                latency=_DELAY_S,
                callback=fill,
                finished_callback=lambda: loop.call_soon_threadsafe(gone.set),
            )
        with contextlib.closing(stream):
            with _failing_as(library, "The loudspeaker"):
                stream.start()
            async with asyncio.TaskGroup() as tasks:
                watching = tasks.create_task(_fail_at(gone))
                yield speech
                watching.cancel()


class _CallbackFlags(Protocol):
    input_overflow: bool


class _Recorded:
    """Blocks from the device's thread, which never waits, to the event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._blocks: deque[bytes] = deque(maxlen=_HELD_BLOCKS)
        self._arrived = asyncio.Event()
        self._is_over = False
        self._has_lost = False
        self._is_loss_told = False

    def put(self, block: bytes, *, has_lost: bool) -> None:
        """From any thread; `has_lost` is whether the device has lost sound before it."""
        self._has_lost = self._has_lost or has_lost or len(self._blocks) == _HELD_BLOCKS
        self._blocks.append(block)
        self._wake()

    def end(self) -> None:
        """The device is gone. From any thread."""
        self._is_over = True
        self._wake()

    async def blocks(self) -> AsyncGenerator[bytes, None]:
        """In order. Raises DeviceFailed when the device is gone."""
        while True:
            if self._has_lost and not self._is_loss_told:
                self._is_loss_told = True
                _log.warning("this machine is too slow: some of the microphone's sound is lost")
            while self._blocks:
                yield self._blocks.popleft()
            if self._is_over:
                raise DeviceFailed("The microphone records no more.")
            self._arrived.clear()
            await self._arrived.wait()

    def _wake(self) -> None:
        # A device that is closed with its event loop reports its end to nobody.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._arrived.set)


class _Speech:
    """`Playing` that the device's thread pulls from."""

    def __init__(self, sample_rate: int) -> None:
        self._buffer = JitterBuffer(sample_rate, target_ms=_DEPTH_MS, capacity_ms=_MOST_SPEECH_MS)
        self._patience = round(sample_rate * _DEPTH_MS / 1000)
        self._unmoved = 0
        self._lock = threading.Lock()

    @property
    def is_waiting(self) -> bool:
        """See `Playing`."""
        with self._lock:
            return self._buffer.depth_ms > 0

    def play(self, pcm: bytes) -> None:
        """See `Playing`."""
        with self._lock:
            self._unmoved = 0
            if self._buffer.push(pcm) < len(pcm):
                _log.warning("speech came more than ten minutes ahead: some of it is dropped")

    def drop(self) -> None:
        """See `Playing`."""
        with self._lock:
            self._buffer.clear()

    def pull(self, samples: int) -> bytes:
        """The next samples, from the device's thread."""
        with self._lock:
            self._unmoved += samples
            if self._unmoved >= self._patience and not self._buffer.is_playing:
                # Nobody says when an answer is complete. Speech comes faster than it is heard, so
                # what is followed by nothing is its end.
                self._buffer.end()
            return self._buffer.pull(samples)


def _library() -> ModuleType:
    try:
        return importlib.import_module("sounddevice")
    except (ImportError, OSError) as error:
        raise DeviceFailed(_INSTALL) from error


@contextlib.contextmanager
def _failing_as(library: ModuleType, device: str) -> Iterator[None]:
    try:
        yield
    except (ValueError, library.PortAudioError) as error:
        said = str(error).partition("\n")[0]
        raise DeviceFailed(f"{device} cannot be used: {said}") from error


async def _fail_at(gone: asyncio.Event) -> None:
    await gone.wait()
    raise DeviceFailed("The loudspeaker plays no more.")
