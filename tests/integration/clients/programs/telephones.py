"""The caller as the SDK's audio interfaces have it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from caller import MICROPHONE_RATE, Caller, Clock
from elevenlabs.conversational_ai.conversation import AsyncAudioInterface, AudioInterface

FRAME = MICROPHONE_RATE // 4
"""What the SDK recommends."""


class Telephone(AudioInterface):
    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._clock = Clock(FRAME / MICROPHONE_RATE)

    def start(self, input_callback: Callable[[bytes], None]) -> None:
        def tick() -> bool:
            input_callback(self._caller.frame(FRAME))
            return True

        self._clock.start(tick)

    def stop(self) -> None:
        self._clock.stop()

    def output(self, audio: bytes) -> None:
        self._caller.play(audio)

    def interrupt(self) -> None:
        self._caller.fall_silent()


class AsyncTelephone(AsyncAudioInterface):
    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._task: asyncio.Task[None] | None = None

    async def start(self, input_callback: Callable[[bytes], Awaitable[None]]) -> None:
        async def speak() -> None:
            clock = asyncio.get_running_loop()
            due = clock.time()
            while True:
                due += FRAME / MICROPHONE_RATE
                await asyncio.sleep(max(0.0, due - clock.time()))
                await input_callback(self._caller.frame(FRAME))

        self._task = asyncio.create_task(speak())

    async def stop(self) -> None:
        if self._task is not None and self._task is not asyncio.current_task():
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def output(self, audio: bytes) -> None:
        self._caller.play(audio)

    async def interrupt(self) -> None:
        self._caller.fall_silent()
