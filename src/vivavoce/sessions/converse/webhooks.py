"""Webhook tools: asked by HTTP, with an answer that is made into a text for the mind."""

from __future__ import annotations

import html
import re
from typing import Final

import httpx
import msgspec

from vivavoce.engines.guarded_http import UrlRefused
from vivavoce.sessions.converse.answer_parts import shown_json
from vivavoce.sessions.converse.outcomes import ToolRefused
from vivavoce.sessions.converse.webhook_request import WebhookRequest

_MOST_REDIRECTS: Final = 5
_MOST_BYTES: Final = 256 * 1024
"""Of an answer are read: far more than a mind can take, and parsed in 3 ms."""
_NOT_SHOWN: Final = re.compile(
    r"<(script|style|head|template|noscript)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)|<[^<>]*>",
    re.IGNORECASE | re.DOTALL,
)
_SPACE: Final = re.compile(r"\s+")


class WebhookAnswer(msgspec.Struct, frozen=True):
    """`text` is all of it in words, `decoded` what a JSON answer holds, None for any other.

    It is not `is_whole` where only its beginning was read.
    """

    status: int
    text: str
    decoded: object
    is_whole: bool


async def call_webhook(client: httpx.AsyncClient, request: WebhookRequest) -> WebhookAnswer:
    """What the tool's server answers; `client` guards where it may be. Raises ToolRefused.

    Redirects within one origin are followed as they are meant, those to others as a GET without
    the tool's headers and body.
    """
    try:
        asked = client.build_request(
            request.method,
            request.url,
            # A compressed answer may be a thousand times larger than what is read of it.
            headers=httpx.Headers(
                {**request.headers, "accept-encoding": "identity"}, encoding="utf-8"
            ),
            content=request.body,
        )
        for _ in range(_MOST_REDIRECTS + 1):
            answer = await client.send(asked, stream=True)
            try:
                if answer.next_request is None:
                    return await _read(answer)
                asked = _redirected(client, asked, answer.next_request)
            finally:
                await answer.aclose()
    except UrlRefused as error:
        raise ToolRefused(str(error)) from error
    except httpx.TimeoutException as error:
        raise ToolRefused("The tool's server takes too long to answer.") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        # What exactly failed would tell of the network that this machine is in.
        raise ToolRefused("The tool's server cannot be reached.") from error
    raise ToolRefused("The tool's URL leads through too many redirects.")


def _redirected(
    client: httpx.AsyncClient, asked: httpx.Request, following: httpx.Request
) -> httpx.Request:
    one, other = asked.url, following.url
    if (one.scheme, one.host, one.port) == (other.scheme, other.host, other.port):
        return following
    return client.build_request("GET", other, headers={"accept-encoding": "identity"})


async def _read(answer: httpx.Response) -> WebhookAnswer:
    if answer.headers.get("content-encoding", "identity").lower() != "identity":
        raise ToolRefused("The tool's server compresses its answer, although asked not to.")
    body = bytearray()
    async for piece in answer.aiter_raw():
        body += piece
        if len(body) > _MOST_BYTES:
            break
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    text, decoded = _understood(bytes(body[:_MOST_BYTES]), kind)
    return WebhookAnswer(answer.status_code, text, decoded, is_whole=len(body) <= _MOST_BYTES)


def _understood(body: bytes, kind: str) -> tuple[str, object]:
    # Many servers say text/plain of their JSON, or nothing.
    if not kind or "json" in kind or kind == "text/plain":
        try:
            decoded: object = msgspec.json.decode(body)
        except (ValueError, RecursionError):
            pass
        else:
            return (decoded if isinstance(decoded, str) else shown_json(decoded)), decoded
    if b"\0" in body[:1024]:
        return f"[{kind or 'binary data'}]", None
    text = body.decode("utf-8", "replace")
    return (_plain(text) if "html" in kind else text.strip()), None


def _plain(markup: str) -> str:
    return _SPACE.sub(" ", html.unescape(_NOT_SHOWN.sub(" ", markup))).strip()
