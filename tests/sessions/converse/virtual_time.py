"""A clock that goes only while everybody waits: minutes of a call pass in no time."""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Callable
from typing import Any


class _Selector(selectors.DefaultSelector):
    """Moves the clock on instead of waiting."""

    def __init__(self, pass_time: Callable[[float | None], None]) -> None:
        super().__init__()
        self._pass_time = pass_time

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout != 0:
            self._pass_time(timeout)
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """While it is open, `time.monotonic` is its clock, and work for threads is done at once.

    Raises RuntimeError where all wait for what will never happen.
    """

    def __init__(self) -> None:
        self._real = time.monotonic
        self._passed = 0.0
        super().__init__(_Selector(self._pass_time))
        time.monotonic = self._now

    def time(self) -> float:
        return self._now()

    def close(self) -> None:
        time.monotonic = self._real
        super().close()

    def run_in_executor(  # type: ignore[override]
        self, executor: object, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future

    def _now(self) -> float:
        return 1_000.0 + self._passed

    def _pass_time(self, seconds: float | None) -> None:
        if seconds is None:
            raise RuntimeError("everybody waits for somebody else")
        self._passed += seconds
