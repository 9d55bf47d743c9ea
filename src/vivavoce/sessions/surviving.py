"""A duplex that outlives its sockets: what one of them did not deliver, the next one does."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable
from typing import Final, Protocol

from vivavoce.core.ledger import Arrivals, Ledger
from vivavoce.errors import InvalidMessage, SessionTakenOver, wire_code
from vivavoce.sessions.duplex import Duplex, PeerGone, Presence
from vivavoce.wire import resume
from vivavoce.wire.resume import ClientFrame, Grant

_ACK_WITHIN_S: Final = 0.25
_MOST_UNREAD: Final = 8
"""Frames read ahead of the session: enough to see a heartbeat behind a burst."""
_FAREWELL_S: Final = 2.0
_GOODBYES: Final = frozenset({1000, 1005})
"""Closing with 1000, or without a code, is meant; all else may be a network's doing."""


class Socket(Duplex, Protocol):
    """One connection of the peer's."""

    @property
    def goodbye(self) -> int | None:
        """The code of the peer's close frame, 1005 if it has none; None as long as none came."""

    async def parted(self) -> None:
        """Waits for the peer's close frame, or for the connection to be lost."""


class _Lost(Exception):
    """The socket is of no use any more."""


class _View:
    """One socket, and what it has been given so far."""

    def __init__(self, socket: Socket, handed: int) -> None:
        self.socket = socket
        self.handed = handed
        self.control: deque[str] = deque()
        self.taken_over = asyncio.Event()

    async def evicted(self) -> None:
        """Raises SessionTakenOver when another socket takes this one's place."""
        await self.taken_over.wait()
        raise SessionTakenOver("The session goes on through another socket.")


