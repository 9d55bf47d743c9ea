"""A `convai/conversation` connection, from its first message to its close frame."""

from __future__ import annotations

import secrets
import time
from contextlib import AsyncExitStack
from typing import Final
from urllib.parse import parse_qsl

import msgspec
import structlog

from vivavoce.core.call_clock import CallClock
from vivavoce.core.call_record import CallRecord
from vivavoce.errors import (
    CallTooLong,
    InactivityTimeout,
    ServerDraining,
    VivavoceError,
    call_code,
)
from vivavoce.sessions.call_history import shown_call
from vivavoce.sessions.connection import Connection
from vivavoce.sessions.converse.call import Call
from vivavoce.sessions.converse.call_desk import CallDesk
from vivavoce.sessions.converse.call_log import CallLog
from vivavoce.sessions.converse.counting import CountingDuplex
from vivavoce.sessions.converse.dialect import CallDialect, FlatDialect, SdkDialect
from vivavoce.sessions.converse.front import CallFront
from vivavoce.sessions.converse.keeping import CallKeeper
from vivavoce.sessions.converse.opening import Opening, read_opening
from vivavoce.sessions.converse.plan import CalledAgent, CallPlan, plan_call
from vivavoce.sessions.duplex import Duplex, PeerGone
from vivavoce.wire.conversation import decode_conversation_message
from vivavoce.wire.frames import close_reason
from vivavoce.wire.initiation import with_setup

_log = structlog.get_logger(__name__)

_PING_EVERY_S: Final = 3.0
_RECEIVE_WITHIN_S: Final = 60.0
"""Upstream's `transport_receive_timeout`; every client answers pings at least."""
_LOOK_EVERY_S: Final = 0.25
"""How late what is due may be while the client sends nothing."""
_OWN_AGENT: Final = "self_hosted"


class ConversationSession:
    """One caller and one agent."""

    def __init__(
        self, duplex: Duplex, query_string: str, *, desk: CallDesk, front: CallFront
    ) -> None:
        self._query = dict(parse_qsl(query_string))
        self._desk = desk
        self._front = front
        self._dialect: CallDialect = SdkDialect(())
        self._clock = CallClock(time.monotonic)
        self._duplex = CountingDuplex(duplex)
        self._connection = Connection(
            self._duplex,
            send_timeout_s=desk.settings.send_timeout_s,
            error_frame=lambda error: self._dialect.error(error),
            close_code=lambda error: call_code(error)[1],
        )
        self._keeper: CallKeeper | None = None
        self._log: CallLog | None = None
        self._end_reason = ""
        self._drains: ServerDraining | None = None
        self._at_once = False

    async def run(self) -> None:
        """Serves the connection until it is closed; no failure leaves this method."""
        await self._connection.run(self._talk)
        if self._keeper is not None and self._log is not None:
            self._note_end(self._log)
            await self._keeper.finish()

    def drain(self, *, at_once: bool = False) -> None:
        """Lets the agent finish what it is saying, and hangs up; or hangs up `at_once`."""
        self._drains = self._drains or ServerDraining("The server is shutting down.")
        self._at_once = at_once
        self._connection.nudge()

    async def _talk(self) -> None:
        opening = await read_opening(self._connection)
        if opening.is_flat:
            self._dialect = FlatDialect()
        agent = await self._called(opening)
        admitted = await self._front.admit(agent)
        caller = admitted.caller
        caller.count_request()
        conversation_id = admitted.conversation_id or f"conv_{secrets.token_hex(13)}"
        plan = plan_call(agent, opening.initiation, conversation_id=conversation_id)
        if not opening.is_flat:
            self._dialect = SdkDialect(plan.config.client_events, text_only=plan.text_only)
        self._keeper = await self._begin_record(plan, opening)
        async with AsyncExitStack() as stack:
            call = await stack.enter_async_context(
                Call(
                    plan,
                    desk=self._desk,
                    front=self._front,
                    connection=self._connection,
                    duplex=self._duplex,
                    dialect=self._dialect,
                    caller=caller,
                    keeper=self._keeper,
                    log=self._log_of_call,
                    clock=self._clock,
                )
            )
            for message in opening.rest:
                await call.take(message)
            await self._serve(call, plan)

    async def _called(self, opening: Opening) -> CalledAgent:
        enclave = opening.enclave
        if enclave is None or enclave.config is None:
            return await self._front.agent(self._query.get("agent_id"))
        return CalledAgent(
            agent_id=self._query.get("agent_id") or _OWN_AGENT,
            name=enclave.agent_name,
            conversation_config=with_setup({}, enclave),
            platform_settings={},  # who may call is not for the caller to say
        )

    @property
    def _log_of_call(self) -> CallLog:
        assert self._log is not None
        return self._log

    async def _begin_record(self, plan: CallPlan, opening: Opening) -> CallKeeper:
        self._log = CallLog(
            CallRecord(
                conversation_id=plan.conversation_id,
                agent_id=plan.agent.agent_id,
                agent_name=plan.agent.name,
                status="in-progress",
                started_at=time.time(),
                user_id=opening.initiation.user_id,
                initiation=opening.initiation.raw,
                config=_shown_config(plan),
            ),
            time.monotonic,
        )
        enclave = opening.enclave
        keeper = CallKeeper(
            self._desk,
            self._log,
            conversation_id=plan.conversation_id,
            transcript_webhook=None if enclave is None else enclave.transcription_webhook,
            audio_webhook=None if enclave is None else enclave.audio_webhook,
            shown=lambda record: msgspec.json.encode(shown_call(record)),
        )
        await keeper.begin()
        return keeper

    async def _serve(self, call: Call, plan: CallPlan) -> None:
        clock = self._clock
        began_at = heard_at = pinged_at = clock.now()
        ends_at = began_at + plan.config.max_duration_s
        while not call.ended.is_set():
            now = clock.now()
            if now >= ends_at:
                raise CallTooLong("The call has lasted as long as the agent's calls may.")
            if now - heard_at >= _RECEIVE_WITHIN_S:
                raise InactivityTimeout(f"Nothing came for {_RECEIVE_WITHIN_S:g} s.")
            if self._drains is not None and (self._at_once or clock.is_stopped or call.is_quiet):
                raise self._drains
            if not clock.is_stopped:
                if now - pinged_at >= _PING_EVERY_S:
                    pinged_at = now
                    await call.heartbeat.ping(now)
                await call.tick(now)
            try:
                frame = await self._connection.receive(time.monotonic() + _LOOK_EVERY_S)
            except TimeoutError:
                continue
            except PeerGone:
                self._end_reason = "client disconnected"
                raise
            heard_at = clock.now()
            await call.take(decode_conversation_message(frame))
        self._end_reason = call.end_reason
        await self._connection.outbox.drained()
        self._connection.outbox.close(1000, close_reason(call.end_reason))

    def _note_end(self, log: CallLog) -> None:
        failure = self._connection.failure
        if failure is None:
            log.end(self._end_reason or "client disconnected")
        elif isinstance(failure, CallTooLong):
            log.end("max_duration_exceeded")
        else:
            name, code = call_code(failure)
            text = str(failure) if isinstance(failure, VivavoceError) else ""
            log.end(name, status="failed", code=code, error=text)


def _shown_config(plan: CallPlan) -> str:
    """What is told of it later; there may be keys in the rest."""
    kept = {
        "agent": {"language": plan.config.language},
        "conversation": {"text_only": plan.text_only},
    }
    return msgspec.json.encode(kept).decode()
