"""What is left of a finished call, posted to where its owner wants it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Final

import httpx
import msgspec
import structlog

from vivavoce.engines.guarded_http import Allows, UrlRefused, guarded_client
from vivavoce.wire.initiation import Webhook

_log = structlog.get_logger(__name__)

_PAUSES_S: Final = (1.0, 5.0, 25.0)
"""Before the second, third and last attempt."""
_TIMEOUT: Final = httpx.Timeout(30.0, connect=10.0)
_AGAIN: Final = frozenset({408, 425, 429})
_CHUNK: Final = 48 * 1024
"""Bytes of sound in one piece; a multiple of three, so that the pieces join to one base64 text."""


class PostCall:
    """Posts to webhooks, signed where they have a secret.

    A failure is tried again after 1, 5 and 25 s, except where the receiver refused. `sleep` and
    `unix_time` are in seconds.
    """

    def __init__(
        self,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        unix_time: Callable[[], float] = time.time,
    ) -> None:
        self._sleep = sleep
        self._unix_time = unix_time

    async def send_transcript(self, webhook: Webhook, conversation: bytes, allows: Allows) -> bool:
        """Whether the conversation arrived: the JSON that REST gives of it. Never raises.

        `allows` guards where the webhook may be.
        """
        body = _Body(b'{"type":"post_call_transcription","event_timestamp":', conversation)
        return await self._deliver(webhook, body, allows)

    async def send_audio(
        self, webhook: Webhook, agent_id: str, conversation_id: str, mp3: bytes, allows: Allows
    ) -> bool:
        """Whether the sound of the whole call arrived. Never raises."""
        ids = msgspec.json.encode({"agent_id": agent_id, "conversation_id": conversation_id})
        begin = ids.removesuffix(b"}") + b',"full_audio":"'
        body = _Body(b'{"type":"post_call_audio","event_timestamp":', begin, mp3, b'"}')
        return await self._deliver(webhook, body, allows)

    async def _deliver(self, webhook: Webhook, body: _Body, allows: Allows) -> bool:
        async with guarded_client(allows=allows, timeout=_TIMEOUT) as client:
            failure = await self._attempt(client, webhook, body)
            for pause in _PAUSES_S:
                if failure is None or not failure.may_pass:
                    break
                await self._sleep(pause)
                failure = await self._attempt(client, webhook, body)
        if failure is not None:
            _log.warning("a post-call webhook could not be delivered", reason=failure.reason)
        return failure is None

    async def _attempt(
        self, client: httpx.AsyncClient, webhook: Webhook, body: _Body
    ) -> _Failure | None:
        now = int(self._unix_time())
        headers = {"content-type": "application/json"}
        if webhook.secret:
            # Hashing lets the event loop go on, and takes 10 ms for a call of ten minutes.
            headers["elevenlabs-signature"] = await asyncio.to_thread(
                signature, webhook.secret, now, body.pieces(now)
            )
        try:
            # A redirect is not followed: what was said in the call is for this address.
            async with client.stream(
                "POST", webhook.url, headers=headers, content=_paced(body.pieces(now))
            ) as answer:
                return _refusal(answer.status_code)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, UrlRefused, UnicodeError) as error:
            return _Failure(type(error).__name__, may_pass=False)
        except httpx.HTTPError as error:
            return _Failure(type(error).__name__, may_pass=True)


class _Failure(msgspec.Struct, frozen=True):
    """What went wrong, for the log, and whether another attempt may go better."""

    reason: str
    may_pass: bool


def _refusal(status: int) -> _Failure | None:
    if 200 <= status < 300:
        return None
    return _Failure(f"HTTP {status}", may_pass=status >= 500 or status in _AGAIN)


class _Body:
    """JSON that is made piece by piece: `data` is `begin`, the sound as base64, and `end`."""

    def __init__(self, head: bytes, begin: bytes, sound: bytes = b"", end: bytes = b"") -> None:
        self._head = head
        self._begin = begin
        self._sound = sound
        self._end = end

    def pieces(self, unix_time: int) -> Iterator[bytes]:
        yield self._head + str(unix_time).encode("ascii") + b',"data":' + self._begin
        for at in range(0, len(self._sound), _CHUNK):
            yield base64.b64encode(memoryview(self._sound)[at : at + _CHUNK])
        yield self._end + b"}"


def signature(secret: str, unix_time: int, body: Iterator[bytes]) -> str:
    """The value of the header `ElevenLabs-Signature`: `t=<time>,v0=<hex>`.

    It is the HMAC-SHA256 of `<time>.<body>`, as the official SDKs check it.
    """
    digest = hmac.new(secret.encode(), f"{unix_time}.".encode(), hashlib.sha256)
    for piece in body:
        digest.update(piece)
    return f"t={unix_time},v0={digest.hexdigest()}"


async def _paced(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Asynchronous, so that it goes out in chunks, and one piece at a time."""
    for piece in pieces:
        yield piece
