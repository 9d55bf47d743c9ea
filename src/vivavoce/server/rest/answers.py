"""Speech as the answer to a request: as it is made, or as a whole."""

from __future__ import annotations

from contextlib import aclosing

import msgspec
from litestar.types import Receive, Scope, Send

from vivavoce.server.house import House
from vivavoce.server.known_caller import KnownCaller
from vivavoce.server.rest.bodies import WholeBody
from vivavoce.server.rest.headers import request_id
from vivavoce.server.rest.watched import Headers, WatchedAnswer
from vivavoce.sessions.recital import Recital, recite
from vivavoce.wire.frames import SpeechFrames


class Performance(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be spoken, for whom, in which frames, and as which `Content-Type`."""

    recital: Recital
    frames: SpeechFrames
    media_type: str
    house: House
    caller: KnownCaller


class _SpeechAnswer(WatchedAnswer):
    """An answer of speech.

    Nothing is sent before the first frame is there, so that whatever stands in its way still has a
    status of its own: what `recite` raises leaves from here.
    """

    def __init__(self, performance: Performance) -> None:
        super().__init__(performance.house)
        self._performance = performance
        self._headers: Headers | None = None

    async def _answer(self, scope: Scope, send: Send) -> None:
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


class StreamedAnswer(_SpeechAnswer):
    """Sends each frame as soon as it is there."""

    async def _take(self, frame: bytes, send: Send) -> None:
        if self._headers is not None and not self._has_begun:
            await self._begin(self._headers, send)
        await self._send(frame, send, more=True)

    async def _finish(self, headers: Headers, send: Send) -> None:
        if not self._has_begun:
            await self._begin(headers, send)
        await self._send(b"", send, more=False)


class WholeAnswer(_SpeechAnswer):
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
