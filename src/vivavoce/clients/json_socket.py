"""One socket to the server, from its handshake until it breaks or is closed."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable, Mapping
from typing import Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.protocol import State

from vivavoce.clients.failures import (
    ABNORMAL_CLOSE,
    INVALID_DATA,
    NORMAL_CLOSE,
    Failure,
    failure_of,
)
from vivavoce.clients.messages import decoded
from vivavoce.errors import InvalidMessage

# The protocol's own bound of a frame.
_MOST_FRAME_BYTES: Final = 16 << 20
GOODBYE_S: Final = 1.0

# At its debug level the library writes addresses, in which tokens are, and what people say.
_silence = logging.Logger("vivavoce.clients.json_socket", level=logging.CRITICAL + 1)


class SocketDown(Exception):
    """The socket is of no more use, or there is none; `failure` says why."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


class _Connect(connect):
    """A handshake that follows no redirect: the library would take the key to another host."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


class JsonSocket:
    """A WebSocket with JSON objects in it."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._clock = asyncio.get_running_loop().time
        self._heard_at = self._clock()
        self._dropped: str | None = None

    @classmethod
    async def dial(
        cls, url: str, headers: Mapping[str, str], tls: ssl.SSLContext | None, *, within_s: float
    ) -> JsonSocket:
        """Opens a socket. Raises SocketDown, also when that takes longer than `within_s` seconds.

        Proxies that the environment names are not used: the way to the server is the one in `url`.
        """
        handshake = _Connect(
            url,
            additional_headers=dict(headers),
            compression=None,
            proxy=None,
            open_timeout=None,
            ping_interval=None,
            close_timeout=GOODBYE_S,
            max_size=_MOST_FRAME_BYTES,
            logger=_silence,
            ssl=tls,
        )
        try:
            async with asyncio.timeout(within_s):
                return cls(await handshake)
        except (OSError, EOFError, WebSocketException) as error:
            raise SocketDown(failure_of(error)) from error

    async def send(self, frame: bytes) -> None:
        """Sends a JSON object, and waits while the socket's buffer is full. Raises SocketDown."""
        self._require_open()
        try:
            await self._socket.send(frame, text=True)
        except ConnectionClosed as error:
            raise SocketDown(self._failure(error)) from error

    async def receive(self) -> dict[str, object]:
        """The next JSON object. Raises SocketDown."""
        try:
            frame = await self._socket.recv()
        except ConnectionClosed as error:
            raise SocketDown(self._failure(error)) from error
        self._heard_at = self._clock()
        try:
            return decoded(frame)
        except InvalidMessage as error:
            raise SocketDown(Failure(str(error), close_code=INVALID_DATA)) from error

    async def watch(
        self,
        *,
        every_s: float,
        timeout_s: float,
        is_held_up: Callable[[], bool],
        on_round_trip: Callable[[float], None],
    ) -> None:
        """Measures a round trip every `every_s`; drops the socket when nothing comes back in time.

        A socket whose frames are not being read (`is_held_up`) hears nothing, and is not judged.
        """
        while True:
            asked_at = self._clock()
            try:
                self._require_open()
                # Sending may take for ever, too: a dead peer's window is full.
                async with asyncio.timeout(timeout_s):
                    on_round_trip(await (await self._socket.ping()))
            except (ConnectionClosed, SocketDown):
                return
            except TimeoutError:
                if self._heard_at < asked_at and not is_held_up():
                    self.drop(f"nothing was heard for {timeout_s:g} s")
                    return
            await asyncio.sleep(every_s)

    def drop(self, reason: str) -> None:
        """Breaks the socket off without a goodbye."""
        self._dropped = reason
        self._abort()

    async def say_goodbye(self) -> None:
        """Closes with 1000 and waits at most 1 s for the answer."""
        if self._socket.state is State.OPEN:
            await self._socket.close(NORMAL_CLOSE)

    async def end(self) -> None:
        """Lets go of the socket in whatever state it is."""
        self._abort()
        await self._socket.wait_closed()

    def _require_open(self) -> None:
        # The library would break the socket off itself, and stumble as described below.
        if self._socket.state is not State.OPEN:
            raise SocketDown(Failure("the socket is closing"))

    def _abort(self) -> None:
        # asyncio's transports raise AttributeError when they are broken off after they had written
        # their last bytes and closed themselves.
        if not self._socket.connection_lost_waiter.done():
            self._socket.transport.abort()

    def _failure(self, error: ConnectionClosed) -> Failure:
        if self._dropped is not None:
            return Failure(self._dropped, close_code=ABNORMAL_CLOSE)
        return failure_of(error)
