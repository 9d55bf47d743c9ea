"""The loop that keeps a connection: socket after socket, and when need be session after session."""

from __future__ import annotations

import asyncio
import logging
import random
import ssl
from collections.abc import Callable
from typing import Final

from vivavoce.clients.exchange import Exchange, come_back
from vivavoce.clients.failures import ConnectionOver, Failure
from vivavoce.clients.inbox import Inbox
from vivavoce.clients.json_socket import JsonSocket, SocketDown
from vivavoce.clients.messages import Frame, Opening, encoded
from vivavoce.clients.numbering import MOST_KEPT_BYTES
from vivavoce.clients.options import ConnectionOptions
from vivavoce.clients.recovery import Recovery
from vivavoce.clients.session import ClientSession
from vivavoce.clients.states import ConnectionState, Restarted, StateChange

# Of 64 KiB each they are as much as a session keeps the other way.
_MOST_UNREAD: Final = 64

_log = logging.getLogger(__name__)


class Reconnector:
    """What a `Connection` has inside, from its `open` on; `run` is the one task there is."""

    def __init__(
        self,
        url: str,
        *,
        opening: Opening,
        options: ConnectionOptions,
        is_ended_by_server: bool,
        tls: ssl.SSLContext | None,
        on_step: Callable[[StateChange], None],
    ) -> None:
        self.inbox: Inbox[Frame | Restarted] = Inbox(_MOST_UNREAD)
        self.session: ClientSession | None = None
        self.round_trip_s: float | None = None
        self.over: Exception | None = None
        """Why nothing can be sent or received any more."""
        self.has_opened = False
        self.is_decided = asyncio.Event()
        """Set when the first session has begun, or there will be none."""
        self._url = url
        self._opening = opening
        self._options = options
        self._is_ended_by_server = is_ended_by_server
        self._tls = tls
        self._on_step = on_step
        self._clock = asyncio.get_running_loop().time
        self._recovery = Recovery(options, draw=random.random, clock=self._clock)
        self._exchange: Exchange | None = None
        self._has_room = asyncio.Event()
        self._leaving = asyncio.Event()
        self._lost_because = ""

    @property
    def retries(self) -> int:
        """Attempts that have failed in this outage, or had in the last one."""
        return self._recovery.retries

    async def run(self) -> None:
        """Returns when it is over."""
        try:
            self._step(ConnectionState.CONNECTING)
            await self._keep_connected()
        except Exception as error:
            # A refusal, or what `opening` raised: for whoever opens, receives or sends.
            self.finish(error)

    async def send(self, frame: bytes) -> None:
        """Takes a JSON object, once there is room. Raises ConnectionOver."""
        session = self.session
        while self.over is None:
            if session is None or session is not self.session:
                # A loop that only sends must not keep the next session from beginning.
                await asyncio.sleep(0)
                return
            if session.outgoing.has_room:
                session.add(frame)
                if self._exchange is not None:
                    self._exchange.wake()
                return
            self._has_room.clear()
            await self._has_room.wait()
        if isinstance(self.over, ConnectionOver):
            raise self.over
        raise ConnectionOver(str(self.over)) from self.over

    def leave(self) -> bool:
        """Sends what is to be sent, says goodbye and ends; False if nobody is to be told.

        A session without a socket is gone back to, once: the server would keep it.
        """
        self.inbox.end(_closed_here(), discard=True)
        self._leaving.set()
        if self._exchange is not None:
            self._exchange.leave()
            return True
        return self._can_resume

    def cut(self) -> None:
        """Breaks the socket off, if there is one."""
        if self._exchange is not None:
            self._exchange.cut("cut by the client itself")

    def finish(self, error: Exception | None = None) -> None:
        """It is over; without an error because its owner wants it so."""
        if self.over is not None:
            return
        self.over = error or _closed_here()
        self.inbox.end(self.over)
        self._has_room.set()
        self.is_decided.set()
        self._step(ConnectionState.CLOSED, reason=str(self.over))

    @property
    def _can_resume(self) -> bool:
        return self.session is not None and self.session.can_resume

    async def _keep_connected(self) -> None:
        while not self._leaving.is_set():
            failure, has_progressed = await self._attempt()
            if self._leaving.is_set():
                return await self._part(failure)
            if failure.is_normal_end and self._is_ended_by_server:
                return self.finish(_closed_there(failure))
            retry = self._recovery.failed(
                failure, can_resume=self._can_resume, has_progressed=has_progressed
            )
            if retry.is_fresh:
                self._lose_session(failure.reason)
            state = ConnectionState.RECONNECTING if self.has_opened else ConnectionState.CONNECTING
            self._step(state, delay_s=retry.delay_s, reason=failure.reason)
            await self._wait(retry.delay_s)
            if self.session is None:
                # What is still owed can only be said by an owner who has seen all there was.
                await self.inbox.until_empty()
        await self._part()

    async def _part(self, failure: Failure | None = None) -> None:
        """Ends a session that still is one at the server, and then everything."""
        is_over = failure is not None and (
            failure.is_normal_end or failure.is_lost_session or self._options.is_fatal(failure)
        )
        if self._can_resume and not is_over:
            await self._attempt()
        self.finish()

    async def _wait(self, delay_s: float) -> None:
        try:
            async with asyncio.timeout(delay_s):
                await self._leaving.wait()
        except TimeoutError:
            return

    async def _attempt(self) -> tuple[Failure, bool]:
        """How a socket ended, and whether a session that had been cut off went on before that."""
        session = self.session or ClientSession(
            asks=self._options.resume, most_bytes=MOST_KEPT_BYTES
        )
        within_s = self._options.attempt_s
        try:
            socket = await JsonSocket.dial(
                session.url(self._url), self._options.headers, self._tls, within_s=within_s
            )
        except SocketDown as down:
            return down.failure, False
        try:
            if session is self.session:
                await come_back(socket, session, within_s=within_s)
                before = session.progress
                failure = await self._exchange_on(socket, session)
                return failure, session.progress != before
            self._begin(session)
            return await self._exchange_on(socket, session), False
        except SocketDown as down:
            return down.failure, False
        finally:
            await socket.end()

    def _begin(self, session: ClientSession) -> None:
        for message in self._opening(self.has_opened):
            session.add(encoded(message))
        self.session = session
        if self.has_opened:
            self.inbox.put_now(Restarted(self._lost_because))
        self.has_opened = True

    async def _exchange_on(self, socket: JsonSocket, session: ClientSession) -> Failure:
        exchange = Exchange(
            socket,
            session,
            self.inbox,
            on_moved=self._note_room,
            on_round_trip=self._note_round_trip,
        )
        self._exchange = exchange
        if self._leaving.is_set():
            exchange.leave()
        else:
            self._recovery.opened()
            self._step(ConnectionState.OPEN)
            self.is_decided.set()
        try:
            return await exchange.run(self._options)
        finally:
            self._exchange = None

    def _lose_session(self, reason: str) -> None:
        if self.session is None:
            return
        _log.warning("The session is lost (%s): another one begins.", reason)
        self.session = None
        self._lost_because = reason
        self._has_room.set()

    def _note_room(self) -> None:
        if self.session is not None and self.session.outgoing.has_room:
            self._has_room.set()

    def _note_round_trip(self, round_trip_s: float) -> None:
        self.round_trip_s = round_trip_s

    def _step(
        self, state: ConnectionState, *, delay_s: float | None = None, reason: str = ""
    ) -> None:
        self._on_step(StateChange(state, self.retries, delay_s, reason))


def _closed_here() -> ConnectionOver:
    return ConnectionOver("The connection has been closed.")


def _closed_there(failure: Failure) -> ConnectionOver:
    return ConnectionOver(
        f"The server has {failure.reason}.", failure.close_code, failure.close_reason
    )
