"""What holds for every test: nothing may be left running when it ends."""

from __future__ import annotations

import asyncio
import inspect
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from hypothesis import settings

settings.register_profile("vivavoce", deadline=None, derandomize=True)
settings.load_profile("vivavoce")

# Long enough for a closed socket's handler to notice on a busy machine; spent only on a failure.
_GRACE_S = 5.0
_STEP_S = 0.01

_POOL_THREADS = ("asyncio_", "uvloop_")


@pytest.fixture(autouse=True)
def no_leaked_thread() -> Iterator[None]:
    """Fails a test that leaves a thread of its own running."""
    before = _threads()
    yield
    deadline = time.monotonic() + _GRACE_S
    while (leaked := _threads() - before) and time.monotonic() < deadline:
        time.sleep(_STEP_S)
    assert not leaked, f"threads still running after the test: {leaked}"


def _threads() -> set[threading.Thread]:
    """All but those of a loop's own pool: they live as long as it, which may serve many tests."""
    return {one for one in threading.enumerate() if not one.name.startswith(_POOL_THREADS)}


@pytest.fixture
async def leaked_tasks() -> AsyncIterator[None]:
    """Fails an asynchronous test that leaves a task of its own running in its loop."""
    before = asyncio.all_tasks()
    yield
    leaked = asyncio.all_tasks() - before - {asyncio.current_task()}
    if leaked:
        _, leaked = await asyncio.wait(leaked, timeout=_GRACE_S)
    assert not leaked, f"tasks still running after the test: {leaked}"


@pytest.fixture(autouse=True)
def no_leaked_task(no_leaked_thread: None, request: pytest.FixtureRequest) -> None:
    """Watches the loop of every asynchronous test; other tests get no loop at all.

    It stands on `no_leaked_thread` so that the loop has closed, and with it the loop's own
    threads, before threads are counted.
    """
    test: Callable[..., object] = request.function
    if inspect.iscoroutinefunction(test):
        request.getfixturevalue("leaked_tasks")
