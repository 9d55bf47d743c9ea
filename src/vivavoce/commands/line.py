"""A line to a server: the socket, and what can go wrong with it."""

from __future__ import annotations

import contextlib
import ipaddress
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from vivavoce.commands.failures import MISUSED, CommandFailed

_SCHEMES = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}


class LineClosed(Exception):
    """The server has hung up."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class NobodyAnswers(Exception):
    """No voice server is at the address; the text says what is instead."""


class Line(Protocol):
    """The JSON messages of a socket, both ways."""

    async def send(self, message: str) -> None:
        """Raises LineClosed."""

    async def receive(self) -> str:
        """The next message. Raises LineClosed after the last."""


class Asked(Protocol):
    """What the address of a line says."""

    @property
    def path(self) -> str:
        """With a slash at its beginning, and percent-encoded."""

    @property
    def query(self) -> str:
        """The query string."""


@contextlib.asynccontextmanager
async def server_line(
    url: str, asked: Asked, *, api_key: str | None, authority: Path
) -> AsyncIterator[Line]:
    """A line to the server at `url`, which is trusted if the certificate `authority` vouches.

    Raises NobodyAnswers, or CommandFailed for a URL that is none.
    """
    address = urlsplit(url)
    scheme = _SCHEMES.get(address.scheme)
    if scheme is None or not address.hostname:
        raise CommandFailed(
            f"{url!r} is no address such as http://127.0.0.1:8000", exit_code=MISUSED
        )
    path = f"{address.path.rstrip('/')}{asked.path}"
    connecting = connect(
        f"{scheme}://{address.netloc}{path}?{asked.query}",
        additional_headers={"xi-api-key": api_key} if api_key else {},
        compression=None,
        # A proxy of the environment cannot reach what is on this machine.
        proxy=None if is_this_machine(address.hostname) else True,
        ssl=trusting(authority) if scheme == "wss" else None,
    )
    try:
        socket = await connecting
    except InvalidStatus as error:
        status = error.response.status_code
        said = (error.response.body or b"").decode("utf-8", "replace").strip()
        raise NobodyAnswers(f"{url} answers with HTTP {status}: {said[:200]}") from error
    except ConnectionRefusedError as error:
        raise NobodyAnswers(f"no server listens at {url}") from error
    except (OSError, InvalidHandshake) as error:
        raise NobodyAnswers(f"no voice server answers at {url} ({error})") from error
    async with socket:
        yield _SocketLine(socket)


class _SocketLine:
    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def send(self, message: str) -> None:
        """See `Line.send`."""
        try:
            await self._socket.send(message)
        except ConnectionClosed as error:
            raise _as_closed(error) from error

    async def receive(self) -> str:
        """See `Line.receive`."""
        try:
            return await self._socket.recv(decode=True)
        except ConnectionClosed as error:
            raise _as_closed(error) from error


def _as_closed(error: ConnectionClosed) -> LineClosed:
    if error.rcvd is None:
        return LineClosed(1006, "the connection was lost")
    return LineClosed(error.rcvd.code, error.rcvd.reason)


def is_this_machine(host: str) -> bool:
    """Whether `host` is a name or an address of this machine's own."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def trusting(authority: Path) -> ssl.SSLContext:
    """What trusts the system's authorities and, where it exists, the certificate `authority`."""
    context = ssl.create_default_context()
    if authority.exists():
        context.load_verify_locations(authority)
    return context
