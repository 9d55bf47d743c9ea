"""Live transcription, for programs without an event loop."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from vivavoce.clients.async_transcription import AsyncTranscriber
from vivavoce.clients.connection import Connection
from vivavoce.clients.event_reader import EventReader
from vivavoce.clients.loop_thread import LoopThread
from vivavoce.clients.options import ConnectionOptions
from vivavoce.clients.transcription_options import DEFAULT_FORMAT, DEFAULT_MODEL
from vivavoce.clients.transcripts import TranscriptionEvent


class Transcriber:
    """Sound in, its words out, across cuts of the network.

    with Transcriber(language_code="en") as transcriber:
        transcriber.send_audio(sound)
        transcriber.finish()
        for event in transcriber:
            ...

    All else is as in `AsyncTranscriber`. Its methods may be called from any thread.
    """

    def __init__(
        self,
        api_key: str = "",
        *,
        url: str | None = None,
        model_id: str = DEFAULT_MODEL,
        audio_format: str = DEFAULT_FORMAT,
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
        """See `AsyncTranscriber`. Raises InvalidParameter for what cannot be used."""
        self._loop = LoopThread("vivavoce-transcription")
        self._transcriber = AsyncTranscriber(
            api_key,
            url=url,
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
            options=options,
        )
        self._reader = EventReader(self._loop, self._transcriber)

    @property
    def connection(self) -> Connection:
        """For its state and its round trip."""
        return self._transcriber.connection

    @property
    def lost_audio_s(self) -> float:
        """Seconds that a lost session had not written down, and that were too old to be resent."""
        return self._transcriber.lost_audio_s

    @property
    def lost_events(self) -> int:
        """Events that nobody has read before 1,024 others had come."""
        return self._transcriber.lost_events

    def open(self) -> None:
        """Connects, and returns when the server listens. Raises CannotConnect."""
        self._loop.start()
        try:
            self._loop.call(self._transcriber.open())
        except BaseException:
            self.close()
            raise

    def send_audio(self, data: bytes) -> None:
        """Sends sound in pieces of any size; waits while too much of it is under way.

        Raises ConnectionOver.
        """
        self._loop.call(self._transcriber.send_audio(data))

    def commit(self) -> None:
        """Has all sound so far written down: one CommittedTranscript. Raises ConnectionOver."""
        self._loop.call(self._transcriber.commit())

    def finish(self) -> None:
        """Commits, waits until all is written down, and disconnects; the events end.

        Raises CannotConnect where the connection failed before.
        """
        self._loop.call(self._transcriber.finish())

    def close(self) -> None:
        """Disconnects, and releases everything; what is not written down is lost. Idempotent."""
        self._loop.end(self._transcriber.close)

    def next_event(self, timeout: float | None = None) -> TranscriptionEvent | None:
        """What happens next, None at the end.

        Raises TimeoutError after `timeout` seconds, and what the transcription failed with.
        """
        return self._reader.next(timeout)

    def __iter__(self) -> Iterator[TranscriptionEvent]:
        return iter(self._reader)

    def __enter__(self) -> Transcriber:
        self.open()
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
