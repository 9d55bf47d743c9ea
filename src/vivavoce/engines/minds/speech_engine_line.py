"""Dialling a WebSocket that somebody names, without being led into the network of this machine."""

from __future__ import annotations

import asyncio
import ssl

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, InvalidStatus, InvalidURI

from vivavoce.engines.guarded_http import Allows, UrlRefused, allowed_addresses, client_tls
from vivavoce.errors import CustomMindFailed

_HEADER = "X-Elevenlabs-Speech-Engine-Authorization"
_CONNECT_S = 10.0
_CLOSE_S = 1.0
_MOST_FRAME_BYTES = 65_536
_MOST_FRAMES = 256
"""Unread: what is said on to a caller who is not listening any more waits for the next turn."""
_SCHEMES = {"ws": 80, "http": 80, "wss": 443, "https": 443}


async def dial(url: str, *, token: str, allows: Allows) -> ClientConnection:
    """An open WebSocket, to an address for which `allows` holds. Raises CustomMindFailed."""
    try:
        return await _dial(httpx.URL(url.strip()), token, allows)
    except UrlRefused as error:
        raise CustomMindFailed(f"The speech engine cannot be reached. {error}") from None
    except ssl.SSLError:
        raise CustomMindFailed(
            "The speech engine cannot be reached: its certificate is not accepted."
        ) from None
    except InvalidStatus as error:
        status = error.response.status_code
        raise CustomMindFailed(f"The speech engine answered HTTP {status}.") from None
    except (httpx.InvalidURL, InvalidURI, UnicodeError):
        raise CustomMindFailed("The speech engine's URL is not one.") from None
    except (OSError, InvalidHandshake, ValueError):
        raise CustomMindFailed("The speech engine cannot be reached.") from None


async def _dial(url: httpx.URL, token: str, allows: Allows) -> ClientConnection:
    if url.scheme not in _SCHEMES:
        raise UrlRefused("The URL must begin with wss:// or ws:// and name a host.")
    is_secure = _SCHEMES[url.scheme] == 443
    port = url.port or _SCHEMES[url.scheme]
    uri = str(url.copy_with(scheme="wss" if is_secure else "ws"))
    tls = await asyncio.to_thread(client_tls) if is_secure else None
    async with asyncio.timeout(_CONNECT_S):
        addresses = await allowed_addresses(url.raw_host.decode("ascii"), port, allows)
    for address in addresses[:-1]:
        try:
            return await _connect(uri, token, address, port, tls)
        except OSError:
            continue
    return await _connect(uri, token, addresses[-1], port, tls)


async def _connect(
    uri: str, token: str, address: str, port: int, tls: ssl.SSLContext | None
) -> ClientConnection:
    # With an address given, no redirect leads to another machine.
    return await connect(
        uri,
        additional_headers={_HEADER: token} if token else None,
        proxy=None,
        open_timeout=_CONNECT_S,
        close_timeout=_CLOSE_S,
        max_size=_MOST_FRAME_BYTES,
        max_queue=_MOST_FRAMES,
        host=address,
        port=port,
        ssl=tls,
    )
