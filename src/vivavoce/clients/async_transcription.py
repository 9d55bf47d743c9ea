"""Live transcription, for programs with an event loop."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections.abc import AsyncIterator, Sequence
from typing import Final, Literal

from vivavoce.clients import transcription_options as defaults
from vivavoce.clients.background import first_of
from vivavoce.clients.connection import Connection
from vivavoce.clients.event_queue import EventQueue
from vivavoce.clients.events import SessionLost
from vivavoce.clients.failures import CannotConnect, Failure
from vivavoce.clients.messages import Message
from vivavoce.clients.options import ConnectionOptions
from vivavoce.clients.sound_frames import SoundFrames
from vivavoce.clients.states import Restarted
from vivavoce.clients.transcription_options import TranscriptionOptions
from vivavoce.clients.transcripts import (
    CommittedTranscript,
    PartialTranscript,
    TranscriptionEvent,
    TranscriptionFailed,
    TranscriptionStarted,
    read_transcript,
)
from vivavoce.clients.uncommitted_sound import KEPT_S, UncommittedSound
from vivavoce.clients.wire_sound import WireSound
from vivavoce.errors import VivavoceError

_STARTS_WITHIN_S: Final = 30.0

_log: Final = logging.getLogger(__name__)


class AsyncTranscriber:
    """Sound in, its words out, across cuts of the network.

    async with AsyncTranscriber(language_code="en") as transcriber:
        await transcriber.send_audio(sound)
        await transcriber.finish()
        async for event in transcriber:
            ...

    Sound may be sent as fast as one likes. Where the server has lost the session, `SessionLost` is
    told, and what was not written down is sent again, though no more than the last 60 s.
    """

    def __init__(
        self,
        api_key: str = "",
        *,
        url: str | None = None,
        model_id: str = defaults.DEFAULT_MODEL,
        audio_format: str = defaults.DEFAULT_FORMAT,
        language_code: str | None = None,
        commit_strategy: Literal["manual", "vad"] = "manual",
        include_timestamps: bool = False,
        include_language_detection: bool = False,
        vad_silence_threshold_secs: float | None = None,
        vad_threshold: float | None = None,
        min_speech_duration_ms: int | None = None,
        min_silence_duration_ms: int | None = None,
        no_verbatim: bool = False,
        token: str | None = None,
        options: ConnectionOptions | None = None,
    ) -> None:
        """`audio_format` is `pcm_<rate>` (16-bit little-endian mono), `ulaw_8000` or `alaw_8000`.

        `url` is the server's, by default the environment's VIVAVOCE_URL or this machine. `token` is
        a single-use one, in place of the key; no second session can be begun with it.

        Raises InvalidParameter for what cannot be used.
        """
        sound = WireSound.named(audio_format)
        self._wanted = TranscriptionOptions(
            model_id=model_id,
            audio_format=audio_format,
            language_code=language_code,
            commit_strategy=commit_strategy,
            include_timestamps=include_timestamps,
            include_language_detection=include_language_detection,
            vad_silence_threshold_secs=vad_silence_threshold_secs,
            vad_threshold=vad_threshold,
            min_speech_duration_ms=min_speech_duration_ms,
            min_silence_duration_ms=min_silence_duration_ms,
            no_verbatim=no_verbatim,
            token=token,
        )
        self._connection = Connection(
            self._wanted.url(url),
            opening=self._opening,
            options=(options or ConnectionOptions()).with_key(api_key),
            is_ended_by_server=False,
        )
        self._frames = SoundFrames(sound)
        self._bytes_per_s = sound.bytes_per_s
        self._sound = UncommittedSound(sound.bytes_per_s, sound.sample_bytes)
        self._events = EventQueue[TranscriptionEvent](_replaces)
        self._begun = asyncio.Event()
        self._finished = asyncio.Event()
        self._is_finishing = False
        self._failure: BaseException | None = None
        self._listening: asyncio.Task[None] | None = None

    @property
    def connection(self) -> Connection:
        """For its state, its round trip and the listeners of both."""
        return self._connection

    @property
    def lost_audio_s(self) -> float:
        """Seconds that a lost session had not written down, and that were too old to be resent."""
        return self._sound.lost_bytes / self._bytes_per_s

    @property
    def lost_events(self) -> int:
        """Events that nobody has read before 1,024 others had come."""
        return self._events.lost

    async def open(self) -> None:
        """Connects, and returns when the server listens. Raises CannotConnect."""
        if self._listening is not None:
            raise VivavoceError("A transcription is opened once.")
        try:
            await self._connection.open()
            self._listening = asyncio.create_task(self._listen())
            async with asyncio.timeout(_STARTS_WITHIN_S):
                await self._begun.wait()
            if self._failure is not None:
                raise self._failure
        except TimeoutError as error:
            await self.close()
            late = Failure("the server began no session in time", error=error)
            raise CannotConnect("The server began no session in time.", late) from error
        except BaseException:
            await self.close()
            raise

    async def send_audio(self, data: bytes) -> None:
        """Sends sound in pieces of any size; waits while too much of it is under way.

        Raises ConnectionOver.
        """
        for piece in self._frames.pieces(data):
            self._sound.sent(piece)
            await self._connection.send(self._frames.message(piece))

    async def commit(self) -> None:
        """Has all sound so far written down: one CommittedTranscript. Raises ConnectionOver."""
        self._sound.commit()
        await self._connection.send(self._frames.message(None))

    async def finish(self) -> None:
        """Commits, waits until all is written down, and disconnects; the events end.

        Raises CannotConnect where the connection failed before.
        """
        if not self._is_finishing:
            self._is_finishing = True
            if self._sound.has_more:
                await self.commit()
            # Nothing is before it, so its answer has no text, and is therefore the last: a long
            # segment has as many answers as the server likes.
            await self.commit()
        await self._finished.wait()
        await self.close()
        if self._failure is not None:
            raise self._failure

    async def close(self) -> None:
        """Disconnects, and releases everything; what is not written down is lost. Idempotent."""
        await self._connection.close()
        if self._listening is not None:
            await asyncio.wait([self._listening])
        self._events.end()

    async def next_event(self) -> TranscriptionEvent:
        """What happens next. Raises StopAsyncIteration at the end, or what it failed with."""
        return await self._events.get()

    def waiting_event(self) -> TranscriptionEvent | None:
        """What has happened and nobody has read, None for nothing; raises what it failed with."""
        return self._events.get_waiting()

    def __aiter__(self) -> AsyncIterator[TranscriptionEvent]:
        return self

    async def __anext__(self) -> TranscriptionEvent:
        return await self._events.get()

    async def __aenter__(self) -> AsyncTranscriber:
        await self.open()
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.close()

    def _opening(self, is_restart: bool) -> Sequence[Message]:
        if not is_restart:
            return []
        had_lost = self._sound.lost_bytes
        owed = self._sound.restart()
        if self._sound.lost_bytes > had_lost:
            _log.warning("more than %d s were not written down: the oldest are dropped", KEPT_S)
        return [self._frames.message(piece) for piece in owed]

    async def _listen(self) -> None:
        try:
            async for message in self._connection:
                if isinstance(message, Restarted):
                    self._events.put(SessionLost(message.reason))
                    continue
                event = read_transcript(
                    message, is_timed=self._wanted.is_paired, shift_s=self._sound.shift_s
                )
                if event is not None:
                    self._take(event)
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            self._failure = first_of(error)
        finally:
            self._begun.set()
            self._finished.set()
            self._events.end(self._failure)

    def _take(self, event: TranscriptionEvent) -> None:
        match event:
            case TranscriptionStarted():
                self._begun.set()
            case CommittedTranscript(text, words):
                self._sound.written_down(words[-1].end_s if words else None)
                if not self._wanted.include_timestamps:
                    event = dataclasses.replace(event, words=())
                if self._is_finishing and not text and self._sound.unanswered_commits <= 1:
                    if not self._sound.unanswered_commits:
                        self._finished.set()
                    return
            case TranscriptionFailed("commit_throttled") if self._is_finishing:
                self._finished.set()
                return
        self._events.put(event)


def _replaces(new: TranscriptionEvent, old: TranscriptionEvent) -> bool:
    return isinstance(new, PartialTranscript) and isinstance(old, PartialTranscript)
