"""A `speech-to-text/realtime` connection, from its first message to its close frame."""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from vivavoce.audio.inlet import Inlet, InputFormat, parse_input_format
from vivavoce.audio.recent_sound import RecentSound
from vivavoce.core.heeded import Ask, Urgency
from vivavoce.core.live_transcript import Commit, Effect, LiveTranscript, ShowPartial
from vivavoce.engines.base import EARS_RATE, HearingRequest
from vivavoce.errors import BadRequest
from vivavoce.sessions.connection import Connection
from vivavoce.sessions.departure import Departure
from vivavoce.sessions.duplex import Duplex, PeerGone
from vivavoce.sessions.entrance import Authenticate, Entrance
from vivavoce.sessions.hearing import answer_of, piece_request, transcript_rules
from vivavoce.sessions.listening import TRANSCRIPTION_PERMISSION, EarsDesk
from vivavoce.wire import scribe
from vivavoce.wire.scribe_query import CommitStrategy, ScribeQuery, parse_scribe_query
from vivavoce.wire.timed_words import Word, timed_words

_INACTIVITY_S: Final = 600.0
"""Upstream drops a silent socket after 15 s, and its clients take that for a fault."""
_PARTIAL_WITHIN_S: Final = 0.5
_PAUSE_WITHIN_S: Final = 0.15
_MOST_UNSETTLED: Final = 8
"""Pieces that may wait for the ears before the next message is read: a file comes fast."""
_LISTENS_ON_S: Final = 10.0
"""How long clients wait for the answer to their close frame: Python's 10 s, Node's 30."""
_SLICE_S: Final = 1.0
"""Sound taken in one go: 3 ms of the event loop."""


