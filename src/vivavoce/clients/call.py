"""A call under way: what comes from the server, and what runs beside it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Final

from vivavoce.clients.background import Background, first_of, in_background
from vivavoce.clients.call_core import (
    Begin,
    CallCore,
    Effect,
    FallSilent,
    Play,
    Reply,
    RunTool,
    Tell,
)
from vivavoce.clients.call_settings import CallSettings
from vivavoce.clients.call_sound import CallSound
from vivavoce.clients.connection import Connection
from vivavoce.clients.event_queue import EventQueue
from vivavoce.clients.events import ConversationEvent, SessionLost, ToolCalled, UserTranscript
from vivavoce.clients.failures import CannotConnect, ConnectionOver, Failure
from vivavoce.clients.options import ConnectionOptions
from vivavoce.clients.states import Restarted, StateChange
from vivavoce.clients.tools import Tools
from vivavoce.errors import VivavoceError

_BEGINS_WITHIN_S: Final = 30.0
_LATE: Final = "The server began no conversation in time."


class Call:
    """One call; what happens in it is put in `events`, its tools run and its sound is played."""

    def __init__(
        self,
        url: str,
        settings: CallSettings,
        *,
        sound: CallSound,
        tools: Tools,
        options: ConnectionOptions,
    ) -> None:
        self.core = CallCore()
        self.events = EventQueue[ConversationEvent](_replaces)
        self._settings = settings
        self._sound = sound
        self._tools = tools
        self._is_hopeless = options.is_fatal
        self.connection = Connection(
            url, opening=self._opening, options=replace(options, is_fatal=self._is_fatal)
        )
        self.connection.on_state(self._note_trouble)
        self._trouble = ""
        self._is_hung_up = False
        self._begun = asyncio.Event()
        self._lost: SessionLost | None = None
        self._failure: BaseException | None = None
        self._holding: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Begins it, and returns when the agent is there.

        Raises CannotConnect, DeviceFailed and other kinds of VivavoceError; then all is released.
        """
        if self._holding is not None:
            raise VivavoceError("A conversation is opened once.")
        try:
            await self.connection.open()
            self._holding = asyncio.create_task(self._hold())
            async with asyncio.timeout(_BEGINS_WITHIN_S):
                await self._begun.wait()
            if self._failure is not None:
                raise self._failure
            if self.core.started is None:
                raise ConnectionOver("The server hung up before the conversation began.")
        except TimeoutError as error:
            await self.close()
            raise CannotConnect(_LATE, Failure(_LATE, error=error)) from error
        except BaseException:
            await self.close()
            raise

    async def end(self) -> None:
        """Hangs up; the events end."""
        self._is_hung_up = True
        self._sound.fall_silent()
        await self.connection.close()

    async def close(self) -> None:
        """The same, and returns when all is released. Idempotent."""
        await self.end()
        if self._holding is not None:
            await asyncio.wait([self._holding])
        self.events.end()

    def _opening(self, is_restart: bool) -> Sequence[Mapping[str, object]]:
        if is_restart and not self._settings.restart:
            self._lost = SessionLost(self._trouble)
            raise CannotConnect(
                f"The conversation is lost: {self._trouble}.", Failure(self._trouble)
            )
        if not is_restart:
            return [self._settings.beginning(is_greeting=True)]
        core = self.core
        is_silent = core.asks_for_silence() or (
            core.memory.has_spoken and self._settings.brings_greeting
        )
        return self._settings.going_on(core.memory, core.contexts, is_greeting=not is_silent)

    def _is_fatal(self, failure: Failure) -> bool:
        is_forgiven = self.connection.session_id is None and self.core.forgives(failure)
        return not is_forgiven and self._is_hopeless(failure)

    def _note_trouble(self, change: StateChange) -> None:
        self._trouble = change.reason or self._trouble

    async def _hold(self) -> None:
        try:
            async with AsyncExitStack() as devices, in_background() as background:
                await self._listen(devices, background)
                if not self._is_hung_up:
                    await self._sound.play_out()
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            self._failure = first_of(error)
        finally:
            if self._lost is not None:
                self.events.put(self._lost)
            self.events.end(self._failure)
            self._begun.set()
            await self.connection.close()

    async def _listen(self, devices: AsyncExitStack, background: Background) -> None:
        async for message in self.connection:
            if isinstance(message, Restarted):
                effects = self.core.restarted(message.reason)
            else:
                effects = self.core.feed(message)
            for effect in effects:
                if isinstance(effect, Begin):
                    begun = effect.conversation
                    await self._sound.begin(begun, self.connection, devices, background)
                    self._begun.set()
                else:
                    self._do(effect, background)

    def _do(self, effect: Effect, background: Background) -> None:
        match effect:
            case Tell(event):
                self.events.put(event)
            case Play(audio):
                self._sound.play(audio)
            case FallSilent():
                self._sound.fall_silent()
            case Reply(message):
                background.start(self._reply(message))
            case RunTool(call):
                background.start(self._run_tool(call))

    async def _reply(self, message: Mapping[str, object]) -> None:
        # Not in line with what is read: a full connection must go on reading to become empty.
        with contextlib.suppress(ConnectionOver):
            await self.connection.send(message)

    async def _run_tool(self, call: ToolCalled) -> None:
        session = self.core.session
        result = await self._tools.run(call)
        if session == self.core.session:
            await self._reply(
                {
                    "type": "client_tool_result",
                    "tool_call_id": call.tool_call_id,
                    "result": result.value,
                    "is_error": result.is_error,
                }
            )


def _replaces(new: ConversationEvent, old: ConversationEvent) -> bool:
    match old, new:
        case UserTranscript(_, False), UserTranscript():
            return True
    return False
