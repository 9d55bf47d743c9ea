"""The embedded mind: a language model on a worker process of its own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from types import TracebackType
from typing import Self

import structlog

from vivavoce.engines.minds.base import Prompt, Seat, Thought, Usage, Words
from vivavoce.engines.minds.smollm import CONTEXT, NAME, find_model_file
from vivavoce.errors import MindFailed, MindMissing
from vivavoce.runtime.mind_jobs import Place, Reading, Thinking
from vivavoce.runtime.mind_process import MindProcess
from vivavoce.runtime.mind_queue import MindQueue

_log = structlog.get_logger(__name__)

LLAMA = "vivavoce.engines.minds.llama_cpp:load"
SLOTS = 4
"""Conversations of which the model keeps what it has read. More take turns, and it reads again."""

_RESPAWN_PAUSE_S = 0.5


class EmbeddedMind:
    """`Mind` on a worker process: `async with EmbeddedMind() as mind`.

    Entering does nothing: the process starts with the first seat, and is kept, so that a server
    that only speaks does not pay for it. One that dies is replaced, and the next one finishes what
    it had not, from where it was.
    """

    def __init__(self, model_file: str = "", *, slots: int = SLOTS, loader: str = LLAMA) -> None:
        """`model_file` is the setting `mind_file`; `loader` names the model (see `mind_worker`)."""
        self._setting = model_file
        self._loader = loader
        self._slots = slots
        self._seats = 0
        self._full_noted = False
        self._wanted = asyncio.Event()
        self._queue = MindQueue(slots, with_examples=not model_file, wake=self._wanted.set)
        self._process: MindProcess | None = None
        self._tasks = asyncio.TaskGroup()
        self._keeper: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        """See `Mind.name`."""
        return Path(self._setting).stem or NAME

    @property
    def process_id(self) -> int | None:
        """Of the worker, while there is one."""
        return self._process.line.process_id if self._process else None

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        self._keeper = self._tasks.create_task(self._keep())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._queue.close(MindFailed("the server is shutting down"))
        if self._keeper is not None:
            self._keeper.cancel()
        await self._tasks.__aexit__(None, None, None)

    def seat(self) -> AbstractAsyncContextManager[Seat]:
        """See `Mind.seat`; entering does not wait until the model is there."""
        return self._seat()

    @contextlib.asynccontextmanager
    async def _seat(self) -> AsyncIterator[Seat]:
        find_model_file(self._setting)
        self._seats += 1
        if self._seats > self._slots and not self._full_noted:
            self._full_noted = True
            _log.warning("more conversations than the mind has slots", slots=self._slots)
        place = Place()
        self._wanted.set()
        try:
            yield _EmbeddedSeat(self._queue, place, self.name)
        finally:
            self._seats -= 1
            self._queue.leave(place)

    async def _keep(self) -> None:
        """A worker when one is wanted, and another when it has died."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            try:
                has_loaded = await self._one_worker()
            except (OSError, MindMissing) as error:
                _log.error("no mind", reason=str(error))
                self._queue.give_up(MindFailed("the language model cannot be started"))
                continue
            if not has_loaded:
                _log.error("mind does not load; what was printed above says why")
                self._queue.give_up(MindFailed("the language model does not load"))
                continue
            _log.error("mind died")
            self._wanted.clear()
            if not self._queue.is_idle:
                self._wanted.set()
            elif self._seats:
                self._wanted.set()
                await asyncio.sleep(_RESPAWN_PAUSE_S)

    async def _one_worker(self) -> bool:
        """From its start to its end: whether it had the model."""
        self._process = await MindProcess.start(
            self._loader, find_model_file(self._setting), self._slots, self._queue.heard
        )
        try:
            await self._process.watch()
        finally:
            await self._process.close()
            self._queue.worker_gone(self._process.line)
            line, self._process = self._process.line, None
        return line.ready


class _EmbeddedSeat:
    """`Seat` at an embedded mind."""

    def __init__(self, queue: MindQueue, place: Place, name: str) -> None:
        self._queue = queue
        self._place = place
        self._name = name

    async def think(self, prompt: Prompt) -> AsyncGenerator[Thought, None]:
        """See `Seat.think`. Tools are ignored."""
        thinking = Thinking(self._place, prompt)
        self._queue.begin(thinking)
        try:
            while (text := await thinking.next()) is not None:
                yield Words(text)
            yield Usage(self._name, thinking.tokens, CONTEXT)
        finally:
            self._queue.drop(thinking)

    async def prepare(self, prompt: Prompt) -> None:
        """See `Seat.prepare`."""
        reading = Reading(self._place, prompt)
        self._queue.begin(reading)
        try:
            await reading.done.wait()
        finally:
            self._queue.drop(reading)
