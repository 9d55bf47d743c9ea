"""A connection that carries many streams of speech, each in a context of its own."""

from __future__ import annotations

import asyncio
import time

import msgspec

from vivavoce.errors import InvalidMessage, VivavoceError
from vivavoce.sessions.connection import Connection
from vivavoce.sessions.context import SpeechContext
from vivavoce.sessions.context_book import ContextBook, Entry
from vivavoce.sessions.delivery import FrameSink
from vivavoce.sessions.departure import Departure
from vivavoce.sessions.desk import SpeechDesk
from vivavoce.sessions.dialects import Dialect
from vivavoce.sessions.duplex import Duplex
from vivavoce.sessions.entrance import SPEECH_PERMISSION, Authenticate, Entrance
from vivavoce.sessions.manner import Manner
from vivavoce.sessions.opening import SpeechPlan, find_voice, plan_speech
from vivavoce.wire.contexts import (
    DEFAULT_CONTEXT,
    ContextMessage,
    Line,
    context_of,
    is_json,
)
from vivavoce.wire.frames import SpeechFrames
from vivavoce.wire.query import reports_flushes


class ContextsSession:
    """Speaks what one client writes into its contexts; what goes wrong in one ends that one."""

    def __init__(
        self,
        duplex: Duplex,
        segment: str | None,
        query_string: str,
        *,
        desk: SpeechDesk,
        authenticate: Authenticate,
        dialect: Dialect,
    ) -> None:
        """`segment` is the part of the URL's path that names a voice or a model, if it has one."""
        self._segment = segment
        self._query_string = query_string
        self._desk = desk
        self._dialect = dialect
        self._entrance = Entrance(authenticate, SPEECH_PERMISSION)
        self._connection = Connection(
            duplex, send_timeout_s=desk.settings.send_timeout_s, error_frame=dialect.error
        )
        self._departure = Departure(self._connection, self._entrance)
        self._book = ContextBook(desk.settings.max_contexts)
        self._plan: SpeechPlan
        self._closing = False

    async def run(self) -> None:
        """Serves the connection until it is closed; no failure leaves this method."""
        await self._connection.run(self._talk)

    def drain(self, *, at_once: bool = False) -> None:
        """Takes no more text, and leaves as soon as what it was given is spoken, or `at_once`."""
        self._departure.drain(at_once=at_once)

    async def _talk(self) -> None:
        self._plan = plan_speech(self._segment, self._query_string, self._desk.settings)
        self._desk.notices.without_effect(self._plan.without_effect)
        await self._entrance.open()
        try:
            while True:
                await self._listen()
        finally:
            for entry in self._book:
                if entry.speech is not None:
                    entry.speech.close()

    async def _listen(self) -> None:
        try:
            frame = await self._connection.receive(self._next_due())
        except TimeoutError:
            await self._departure.leave_if_due(
                self._plan.inactivity_timeout_s, busy=self._closing or len(self._book) > 0
            )
        else:
            self._departure.heard_at = time.monotonic()
            if not self._closing:
                await self._hear(frame)
        await self._keep_time(time.monotonic())

    async def _hear(self, frame: str | bytes) -> None:
        try:
            message = self._dialect.decode(frame)
        except InvalidMessage as error:
            if not is_json(frame):
                raise
            frames = self._frames(context_of(frame) or DEFAULT_CONTEXT)
            await self._report(frames, error, self._connection.outbox)
            return
        if self._entrance.refusal is not None:
            await self._entrance.show(message.speech.credentials)
        if self._departure.reason is None or message.close_context:
            await self._hear_in_context(message)
        if message.close_socket or (self._dialect.single and message.close_context):
            self._closing = True
            for entry in self._book.open:
                await self._close(entry)
            self._leave_when_closed()

    async def _hear_in_context(self, message: ContextMessage) -> None:
        try:
            entry = self._entry_for(message)
            if entry is None:
                if message.close_context:
                    await self._cut_short(message.context_id)
                return
            entry.heard_at = self._departure.heard_at
            entry.manner = await self._desk.changed(entry.manner, message.speech)
            entry.schedule = message.speech.chunk_length_schedule or entry.schedule
            await self._take(entry, message)
            if message.close_context:
                entry.closed_by_peer = True
                await self._close(entry)
        except VivavoceError as error:
            await self._break(message.context_id, error)

    def _entry_for(self, message: ContextMessage) -> Entry | None:
        """The context that is meant; a new one if the message opens it."""
        entry = self._book.find(message.context_id)
        if entry is None and message.opens:
            voice = self._plan.voice or find_voice(message.speech.voice_id, self._desk.settings)
            entry = Entry(
                message.context_id,
                self._frames(message.context_id),
                self._plan.manner(voice),
                self._connection.outbox.lane(),
            )
            self._book.add(entry)
        return entry

    async def _take(self, entry: Entry, message: ContextMessage) -> None:
        lines = message.lines
        if message.speech.is_blank and not (entry.speech and entry.speech.ends_in_word):
            lines = ()  # the space that opens a context or keeps it alive is no part of the speech
        if not lines and entry.speech is None:
            return
        speech = self._speech(entry)
        if not lines and message.speech.flush:
            lines = (Line(""),)
        for line in lines:
            is_last = line is lines[-1]
            await asyncio.sleep(0)  # a long dialogue lets other connections have their turn
            if line.voice_id is not None:
                speech.turn_to(self._manner_of(entry, line.voice_id))
            await speech.take(
                line.text,
                most_unspoken=self._desk.settings.max_pending_characters,
                try_trigger=is_last and message.speech.try_trigger,
                flush=is_last and message.speech.flush,
            )

    def _manner_of(self, entry: Entry, voice_id: str) -> Manner:
        voice = find_voice(voice_id, self._desk.settings)
        entry.manner = msgspec.structs.replace(entry.manner, voice=self._plan.manner(voice).voice)
        return entry.manner

    def _speech(self, entry: Entry) -> SpeechContext:
        if entry.speech is None:
            self._book.require_room_to_speak()
            self._entrance.caller.count_request()
            entry.speech = SpeechContext(
                entry.manner,
                self._plan,
                pool=self._desk.pool,
                caller=self._entrance.caller,
                frames=entry.frames,
                sink=entry.lane,
                on_asked=lambda: self._speak_if_asked(entry),
                on_quiet=self._connection.nudge,
            )
        entry.speech.configure(entry.manner, entry.schedule)
        return entry.speech

    def _speak_if_asked(self, entry: Entry) -> None:
        if entry.speaker is None or entry.speaker.done():
            entry.speaker = self._connection.start(self._speak(entry))

    async def _speak(self, entry: Entry) -> None:
        if entry.before is not None:
            await entry.before.gone.wait()
            await entry.before.lane.drained()
            entry.before = None
        if entry.speech is None:
            await self._say_final(entry)
            return
        try:
            await entry.speech.speak()
        except VivavoceError as error:
            await self._report(entry.frames, error, entry.lane)
            await self._say_final(entry)
        if entry.speech.finished:
            self._forget(entry)

    async def _close(self, entry: Entry) -> None:
        """Frees the context's place at once; what a generation has taken is still spoken."""
        await self._end(entry, speak_rest=self._plan.auto_mode or self._dialect.close_speaks_rest)

    async def _end(self, entry: Entry, *, speak_rest: bool) -> None:
        if not self._book.close(entry):
            return
        self._closing |= self._dialect.single
        if entry.speech is None:
            self._speak_if_asked(entry)
        elif speak_rest:
            try:
                entry.speech.end()
            except VivavoceError as error:
                await self._report(entry.frames, error, entry.lane)
                entry.speech.dismiss()
        else:
            entry.speech.dismiss()

    async def _cut_short(self, context_id: str) -> None:
        """Whoever closes a context twice (Pipecat, when interrupted) wants no more of its audio."""
        for entry in self._book.leaving(context_id):
            if entry.closed_by_peer and entry.speaker is not None:
                entry.speaker.cancel()
                entry.lane.clear()
                await self._say_final(entry)

    async def _break(self, context_id: str, error: VivavoceError) -> None:
        """A message cannot be followed: its context takes no more, and the others go on."""
        entry = self._book.find(context_id)
        if entry is None:
            await self._report(self._frames(context_id), error, self._connection.outbox)
        else:
            await self._report(entry.frames, error, entry.lane)
            await self._end(entry, speak_rest=False)

    async def _report(self, frames: SpeechFrames, error: VivavoceError, lane: FrameSink) -> None:
        self._connection.note(error)
        frame = frames.error(error)
        if frame is not None:
            await lane.put(frame)

    async def _say_final(self, entry: Entry) -> None:
        final = entry.frames.final()
        if final is not None:
            await entry.lane.put(final)
        self._forget(entry)

    def _forget(self, entry: Entry) -> None:
        if entry.speech is not None:
            entry.speech.close()
        self._book.forget(entry)
        self._closing |= self._dialect.single
        self._leave_when_closed()
        self._connection.nudge()

    def _leave_when_closed(self) -> None:
        if self._closing and not len(self._book):
            self._connection.outbox.close(1000, "")

    def _frames(self, context_id: str) -> SpeechFrames:
        return self._dialect.frames(context_id, self._plan, reports_flushes(self._query_string))

    async def _keep_time(self, now: float) -> None:
        """Speaks what has waited long enough, and ends the contexts nobody writes to."""
        may_at = self._departure.not_before(now)
        if may_at is None or may_at > now:
            return
        for entry in self._book.open:
            try:
                if entry.speech is not None:
                    entry.speech.tick(now)
            except VivavoceError as error:
                await self._break(entry.context_id, error)
                continue
            if self._departure.reason is not None or now >= self._stale_at(entry):
                await self._end(entry, speak_rest=True)

    def _stale_at(self, entry: Entry) -> float:
        if entry.is_busy:
            return float("inf")
        heard_at = max(entry.heard_at, self._connection.presence.returned_at)
        return heard_at + self._plan.inactivity_timeout_s

    def _next_due(self) -> float | None:
        """When something is to be done that no message asks for."""
        busy = self._closing or len(self._book) > 0
        leaves_at = self._departure.due_at(self._plan.inactivity_timeout_s, busy=busy)
        due: list[float] = []
        for entry in self._book.open:
            due.append(self._stale_at(entry))
            if entry.speech is not None and entry.speech.due_at is not None:
                due.append(entry.speech.due_at)
        acts_at = min((at for at in due if at < float("inf")), default=None)
        both = (leaves_at, self._departure.not_before(acts_at))
        return min((at for at in both if at is not None), default=None)
