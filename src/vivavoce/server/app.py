"""The ASGI application: who is sent where."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import NamedTuple, cast
from urllib.parse import parse_qsl

import structlog
from litestar.enums import ScopeType
from litestar.types import (
    LifeSpanReceive,
    LifeSpanScope,
    LifeSpanSend,
    Receive,
    Scope,
    Send,
    WebSocketScope,
)

from vivavoce.config import Settings
from vivavoce.engines.base import ActivityDetector, SpeechRequest
from vivavoce.engines.minds.base import Mind
from vivavoce.errors import InvalidParameter, NotResumed, ServerDraining, wire_code
from vivavoce.runtime.base import EarsPool, SpeechPool
from vivavoce.server.auth import Credentials, Gate, open_gate
from vivavoce.server.call_access import Visitor
from vivavoce.server.call_front import HandshakeFront
from vivavoce.server.doors import Doors
from vivavoce.server.house import House
from vivavoce.server.housekeeping import housekeeping
from vivavoce.server.http import Health, http_app
from vivavoce.server.metrics import Metrics
from vivavoce.server.socket import AsgiSocket
from vivavoce.server.sockets import Visit, find_socket
from vivavoce.sessions.caller import Caller
from vivavoce.sessions.converse.call_desk import CallDesk
from vivavoce.sessions.converse.minding import open_minds
from vivavoce.sessions.converse.post_call import PostCall
from vivavoce.sessions.desk import SpeechDesk
from vivavoce.sessions.duplex import Duplex, PeerGone
from vivavoce.sessions.entrance import Authenticate
from vivavoce.sessions.harbour import Harbour, Session
from vivavoce.sessions.listening import EarsDesk
from vivavoce.sessions.notices import Notices
from vivavoce.sessions.opening import find_voice
from vivavoce.store.database import database_url
from vivavoce.store.store import open_store
from vivavoce.wire.frames import close_reason
from vivavoce.wire.resume import asks_to_survive, parse_return


class Engines(NamedTuple):
    """What makes the pools that a server enters when it starts and leaves when it stops."""

    voices: Callable[[], AbstractAsyncContextManager[SpeechPool]]
    ears: Callable[[], AbstractAsyncContextManager[EarsPool]]
    detector: Callable[[], ActivityDetector]
    mind: Callable[[], AbstractAsyncContextManager[Mind]]


_log = structlog.get_logger(__name__)


class App:
    """One server's ASGI callable. Sockets come straight here, all else goes to Litestar."""

    def __init__(self, settings: Settings, engines: Engines) -> None:
        self.doors = Doors()
        self._settings = settings
        self._engines = engines
        self._house: House | None = None
        self._http = http_app(self._open_house, self._health, settings)

    async def __call__(
        self,
        scope: Scope | LifeSpanScope,
        receive: Receive | LifeSpanReceive,
        send: Send | LifeSpanSend,
    ) -> None:
        """See ASGI."""
        if scope["type"] == "lifespan":
            await self._live(cast(LifeSpanReceive, receive), cast(LifeSpanSend, send))
        elif scope["type"] == ScopeType.WEBSOCKET:
            await self._talk(scope, cast(Receive, receive), cast(Send, send))
        else:
            await self._http(scope, cast(Receive, receive), cast(Send, send))

    async def _live(self, receive: LifeSpanReceive, send: LifeSpanSend) -> None:
        await receive()
        try:
            async with self._furnished() as self._house:
                await send({"type": "lifespan.startup.complete"})
                await receive()
                self._house = None
        except Exception as error:
            if self._house is not None:
                raise
            _log.error("server cannot start", exc_info=error)
            await send({"type": "lifespan.startup.failed", "message": str(error)})
        else:
            await send({"type": "lifespan.shutdown.complete"})

    @contextlib.asynccontextmanager
    async def _furnished(self) -> AsyncIterator[House]:
        settings = self._settings
        async with self._engines.voices() as pool, self._engines.ears() as ears_pool:
            await self._speak_first_sentence(pool)
            async with (
                open_store(database_url(settings), data_dir=settings.data_dir) as store,
                open_gate(settings.api_keys, store) as gate,
                open_minds(settings, self._engines.mind) as minds,
                housekeeping(store, settings.retention_days),
                Harbour(self.doors.inside_for) as harbour,
            ):
                notices, metrics = Notices(), Metrics()
                desk = SpeechDesk(pool, settings, notices, store.dictionaries)
                ears = EarsDesk(ears_pool, self._engines.detector(), settings, notices)
                calls = CallDesk(
                    speech=desk,
                    ears=ears,
                    minds=minds,
                    conversations=store.conversations,
                    recordings=store.recordings,
                    post_call=PostCall(),
                    settings=settings,
                    on_answer=metrics.answered,
                )
                yield House(settings, desk, ears, gate, store, self.doors, calls, metrics, harbour)

    async def _speak_first_sentence(self, pool: SpeechPool) -> None:
        """Nobody hears it: a server that takes work is one that has been heard to speak."""
        request = SpeechRequest("Ready.", find_voice(None, self._settings))
        async for _ in pool.submit(request, dry_at=time.monotonic(), keep=False):
            pass

    def _health(self) -> Health:
        if self.doors.draining:
            return Health("draining", self.doors.inside)
        return Health("starting" if self._house is None else "ok", self.doors.inside)

    def _open_house(self) -> House:
        if self._house is None or self.doors.draining:
            raise ServerDraining("The server takes no new work.")
        return self._house

    async def _talk(self, scope: WebSocketScope, receive: Receive, send: Send) -> None:
        socket = AsgiSocket(scope, receive, send)
        found = find_socket(scope["path"])
        if found is None:
            await socket.reject(404, "There is no WebSocket here.")
            return
        try:
            house = self._open_house()
        except ServerDraining as error:
            await socket.reject(503, str(error))
            return
        route, segment = found
        try:
            await socket.accept(route.choose_subprotocol(scope["subprotocols"]))
        except PeerGone:
            return
        query = scope["query_string"].decode("latin-1")

        def session(duplex: Duplex) -> Session:
            doorkeeper = _doorkeeper(scope, house.gate, route.token_kind)
            front = HandshakeFront(house, _visitor(scope))
            desks = (house.desk, house.ears, house.calls)
            return route.session(Visit(duplex, segment, query, *desks, front, doorkeeper))

        if await _comes_back(house, socket, scope["path"], query):
            return
        if asks_to_survive(query):
            if route.can_survive(segment, query):
                await house.harbour.begin(socket, scope["path"], session, route.carries_grant)
                return
            house.desk.notices.without_effect(("resume",))
        visitor = session(socket)
        with self.doors.inside_for(visitor):
            await visitor.run()