class TranscriptionSession:
    """Writes down what one client says."""

    def __init__(
        self,
        duplex: Duplex,
        query_string: str,
        *,
        desk: EarsDesk,
        authenticate: Authenticate,
    ) -> None:
        self._query_string = query_string
        self._desk = desk
        self._entrance = Entrance(authenticate, TRANSCRIPTION_PERMISSION)
        self._connection = Connection(
            duplex, send_timeout_s=desk.settings.send_timeout_s, error_frame=scribe.scribe_error
        )
        self._departure = Departure(self._connection, self._entrance)
        self._query: ScribeQuery
        self._language: str
        self._format: InputFormat
        self._inlet: Inlet
        self._transcript: LiveTranscript
        self._activity = desk.detector.stream()
        self._sound = RecentSound()
        self._began_at = time.monotonic()
        self._asked = 0
        self._answered = asyncio.Event()

    async def run(self) -> None:
        """Serves the connection until it is closed; no failure leaves this method."""
        await self._connection.run(self._talk)

    def drain(self, *, at_once: bool = False) -> None:
        """Hears no more, and leaves when what was said is written down, or `at_once`."""
        self._departure.drain(at_once=at_once)

    async def _talk(self) -> None:
        self._read_query()
        await self._entrance.open()
        if self._entrance.refusal is not None:
            raise self._entrance.refusal
        caller, pool = self._entrance.caller, self._desk.pool
        caller.count_request()
        caller.enter_turn()
        try:
            pool.enter_stream()
            try:
                await self._serve()
            finally:
                pool.leave_stream()
        finally:
            caller.leave_turn()

    def _read_query(self) -> None:
        """Raises InvalidParameter or LanguageMissing."""
        query = parse_scribe_query(self._query_string)
        self._desk.notices.without_effect(query.without_effect)
        self._query = query
        self._language = self._desk.language(query.language_code)
        self._format = parse_input_format(query.audio_format)
        self._inlet = Inlet(self._format)
        self._transcript = LiveTranscript(transcript_rules(query))

    async def _serve(self) -> None:
        await self._connection.outbox.put(
            scribe.session_started(uuid.uuid4().hex, self._query, self._format.sample_rate)
        )
        is_leaving = False
        while True:
            try:
                frame = await self._connection.receive(self._due_at())
            except TimeoutError:
                if self._departure.reason is not None and not is_leaving:
                    is_leaving = True
                    await self._perform(self._transcript.finish(self._sound.end))
                await self._departure.leave_if_due(_INACTIVITY_S, busy=self._is_busy)
            except PeerGone:
                await self._tell_what_is_owed()
                raise
            else:
                self._departure.heard_at = time.monotonic()
                if self._departure.reason is None:
                    await self._take(frame)

    async def _tell_what_is_owed(self) -> None:
        """The commits that are under way: who closes behind the last sound still listens."""
        if self._query.commit_strategy is CommitStrategy.VAD:
            await self._perform(self._transcript.finish(self._sound.end))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LISTENS_ON_S):
                while self._transcript.owes:
                    self._answered.clear()
                    await self._answered.wait()
                await self._connection.outbox.drained()

    async def _take(self, frame: str | bytes) -> None:
        try:
            await self._hear(scribe.decode_scribe_message(frame))
        except BadRequest as error:
            self._departure.reason = error  # but what was said before is still owed

    @property
    def _is_busy(self) -> bool:
        return self._asked > 0

    def _due_at(self) -> float | None:
        return self._departure.due_at(_INACTIVITY_S, busy=self._is_busy)

    async def _hear(self, message: scribe.ScribeMessage) -> None:
        size = round(_SLICE_S * self._format.sample_rate) * self._format.bytes_per_sample
        for start in range(0, len(message.audio), size):
            await self._room()
            pcm = self._inlet.feed(message.audio[start : start + size])
            self._sound.add(pcm)
            await self._perform(self._transcript.hear(self._activity.feed(pcm)))
        if message.commit:
            await self._perform(self._transcript.commit(self._sound.end))
        self._sound.forget(self._transcript.needed_from)

    async def _room(self) -> None:
        """Lets others have the loop, and waits while the ears are far behind."""
        await asyncio.sleep(0)
        while self._transcript.unsettled > _MOST_UNSETTLED:
            self._answered.clear()
            await self._answered.wait()

    async def _perform(self, effects: Iterable[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Ask):
                self._ask(effect)
            else:
                for frame in self._frames(effect):
                    await self._connection.outbox.put(frame)

    def _frames(self, effect: ShowPartial | Commit) -> Iterator[str]:
        query = self._query
        if isinstance(effect, ShowPartial):
            yield scribe.partial_transcript(effect.text)
            return
        text = " ".join(passage.text for passage in effect.passages)
        yield scribe.committed_transcript(text)
        if query.include_timestamps or query.include_language_detection:
            words = _timed(effect) if query.include_timestamps else None
            yield scribe.committed_transcript_with_timestamps(text, self._language, words)

    def _ask(self, ask: Ask) -> None:
        self._asked += 1
        request = piece_request(
            ask.sound,
            self._sound,
            language=self._language,
            draft=ask.draft,
            word_times=self._query.include_timestamps,
        )
        self._connection.start(self._answer(ask, request))

    async def _answer(self, ask: Ask, request: HearingRequest) -> None:
        pool, now = self._desk.pool, time.monotonic()
        if ask.urgency is Urgency.PARTIAL:
            heard = await pool.hear_in_time(request, due_at=now + _PARTIAL_WITHIN_S)
        else:
            patience_s = _PAUSE_WITHIN_S if ask.urgency is Urgency.PAUSE else 0.0
            # Who sends a file faster than it sounds must not keep those waiting who speak.
            spoken_at = self._began_at + ask.sound.end / EARS_RATE
            heard = await pool.hear(request, due_at=max(now, spoken_at) + patience_s)
        self._asked -= 1
        self._answered.set()
        hearing = answer_of(ask, heard, leave_out_fillers=self._query.no_verbatim)
        await self._perform(self._transcript.answer(ask, hearing))
        if self._departure.reason is not None:
            self._connection.nudge()


def _timed(commit: Commit) -> Sequence[Word]:
    return timed_words(
        (word.text, word.start_s, word.end_s, word.logprob)
        for passage in commit.passages
        for word in passage.words
    )
