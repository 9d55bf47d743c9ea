"""What is kept of a call, and who is told of it: record, sound, webhooks."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable

import structlog

from vivavoce.core.call_record import CallRecord
from vivavoce.engines.guarded_http import is_any, is_public
from vivavoce.errors import VivavoceError
from vivavoce.sessions.converse.call_desk import CallDesk
from vivavoce.sessions.converse.call_log import CallLog
from vivavoce.wire.initiation import Webhook

_log = structlog.get_logger(__name__)

_FLUSH_EVERY_S = 5.0


class CallKeeper:
    """Writes one call down while it is on, and finishes it when it is over.

    A store that fails is named in the log, and ends no call.
    """

    def __init__(
        self,
        desk: CallDesk,
        log: CallLog,
        *,
        conversation_id: str,
        transcript_webhook: Webhook | None,
        audio_webhook: Webhook | None,
        shown: Callable[[CallRecord], bytes],
    ) -> None:
        """`shown` gives the JSON that webhooks get of a call."""
        self._desk = desk
        self._log = log
        self._conversation_id = conversation_id
        settings = desk.settings
        usual = settings.post_call_webhook_url
        self._own = transcript_webhook is None and bool(usual)
        secret = settings.post_call_webhook_secret or None
        self._transcript_webhook = transcript_webhook or (Webhook(usual, secret) if usual else None)
        self._audio_webhook = audio_webhook
        self._shown = shown
        self._recording = desk.recordings.record(conversation_id) if settings.keep_audio else None
        self._began_at = time.monotonic()
        self._turn_ended = asyncio.Event()

    def caller_sounds(self, pcm: bytes, is_late: bool) -> None:
        """The microphone, 16 kHz mono; what `is_late` follows what came before without a gap."""
        if self._recording is not None:
            arrived_s = None if is_late else time.monotonic() - self._began_at
            self._recording.caller(pcm, arrived_s)

    def agent_sounds(self, pcm: bytes, sounds_at: float) -> None:
        """The agent, from `sounds_at` (`time.monotonic()`) on."""
        if self._recording is not None:
            self._recording.agent(pcm, sounds_at - self._began_at)

    def agent_stops(self, now: float) -> None:
        """What was sent for later than `now` (`time.monotonic()`) is not heard."""
        if self._recording is not None:
            self._recording.cut_agent(now - self._began_at)

    async def begin(self) -> None:
        """The call has begun."""
        self._began_at = time.monotonic()
        await self._try_begin()

    async def save(self) -> None:
        """The call as it is now."""
        try:
            await self._desk.conversations.save(self._log.record)
        except VivavoceError as error:
            _complain(error)

    def turn_ended(self) -> None:
        """There is more of the call to write down."""
        self._turn_ended.set()

    async def keep(self) -> None:
        """Writes the call down turn by turn, and its sound now and then, until it is cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_FLUSH_EVERY_S):
                    await self._turn_ended.wait()
            if self._turn_ended.is_set():
                self._turn_ended.clear()
                await self.save()
            if self._recording is not None:
                await self._recording.flush()

    async def finish(self) -> None:
        """The call is over, and its log ended."""
        if self._recording is not None:
            caller, agent = await self._recording.finish()
            self._log.has_audio(of_caller=caller, of_agent=agent)
        await self.save()
        await self._tell()

    async def _try_begin(self) -> None:
        try:
            await self._desk.conversations.begin(self._log.record)
        except VivavoceError as error:
            _complain(error)

    async def _tell(self) -> None:
        record, post = self._log.record, self._desk.post_call
        guard = is_any if self._desk.settings.allow_private_urls else is_public
        if self._transcript_webhook is not None:
            allows = is_any if self._own else guard
            await post.send_transcript(self._transcript_webhook, self._shown(record), allows)
        path = self._desk.recordings.path(self._conversation_id)
        if self._audio_webhook is not None and path is not None:
            mp3 = await asyncio.to_thread(path.read_bytes)
            await post.send_audio(
                self._audio_webhook, record.agent_id, record.conversation_id, mp3, guard
            )


def _complain(error: VivavoceError) -> None:
    # Only the kind of the cause: databases quote rows, and a call's has what was said.
    cause = None if error.__cause__ is None else type(error.__cause__).__name__
    _log.error("a call cannot be written down", reason=str(error), cause=cause)