async def _comes_back(house: House, socket: AsgiSocket, path: str, query: str) -> bool:
    """Serves a client that names its session, or sends it away; False for a newcomer."""
    try:
        returned = parse_return(query)
        if returned is None:
            return False
        resuming = house.harbour.resume(socket, path, returned)
        house.metrics.returned("resumed")
        await resuming
    except InvalidParameter as error:
        await socket.close(wire_code(error).close_code, close_reason(str(error)))
    except NotResumed as refusal:
        code = wire_code(refusal)
        house.metrics.returned(code.error_id)
        await socket.close(code.close_code, code.error_id)
    return True


def _doorkeeper(scope: WebSocketScope, gate: Gate, token_kind: str) -> Authenticate:
    shown = Credentials.from_handshake(*_shown(scope), scope["subprotocols"])

    async def authenticate(later: Sequence[str]) -> Caller:
        candidates = shown.with_first_message(later).candidates
        return await gate.admit(candidates, token_kind=token_kind)

    return authenticate


def _visitor(scope: WebSocketScope) -> Visitor:
    return Visitor.from_handshake(*_shown(scope), scope["subprotocols"])


def _shown(scope: WebSocketScope) -> tuple[dict[str, str], dict[str, str]]:
    """The headers of a handshake, and its query."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    return headers, dict(parse_qsl(scope["query_string"].decode("latin-1")))
