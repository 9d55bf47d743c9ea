"""A session on a socket: one direction each, and a heartbeat, until the socket is down."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from vivavoce.clients.failures import Failure, error_in, failure_of
from vivavoce.clients.inbox import Inbox
from vivavoce.clients.json_socket import JsonSocket, SocketDown
from vivavoce.clients.messages import Frame
from vivavoce.clients.numbering import NumbersBroken
from vivavoce.clients.options import ConnectionOptions
from vivavoce.clients.session import ClientSession
from vivavoce.clients.states import Restarted


async def come_back(socket: JsonSocket, session: ClientSession, *, within_s: float) -> None:
    """Goes on with a session that has lost its socket, on another one. Raises SocketDown."""
    try:
        async with asyncio.timeout(within_s):
            frame = await socket.receive()
        session.read_return(frame, asyncio.get_running_loop().time())
    except TimeoutError as error:
        raise SocketDown(failure_of(error)) from error
    except NumbersBroken as error:
        raise SocketDown(Failure(str(error), breaks_session=True)) from error


class Exchange:
    """Sends what `session` owes, and puts what it hears into `inbox`.

    `on_moved` is called after every frame that went either way: there may be room for others now.
    """

    def __init__(
        self,
        socket: JsonSocket,
        session: ClientSession,
        inbox: Inbox[Frame | Restarted],
        *,
        on_moved: Callable[[], None],
        on_round_trip: Callable[[float], None],
    ) -> None:
        self._socket = socket
        self._session = session
        self._inbox = inbox
        self._on_moved = on_moved
        self._on_round_trip = on_round_trip
        self._clock = asyncio.get_running_loop().time
        self._has_work = asyncio.Event()
        self._is_leaving = False
        self._error_id: str | None = None

    def wake(self) -> None:
        """There is something to be sent."""
        self._has_work.set()

    def leave(self) -> None:
        """Says goodbye when everything has been sent."""
        self._is_leaving = True
        self._has_work.set()

    def cut(self, reason: str) -> None:
        """Breaks the socket off."""
        self._socket.drop(reason)

    async def run(self, options: ConnectionOptions) -> Failure:
        """Returns when the socket is down, and why."""
        async with asyncio.TaskGroup() as group:
            watching = self._socket.watch(
                every_s=options.heartbeat_s,
                timeout_s=options.heartbeat_timeout_s,
                is_held_up=lambda: self._inbox.is_full,
                on_round_trip=self._on_round_trip,
            )
            others = [group.create_task(self._talk()), group.create_task(watching)]
            failure = await self._listen()
            for other in others:
                other.cancel()
        return replace(failure, error_id=self._error_id)

    async def _listen(self) -> Failure:
        while True:
            try:
                frame = self._session.read(await self._socket.receive(), self._clock())
            except SocketDown as down:
                return down.failure
            except NumbersBroken as error:
                return Failure(f"the server's numbers are wrong: {error}")
            self._on_moved()
            self._has_work.set()
            if frame is not None:
                self._error_id = error_in(frame)
                await self._inbox.put(frame)

    async def _talk(self) -> None:
        # Why a socket cannot be written to is for the one who reads it to find out.
        try:
            while True:
                self._has_work.clear()
                await self._send_all()
                if self._is_leaving:
                    await self._socket.say_goodbye()
                    return
                await self._until_work()
        except SocketDown:
            return

    async def _send_all(self) -> None:
        session = self._session
        while (frame := session.outgoing.next_frame()) is not None:
            await self._socket.send(frame)
            self._on_moved()
        if session.ack_due_in_s(self._clock()) == 0.0:
            await self._socket.send(session.acknowledgement())

    async def _until_work(self) -> None:
        try:
            async with asyncio.timeout(self._session.ack_due_in_s(self._clock())):
                await self._has_work.wait()
        except TimeoutError:
            return
