"""A server process: its listening socket, its settings for uvicorn, and its way out."""

from __future__ import annotations

import asyncio
import os
import socket
from datetime import UTC, datetime
from types import FrameType

import structlog
import uvicorn

from vivavoce.audio.formats import parse_output_format
from vivavoce.config import Settings, check_binding
from vivavoce.errors import BadRequest, ConfigError
from vivavoce.server.app import App, Engines
from vivavoce.server.tls import LocalCertificate, local_certificate
from vivavoce.server.ws_protocol import WebSocketProtocol
from vivavoce.sessions.opening import find_voice
from vivavoce.store.presence import has_stored_keys

# How long the kernel bears a peer that acknowledges nothing, or that has no room: closing a socket
# waits for its buffer to empty, which a peer that never reads would put off for ever. One that
# reads as fast as it plays may have no room for minutes, with megabytes of MP3 in its own buffer.
_UNACKNOWLEDGED_MS = 300_000

# Of the kernel, for each connection; left to itself it takes 4 MB for a peer that does not read.
_SEND_BUFFER_BYTES = 256 * 1024

_PING_S = 20.0

# After the last session has left, for what hangs all the same.
_STRAGGLERS_S = 5

_log = structlog.get_logger(__name__)


def serve(settings: Settings, engines: Engines) -> None:
    """Serves until SIGINT or SIGTERM. Raises ConfigError, OSError, SystemExit from uvicorn.

    The first signal lets speech under way end, for `drain_timeout_s`; the second cuts it short.
    """
    server, listener = make_server(settings, engines)
    host, port = listener.getsockname()[:2]
    _log.info("listening", host=host, port=port, tls=settings.tls)
    server.run(sockets=[listener])


def make_server(settings: Settings, engines: Engines) -> tuple[DrainingServer, socket.socket]:
    """A server, and the bound socket to run it on. Raises ConfigError or OSError."""
    check_binding(settings, has_stored_keys)
    _check_defaults(settings)
    app = App(settings, engines)
    certificate = _certificate(settings)
    config = uvicorn.Config(
        app,
        http="httptools",
        ws=WebSocketProtocol,
        # Compression costs 3 to 4 times the CPU a message and 50 to 260 KB a socket.
        ws_per_message_deflate=False,
        ws_max_size=settings.max_message_bytes,
        ws_ping_interval=_PING_S,
        # A peer that reads as fast as it plays gets to a ping when it has heard all before it. One
        # that is gone does not acknowledge the ping either, and the kernel notices.
        ws_ping_timeout=None,
        lifespan="on",
        log_config=None,
        # At "info" uvicorn logs the address of every socket, and there may be keys in it.
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_STRAGGLERS_S,
        ssl_certfile=None if certificate is None else certificate.certificate,
        ssl_keyfile=None if certificate is None else certificate.key,
    )
    return DrainingServer(config, app, settings.drain_timeout_s), _listener(settings)


class DrainingServer(uvicorn.Server):
    """Shows its sessions out before it stops, where uvicorn would cut them off with 1012."""

    def __init__(self, config: uvicorn.Config, app: App, drain_timeout_s: float) -> None:
        super().__init__(config)
        self._app = app
        self._drain_timeout_s = drain_timeout_s
        self.loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """See uvicorn."""
        self.loop = asyncio.get_running_loop()
        await super().startup(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Drains on the first signal, hurries on the second.

        uvicorn would raise the first one again once it has stopped, and a server that stopped as
        it was told would look like one that was killed; on a second one it would leave the pool.
        """
        if self.should_exit and self.loop is not None:
            self.loop.call_soon_threadsafe(self._app.doors.hurry)
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Closes the door, waits for the sessions, then lets uvicorn stop."""
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()
        await self._app.doors.drain(self._drain_timeout_s)
        await super().shutdown(sockets)


def _check_defaults(settings: Settings) -> None:
    try:
        parse_output_format(settings.default_output_format)
        find_voice(None, settings)
    except BadRequest as error:
        raise ConfigError(f"the defaults for callers cannot be used: {error}") from error


def _certificate(settings: Settings) -> LocalCertificate | None:
    if not settings.tls:
        return None
    return local_certificate(
        settings.tls_dir, settings.host, now=datetime.now(UTC), environ=os.environ
    )


def _listener(settings: Settings) -> socket.socket:
    """Bound to the first address of `host`; what is set here every connection inherits."""
    family, kind, protocol, _, address = socket.getaddrinfo(
        settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNACKNOWLEDGED_MS)
        listener.bind(address)
    except OSError:
        listener.close()
        raise
    return listener
