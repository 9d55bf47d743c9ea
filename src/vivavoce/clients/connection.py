"""A WebSocket that outlives its network: what both sides say arrives once, in order."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable
from typing import Final

from vivavoce.clients.failures import CannotConnect, ConnectionOver
from vivavoce.clients.messages import Frame, Message, Opening, encoded
from vivavoce.clients.options import ConnectionOptions
from vivavoce.clients.reconnector import Reconnector
from vivavoce.clients.states import ConnectionState, Restarted, StateChange
from vivavoce.errors import InvalidParameter, VivavoceError

_NOT_OPEN: Final = "The connection is not open."
_PARTS_WITHIN_S: Final = 2.0

_log = logging.getLogger(__name__)


class Connection:
    """A connection to one of the server's WebSockets, for as long as its owner wants it.

    A socket that is lost is replaced, and with a session that the server has granted (`resume`)
    nothing is lost or comes twice. Without one, or when the server does not know it any more, a
    fresh session begins, and `Restarted` stands before its first frame.

    `opening(is_restart)` is called whenever a fresh session begins, for what to say first. By then
    all frames of the session before have been received. What `send` was given before that call is
    not sent again: `opening` says what of it is still owed.

    It belongs to one event loop and one receiver, and must be closed. It goes to the server that
    `url` names: redirects are not followed, proxies of the environment not used.
    """

    def __init__(
        self,
        url: str,
        *,
        opening: Opening,
        options: ConnectionOptions | None = None,
        is_ended_by_server: bool = True,
    ) -> None:
        """`url` is a whole one, ws:// or wss://, with its query. Raises InvalidParameter.

        Unless it `is_ended_by_server`, a socket that the server closes with 1000 is lost as any
        other: there are servers which close what is idle.
        """
        if not url.startswith(("ws://", "wss://")):
            raise InvalidParameter("The URL has to begin with ws:// or wss://.", param="url")
        self._url = url
        self._opening = opening
        self._options = options or ConnectionOptions()
        self._is_ended_by_server = is_ended_by_server
        if self._options.tls is not None and url.startswith("ws://"):
            raise InvalidParameter("A TLS context is of no use to a ws:// URL.", param="tls")
        self._listeners: list[Callable[[StateChange], None]] = []
        self._state = ConnectionState.IDLE
        self._reconnector: Reconnector | None = None
        self._runner: asyncio.Task[None] | None = None

    @property
    def state(self) -> ConnectionState:
        """Where it stands."""
        return self._state

    @property
    def round_trip_s(self) -> float | None:
        """The last measure of the way to the server and back, in seconds; None before one."""
        return self._reconnector.round_trip_s if self._reconnector else None

    @property
    def retries(self) -> int:
        """Attempts that have failed in this outage, or had in the last one."""
        return self._reconnector.retries if self._reconnector else 0

    @property
    def session_id(self) -> str | None:
        """The server's name for the session; None where none was granted."""
        session = self._reconnector.session if self._reconnector else None
        return session.session_id if session else None

    @property
    def close_code(self) -> int | None:
        """With what the server closed for good; None if it has not."""
        return self._close[0]

    @property
    def close_reason(self) -> str:
        """What the server said as it closed for good."""
        return self._close[1]

    @property
    def _close(self) -> tuple[int | None, str]:
        match self._reconnector.over if self._reconnector else None:
            case ConnectionOver() as end:
                return end.close_code, end.close_reason
            case CannotConnect(failure=failure):
                return failure.close_code, failure.close_reason
        return None, ""

    def on_state(self, listener: Callable[[StateChange], None]) -> Callable[[], None]:
        """Calls `listener` with every step from now on; what is returned takes it away again.

        It is called in the event loop and must not block.
        """
        self._listeners.append(listener)

        def off() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return off

    async def open(self) -> None:
        """Returns when the first session has begun and its opening is on its way.

        Raises CannotConnect at a refusal, or after `open_within_s` without an answer;
        ConnectionOver if it has been closed; VivavoceError if it was opened before.
        """
        if self._state is ConnectionState.CLOSED:
            raise ConnectionOver("The connection has been closed.")
        if self._reconnector is not None:
            raise VivavoceError("The connection has been opened before.")
        reconnector = Reconnector(
            self._url,
            opening=self._opening,
            options=self._options,
            is_ended_by_server=self._is_ended_by_server,
            tls=self._tls(),
            on_step=self._note,
        )
        self._reconnector = reconnector
        self._runner = asyncio.create_task(reconnector.run())
        try:
            await reconnector.is_decided.wait()
        except asyncio.CancelledError:
            await self.close()
            raise
        if not reconnector.has_opened and reconnector.over is not None:
            raise reconnector.over

    async def send(self, message: Message) -> None:
        """Takes a message, to be sent as soon as there is a socket to send it through.

        Waits while 4 MiB are on their way and not acknowledged. Between the loss of a session and
        the opening of the next it does nothing, also if it had been waiting.

        Raises InvalidMessage for what is not JSON, ConnectionOver when nothing can be sent any
        more, or not yet.
        """
        if self._reconnector is None or not self._reconnector.is_decided.is_set():
            raise ConnectionOver(_NOT_OPEN)
        await self._reconnector.send(encoded(message))

    async def receive(self) -> Frame | Restarted:
        """The next message, or the news that a fresh session has begun.

        Raises ConnectionOver when the server has ended it normally and all was received, or when
        it was closed here; CannotConnect when it was refused, or not reached for too long.
        """
        if self._reconnector is None:
            raise ConnectionOver(_NOT_OPEN)
        return await self._reconnector.inbox.take()

    def __aiter__(self) -> Connection:
        """What `receive` returns, up to the normal end."""
        return self

    async def __anext__(self) -> Frame | Restarted:
        try:
            return await self.receive()
        except ConnectionOver:
            raise StopAsyncIteration from None

    async def close(self) -> None:
        """Sends what is still to be sent, says goodbye and lets go of everything. Idempotent.

        Takes 2 s at most. The session is over for good: one that has lost its socket is gone back
        to, once, since the server would keep it for as long as its window lasts.
        """
        if self._reconnector is None or self._runner is None:
            self._note(StateChange(ConnectionState.CLOSED))
            return
        try:
            if self._reconnector.leave():
                await asyncio.wait([self._runner], timeout=_PARTS_WITHIN_S)
        finally:
            self._runner.cancel()
            await asyncio.wait([self._runner])
        self._reconnector.finish()

    def cut(self) -> None:
        """Drops the socket without a goodbye, as a bad network does; a new one is opened."""
        if self._reconnector is not None:
            self._reconnector.cut()

    async def __aenter__(self) -> Connection:
        await self.open()
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.close()

    def _tls(self) -> ssl.SSLContext | None:
        # Made once: it reads all certificates of the machine.
        if self._options.tls is None and self._url.startswith("wss://"):
            return ssl.create_default_context()
        return self._options.tls

    def _note(self, change: StateChange) -> None:
        if self._state is ConnectionState.CLOSED:
            return
        self._state = change.state
        for listener in tuple(self._listeners):
            try:
                listener(change)
            except Exception:
                _log.exception("A listener of the connection's state failed.")
