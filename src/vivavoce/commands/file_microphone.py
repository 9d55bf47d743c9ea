"""A file, as if it were spoken into a microphone."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator

from vivavoce.audio.sound_reader import read_sound
from vivavoce.commands.intake import BLOCK_S
from vivavoce.commands.sound_input import in_thread, seekable_input

_RATE = 16_000
_BLOCK_BYTES = 2 * round(_RATE * BLOCK_S)


class FileMicrophone:
    """`Microphone` that plays a file."""

    sample_rate = _RATE

    def __init__(self, name: str) -> None:
        """`name` is a path, or `-` for stdin."""
        self.name = name

    @contextlib.asynccontextmanager
    async def opened(self, _on_loss: Callable[[], None]) -> AsyncIterator[AsyncIterator[bytes]]:
        """See `Microphone.opened`; nothing is lost. Raises AudioUnreadable as it reads."""
        async with seekable_input(self.name) as file:
            sound = read_sound(file)
            with contextlib.closing(sound):
                yield _in_real_time(sound)


async def _in_real_time(sound: Iterator[bytes]) -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    due_at = loop.time()
    while (read := await in_thread(next, sound, None)) is not None:
        for start in range(0, len(read), _BLOCK_BYTES):
            block = read[start : start + _BLOCK_BYTES]
            due_at += len(block) / 2 / _RATE  # a microphone gives what has been said
            await asyncio.sleep(due_at - loop.time())
            yield block