class SurvivingLine:
    """`Duplex` for a session; `serve` lends it one socket after the other."""

    def __init__(
        self,
        grant: Grant,
        *,
        carries_grant: Callable[[str], bool] | None = None,
        window_s: float = resume.WINDOW_MS / 1000,
    ) -> None:
        """`carries_grant` knows a first frame that the grant goes into.

        Without it the grant is a frame of its own, and sent at once.
        """
        self.presence = Presence(may_return=True)
        self.grant = grant
        self._carries_grant = carries_grant
        self._granted = False
        self._window_s = window_s
        self._ledger = Ledger()
        self._arrivals = Arrivals()
        self._told = 0
        self._told_at = 0.0
        self._inbox: deque[tuple[str | bytes, ClientFrame]] = deque()
        self._view: _View | None = None
        self._silent = False
        self._lapsed = False
        self._goodbye: tuple[int, str] | None = None
        self._finished = False
        self._parted = False
        self._answered = False
        self._moved = asyncio.Event()
        if carries_grant is None:
            self._keep_grant()

    async def receive(self) -> str | bytes | None:
        """See `Duplex.receive`. Raises InvalidMessage when frames of the client are missing."""
        while True:
            await self._until(lambda: bool(self._inbox) or self._hears_no_more)
            if not self._inbox:
                return None
            message, frame = self._inbox.popleft()
            self._move()
            if frame.cseq is None or self._is_new(frame.cseq):
                return message

    @property
    def _hears_no_more(self) -> bool:
        return self._silent or self._goodbye is not None

    async def send(self, message: str | bytes) -> None:
        """See `Duplex.send`; while the peer is away it waits only for room."""
        assert isinstance(message, str), "only dialects of JSON frames survive"
        await self._until(lambda: self._ledger.has_room or self._lapsed)
        if self._lapsed or self._goodbye is not None:
            raise PeerGone
        if not self._granted:
            message = self._with_grant(message)
        number = self._keep(message)
        await self._until(lambda: self._view is None or self._view.handed >= number)
        if self._lapsed:
            raise PeerGone

    async def close(self, code: int, reason: str) -> None:
        """See `Duplex.close`; a peer that is away hears of it when it comes back."""
        if self._goodbye is None:
            self._goodbye = (code, reason)
            self._move()
        await self._until(lambda: self._view is None or self._parted)

    def is_over_for(self, last_seq: int) -> bool:
        """Whether there is nothing to come back for: for one who has all, or has said goodbye.

        An answer to our close frame says little: libraries answer it before they have handed on
        what came ahead of it, and with the socket that is lost to some.
        """
        return self._silent or (self._answered and last_seq >= self._ledger.last)

    def can_replay_after(self, seq: int) -> bool:
        """Whether a client can go on that has all frames up to `seq`."""
        return self._ledger.can_replay_after(seq)

    async def serve(self, socket: Socket, last_seq: int | None = None) -> None:
        """Talks through `socket` until it is lost, taken over, or everything has been said.

        `last_seq` is the last frame that a client has who comes back; None for a newcomer.
        """
        view = _View(socket, last_seq or 0)
        if last_seq is not None:
            self._welcome_back(view, last_seq)
        self._view = view
        self._move()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._read(view))
                tasks.create_task(self._write(view))
                tasks.create_task(view.evicted())
        except* SessionTakenOver as over:
            await _close(socket, over.exceptions[0])
        except* (_Lost, PeerGone):
            pass
        finally:
            if self._view is view:
                self._lose()

    def finish(self) -> None:
        """The session is over; what is owed may still be fetched for as long as it is kept."""
        self._finished = True
        if self._goodbye is None:
            self._lapsed = True
        self._move()

    async def lapsed(self) -> None:
        """Waits until nobody will come back."""
        await self._until(lambda: self._lapsed)

    async def lapse_when_away(self) -> None:
        """Gives the peer up when it has been away for the window's length."""
        while not self._lapsed:
            await self._until(lambda: self._view is None)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._window_s):
                    await self._until(lambda: self._view is not None)
                continue
            self.lapse()

    def lapse(self) -> None:
        """Gives up a peer that is away; does nothing about one that is there."""
        if self._view is None:
            self._lapsed = self._silent = True
            self._move()

    def expect_nobody(self) -> None:
        """A peer that is away, or leaves from now on, is given up at once."""
        self._window_s = 0.0
        self.lapse()

    def _welcome_back(self, view: _View, last_seq: int) -> None:
        now = time.monotonic()
        if self._view is not None:
            self._view.taken_over.set()
            self._lose()
        self._granted = True
        view.control.append(resume.resumed_frame(self._arrivals.last))
        self._told = self._arrivals.last
        if not self._finished:
            self.presence.returns(now, self._ledger.last - last_seq)

    def _lose(self) -> None:
        self._view = None
        if self._silent:
            self._lapsed = True
        elif not self._finished:
            self.presence.leaves(time.monotonic())
        self._move()

    async def _read(self, view: _View) -> None:
        while True:
            message = await view.socket.receive()
            if message is None:
                break
            frame = resume.read_client_frame(message)
            if frame.acknowledged is not None:
                self._ledger.acknowledged(frame.acknowledged)
            elif frame.heartbeat is not None:
                view.control.append(resume.heartbeat_frame(frame.heartbeat))
            else:
                await self._until(lambda: len(self._inbox) < _MOST_UNREAD)
                self._inbox.append((message, frame))
            self._move()
        if self._goodbye is not None:
            return
        if view.socket.goodbye not in _GOODBYES:
            raise _Lost
        self._silent = True  # but what is owed is still listened to
        self._move()

    async def _write(self, view: _View) -> None:
        while True:
            if view.control:
                await view.socket.send(view.control.popleft())
            elif (frame := self._ledger.frame(view.handed + 1)) is not None:
                await view.socket.send(frame)
                view.handed += 1
                self._ledger.handed_over(view.handed, time.monotonic())
                self._move()
            elif self._goodbye is not None:
                await self._part(view.socket, *self._goodbye)
            elif self._finished:
                raise _Lost
            else:
                await self._wait_for_work(view)

    async def _part(self, socket: Socket, code: int, reason: str) -> None:
        await socket.close(code, reason)
        self._parted = True
        self._move()
        if socket.goodbye is None:
            await socket.parted()
        self._answered = self._answered or socket.goodbye is not None
        raise _Lost

    async def _wait_for_work(self, view: _View) -> None:
        """Until there is something to send, or a client's frame has waited for its answer."""

        def has_work() -> bool:
            is_over = self._finished or self._goodbye is not None
            return bool(view.control) or self._ledger.last > view.handed or is_over

        owes_ack = self._arrivals.last > self._told
        try:
            async with asyncio.timeout(self._ack_in() if owes_ack else None):
                await self._until(
                    lambda: has_work() or owes_ack != (self._arrivals.last > self._told)
                )
        except TimeoutError:
            self._told = self._arrivals.last
            view.control.append(resume.ack_frame(self._told))

    def _ack_in(self) -> float:
        return max(0.0, self._told_at + _ACK_WITHIN_S - time.monotonic())

    def _is_new(self, cseq: int) -> bool:
        if self._arrivals.last == self._told:
            self._told_at = time.monotonic()
        try:
            return self._arrivals.is_new(cseq)
        except ValueError as error:
            raise InvalidMessage(f"Frames are missing: {error}.") from error

    def _with_grant(self, message: str) -> str:
        assert self._carries_grant is not None
        if self._carries_grant(message):
            self._granted = True
            return resume.with_grant(message, self.grant)
        self._keep_grant()
        return message

    def _keep_grant(self) -> None:
        self._granted = True
        self._keep(resume.grant_frame(self.grant))

    def _keep(self, frame: str) -> int:
        self._told = self._arrivals.last
        number = self._ledger.last + 1
        self._ledger.add(resume.numbered(frame, number, self._told), time.monotonic())
        self._move()
        return number

    def _move(self) -> None:
        self._moved.set()

    async def _until(self, is_so: Callable[[], bool]) -> None:
        while not is_so():
            self._moved.clear()
            await self._moved.wait()


async def _close(socket: Socket, error: Exception | ExceptionGroup[Exception]) -> None:
    """Sends a socket away that may be dead already."""
    with contextlib.suppress(TimeoutError, PeerGone):
        async with asyncio.timeout(_FAREWELL_S):
            code = wire_code(error)
            await socket.close(code.close_code, code.error_id)
