"""Functions and iterables that may block, out of the event loop's way."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import queue
import threading
from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Iterator
from functools import partial
from typing import Generic, TypeVar

_Result = TypeVar("_Result")
_Item = TypeVar("_Item")


class BlockingThread:
    """Runs functions that may block, one after the other, in a thread of its own.

    Nobody waits for a function that still blocks when this is closed, neither the event loop as it
    closes nor the program as it ends: unlike `asyncio.to_thread`. Its thread ends when it returns.
    """

    def __init__(self, name: str) -> None:
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        threading.Thread(target=self._run, name=f"vivavoce-{name}", daemon=True).start()

    async def call(self, function: Callable[[], _Result]) -> _Result:
        """What `function` returns or raises; it sees the context variables of its caller."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[_Result] = loop.create_future()
        self._work.put(partial(_settle, function, contextvars.copy_context(), future, loop))
        return await future

    def close(self, last: Callable[[], None] = lambda: None) -> None:
        """No function is run any more but `last`, after the one that runs now."""
        self._work.put(last)
        self._work.put(None)

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            work()


async def in_thread(function: Callable[[], _Result]) -> _Result:
    """What one `function` returns or raises, out of a thread of its own."""
    thread = BlockingThread("function")
    try:
        return await thread.call(function)
    finally:
        thread.close()


async def pulled(items: Iterable[_Item]) -> AsyncGenerator[_Item, None]:
    """`items`, asked for in a thread of their own, each no sooner than it is wanted.

    A generator is closed in that thread, too, once it has given what it is busy with.
    """
    thread = BlockingThread("iterable")
    pull = _Pull(items)
    try:
        while found := await thread.call(pull.next):
            yield found[0]
    finally:
        thread.close(pull.close)


class _Pull(Generic[_Item]):
    """What is done about an iterable in its thread."""

    def __init__(self, items: Iterable[_Item]) -> None:
        self._items = items
        self._iterator: Iterator[_Item] | None = None

    def next(self) -> tuple[_Item] | None:
        if self._iterator is None:
            self._iterator = iter(self._items)
        for item in self._iterator:
            return (item,)
        return None

    def close(self) -> None:
        if isinstance(self._iterator, Generator):
            with contextlib.suppress(Exception):  # there is nobody left whom it could be told
                self._iterator.close()


def _settle(
    function: Callable[[], _Result],
    context: contextvars.Context,
    future: asyncio.Future[_Result],
    loop: asyncio.AbstractEventLoop,
) -> None:
    try:
        result = context.run(function)
    except BaseException as error:
        told = partial(_fail, future, _carried(error))
    else:
        told = partial(_succeed, future, result)
    with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens
        loop.call_soon_threadsafe(told)


def _carried(error: BaseException) -> Exception:
    """No future can carry StopIteration, and what is not an Exception would end the event loop."""
    if isinstance(error, Exception) and not isinstance(error, StopIteration):
        return error
    failure = RuntimeError(f"It raised {type(error).__name__}.")
    failure.__cause__ = error
    return failure


def _succeed(future: asyncio.Future[_Result], result: _Result) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: asyncio.Future[_Result], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
