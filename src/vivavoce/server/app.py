"""The ASGI application: who is sent where."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import cast
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
from vivavoce.engines.base import SpeechRequest
from vivavoce.runtime.base import SpeechPool
from vivavoce.server.auth import Credentials, KeyRing
from vivavoce.server.doors import Doors
from vivavoce.server.http import Health, http_app
from vivavoce.server.socket import AsgiSocket
from vivavoce.sessions.duplex import PeerGone
from vivavoce.sessions.notices import Notices
from vivavoce.sessions.opening import find_voice
from vivavoce.sessions.speech import Authenticate, SpeechDesk, SpeechSession

PoolFactory = Callable[[], AbstractAsyncContextManager[SpeechPool]]
"""Makes the pool that a server enters when it starts and leaves when it stops."""

_STREAM_INPUT = re.compile(r"/v1/text-to-speech/([^/]+)/stream-input/?")

_log = structlog.get_logger(__name__)


class App:
    """One server's ASGI callable. Sockets come straight here, all else goes to Litestar."""

    def __init__(self, settings: Settings, pool_factory: PoolFactory) -> None:
        self.doors = Doors()
        self._settings = settings
        self._pool_factory = pool_factory
        self._keys = KeyRing(settings.api_keys)
        self._desk: SpeechDesk | None = None
        self._http = http_app(self._health)

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
            async with self._pool_factory() as pool:
                await self._speak_first_sentence(pool)
                self._desk = SpeechDesk(pool, self._settings, Notices())
                await send({"type": "lifespan.startup.complete"})
                await receive()
                self._desk = None
        except Exception as error:
            if self._desk is not None:
                raise
            _log.error("server cannot start", exc_info=error)
            await send({"type": "lifespan.startup.failed", "message": str(error)})
        else:
            await send({"type": "lifespan.shutdown.complete"})

    async def _speak_first_sentence(self, pool: SpeechPool) -> None:
        """Nobody hears it: a server that takes work is one that has been heard to speak."""
        request = SpeechRequest("Ready.", find_voice(None, self._settings))
        async for _ in pool.submit(request, dry_at=time.monotonic()):
            pass

    def _health(self) -> Health:
        if self.doors.draining:
            return Health("draining", self.doors.inside)
        return Health("starting" if self._desk is None else "ok", self.doors.inside)

    async def _talk(self, scope: WebSocketScope, receive: Receive, send: Send) -> None:
        socket = AsgiSocket(scope, receive, send)
        found = _STREAM_INPUT.fullmatch(scope["path"])
        if found is None:
            await socket.reject(404, "There is no WebSocket here.")
        elif self._desk is None or self.doors.draining:
            await socket.reject(503, "The server takes no new connections.")
        else:
            await self._speak(socket, scope, found[1], self._desk)

    async def _speak(
        self, socket: AsgiSocket, scope: WebSocketScope, segment: str, desk: SpeechDesk
    ) -> None:
        try:
            await socket.accept()
        except PeerGone:
            return
        session = SpeechSession(
            socket,
            segment,
            scope["query_string"].decode("latin-1"),
            desk=desk,
            authenticate=self._doorkeeper(scope),
        )
        with self.doors.inside_for(session):
            await session.run()

    def _doorkeeper(self, scope: WebSocketScope) -> Authenticate:
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        shown = Credentials.from_handshake(headers, query, scope["subprotocols"])

        def authenticate(later: Sequence[str]) -> None:
            self._keys.check(shown.with_first_message(later).candidates)

        return authenticate
