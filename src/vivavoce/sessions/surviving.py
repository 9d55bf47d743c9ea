"""A duplex that outlives its sockets: what one of them did not deliver, the next one does."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import Final

from vivavoce.core.ledger import MOST_BYTES
from vivavoce.errors import BadRequest, SessionTakenOver
from vivavoce.sessions.correspondence import Correspondence
from vivavoce.sessions.duplex import PeerGone, Presence
from vivavoce.sessions.view import Socket, View
from vivavoce.wire import resume
from vivavoce.wire.resume import Grant

_GOES_S: Final = 10.0
"""For a peer that is sent away to read why, as without resume; it may come back for the rest."""
_ALL_IS_SAID: Final = 1000


class _Lost(Exception):
    """The socket is of no use any more."""


class SurvivingLine:
    """`Duplex` for a session; `serve` lends it one socket after the other."""

    def __init__(
        self,
        grant: Grant,
        *,
        carries_grant: Callable[[str], bool] | None = None,
        window_s: float = resume.WINDOW_MS / 1000,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        """See `Correspondence` for `carries_grant` and `most_bytes`."""
        self.presence = Presence(may_return=True)
        self.grant = grant
        self._window_s = window_s
        talk = Correspondence(grant, carries_grant, most_bytes=most_bytes)
        self._talk, self._ledger, self._arrivals = talk, talk.ledger, talk.arrivals
        self._fault: BadRequest | None = None
        self._view: View | None = None
        self._silent = False
        """Nothing more will be heard of the peer."""
        self._lapsed = False
        """Nor will it come back."""
        self._goodbye: tuple[int, str] | None = None
        self._parted = False
        self._answered = False
        self._finished = asyncio.Event()
        self._moved = asyncio.Event()

    async def receive(self) -> str | bytes | None:
        """See `Duplex.receive`. Raises BadRequest when frames of the client are missing."""
        await self._until(
            lambda: len(self._arrivals) > 0 or self._fault is not None or self._hears_no_more
        )
        if len(self._arrivals) > 0:
            self._move()
            return self._arrivals.take(time.monotonic())
        if self._fault is None or self._hears_no_more:
            return None
        raise self._fault

    @property
    def _hears_no_more(self) -> bool:
        return self._silent or self._goodbye is not None

    async def send(self, message: str | bytes) -> None:
        """See `Duplex.send`; while the peer is away it waits only for room."""
        assert isinstance(message, str), "only dialects of JSON frames survive"
        await self._until(lambda: self._ledger.has_room or self._lapsed)
        if self._lapsed or self._goodbye is not None:
            raise PeerGone
        number = self._talk.say(message)
        self._move()
        await self._until(lambda: self._view is None or self._ledger.handed >= number)
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
        what came before it.
        """
        has_all = self._answered and last_seq >= self._ledger.last
        return self._silent or self._lapsed or has_all

    def can_replay_after(self, seq: int) -> bool:
        """Whether a client can go on that has all frames up to `seq`."""
        return self._ledger.can_replay_after(seq)

    async def serve(self, socket: Socket, last_seq: int | None = None) -> None:
        """Talks through `socket` until it is lost, taken over, or everything has been said.

        `last_seq` is the last frame that a client has who comes back; None for a newcomer.
        """
        view = View(socket)
        if last_seq is not None:
            self._welcome_back(view, last_seq)
        self._view = view
        self._move()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._read(view))
                tasks.create_task(self._write(view))
                tasks.create_task(self._send_away())
                tasks.create_task(view.evicted())
        except* SessionTakenOver:
            await view.send_away()
        except* (_Lost, PeerGone):
            pass
        finally:
            if self._view is view:
                self._lose(view)

    def finish(self) -> None:
        """The session is over; what is owed may still be fetched for as long as it is kept."""
        self._finished.set()
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

    def _welcome_back(self, view: View, last_seq: int) -> None:
        if self._view is not None:
            self._view.take_over()
            self._lose(self._view)
        self._ledger.replay_after(last_seq)
        view.control.append(resume.resumed_frame(self._arrivals.tell()))
        if not self._finished.is_set():
            self.presence.returns(time.monotonic(), self._ledger.last - last_seq)

    def _lose(self, view: View) -> None:
        self._view = None
        if self._goodbye is None and view.said_goodbye:
            self._silent = True
        if self.is_over_for(self._ledger.forgotten):
            self._lapsed = True
        elif not self._finished.is_set():
            self.presence.leaves(time.monotonic())
        self._move()

    async def _read(self, view: View) -> None:
        while (message := await view.socket.receive()) is not None:
            await self._until(lambda: self._arrivals.has_room and view.has_room)
            try:
                answer = self._talk.hear(message)
                if answer is not None:
                    view.control.append(answer)
            except BadRequest as fault:
                self._fault = self._fault or fault
            self._move()
        if self._goodbye is not None:
            return
        if not view.said_goodbye or self._view is not view:
            raise _Lost
        self._silent = True  # but what is owed is still listened to
        self._move()

    async def _write(self, view: View) -> None:
        while self._view is view:
            if view.control:
                await view.socket.send(view.control.popleft())
                self._move()
            elif (frame := self._ledger.next_frame) is not None:
                await view.socket.send(frame)
                if self._view is view:
                    self._ledger.handed_over(time.monotonic())
                    self._move()
            elif self._goodbye is not None:
                await self._part(view.socket, *self._goodbye)
            elif self._finished.is_set():
                raise _Lost
            else:
                await self._wait_for_work(view)

    async def _send_away(self) -> None:
        """Gives the socket up if the session has ended otherwise than it should, and it hangs."""
        await self._finished.wait()
        if self._goodbye is None or self._goodbye[0] != _ALL_IS_SAID:
            await asyncio.sleep(_GOES_S)
            raise _Lost

    async def _part(self, socket: Socket, code: int, reason: str) -> None:
        await socket.close(code, reason)
        self._parted = True
        self._move()
        if socket.goodbye is None:
            await socket.parted()
        self._answered = self._answered or socket.goodbye is not None
        raise _Lost

    async def _wait_for_work(self, view: View) -> None:
        """Until there is something to send, or a client's frame has waited for its answer."""

        def has_work() -> bool:
            is_over = self._finished.is_set() or self._goodbye is not None
            return bool(view.control) or self._ledger.next_frame is not None or is_over

        due_at = self._arrivals.ack_due_at
        patience_s = None if due_at is None else max(0.0, due_at - time.monotonic())
        try:
            async with asyncio.timeout(patience_s):
                await self._until(lambda: has_work() or due_at != self._arrivals.ack_due_at)
        except TimeoutError:
            view.control.append(resume.ack_frame(self._arrivals.tell()))

    def _move(self) -> None:
        self._moved.set()

    async def _until(self, is_so: Callable[[], bool]) -> None:
        while not is_so():
            self._moved.clear()
            await self._moved.wait()
