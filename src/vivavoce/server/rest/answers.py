"""Speech as the answer to a request: as it is made, or as a whole."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import msgspec
from litestar.types import Receive, Scope, Send
from litestar.types.asgi_types import HTTPResponseBodyEvent, HTTPResponseStartEvent

from vivavoce.errors import ServerDraining, SlowReader
from vivavoce.server.house import House
from vivavoce.server.known_caller import KnownCaller
from vivavoce.server.rest.bodies import WholeBody
from vivavoce.server.rest.errors import log_failure
from vivavoce.server.rest.headers import request_id
from vivavoce.sessions.recital import Recital, recite
from vivavoce.wire.frames import SpeechFrames

Headers = list[tuple[bytes, bytes]]


class Performance(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be spoken, for whom, in which frames, and as which `Content-Type`."""

    recital: Recital
    frames: SpeechFrames
    media_type: str
    house: House
    caller: KnownCaller


class _Answer:
    """An ASGI application that answers one request with speech.

    Nothing is sent before the first frame is there, so that whatever stands in its way still has a
    status of its own: what `recite` raises leaves from here, as does ServerDraining. A failure
    after that is logged, and the answer cut off. A caller who leaves ends the speech.
    """

    def __init__(self, performance: Performance) -> None:
        self._performance = performance
        self._house = performance.house
        self._headers: Headers | None = None
        self._has_begun = False
        self._peer_is_gone = False
        self._is_speaking = False
        self._limit = asyncio.timeout(None)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        with self._house.doors.inside_for(self):
            async with asyncio.TaskGroup() as tasks:
                watcher = tasks.create_task(self._watch(receive))
                failure = await self._outcome(scope, send)
                watcher.cancel()
        if failure is None:
            return
        if not self._has_begun:
            raise failure
        log_failure(failure, request_id(scope))

    def drain(self, *, at_once: bool = False) -> None:
        """See `Drainable`: what has begun is finished, unless it is to end `at_once`."""
        if at_once:
            self._cut_off()

    async def _watch(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._peer_is_gone = True
        self._cut_off()

    def _cut_off(self) -> None:
        if self._is_speaking and not self._limit.expired():
            self._limit.reschedule(0.0)

    async def _outcome(self, scope: Scope, send: Send) -> Exception | None:
        """What went wrong, if anything did; a caller who left is nothing wrong."""
        try:
            async with self._limit:
                self._is_speaking = True
                try:
                    await self._speak(scope, send)
                finally:
                    self._is_speaking = False
        except Exception as error:
            if not self._limit.expired():
                return error
            return None if self._peer_is_gone else ServerDraining("The server is shutting down.")
        return None

    async def _speak(self, scope: Scope, send: Send) -> None:
        performance = self._performance
        async with recite(
            performance.recital,
            desk=self._house.desk,
            caller=performance.caller,
            frames=performance.frames,
        ) as frames:
            async for frame in frames:
                if self._headers is None:
                    self._headers = self._heading(scope)
                await self._take(frame if isinstance(frame, bytes) else frame.encode(), send)
        await self._finish(self._headers or self._heading(scope), send)

    async def _take(self, frame: bytes, send: Send) -> None:
        raise NotImplementedError

    async def _finish(self, headers: Headers, send: Send) -> None:
        raise NotImplementedError

    def _heading(self, scope: Scope) -> Headers:
        caller = self._performance.caller
        headers = {
            "content-type": self._performance.media_type,
            "history-item-id": request_id(scope),
            "character-cost": str(self._performance.recital.characters),
            "current-concurrent-requests": str(caller.concurrent),
        }
        if caller.most_concurrent is not None:
            headers["maximum-concurrent-requests"] = str(caller.most_concurrent)
        return [(name.encode(), value.encode()) for name, value in headers.items()]

    async def _begin(self, headers: Headers, send: Send) -> None:
        self._has_begun = True
        event: HTTPResponseStartEvent = {
            "type": "http.response.start",
            "status": 200,
            "headers": headers,
        }
        await send(event)

    async def _send(self, body: bytes, send: Send, *, more: bool) -> None:
        event: HTTPResponseBodyEvent = {
            "type": "http.response.body",
            "body": body,
            "more_body": more,
        }
        seconds = self._house.settings.send_timeout_s
        try:
            async with asyncio.timeout(seconds):
                await send(event)
        except TimeoutError:
            raise SlowReader(f"The audio was not taken for {seconds:g} s.") from None


class StreamedAnswer(_Answer):
    """Sends each frame as soon as it is there."""

    async def _take(self, frame: bytes, send: Send) -> None:
        if self._headers is not None and not self._has_begun:
            await self._begin(self._headers, send)
        await self._send(frame, send, more=True)

    async def _finish(self, headers: Headers, send: Send) -> None:
        if not self._has_begun:
            await self._begin(headers, send)
        await self._send(b"", send, more=False)


class WholeAnswer(_Answer):
    """Sends everything at once, and says before how much it is."""

    def __init__(self, performance: Performance, body: WholeBody) -> None:
        super().__init__(performance)
        self._body = body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._body.close()

    async def _take(self, frame: bytes, send: Send) -> None:
        await self._body.add(frame)

    async def _finish(self, headers: Headers, send: Send) -> None:
        length, chunks = self._body.whole()
        await self._begin([*headers, (b"content-length", str(length).encode())], send)
        async with aclosing(chunks):
            async for chunk in chunks:
                await self._send(chunk, send, more=True)
        await self._send(b"", send, more=False)
