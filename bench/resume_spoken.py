"""Whether what is said aloud is understood over a line that is cut and stands still."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import uvloop

from bench.converse_latency import ANSWER
from bench.converse_servers import scripted_server
from bench.converse_sounds import CallerVoice
from bench.figures import Bar, Effort, Figure, Report
from bench.paused_sentences import QUESTIONS
from bench.recogniser import Floats
from bench.resume_utterances import SEED, network_to
from vivavoce import AsyncVoiceConversation
from vivavoce.clients.events import (
    AgentResponse,
    AgentSpeech,
    ConversationEvent,
    ConversationStarted,
    Interruption,
    SessionLost,
    UserTranscript,
)
from vivavoce.testing.bad_network import Kind, random_plan

_CALLS = 10
_QUICK_CALLS = 3
_QUESTIONS_A_CALL = 5
_AT_ONCE = 3
_RATE: Final = 16_000
_PIECE_S: Final = 0.02
_ANSWERED_WITHIN_S = 20.0
_EVERY_S = (0.4, 3.0)
_LASTING_S = (0.2, 2.0)
_KINDS = (Kind.CUT, Kind.CUT, Kind.DOWN, Kind.STALL, Kind.HALF_CLOSE, Kind.TRUNCATE)


class Mouth:
    """A microphone that hears silence, but for what is said."""

    def __init__(self) -> None:
        self._said = b""

    def say(self, sound: Floats) -> float:
        """Begins with the next piece; how many seconds it takes."""
        self._said += (np.clip(sound, -1, 1) * 32_767).astype("<i2").tobytes()
        return len(self._said) / 2 / _RATE

    async def pieces(self) -> AsyncIterator[bytes]:
        """In real time, for ever."""
        began_at, size = time.monotonic(), 2 * round(_PIECE_S * _RATE)
        count = 0
        while True:
            piece, self._said = self._said[:size], self._said[size:]
            yield piece.ljust(size, b"\0")
            count += 1
            await asyncio.sleep(began_at + count * _PIECE_S - time.monotonic())


@dataclass
class SpokenTalk:
    """One call: how many questions were asked, and all that its client was told."""

    asked: int = 0
    transcripts: list[str] = field(default_factory=list)
    answers: int = 0
    interruptions: int = 0
    beginnings: int = 0
    misfortunes: int = 0
    spoken: dict[int, str] = field(default_factory=dict)
    """What has sounded of each answer."""
    sounds_until: float = 0.0
    moved: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_answered(self) -> bool:
        """Whether the last question has an answer, to its last letter."""
        whole = [text for text in self.spoken.values() if squashed(text) == squashed(ANSWER)]
        return len(whole) >= self.asked


def measure(effort: Effort) -> Report:
    """The same questions over a good line and over a bad one."""
    count = effort.choose(_CALLS, _QUICK_CALLS)
    questions = CallerVoice().spoken_all(QUESTIONS[: count * _QUESTIONS_A_CALL])
    with scripted_server(ANSWER) as server:
        good = uvloop.run(talks(server.port, questions, is_bad=False))
        bad = uvloop.run(talks(server.port, questions, is_bad=True))
    asked = sum(talk.asked for talk in bad)
    name = f"{asked} questions spoken over a bad line"
    others = sum(
        squashed(" ".join(one.transcripts)) != squashed(" ".join(other.transcripts))
        for one, other in zip(good, bad, strict=True)
    )
    transcripts = sum(len(talk.transcripts) for talk in bad)
    answers = sum(talk.answers for talk in bad)
    return Report(
        [
            Figure(
                f"{name}: misfortunes survived",
                sum(talk.misfortunes for talk in bad),
                "",
                Bar(2 * asked, at_least=True),
            ),
            Figure(f"{name}: turns too few or too many", abs(transcripts - asked), "", Bar(0)),
            Figure(f"{name}: answers too few or too many", abs(answers - asked), "", Bar(0)),
            Figure(f"{name}: interruptions", sum(talk.interruptions for talk in bad), "", Bar(0)),
            Figure(
                f"{name}: calls begun more than once",
                sum(talk.beginnings != 1 for talk in bad),
                "",
                Bar(0),
            ),
        ],
        [
            f"{others} of {len(bad)} calls were written down in other words than over a good line, "
            f"where {sum(len(talk.transcripts) for talk in good)} turns had "
            f"{sum(talk.answers for talk in good)} answers and "
            f"{sum(talk.interruptions for talk in good)} interruptions"
        ],
    )


def squashed(text: str) -> str:
    """Without what a recogniser may see in another way."""
    return "".join(char for char in text.lower() if char.isalnum())


async def talks(port: int, questions: Sequence[Floats], *, is_bad: bool) -> list[SpokenTalk]:
    """Calls of five questions each, some at once."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(number: int) -> SpokenTalk:
        first = number * _QUESTIONS_A_CALL
        async with gate:
            return await _talk(
                port, number, questions[first : first + _QUESTIONS_A_CALL], is_bad=is_bad
            )

    async with asyncio.TaskGroup() as tasks:
        count = len(questions) // _QUESTIONS_A_CALL
        held = [tasks.create_task(one(number)) for number in range(count)]
    return [talk.result() for talk in held]


async def _talk(port: int, number: int, questions: Sequence[Floats], *, is_bad: bool) -> SpokenTalk:
    talk, mouth = SpokenTalk(), Mouth()
    plan = random_plan(SEED + number, _KINDS, every_s=_EVERY_S, lasting_s=_LASTING_S)
    dice = random.Random(SEED + number)
    async with (
        network_to(port, plan if is_bad else None) as network,
        AsyncVoiceConversation(
            agent_config={"agent": {"first_message": "Hello."}, "turn": {"turn_timeout": -1}},
            url=network.url(scheme="http"),
            source=mouth.pieces(),
            sink=None,
        ) as call,
        asyncio.TaskGroup() as tasks,
    ):
        listening = tasks.create_task(_listen(call, talk))
        await asyncio.sleep(2.0)
        for question in questions:
            talk.asked += 1
            await asyncio.sleep(mouth.say(question))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_ANSWERED_WITHIN_S):
                    while not talk.is_answered:
                        talk.moved.clear()
                        await talk.moved.wait()
            await asyncio.sleep(max(0.0, talk.sounds_until - time.monotonic()))
            await asyncio.sleep(dice.uniform(0.5, 1.5))
        listening.cancel()
        talk.misfortunes = len(network.happened)
    return talk


async def _listen(call: AsyncVoiceConversation, talk: SpokenTalk) -> None:
    while True:
        _note(await call.next_event(), talk)
        talk.moved.set()


def _note(event: ConversationEvent, talk: SpokenTalk) -> None:
    match event:
        case ConversationStarted() | SessionLost():
            talk.beginnings += 1
        case UserTranscript(text=text, is_final=True):
            talk.transcripts.append(text)
        case AgentResponse(text=text) if text == ANSWER:
            talk.answers += 1
        case Interruption():
            talk.interruptions += 1
        case AgentSpeech(audio=audio, alignment=alignment, event_id=number):
            chars = "" if alignment is None else "".join(alignment.chars)
            talk.spoken[number] = talk.spoken.get(number, "") + chars
            now = time.monotonic()
            talk.sounds_until = max(talk.sounds_until, now) + len(audio) / 2 / _RATE
