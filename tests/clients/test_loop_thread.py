from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Iterator

import pytest

from vivavoce.clients import loop_thread
from vivavoce.clients.loop_thread import LoopThread
from vivavoce.errors import VivavoceError


@pytest.fixture
def loop() -> Iterator[LoopThread]:
    with LoopThread("test-loop") as running:
        yield running


async def thread_name() -> str:
    return threading.current_thread().name


async def nothing() -> None:
    """Returns at once."""


async def forever(begun: threading.Event, ended: threading.Event) -> None:
    begun.set()
    try:
        await asyncio.Event().wait()
    finally:
        ended.set()


def test_a_coroutine_runs_in_the_thread_and_its_answer_comes_back(loop: LoopThread) -> None:
    assert loop.call(thread_name()) == "test-loop"


async def test_another_loop_is_not_blocked_meanwhile(loop: LoopThread) -> None:
    async def ask(answer: asyncio.Event, other: asyncio.AbstractEventLoop) -> str:
        other.call_soon_threadsafe(answer.set)
        return await thread_name()

    asked = asyncio.Event()
    answer, _ = await asyncio.gather(
        loop.join(ask(asked, asyncio.get_running_loop())), asked.wait()
    )
    assert answer == "test-loop"


def test_what_the_coroutine_raises_is_raised_to_the_caller(loop: LoopThread) -> None:
    async def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        loop.call(fail())


def test_the_end_runs_a_last_coroutine_and_stops_whatever_it_raises(loop: LoopThread) -> None:
    names: list[str] = []

    async def last() -> None:
        names.append(await thread_name())
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        loop.end(last)
    assert names == ["test-loop"]
    assert not loop.is_running
    loop.end(last)


def test_a_function_that_blocks_the_loop_does_not_hold_up_its_end_for_ever(
    loop: LoopThread, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(loop_thread, "_ENDS_WITHIN_S", 0.05)
    begun, goes_on = threading.Event(), threading.Event()

    async def block() -> None:
        begun.set()
        goes_on.wait(30)

    blocked = loop.submit(block())
    assert begun.wait(30)
    loop.end(nothing)
    assert not loop.is_running
    assert "test-loop is blocked" in caplog.text
    goes_on.set()
    concurrent.futures.wait([blocked], 30)


def test_a_loop_that_nobody_waits_for_any_more_ends_when_it_has_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    goes_on = threading.Event()
    run = loop_thread._run

    def start_late(started: concurrent.futures.Future[asyncio.AbstractEventLoop]) -> None:
        assert goes_on.wait(30)
        run(started)

    monkeypatch.setattr(loop_thread, "_run", start_late)
    monkeypatch.setattr(loop_thread, "_STARTS_WITHIN_S", 0.01)
    loop = LoopThread("test-late")
    with pytest.raises(TimeoutError):
        loop.start()
    goes_on.set()
    for thread in threading.enumerate():
        if thread.name == "test-late":
            thread.join(30)
            assert not thread.is_alive()
    assert not loop.is_running


def test_stop_cancels_what_runs_and_tells_those_who_wait(loop: LoopThread) -> None:
    begun, ended = threading.Event(), threading.Event()
    with concurrent.futures.ThreadPoolExecutor() as pool:
        waiting = pool.submit(loop.call, forever(begun, ended))
        assert begun.wait(30)
        loop.stop()
        with pytest.raises(VivavoceError):
            waiting.result(30)
    assert ended.is_set()
    assert not loop.is_running


async def test_stop_tells_those_who_wait_in_another_loop(loop: LoopThread) -> None:
    begun, ended = threading.Event(), threading.Event()
    waiting = asyncio.create_task(loop.join(forever(begun, ended)))
    await asyncio.to_thread(begun.wait, 30)
    await asyncio.to_thread(loop.stop)
    with pytest.raises(VivavoceError):
        await waiting


async def test_to_cancel_who_waits_cancels_the_coroutine(loop: LoopThread) -> None:
    begun, ended = threading.Event(), threading.Event()
    waiting = asyncio.create_task(loop.join(forever(begun, ended)))
    await asyncio.to_thread(begun.wait, 30)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await asyncio.to_thread(ended.wait, 30)


def test_it_may_be_started_and_stopped_again_and_again() -> None:
    loop = LoopThread("test-loop")
    for _ in range(3):
        loop.start()
        loop.start()
        assert loop.call(thread_name()) == "test-loop"
        loop.stop()
        loop.stop()
        with pytest.raises(VivavoceError):
            loop.call(thread_name())


def test_a_call_from_its_own_loop_is_refused_instead_of_hanging(loop: LoopThread) -> None:
    async def call_itself() -> None:
        with pytest.raises(VivavoceError):
            loop.call(thread_name())
        with pytest.raises(VivavoceError):
            loop.stop()

    loop.call(call_itself())
