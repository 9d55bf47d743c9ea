"""Gives a call its agent, and another one where the first hands it over."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial

import msgspec
import structlog

from vivavoce.engines.guarded_http import is_any, is_public
from vivavoce.engines.minds.base import Prompt, Seat
from vivavoce.errors import BadRequest, StoreFailed, VoiceNotFound
from vivavoce.sessions.converse.call_desk import CallDesk
from vivavoce.sessions.converse.call_log import CallLog
from vivavoce.sessions.converse.front import CallFront
from vivavoce.sessions.converse.patience import within
from vivavoce.sessions.converse.plan import CallPlan, in_language, manner, plan_call
from vivavoce.sessions.converse.role import AgentRole
from vivavoce.sessions.converse.socket_line import SocketLine
from vivavoce.sessions.converse.stage import Start
from vivavoce.sessions.converse.tools import ToolBelt
from vivavoce.sessions.manner import Manner
from vivavoce.wire.dictionaries import Locator

_log = structlog.get_logger(__name__)


class Casting:
    """Mind and tools of a role are fetched while its greeting is spoken."""

    def __init__(
        self,
        desk: CallDesk,
        front: CallFront,
        line: SocketLine,
        start: Start,
        clock: Callable[[], float],
    ) -> None:
        self._desk = desk
        self._front = front
        self._line = line
        self._start = start
        self._clock = clock
        self._staff: asyncio.Task[None] | None = None
        self._preparing: asyncio.Task[None] | None = None

    async def cast(self, plan: CallPlan) -> AgentRole:
        """The role that `plan` describes. Raises VoiceNotFound or DictionaryNotFound."""
        settings = self._desk.settings
        belt = ToolBelt(
            plan.config,
            variables=plan.variables,
            line=self._line,
            allows=is_any if settings.allow_private_urls else is_public,
            clock=time.monotonic,
            client_limit=partial(within, clock=self._clock),
        )
        seat: asyncio.Future[Seat] = asyncio.get_running_loop().create_future()
        role = AgentRole(plan=plan, manner=await self._manner(plan), seat=seat, belt=belt)
        self.dismiss()
        self._staff = self._start(self._hire(role))
        return role

    async def recast(self, role: AgentRole, agent_id: str, log: CallLog) -> AgentRole | None:
        """The role of another agent, who takes the call over; None if it cannot."""
        before = role.plan
        try:
            agent = await self._front.agent(agent_id)
            plan = plan_call(
                agent,
                before.initiation,
                conversation_id=before.conversation_id,
                call_s=log.seconds,
                first_agent_id=before.agent.agent_id,
                variables=role.belt.variables,
            )
            new = await self.cast(plan)
        except (BadRequest, StoreFailed) as error:
            _log.warning("a call cannot be handed over", reason=str(error))
            return None
        log.goes_to(agent.agent_id, agent.name)
        return new

    def in_language(self, role: AgentRole, code: str) -> AgentRole:
        """The same agent in another language; the same as before if no voice speaks it."""
        plan = in_language(role.plan, code)
        try:
            spoken = manner(plan, self._desk.settings)
        except VoiceNotFound as error:
            _log.warning("a call stays in its language", reason=str(error))
            return role
        spoken = msgspec.structs.replace(spoken, lexicon=role.manner.lexicon)
        return msgspec.structs.replace(role, plan=plan, manner=spoken)

    def prepare(self, role: AgentRole, prompt: Prompt) -> None:
        """Lets the mind read what the next prompt will begin like, unless it is reading already."""
        if self._preparing is None or self._preparing.done():
            self._preparing = self._start(_prepare(role, prompt))

    def dismiss(self) -> None:
        """Mind and tools are not needed any more."""
        for task in (self._staff, self._preparing):
            if task is not None:
                task.cancel()

    async def _hire(self, role: AgentRole) -> None:
        async with self._hired(role.plan) as seat:
            role.seat.set_result(seat)
            # MCP servers may take seconds; what is said meanwhile is answered without their tools.
            async with role.belt:
                await asyncio.Event().wait()  # until the call is over

    def _hired(self, plan: CallPlan) -> AbstractAsyncContextManager[Seat]:
        return self._desk.minds.seat(plan.config, plan.conversation_id)

    async def _manner(self, plan: CallPlan) -> Manner:
        spoken = manner(plan, self._desk.settings)
        locators = [Locator(*one) for one in plan.config.speech.dictionaries]
        if locators:
            lexicon = await self._desk.speech.dictionaries.lexicon(locators)
            spoken = msgspec.structs.replace(spoken, lexicon=lexicon)
        return spoken


async def _prepare(role: AgentRole, prompt: Prompt) -> None:
    seat, prompt = await role.ready(prompt)
    await seat.prepare(prompt)
