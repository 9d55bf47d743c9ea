"""A server that keeps its sessions over the loss of their sockets, and breaks them when told to."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

Message = dict[str, object]


@dataclass
class Session:
    """What the server knows of one client."""

    name: str
    is_granted: bool
    heard: list[Message] = field(default_factory=list)
    acknowledged: list[int] = field(default_factory=list)
    taken: int = 0
    ledger: list[str] = field(default_factory=list)
    socket: ServerConnection | None = None

    async def say(self, message: Mapping[str, object]) -> None:
        """Numbers a message and sends it now, or whenever the client is back."""
        numbers = {"seq": len(self.ledger) + 1, "ack": self.taken} if self.is_granted else {}
        await self._send(json.dumps({**message, **numbers}), is_kept=True)

    async def control(self, message: Mapping[str, object]) -> None:
        """Sends a frame without a number, which a client that is away misses."""
        await self._send(json.dumps(message), is_kept=False)

    async def _send(self, frame: str, *, is_kept: bool) -> None:
        if is_kept:
            self.ledger.append(frame)
        if self.socket is not None:
            try:
                await self.socket.send(frame)
            except ConnectionClosed:
                return


class ResumingServer:
    """Counts, keeps and refuses as its attributes say; `sessions` are in order of their begin."""

    def __init__(self) -> None:
        self.grants = True
        self.acknowledges = True
        self.resumes = True
        """Whether those who come back are answered; they may wait for ever."""
        self.http_status: int | None = None
        self.location: str | None = None
        self.refusals: list[int] = []
        """Close codes for the next handshakes, one each."""
        self.sessions: list[Session] = []
        self.handshakes: list[Request] = []
        self.queries: list[dict[str, str]] = []
        self.close_codes: list[int | None] = []
        self.began = asyncio.Event()
        self.open_sockets = 0
        self.most_open_sockets = 0
        self._server: Server | None = None
        self._scheme = "ws"

    @property
    def url(self) -> str:
        """Where it listens; a query may be put behind."""
        assert self._server is not None
        host, port = next(iter(self._server.sockets)).getsockname()[:2]
        return f"{self._scheme}://{host}:{port}/v1/anything"

    @property
    def session(self) -> Session:
        """The one that began last."""
        return self.sessions[-1]

    def cut(self, *, mid_frame: bool = False) -> None:
        """Breaks the socket off, in the middle of a frame if so desired."""
        socket = self.session.socket
        if socket is None:
            return
        if mid_frame:
            # A text frame of 1000 bytes, of which two arrive.
            socket.transport.write(b'\x81\x7e\x03\xe8{"')
            socket.transport.close()
        else:
            socket.transport.abort()

    def forget(self) -> None:
        """No session is known any more."""
        for session in self.sessions:
            session.name = ""

    async def _serve(self, socket: ServerConnection) -> None:
        self.open_sockets += 1
        self.most_open_sockets = max(self.most_open_sockets, self.open_sockets)
        try:
            await self._attend(socket)
        except ConnectionClosed:
            pass
        finally:
            self.open_sockets -= 1
            self.close_codes.append(socket.close_code)

    async def _attend(self, socket: ServerConnection) -> None:
        if self.refusals:
            await socket.close(self.refusals.pop(0), "refused")
            return
        query = self.queries[-1]
        session = await self._session_for(socket, query)
        if session is None:
            await socket.close(4404, "session_not_found")
            return
        try:
            async for frame in socket:
                await self._hear(session, json.loads(frame))
        finally:
            if session.socket is socket:
                session.socket = None

    async def _session_for(
        self, socket: ServerConnection, query: Mapping[str, str]
    ) -> Session | None:
        if "session" in query:
            if not self.resumes:
                await socket.wait_closed()
            for session in self.sessions:
                if session.name == query["session"] and query["token"] == f"of {session.name}":
                    await _resume(session, socket, int(query["last_seq"]))
                    return session
            return None
        is_granted = self.grants and query.get("resume") == "true"
        session = Session(f"session-{len(self.sessions) + 1}", is_granted)
        self.sessions.append(session)
        session.socket = socket
        if is_granted:
            grant = {"id": session.name, "token": f"of {session.name}", "window_ms": 30000}
            await session.say({"type": "session", "session": grant})
        self.began.set()
        return session

    async def _hear(self, session: Session, message: Message) -> None:
        if message.get("type") == "ack":
            assert isinstance(message["ack"], int)
            session.acknowledged.append(message["ack"])
            return
        cseq = message.pop("cseq", None)
        if session.is_granted:
            assert isinstance(cseq, int)
            assert cseq <= session.taken + 1, "the client has left a frame out"
            if cseq <= session.taken:
                return
            session.taken = cseq
        session.heard.append(message)
        if session.is_granted and self.acknowledges:
            await session.control({"type": "ack", "ack": session.taken})

    def _answer(self, connection: ServerConnection, request: Request) -> Response | None:
        self.handshakes.append(request)
        self.queries.append(dict(parse_qsl(urlsplit(request.path).query)))
        if self.http_status is None:
            return None
        response = connection.respond(HTTPStatus(self.http_status), "no\n")
        if self.location is not None:
            response.headers["Location"] = self.location
        return response


async def _resume(session: Session, socket: ServerConnection, last_seq: int) -> None:
    if session.socket is not None:
        await session.socket.close(4409, "session_taken_over")
    await socket.send(json.dumps({"type": "session", "resumed": True, "ack": session.taken}))
    for frame in session.ledger[last_seq:]:
        await socket.send(frame)
    session.socket = socket


@asynccontextmanager
async def resuming_server(
    port: int = 0, *, tls: ssl.SSLContext | None = None, most_bytes: int | None = None
) -> AsyncIterator[ResumingServer]:
    """A server on the loopback interface, at `port` or any that is free.

    It closes with 1009 at frames of more than `most_bytes`.
    """
    fake = ResumingServer()
    async with serve(
        fake._serve,
        "127.0.0.1",
        port,
        process_request=fake._answer,
        compression=None,
        max_size=most_bytes,
        ssl=tls,
    ) as server:
        fake._server = server
        fake._scheme = "ws" if tls is None else "wss"
        yield fake


async def until(condition: Callable[[], bool]) -> None:
    """Lets everything else run until `condition` holds; the test's own time limit ends it."""
    while not condition():  # noqa: ASYNC110 - what is waited for is the thing under test
        await asyncio.sleep(0.001)
