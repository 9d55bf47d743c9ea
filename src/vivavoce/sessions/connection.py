"""What every socket's session needs: its tasks, its outbox, its alarm clock and its farewell."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Coroutine

import structlog

from vivavoce.errors import (
    EngineFailed,
    SlowReader,
    StoreFailed,
    TextNotSpeakable,
    VivavoceError,
    wire_code,
)
from vivavoce.sessions.duplex import Duplex, PeerGone, Presence
from vivavoce.sessions.outbox import Outbox
from vivavoce.wire.frames import close_reason, public_text

_log = structlog.get_logger(__name__)

# For the error and close frames; a peer that reads at all takes them at once.
_FAREWELL_S = 2.0

_MESSAGES_IN_A_ROW = 8


class Connection:
    """One duplex while it is served. Costs a single task until there is something to send."""

    def __init__(
        self,
        duplex: Duplex,
        *,
        send_timeout_s: float,
        error_frame: Callable[[BaseException], str | None],
        close_code: Callable[[BaseException], int] | None = None,
    ) -> None:
        """`error_frame` writes an error in the connection's dialect, None to close without.

        `close_code` is what the dialect closes with, if it has codes of its own.
        """
        self.failure: Exception | None = None
        """What ended the connection, once `run` has returned; None for the peer, or no reason."""
        self._duplex = duplex
        self._send_timeout_s = send_timeout_s
        self._error_frame = error_frame
        self._close_code = close_code or (lambda error: wire_code(error).close_code)
        self._tasks = asyncio.TaskGroup()
        self._alarm: asyncio.Timeout | None = None
        self._outbox: Outbox | None = None
        self._received = 0

    @property
    def presence(self) -> Presence:
        """Whether the peer is there."""
        return self._duplex.presence

    @property
    def outbox(self) -> Outbox:
        """Where frames go. Its writer starts with the first use, which must be inside `run`."""
        if self._outbox is None:
            self._outbox = Outbox(self._duplex, self._send_timeout_s)
            self.start(self._outbox.run())
        return self._outbox

    def start(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Runs `work` beside `run`; a failure of either ends both.

        Raises CancelledError when they are ending: the task that asks will be cancelled, too.
        """
        try:
            return self._tasks.create_task(work)
        except RuntimeError:  # a task within a task hears of the end a step later
            work.close()
            raise asyncio.CancelledError from None

    async def run(self, talk: Callable[[], Awaitable[None]]) -> None:
        """Awaits `talk` and all that it started, then says goodbye.

        A failure becomes an error frame and a close frame; nothing but cancellation leaves here.
        """
        try:
            async with self._tasks:
                await talk()
        except* PeerGone:
            pass
        except* Exception as group:
            self.failure = _chief(group)
        if self.failure is not None:
            await self._part(self.failure)

    async def receive(self, until: float | None) -> str | bytes:
        """The next message. Raises PeerGone after the last.

        Raises TimeoutError at `until` (`time.monotonic()`), or on a `nudge`.
        """
        self._received += 1
        seconds = None if until is None else until - time.monotonic()
        try:
            async with asyncio.timeout(seconds) as self._alarm:
                if self._received % _MESSAGES_IN_A_ROW == 0:
                    await asyncio.sleep(0)  # a burst lets other connections have their turn
                message = await self._duplex.receive()
        finally:
            self._alarm = None
        if message is None:
            raise PeerGone
        return message

    def nudge(self) -> None:
        """Makes a waiting `receive` raise TimeoutError, for something besides a message came up."""
        if self._alarm is not None and not self._alarm.expired():
            self._alarm.reschedule(0.0)

    async def leave(self, error: VivavoceError) -> None:
        """Raises `error` once the peer has taken all that was spoken before."""
        if self._outbox is not None:
            await self._outbox.drained()
        raise error

    def note(self, failure: Exception) -> None:
        """Tells the log of what the peer is told."""
        if not isinstance(failure, VivavoceError):
            _log.error("session broke", exc_info=failure)
        elif isinstance(failure, StoreFailed):
            _log.error("the store failed", exc_info=failure)
        elif isinstance(failure, EngineFailed):
            _log.error("speech failed", reason=str(failure))
        else:
            # What somebody wanted to be spoken is not for the log.
            reason = None if isinstance(failure, TextNotSpeakable) else str(failure)
            _log.info("session refused", error=wire_code(failure).error_id, reason=reason)

    async def _part(self, failure: Exception) -> None:
        self.note(failure)
        code = self._close_code(failure)
        frame = self._error_frame(failure)
        if frame is not None and not isinstance(failure, SlowReader):
            await _briefly(self._duplex.send(frame))
        await _briefly(self._duplex.close(code, close_reason(public_text(failure))))


async def _briefly(farewell: Coroutine[None, None, None]) -> None:
    with contextlib.suppress(TimeoutError, PeerGone):
        async with asyncio.timeout(_FAREWELL_S):
            await farewell


def _chief(group: BaseExceptionGroup[Exception]) -> Exception:
    """The failure to report: one that has a name, if any has."""
    flat: list[Exception] = []
    pending: list[BaseException] = [group]
    while pending:
        error = pending.pop(0)
        if isinstance(error, BaseExceptionGroup):
            pending += error.exceptions
        elif isinstance(error, Exception):
            flat.append(error)
    return next((error for error in flat if isinstance(error, VivavoceError)), flat[0])
