from __future__ import annotations

import asyncio
import contextlib
import contextvars
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from tests.clients.resuming_server import until
from vivavoce.clients.blocking import BlockingThread, in_thread, pulled

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


@pytest.mark.parametrize("end", [sys.exit, iter(()).__next__])
async def test_what_would_end_the_loop_is_raised_as_something_else(
    end: Callable[[], object],
) -> None:
    with pytest.raises(RuntimeError, match=r"SystemExit|StopIteration"):
        await in_thread(end)


async def test_functions_of_one_thread_run_one_after_the_other() -> None:
    with contextlib.closing(BlockingThread("test")) as thread:
        first, second = await asyncio.gather(
            thread.call(threading.get_ident), thread.call(threading.get_ident)
        )
    assert first == second


def letters(closed_in: list[str]) -> Iterator[str]:
    try:
        yield from "abc"
    finally:
        closed_in.append(threading.current_thread().name)


async def test_an_iterable_is_asked_and_closed_in_a_thread_of_its_own() -> None:
    closed_in: list[str] = []
    async with contextlib.aclosing(pulled(letters(closed_in))) as pieces:
        assert await anext(pieces) == "a"
    await until(lambda: closed_in == ["vivavoce-iterable"])
    await until(lambda: "vivavoce-iterable" not in [one.name for one in threading.enumerate()])


async def test_all_of_an_iterable_comes_in_order() -> None:
    assert [piece async for piece in pulled(["a", "", "b"])] == ["a", "", "b"]
