"""The load model: somebody who speaks a sentence, waits to see it written down, and goes on.

A sentence lasts 3.5 to 5.2 s, the silence after it 1 to 3 s, and the microphone stays open. Every
other speaker has a client that commits right after the last audible sample; the others leave it to
the server, which commits after 0.5 s of silence.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from typing import Final, NamedTuple

from websockets.exceptions import ConnectionClosed

from bench.caller import RefusedError
from bench.listen_socket import Chunk, Microphone, ScribeSocket, chunks, dictating
from bench.listen_sounds import Speaker, Utterance, as_pcm, without_tail
from bench.listen_turns import Turn, turn
from bench.sentences import TURN_SENTENCES, some
from bench.server import Server
from bench.word_errors import WordErrors, word_errors

THRESHOLD_S: Final = 0.5
"""Of those who leave it to the server."""

_PAUSE_S = (1.0, 3.0)
_AGAIN_S = 1.0


class Line(NamedTuple):
    """A sentence that ends with its last audible sample, ready to be sent."""

    utterance: Utterance
    chunks: list[Chunk]


class Tally:
    """What all speakers of a run have had to wait for."""

    def __init__(self) -> None:
        self.commit_ms: list[float] = []
        """From a commit to its transcript."""
        self.endpoint_ms: list[float] = []
        """From THRESHOLD_S after the end of speech to the transcript."""
        self.first_text_ms: list[float] = []
        self.partial_rates: list[float] = []
        """Of each speaker, in partial transcripts a second of speech."""
        self.errors: list[WordErrors] = []
        self.refused = 0
        self.broken = 0


def lines(count: int) -> list[Line]:
    """Different sentences."""
    speaker = Speaker()
    found = []
    for text in some(TURN_SENTENCES, count, seed=9):
        said = speaker.say(text)
        utterance = said._replace(samples=without_tail(said.samples))
        found.append(Line(utterance, chunks(as_pcm(utterance.samples))))
    return found


async def speak(
    server: Server, lines: Sequence[Line], tally: Tally, dice: random.Random, *, manual: bool
) -> None:
    """One speaker, until cancelled."""
    query: dict[str, str | float] = {"commit_strategy": "manual"}
    if not manual:
        query = {"commit_strategy": "vad", "vad_silence_threshold_secs": THRESHOLD_S}
    dictation = _Dictation(lines, tally, dice, manual=manual)
    try:
        while True:
            try:
                async with dictating(server, **query) as scribe:
                    await dictation.hold(scribe)
            except RefusedError:
                tally.refused += 1
            except (ConnectionClosed, OSError, TimeoutError):
                tally.broken += 1
            await asyncio.sleep(_AGAIN_S)
    finally:
        dictation.end()


class _Dictation:
    """What one speaker says, on as many connections as it takes."""

    def __init__(
        self, lines: Sequence[Line], tally: Tally, dice: random.Random, *, manual: bool
    ) -> None:
        self._lines = lines
        self._tally = tally
        self._dice = dice
        self._manual = manual
        self._partials = 0
        self._speech_s = 0.0
        self._due_at: float | None = None
        """From when on a transcript is being waited for."""

    async def hold(self, scribe: ScribeSocket) -> None:
        """One sentence after the other. Raises as `Microphone.fall_silent`."""
        microphone = Microphone(scribe)
        while True:
            await self._say(scribe, microphone, self._dice.choice(self._lines))

    async def _say(self, scribe: ScribeSocket, microphone: Microphone, line: Line) -> None:
        scribe.take()
        began = await microphone.play(line.chunks)
        ended = turn(line.utterance, began, []).speech_end_at
        if self._manual:
            asked = self._due_at = await scribe.commit()
        else:
            asked, self._due_at = ended, ended + THRESHOLD_S
        final = await microphone.fall_silent(asked)
        self._account(final.at)
        self._judge(line, turn(line.utterance, began, scribe.take()))
        await microphone.rest(ended + self._dice.uniform(*_PAUSE_S) - time.perf_counter())

    def _account(self, at: float) -> None:
        if self._due_at is not None:
            waits = self._tally.commit_ms if self._manual else self._tally.endpoint_ms
            waits.append((at - self._due_at) * 1000)
        self._due_at = None

    def _judge(self, line: Line, turn: Turn) -> None:
        self._partials += turn.partials
        self._speech_s += line.utterance.speech_s
        self._tally.first_text_ms.append(turn.first_text_s * 1000)
        self._tally.errors.append(word_errors(line.utterance.spoken, turn.text))

    def end(self) -> None:
        """What a speaker who stops here was still waiting for must not be lost."""
        now = time.perf_counter()
        if self._due_at is not None and self._due_at < now:
            self._account(now)
        if self._speech_s:
            self._tally.partial_rates.append(self._partials / self._speech_s)
