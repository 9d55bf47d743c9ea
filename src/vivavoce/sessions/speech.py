"""A `stream-input` connection, from its first message to its close frame."""

from __future__ import annotations

import asyncio
import time

from vivavoce.errors import (
    LanguageMissing,
    LimitReached,
    NotAuthenticated,
    NotFound,
    VivavoceError,
)
from vivavoce.sessions.connection import Connection
from vivavoce.sessions.context import SpeechContext
from vivavoce.sessions.departure import Departure
from vivavoce.sessions.desk import SpeechDesk
from vivavoce.sessions.duplex import Duplex
from vivavoce.sessions.entrance import SPEECH_PERMISSION, Authenticate, Entrance
from vivavoce.sessions.manner import Manner
from vivavoce.sessions.opening import SpeechPlan, choose_frames, find_voice, plan_speech
from vivavoce.wire.speech import SpeechMessage, decode_message


class SpeechSession:
    """Speaks what one client writes. Nothing heavy is made before the first word."""

    def __init__(
        self,
        duplex: Duplex,
        segment: str,
        query_string: str,
        *,
        desk: SpeechDesk,
        authenticate: Authenticate,
    ) -> None:
        """`segment` is the part of the URL's path that names a voice or a model."""
        self._segment = segment
        self._query_string = query_string
        self._desk = desk
        self._entrance = Entrance(authenticate, SPEECH_PERMISSION)
        self._frames = choose_frames(segment, query_string)
        self._connection = Connection(
            duplex,
            send_timeout_s=desk.settings.send_timeout_s,
            error_frame=self._frames.error,
        )
        self._plan: SpeechPlan
        self._manner: Manner | None = None
        self._schedule: tuple[int, ...] | None = None
        self._context: SpeechContext | None = None
        self._speaker: asyncio.Task[None] | None = None
        self._departure = Departure(self._connection, self._entrance)
        self._ended = False

    async def run(self) -> None:
        """Serves the connection until it is closed; no failure leaves this method."""
        await self._connection.run(self._talk)

    def drain(self, *, at_once: bool = False) -> None:
        """Takes no more text, and leaves as soon as what was asked for is spoken, or `at_once`."""
        self._departure.drain(at_once=at_once)

    async def _talk(self) -> None:
        self._plan = plan_speech(self._segment, self._query_string, self._desk.settings)
        self._desk.notices.without_effect(self._plan.without_effect)
        await self._entrance.open()
        try:
            while True:
                await self._listen()
        finally:
            if self._context is not None:
                self._context.close()

    async def _listen(self) -> None:
        try:
            frame = await self._connection.receive(self._next_due())
        except TimeoutError:
            await self._departure.leave_if_due(self._plan.inactivity_timeout_s, busy=self._is_busy)
        else:
            self._departure.heard_at = time.monotonic()
            if not self._ended:
                await self._hear(decode_message(frame))
        self._keep_time()

    @property
    def _is_busy(self) -> bool:
        return self._ended or (self._context is not None and self._context.is_busy)

    def _next_due(self) -> float | None:
        leaves_at = self._departure.due_at(self._plan.inactivity_timeout_s, busy=self._is_busy)
        speaks_at = None if self._context is None else self._context.due_at
        speaks_at = self._departure.not_before(speaks_at)
        return min((at for at in (leaves_at, speaks_at) if at is not None), default=None)

    def _keep_time(self) -> None:
        now = time.monotonic()
        may_at = self._departure.not_before(now)
        if self._context is not None and not self._ended and may_at is not None and may_at <= now:
            try:
                self._context.tick(now)
            except VivavoceError as error:
                self._departure.reason = error

    async def _hear(self, message: SpeechMessage) -> None:
        if self._entrance.refusal is not None:
            await self._entrance.show(message.credentials)
        if self._departure.refuses_all:
            return
        if self._departure.reason is not None and not message.ends_input:
            return
        try:
            manner = await self._manner_after(message)
            if message.ends_input:
                self._open_context(manner).end()
                self._ended = True
            else:
                await self._take_text(message, manner)
        except (LimitReached, LanguageMissing, NotAuthenticated, NotFound) as error:
            self._departure.reason = error  # but what was asked for before is still owed

    async def _manner_after(self, message: SpeechMessage) -> Manner:
        settings = self._desk.settings
        if self._manner is None:
            voice = self._plan.voice or find_voice(message.voice_id, settings)
            self._manner = self._plan.manner(voice)
        if message.chunk_length_schedule is not None:
            self._schedule = message.chunk_length_schedule
        self._manner = await self._desk.changed(self._manner, message)
        return self._manner

    async def _take_text(self, message: SpeechMessage, manner: Manner) -> None:
        text = message.text or ""
        if message.is_blank and not (self._context and self._context.ends_in_word):
            # The space that opens a connection or keeps it alive is no part of the speech.
            text = ""
        if not text and self._context is None:
            return
        await self._open_context(manner).take(
            text,
            most_unspoken=self._desk.settings.max_pending_characters,
            try_trigger=message.try_trigger,
            flush=message.flush,
        )

    def _open_context(self, manner: Manner) -> SpeechContext:
        if self._context is None:
            self._entrance.caller.count_request()
            self._context = SpeechContext(
                manner,
                self._plan,
                pool=self._desk.pool,
                caller=self._entrance.caller,
                frames=self._frames,
                sink=self._connection.outbox,
                on_asked=self._speak_if_asked,
                on_quiet=self._connection.nudge,
            )
        self._context.configure(manner, self._schedule)
        return self._context

    def _speak_if_asked(self) -> None:
        context = self._context
        if context is not None and (self._speaker is None or self._speaker.done()):
            self._speaker = self._connection.start(self._speak(context))

    async def _speak(self, context: SpeechContext) -> None:
        try:
            await context.speak()
        except VivavoceError as error:
            await self._connection.leave(error)
        if context.finished:
            self._connection.outbox.close(1000, "")
