"""The caller's side of a call: sound in; voice activity and words out."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from typing import Final

from vivavoce.audio.echo_gate import EchoGate
from vivavoce.audio.inlet import Inlet, InputFormat
from vivavoce.audio.recent_sound import SAMPLE_BYTES, RecentSound
from vivavoce.core.heeded import Ask, Urgency
from vivavoce.core.late_sound import JITTER_S, LateSound
from vivavoce.core.live_transcript import Commit, Effect, LiveTranscript, TranscriptRules
from vivavoce.engines.base import EARS_RATE, HearingRequest
from vivavoce.sessions.hearing import answer_of, piece_request
from vivavoce.sessions.listening import EarsDesk

_PARTIAL_WITHIN_S: Final = 0.5
_PAUSE_WITHIN_S: Final = 0.0
"""An answer waits for it: it is as urgent as a commit."""
_SLICE_S: Final = 1.0
"""Sound taken in one go: 3 ms of the event loop."""
_MOST_UNTOLD: Final = 20
"""Pieces of the agent's sound from before the microphone was open: as far back as echoes last."""
_MOST_UNSETTLED: Final = 8
"""Pieces that may wait for the ears before more sound is taken: some clients send files."""


class CallerEar:
    """One caller's microphone, from the client's bytes to transcripts.

    The callbacks are awaited one after the other in the order of what they tell.
    """

    def __init__(
        self,
        desk: EarsDesk,
        input_format: InputFormat,
        language: str,
        *,
        start: Callable[[Coroutine[None, None, None]], asyncio.Task[None]],
        on_activity: Callable[[Sequence[float]], Awaitable[None]],
        on_words: Callable[[str, bool], Awaitable[None]],
        on_settled: Callable[[str, bool], Awaitable[None]],
        on_sound: Callable[[bytes, bool], None],
    ) -> None:
        """`start` runs what waits for the ears.

        `on_activity` gets a likelihood of the caller's speech for each hop, `on_words` what has
        been said since the last transcript was settled and whether no sound is ahead of it,
        `on_settled` a settled transcript and whether `settle` asked for it, `on_sound` all sound as
        16-bit mono at 16 kHz, echo and all, and whether it comes late, because the client was away.
        Times are `time.monotonic()`, also where the call's clock stands still: microphones go on.
        """
        self._desk = desk
        self._format = input_format
        self._language = language
        self._start = start
        self._on_activity = on_activity
        self._on_words = on_words
        self._on_settled = on_settled
        self._on_sound = on_sound
        self._inlet = Inlet(input_format)
        self._gate = EchoGate(desk.detector.stream().feed)
        self._transcript = LiveTranscript(TranscriptRules())
        self._sound = RecentSound()
        self._began_at: float | None = None
        self._is_starved = False
        self._late: LateSound | None = None
        self._untold: deque[tuple[bytes, float]] = deque(maxlen=_MOST_UNTOLD)
        self._answered = asyncio.Event()

    @property
    def text(self) -> str:
        """What has been said since the last settled transcript."""
        return self._transcript.text

    @property
    def logprob(self) -> float:
        """How sure the ears are of what has been said since the last settled transcript."""
        return self._transcript.logprob

    @property
    def awaits_late_sound(self) -> bool:
        """Whether there may be sound to come that the microphone has heard while nobody did."""
        return self._late is not None

    def returned(self) -> None:
        """The client is back; sound of a microphone that was open is sent now, and comes late."""
        if self._began_at is not None and not self._is_starved:
            self._late = LateSound(time.monotonic())

    async def hear(self, data: bytes) -> None:
        """More of the microphone, in the client's format."""
        bytes_per_s = self._format.sample_rate * self._format.bytes_per_sample
        if self._is_starved:
            await self._catch_up(len(data) / bytes_per_s)
        elif self._late is not None:
            self._measure(self._late, len(data) / bytes_per_s)
        size = round(_SLICE_S * self._format.sample_rate) * self._format.bytes_per_sample
        for start in range(0, len(data), size):
            await self._room()
            await self._take(self._inlet.feed(data[start : start + size]))

    async def hear_silence(self, seconds: float) -> None:
        """The client has sent nothing for as long, though it did before."""
        self._is_starved = True
        self._late = None
        await self._take(bytes(round(seconds * EARS_RATE) * SAMPLE_BYTES))

    async def settle(self) -> None:
        """What has been said so far is one transcript, which `on_settled` gets."""
        await self._perform(self._transcript.commit(self._sound.end))
        self._sound.forget(self._transcript.needed_from)

    def agent_sounds(self, pcm: bytes, sounds_at: float) -> None:
        """The agent's voice (16 kHz, 16-bit mono), heard from `sounds_at` on."""
        if self._began_at is None:
            self._untold.append((pcm, sounds_at))
        else:
            self._gate.played(pcm, round((sounds_at - self._began_at) * EARS_RATE))

    def agent_stops(self, now: float) -> None:
        """Nothing of the agent's is heard any more."""
        self._untold.clear()
        if self._began_at is not None:
            self._gate.stopped(round((now - self._began_at) * EARS_RATE))

    async def _catch_up(self, seconds: float) -> None:
        """The microphone is open again, and has just heard so much: what was before is silence."""
        self._is_starved = False
        missing_s = self._missing_s(seconds)
        if missing_s > 0.0:
            await self._take(bytes(round(missing_s * EARS_RATE) * SAMPLE_BYTES))

    def _measure(self, late: LateSound, seconds: float) -> None:
        """How late the sound is that has just come."""
        missing_s = self._missing_s(seconds)
        if late.is_over(missing_s, time.monotonic()):
            self._late = None
            if missing_s > JITTER_S:  # it was not kept: what is heard now is new
                self._began_at = (self._began_at or 0.0) + missing_s

    def _missing_s(self, seconds: float) -> float:
        """How much older the newest sound is than usual, when so much is taken."""
        heard_s = self._gate.now / EARS_RATE + seconds
        return time.monotonic() - (self._began_at or 0.0) - heard_s

    async def _take(self, pcm: bytes) -> None:
        self._on_sound(pcm, self._late is not None)
        # Sound comes late, never early: the earliest beginning that fits is the true one.
        samples = self._gate.now + len(pcm) // SAMPLE_BYTES
        began_at = time.monotonic() - samples / EARS_RATE
        self._began_at = began_at if self._began_at is None else min(self._began_at, began_at)
        while self._untold:
            self.agent_sounds(*self._untold.popleft())
        heard = self._gate.feed(pcm)
        self._sound.add(heard.pcm)
        if heard.likelihoods:
            await self._perform(self._transcript.hear(heard.likelihoods))
            await self._on_activity(heard.likelihoods)
            await self._tell_words()
        self._sound.forget(self._transcript.needed_from)

    async def _tell_words(self) -> None:
        await self._on_words(self._transcript.text, self._transcript.is_caught_up)

    async def _room(self) -> None:
        """Lets others have the loop, and waits while the ears are far behind."""
        await asyncio.sleep(0)
        while self._transcript.unsettled > _MOST_UNSETTLED:
            self._answered.clear()
            await self._answered.wait()

    async def _perform(self, effects: Iterable[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Ask):
                request = piece_request(
                    effect.sound, self._sound, language=self._language, draft=effect.draft
                )
                self._start(self._answer(effect, request))
            elif isinstance(effect, Commit):
                text = " ".join(passage.text for passage in effect.passages)
                await self._on_settled(text, effect.asked)

    async def _answer(self, ask: Ask, request: HearingRequest) -> None:
        pool, now = self._desk.pool, time.monotonic()
        if ask.urgency is Urgency.PARTIAL:
            heard = await pool.hear_in_time(request, due_at=now + _PARTIAL_WITHIN_S)
        else:
            heard = await pool.hear(request, due_at=now + _PAUSE_WITHIN_S)
        self._answered.set()
        hearing = answer_of(ask, heard, leave_out_fillers=False)
        await self._perform(self._transcript.answer(ask, hearing))
        await self._tell_words()
