"""Functions that may block, out of the event loop's way."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import threading
from collections.abc import Callable
from functools import partial
from typing import TypeVar

_Result = TypeVar("_Result")


async def in_thread(function: Callable[[], _Result]) -> _Result:
    """What `function` returns or raises, out of a thread of its own.

    Nobody waits for one that is cancelled and still blocks, neither the event loop as it closes
    nor the program as it ends: unlike `asyncio.to_thread`.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[_Result] = loop.create_future()
    context = contextvars.copy_context()

    def run() -> None:
        try:
            result = context.run(function)
        except BaseException as error:
            settle = partial(_fail, future, error)
        else:
            settle = partial(_succeed, future, result)
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens
            loop.call_soon_threadsafe(settle)

    threading.Thread(target=run, name="vivavoce-function", daemon=True).start()
    return await future


def _succeed(future: asyncio.Future[_Result], result: _Result) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: asyncio.Future[_Result], error: BaseException) -> None:
    if not future.done():
        future.set_exception(error)
