"""An event loop in a thread of its own: what the synchronous faces stand on."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import logging
import threading
from collections.abc import Callable, Coroutine
from typing import TypeVar

from vivavoce.clients.failures import ConnectionOver
from vivavoce.errors import VivavoceError

_Result = TypeVar("_Result")

_STARTS_WITHIN_S = 10.0
_ENDS_WITHIN_S = 5.0
_log = logging.getLogger(__name__)

_CLOSED = "There is no connection: connect() was not called, or close() was."
_WOULD_HANG = "This blocks, and may not be called from a callback."


class LoopThread:
    """Runs coroutines for threads that have no event loop.

    with LoopThread("vivavoce-speech") as loop:
        answer = loop.call(ask())
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    @property
    def is_running(self) -> bool:
        """Whether there is a loop to run coroutines in."""
        return self._loop is not None

    def start(self) -> None:
        """Starts the thread and waits until its loop runs. Idempotent."""
        with self._lock:
            if self._thread is not None:
                return
            started: concurrent.futures.Future[asyncio.AbstractEventLoop] = (
                concurrent.futures.Future()
            )
            # A daemon: a program whose main thread is over must not hang on a forgotten close().
            thread = threading.Thread(target=_run, args=(started,), name=self._name, daemon=True)
            thread.start()
            try:
                self._loop = started.result(_STARTS_WITHIN_S)
            except BaseException:  # such as an interrupt
                started.add_done_callback(_stop)
                raise
            self._thread = thread

    def submit(
        self, coroutine: Coroutine[object, object, _Result]
    ) -> concurrent.futures.Future[_Result]:
        """Starts `coroutine` in the loop; cancelling the future cancels it there.

        Raises ConnectionOver when the loop does not run.
        """
        # Under the lock it comes before `stop` in the loop, which then cancels it: nobody who waits
        # for it waits for ever.
        with self._lock:
            if self._loop is None:
                coroutine.close()
                raise ConnectionOver(_CLOSED)
            return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def call(self, coroutine: Coroutine[object, object, _Result]) -> _Result:
        """What `coroutine` returns or raises; blocks the calling thread until then.

        Cancels the coroutine when the calling thread is interrupted. Raises ConnectionOver when the
        loop is stopped, and VivavoceError when called inside its own loop, where it could never
        return.
        """
        if threading.current_thread() is self._thread:
            coroutine.close()
            raise VivavoceError(_WOULD_HANG)
        future = self.submit(coroutine)
        try:
            return future.result()
        except concurrent.futures.CancelledError:
            raise ConnectionOver(_CLOSED) from None
        except BaseException:
            future.cancel()
            raise

    async def join(self, coroutine: Coroutine[object, object, _Result]) -> _Result:
        """The same for a caller in another event loop, which is not blocked meanwhile."""
        try:
            return await asyncio.wrap_future(self.submit(coroutine))
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            raise ConnectionOver(_CLOSED) from None

    def end(self, last: Callable[[], Coroutine[object, object, None]]) -> None:
        """Runs `last`, and stops. Idempotent.

        Raises what `last` does, and VivavoceError when called inside its own loop. A callback that
        blocks the loop holds this up for 5 s each at most; its thread is then left to itself.
        """
        if threading.current_thread() is self._thread:
            raise VivavoceError(_WOULD_HANG)
        try:
            with contextlib.suppress(ConnectionOver, concurrent.futures.CancelledError):
                self.submit(last()).result(_ENDS_WITHIN_S)
        except TimeoutError:
            _log.warning("%s is blocked by a function that was to return", self._name)
        finally:
            self.stop()

    def stop(self) -> None:
        """Cancels what still runs in the loop, waits for its end and ends the thread. Idempotent.

        Raises VivavoceError when called inside its own loop.
        """
        if threading.current_thread() is self._thread:
            raise VivavoceError(_WOULD_HANG)
        with self._lock:
            loop, self._loop = self._loop, None
            thread, self._thread = self._thread, None
            if loop is not None:
                loop.call_soon_threadsafe(loop.stop)
        if thread is not None:
            thread.join(_ENDS_WITHIN_S)

    def __enter__(self) -> LoopThread:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()


def _run(started: concurrent.futures.Future[asyncio.AbstractEventLoop]) -> None:
    # The runner cancels what is left, and closes generators and the loop's own threads.
    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        loop.call_soon(started.set_result, loop)
        loop.run_forever()


def _stop(started: concurrent.futures.Future[asyncio.AbstractEventLoop]) -> None:
    loop = started.result()
    loop.call_soon_threadsafe(loop.stop)
