from __future__ import annotations

import asyncio
import contextlib
import contextvars
import threading

import pytest

from vivavoce.clients.in_thread import in_thread

NAME = contextvars.ContextVar[str]("NAME")


async def test_a_function_runs_in_a_thread_of_its_own() -> None:
    assert await in_thread(threading.get_ident) != threading.get_ident()


async def test_what_it_raises_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        await in_thread(lambda: 1 // 0)


async def test_it_sees_the_context_of_its_caller() -> None:
    NAME.set("Ann")
    assert await in_thread(NAME.get) == "Ann"


def test_a_loop_closes_while_a_function_that_nobody_waits_for_still_blocks() -> None:
    goes_on = threading.Event()

    async def leave() -> None:
        waiting = asyncio.create_task(in_thread(lambda: goes_on.wait(20)))
        await asyncio.sleep(0)
        waiting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await waiting

    asyncio.run(leave())
    goes_on.set()
