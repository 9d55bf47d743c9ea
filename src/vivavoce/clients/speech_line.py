"""One connection and the contexts that speak over it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Mapping, Sequence

from vivavoce.clients.async_context import AsyncSpeechContext
from vivavoce.clients.chunk_box import BoxRoom
from vivavoce.clients.connection import Connection
from vivavoce.clients.events import SpeechAlignment
from vivavoce.clients.failures import ConnectionOver
from vivavoce.clients.options import ConnectionOptions
from vivavoce.clients.speech_chunk import (
    SpeechChunk,
    SpeechFailed,
    chunk_in,
    context_of,
    failure_in,
)
from vivavoce.clients.states import Restarted
from vivavoce.errors import InvalidMessage, SlowReader, VivavoceError

# Parts of the server's inactivity timeout after which it hears from us though nobody speaks: one
# message may be late without harm.
_SIGNS_PER_TIMEOUT = 3


class SpeechLine:
    """Carries what contexts say to the server, and what it says to their boxes.

    When the server has lost the session, what each context is still owed is said again.
    """

    def __init__(
        self, url: str, options: ConnectionOptions, *, room: BoxRoom, inactivity_timeout_s: float
    ) -> None:
        self.connection = Connection(
            url, opening=self._opening, options=options, is_ended_by_server=False
        )
        self._room = room
        self._sign_every_s = inactivity_timeout_s / _SIGNS_PER_TIMEOUT
        self._contexts: dict[str, AsyncSpeechContext] = {}
        self._numbers = itertools.count(1)
        self._speaking = asyncio.Lock()
        self._restarts = 0
        self._failed: list[AsyncSpeechContext] = []
        self._has_failed = asyncio.Event()
        self._refusal: SpeechFailed | None = None
        self._over: VivavoceError | None = None
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connects. Raises CannotConnect."""
        await self.connection.open()
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Ends all contexts and the connection. Idempotent."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.connection.close()

    def context(self, settings: Mapping[str, object]) -> AsyncSpeechContext:
        """A context of its own. Raises ConnectionOver, or what ended the connection."""
        if self._over is not None:
            raise self._over
        context = AsyncSpeechContext(f"u{next(self._numbers)}", settings, self, self._room)
        self._contexts[context.context_id] = context
        return context

    async def say(
        self, context: AsyncSpeechContext, act: Callable[[], Sequence[Mapping[str, object]]]
    ) -> None:
        """Sends the messages that `act` has for `context`.

        Raises ConnectionOver, and InvalidMessage for what is no JSON, which ends the context.
        """
        async with self._speaking:
            if self._over is not None:
                raise self._over
            try:
                await self._send(act())
            except InvalidMessage as error:
                self._end(context, error)
                raise
            self._settle(context)

    def leave(self, context: AsyncSpeechContext) -> None:
        """Nothing more that the server says of `context` is heard."""
        self._contexts.pop(context.context_id, None)

    async def cancel(self) -> None:
        """Ends all that is being spoken."""
        for context in list(self._contexts.values()):
            await context.cancel()

    def _opening(self, is_restart: bool) -> Sequence[Mapping[str, object]]:
        self._restarts += is_restart
        self._refusal = None
        owed: list[Mapping[str, object]] = []
        for context in list(self._contexts.values()):
            owed += context.script.again()
            self._settle(context)
        return owed

    async def _run(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                helpers = [
                    group.create_task(self._keep_alive()),
                    group.create_task(self._dismiss_failed()),
                ]
                await self._read()
                for helper in helpers:
                    helper.cancel()
        finally:
            self._over = self._over or ConnectionOver("The connection was closed.")
            for context in self._contexts.values():
                context.box.end(self._over)
            self._contexts.clear()

    async def _read(self) -> None:
        try:
            async for event in self.connection:
                if not isinstance(event, Restarted):
                    self._hear(event)
                while not self._room.may_read(one.box for one in self._contexts.values()):
                    await self._room.wait()
            reason = self.connection.close_reason or "The server has closed the connection."
            self._over = self._refusal or ConnectionOver(reason, self.connection.close_code)
        except VivavoceError as failure:
            self._over = self._refusal or failure

    def _hear(self, frame: Mapping[str, object]) -> None:
        name = context_of(frame)
        failure = failure_in(frame)
        if name is None:
            self._refusal = failure or self._refusal
            return
        context = self._contexts.get(name)
        if context is None:
            return  # somebody has cancelled it meanwhile
        if failure is not None:
            self._end(context, failure)
            return
        try:
            self._deliver(context, frame)
        except (InvalidMessage, SlowReader) as error:
            self._end(context, error)
            self._failed.append(context)
            self._has_failed.set()

    def _deliver(self, context: AsyncSpeechContext, frame: Mapping[str, object]) -> None:
        if frame.get("type") == "flush_done":
            context.script.flushed()
        elif chunk := chunk_in(frame, context.context_id):
            context.script.heard(chunk.alignment.chars)
            context.box.put(chunk)
            self._room.check(context.box)
            if chunk.is_final:
                self._end(context)

    def _end(self, context: AsyncSpeechContext, failure: VivavoceError | None = None) -> None:
        context.box.end(failure)
        self._contexts.pop(context.context_id, None)

    async def _dismiss_failed(self) -> None:
        """Tells the server so; the reader, which finds them, must go on reading meanwhile."""
        while True:
            await self._has_failed.wait()
            self._has_failed.clear()
            try:
                async with self._speaking:
                    while self._failed:
                        await self._send(self._failed.pop().script.cancel())
            except ConnectionOver:
                return  # the reader tells why

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(self._sign_every_s)
            open_contexts = list(self._contexts.values())
            signs = [one for context in open_contexts for one in context.script.keep_alive()]
            try:
                async with self._speaking:
                    await self._send(signs or [{"text": ""}])
            except ConnectionOver:
                return

    async def _send(self, messages: Sequence[Mapping[str, object]]) -> None:
        restarts = self._restarts
        for message in messages:
            await self.connection.send(message)
            if self._restarts != restarts:
                return  # the scripts remember the others, and the opening has said them

    def _settle(self, context: AsyncSpeechContext) -> None:
        if context.script.owes_nothing and not context.box.has_ended:
            context.box.put(SpeechChunk(b"", SpeechAlignment(), context.context_id, is_final=True))
            self._end(context)
