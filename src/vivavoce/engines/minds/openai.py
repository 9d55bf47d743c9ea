"""Any OpenAI-compatible chat server as a mind: OpenAI, Ollama, llama.cpp, vLLM and their like."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager
from itertools import count

import httpx
import structlog

from vivavoce.engines.guarded_http import Allows, guarded_client, is_any
from vivavoce.engines.minds.base import Prompt, Seat, Thought
from vivavoce.engines.minds.chat_failures import (
    answered_with,
    transport_failure,
    without_secrets,
)
from vivavoce.engines.minds.chat_reading import (
    ChatReading,
    NotChat,
    ServerComplained,
    complaint_in,
)
from vivavoce.engines.minds.chat_request import (
    chat_body,
    completions_url,
    refused_key,
)
from vivavoce.errors import CustomMindFailed, MindFailed, MindTimeout

_log = structlog.get_logger(__name__)

_STALL_S = 20.0
"""Without a word: what ElevenLabs gives a model before it ends the call with `llm_timeout`."""
_AFTER_END_S = 0.25
"""For the usage and the end of the body, once the answer is complete."""
_CONNECT_S = 10.0
_MOST_COMPLAINT_BYTES = 65_536
_PLAIN = "identity"
"""A compressed answer may be a thousand times larger than what came of it."""
_OURS = frozenset({"host", "content-length", "transfer-encoding", "connection", "accept-encoding"})
"""Headers that belong to the connection, whatever an agent says."""


class OpenAiMind:
    """The model called `model` at `url`, as it is asked for on the chat completions wire.

    `extra_body` and then the prompt's own are merged into each request. `allows` says which
    addresses may be connected to. Failures are CustomMindFailed for a `custom` mind, which an
    agent has named, and MindFailed otherwise; MindTimeout after `stall_s` without a word.
    """

    def __init__(
        self,
        url: str,
        *,
        model: str,
        api_key: str = "",
        headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, object] | None = None,
        allows: Allows = is_any,
        custom: bool = False,
        stall_s: float = _STALL_S,
    ) -> None:
        self._url = url
        self._model = model
        self._headers = {"authorization": f"Bearer {api_key}"} if api_key else {}
        given = {name.lower(): value for name, value in (headers or {}).items()}
        self._headers |= {name: value for name, value in given.items() if name not in _OURS}
        self._secrets = [api_key, *given.values()]
        self._extra_body = extra_body or {}
        self._allows = allows
        self._failed = CustomMindFailed if custom else MindFailed
        self._stall_s = stall_s
        self._refused: set[str] = set()
        self._kept: httpx.AsyncClient | None = None

    @property
    def name(self) -> str:
        """The model's, or that there is one."""
        return self._model or "openai-compatible"

    @asynccontextmanager
    async def seat(self) -> AsyncIterator[Seat]:
        """Nothing is asked of the server before the first prompt."""
        yield _OpenAiSeat(self)

    async def aclose(self) -> None:
        """Closes its connections; the next prompt would open new ones."""
        client, self._kept = self._kept, None
        if client is not None:
            await client.aclose()

    async def think(self, prompt: Prompt, made_ids: Iterator[str]) -> AsyncGenerator[Thought, None]:
        """As a seat does; tool calls that come without an id get one of `made_ids`."""
        try:
            answer = await self._ask(prompt)
            try:
                async with aclosing(self._thoughts(answer, made_ids)) as thoughts:
                    async for thought in thoughts:
                        yield thought
            finally:
                await answer.aclose()
        except httpx.InvalidURL:
            raise self._failed("The language model's URL is not one.") from None
        except UnicodeError:
            raise self._failed("A header for the language model's server is not ASCII.") from None
        except (TimeoutError, httpx.ReadTimeout, httpx.WriteTimeout):
            raise MindTimeout(
                f"The language model said nothing for {self._stall_s:g} seconds."
            ) from None
        except httpx.HTTPError as error:
            raise self._failed(transport_failure(error)) from None
        except httpx.StreamError:
            raise self._failed("The language model's server broke off its answer.") from None
        except NotChat as error:
            raise self._failed(f"The language model's server sent {error}.") from None
        except ServerComplained as error:
            told = self._shown(str(error)) or "it does not say which"
            raise self._failed(f"The language model's server reports an error: {told}") from None

    async def _ask(self, prompt: Prompt) -> httpx.Response:
        """The answer of HTTP 200; what the server refuses by name is left out from then on."""
        url = completions_url(self._url)
        refused = set(self._refused)
        while True:
            body = chat_body(
                prompt, model=self._model, extra_body=self._extra_body, refused=refused
            )
            answer = await self._send(url, body)
            if answer.headers.get("content-encoding", _PLAIN).lower() != _PLAIN:
                await answer.aclose()
                raise self._failed("The language model's server compresses, although asked not to.")
            if answer.status_code == 200:
                if refused > self._refused:
                    _log.info("the mind's server refuses parameters", parameters=sorted(refused))
                    self._refused = refused
                return answer
            text = await self._text(answer)
            key = refused_key(text, body) if answer.status_code in (400, 422) else None
            if key is None or key in refused:
                break
            refused.add(key)
        raise self._failed(answered_with(answer.status_code, self._shown(complaint_in(text))))

    async def _send(self, url: httpx.URL, body: Mapping[str, object]) -> httpx.Response:
        headers = {"content-type": "application/json", "accept": "text/event-stream"}
        headers["accept-encoding"] = _PLAIN
        # Halves of characters, which a client may send, are no UTF-8.
        content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        client = self._client()
        asked = client.build_request("POST", url, headers=headers | self._headers, content=content)
        async with asyncio.timeout(self._stall_s):
            try:
                return await client.send(asked, stream=True)
            except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
                # A server may close a kept connection just when it is used again.
                return await client.send(asked, stream=True)

    async def _thoughts(
        self, answer: httpx.Response, made_ids: Iterator[str]
    ) -> AsyncGenerator[Thought, None]:
        reading = ChatReading(model=self.name)
        async with aclosing(_closable(answer.aiter_bytes())) as pieces:
            while (piece := await self._next(pieces, reading)) is not None:
                for words in reading.feed(piece):
                    yield words
            for thought in reading.end(made_ids):
                yield thought

    async def _next(
        self, pieces: AsyncGenerator[bytes, None], reading: ChatReading
    ) -> bytes | None:
        """None when the answer is at its end, or as good as."""
        is_over = reading.is_over
        try:
            async with asyncio.timeout(_AFTER_END_S if is_over else self._stall_s):
                return await anext(pieces, None)
        except (TimeoutError, httpx.HTTPError):
            if is_over:
                return None
            raise

    async def _text(self, answer: httpx.Response) -> str:
        """The body of an answer that is none; empty if it does not come."""
        body = bytearray()
        try:
            async with asyncio.timeout(self._stall_s):
                async for piece in answer.aiter_bytes():
                    body += piece
                    if len(body) > _MOST_COMPLAINT_BYTES:
                        break
        except (httpx.HTTPError, TimeoutError):
            return ""
        finally:
            await answer.aclose()
        return body.decode("utf-8", "replace")

    def _client(self) -> httpx.AsyncClient:
        if self._kept is None:
            timeout = httpx.Timeout(self._stall_s, connect=_CONNECT_S)
            self._kept = guarded_client(allows=self._allows, timeout=timeout)
        return self._kept

    def _shown(self, complaint: str) -> str:
        return without_secrets(complaint, self._secrets)


class _OpenAiSeat:
    def __init__(self, mind: OpenAiMind) -> None:
        self._mind = mind
        self._made_ids = (f"made_{number}" for number in count(1))

    def think(self, prompt: Prompt) -> AsyncGenerator[Thought, None]:
        return self._mind.think(prompt, self._made_ids)

    async def prepare(self, prompt: Prompt) -> None:
        """Would be paid for, and these servers keep what they have read by themselves."""


async def _closable(pieces: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    async for piece in pieces:
        yield piece
