"""Tasks that run beside something, and end with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager


class Background:
    """Starts tasks of `group`; `in_background` makes one."""

    def __init__(self, group: asyncio.TaskGroup) -> None:
        self._group = group
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[object, object, None]) -> None:
        """Runs `work` beside the rest; what it raises ends all."""
        task = self._group.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def cancel(self) -> None:
        """Ends all that runs."""
        for task in self._tasks:
            task.cancel()


@asynccontextmanager
async def in_background() -> AsyncIterator[Background]:
    """Where tasks can be started that are cancelled at the end of the block, and waited for."""
    async with asyncio.TaskGroup() as group:
        background = Background(group)
        yield background
        background.cancel()


def first_of(error: BaseException) -> BaseException:
    """The failure behind a group of them: the first."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
