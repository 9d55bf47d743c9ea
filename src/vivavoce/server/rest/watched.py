"""Answers that take a while, and end when nobody waits for them any more."""

from __future__ import annotations

import asyncio
from typing import TypeAlias

from litestar.types import Receive, Scope, Send
from litestar.types.asgi_types import HTTPResponseBodyEvent, HTTPResponseStartEvent

from vivavoce.errors import ServerDraining, SlowReader
from vivavoce.server.house import House
from vivavoce.server.rest.errors import log_failure
from vivavoce.server.rest.headers import request_id

Headers: TypeAlias = list[tuple[bytes, bytes]]


class WatchedAnswer:
    """An ASGI application that answers one request; a subclass says with what.

    A failure before `_begin` leaves from here, so that it has a status of its own, as does
    ServerDraining. A failure after that is logged, and the answer cut off. A caller who leaves ends
    the work.
    """

    def __init__(self, house: House, *, body_is_read: bool = True) -> None:
        """Until the body of the request `body_is_read`, nobody else may take what the caller sends.

        The subclass sets it.
        """
        self._house = house
        self._body_is_read = asyncio.Event()
        if body_is_read:
            self._body_is_read.set()
        self._has_begun = False
        self._peer_is_gone = False
        self._is_at_work = False
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

    async def _answer(self, scope: Scope, send: Send) -> None:
        raise NotImplementedError

    async def _begin(self, headers: Headers, send: Send, *, status: int = 200) -> None:
        self._has_begun = True
        event: HTTPResponseStartEvent = {
            "type": "http.response.start",
            "status": status,
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
            raise SlowReader(f"The answer was not taken for {seconds:g} s.") from None

    async def _watch(self, receive: Receive) -> None:
        await self._body_is_read.wait()
        while (await receive())["type"] != "http.disconnect":
            pass
        self._peer_is_gone = True
        self._cut_off()

    def _cut_off(self) -> None:
        if self._is_at_work and not self._limit.expired():
            self._limit.reschedule(0.0)

    async def _outcome(self, scope: Scope, send: Send) -> Exception | None:
        """What went wrong, if anything did; a caller who left is nothing wrong."""
        try:
            async with self._limit:
                self._is_at_work = True
                try:
                    await self._answer(scope, send)
                finally:
                    self._is_at_work = False
        except Exception as error:
            if not self._limit.expired():
                return error
            return None if self._peer_is_gone else ServerDraining("The server is shutting down.")
        return None
