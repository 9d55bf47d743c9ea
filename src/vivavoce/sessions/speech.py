"""A `stream-input` connection, from its first message to its close frame."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence

import msgspec

from vivavoce.config import Settings
from vivavoce.errors import InactivityTimeout, NotAuthenticated, ServerDraining, VivavoceError
from vivavoce.runtime.base import SpeechPool
from vivavoce.sessions.connection import Connection
from vivavoce.sessions.context import SpeechContext
from vivavoce.sessions.duplex import Duplex
from vivavoce.sessions.notices import Notices
from vivavoce.sessions.opening import SpeechPlan, choose_frames, find_voice, plan_speech
from vivavoce.wire.speech import SpeechMessage, VoiceSettings, decode_message

# For a key in the first message, when the handshake had none that counts.
_KEY_WITHIN_S = 10.0

# What the text buffer is fed at a time: more would hold the event loop for too long.
_FEED_CHARACTERS = 2_000

Authenticate = Callable[[Sequence[str]], None]
"""Given the keys in the first message (none before it came), raises NotAuthenticated."""


class SpeechDesk(msgspec.Struct, frozen=True):
    """What all speech sessions of a server share."""

    pool: SpeechPool
    settings: Settings
    notices: Notices


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
        self._authenticate = authenticate
        self._frames = choose_frames(segment, query_string)
        self._connection = Connection(
            duplex,
            send_timeout_s=desk.settings.send_timeout_s,
            error_frame=self._frames.error,
        )
        self._plan: SpeechPlan
        self._refusal: NotAuthenticated | None = None
        self._voice_settings = VoiceSettings()
        self._schedule: tuple[int, ...] | None = None
        self._context: SpeechContext | None = None
        self._speaker: asyncio.Task[None] | None = None
        self._heard_at = 0.0
        self._ended = False
        self._leave_with: ServerDraining | None = None
        self._at_once = False

    async def run(self) -> None:
        """Serves the connection until it is closed; no failure leaves this method."""
        await self._connection.run(self._talk)

    def drain(self, *, at_once: bool = False) -> None:
        """Takes no more text, and leaves as soon as what was asked for is spoken, or `at_once`."""
        self._leave_with = ServerDraining("The server is shutting down.")
        self._at_once = at_once
        self._connection.nudge()

    async def _talk(self) -> None:
        self._plan = plan_speech(self._segment, self._query_string, self._desk.settings)
        self._desk.notices.without_effect(self._plan.without_effect)
        self._heard_at = time.monotonic()
        try:
            self._authenticate(())
        except NotAuthenticated as refusal:
            self._refusal = refusal
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
            await self._leave_if_due(time.monotonic())
        else:
            self._heard_at = time.monotonic()
            if not self._ended:
                await self._hear(decode_message(frame))
        self._keep_time()

    def _next_due(self) -> float | None:
        due = [at for at in (self._leaves_at(), self._context and self._context.due_at) if at]
        return min(due, default=None)

    def _leaves_at(self) -> float | None:
        """When this side closes if nothing changes; not while it speaks, unless told `at_once`."""
        if self._refusal is not None:
            return self._heard_at + _KEY_WITHIN_S
        if self._at_once:
            return self._heard_at
        if self._ended or (self._context is not None and self._context.is_busy):
            return None
        if self._leave_with is not None:
            return self._heard_at
        return self._heard_at + self._plan.inactivity_timeout_s

    async def _leave_if_due(self, now: float) -> None:
        leaves_at = self._leaves_at()
        if leaves_at is None or now < leaves_at:
            return
        if self._at_once and self._leave_with is not None:
            raise self._leave_with
        await self._connection.leave(self._refusal or self._leave_with or self._timed_out())

    def _timed_out(self) -> VivavoceError:
        seconds = self._plan.inactivity_timeout_s
        return InactivityTimeout(f"No text came for {seconds} s, this connection's limit.")

    def _keep_time(self) -> None:
        if self._context is not None and not self._ended:
            self._context.tick(time.monotonic())
            self._speak_if_asked(self._context)

    async def _hear(self, message: SpeechMessage) -> None:
        if self._refusal is not None:
            self._authenticate(message.credentials)
            self._refusal = None
        if self._leave_with is not None and not message.ends_input:
            return
        self._configure(message)
        if message.ends_input:
            self._end()
        else:
            await self._take_text(message)

    def _configure(self, message: SpeechMessage) -> None:
        if self._plan.voice is None:
            voice = find_voice(message.voice_id, self._desk.settings)
            self._plan = msgspec.structs.replace(self._plan, voice=voice)
        if message.chunk_length_schedule is not None:
            self._schedule = message.chunk_length_schedule
        self._desk.notices.without_effect(message.without_effect)
        if message.voice_settings is not None:
            self._voice_settings = self._voice_settings.updated(message.voice_settings)

    async def _take_text(self, message: SpeechMessage) -> None:
        text = message.text or ""
        if message.is_blank and not (self._context and self._context.ends_in_word):
            # The space that opens a connection or keeps it alive is no part of the speech.
            text = ""
        if not text and self._context is None:
            return
        context = self._open_context()
        pieces = list(_pieces(text))
        for piece in pieces:
            await context.room(self._desk.settings.max_pending_characters)
            is_last = piece is pieces[-1]
            context.feed(
                piece,
                time.monotonic(),
                try_trigger=is_last and message.try_trigger,
                flush=is_last and message.flush,
            )
            self._speak_if_asked(context)
            if not is_last:
                await asyncio.sleep(0)  # a long text lets other connections have their turn

    def _end(self) -> None:
        self._ended = True
        context = self._open_context()
        context.end(time.monotonic())
        self._speak_if_asked(context)

    def _open_context(self) -> SpeechContext:
        if self._context is None:
            self._context = SpeechContext(
                self._plan,
                self._plan.voice or find_voice(None, self._desk.settings),
                pool=self._desk.pool,
                frames=self._frames,
                outbox=self._connection.outbox,
                on_quiet=self._connection.nudge,
            )
        self._context.configure(self._voice_settings, self._schedule)
        return self._context

    def _speak_if_asked(self, context: SpeechContext) -> None:
        if context.is_busy and (self._speaker is None or self._speaker.done()):
            self._speaker = self._connection.start(self._speak(context))

    async def _speak(self, context: SpeechContext) -> None:
        try:
            await context.speak()
        except VivavoceError as error:
            await self._connection.leave(error)
        if context.finished:
            self._connection.outbox.close(1000, "")


def _pieces(text: str) -> Iterator[str]:
    """`text` in pieces short enough to feed, cut behind a sentence or else a word."""
    start = 0
    while len(text) - start > _FEED_CHARACTERS:
        limit = start + _FEED_CHARACTERS
        sentence, word = (text.rfind(mark, start, limit) for mark in (". ", " "))
        cut = (sentence + 2 if sentence >= 0 else word + 1) or limit
        yield text[start:cut]
        start = cut
    yield text[start:]
