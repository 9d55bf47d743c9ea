"""Whether conversations that are cut off lose a turn, say one twice, or greet twice."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

import httpx
import msgspec
import uvloop

from bench.converse_servers import scripted_server
from bench.figures import Bar, Effort, Figure, Report
from bench.resume_utterances import SEED, cut_count, network_to
from vivavoce import AsyncVoiceConversation
from vivavoce.clients.events import (
    AgentResponse,
    AgentResponseCorrection,
    AgentSpeech,
    ConversationEvent,
    ConversationStarted,
    SessionLost,
)
from vivavoce.testing.bad_network import Kind, Misfortune, Plan

GREETING: Final = "Good evening, who is calling?"
ANSWER: Final = "You told me {0}"

_CALLS = 50
_QUICK_CALLS = 10
_CUTS_A_CALL = 5
_MET = 200
_TURNS = 5
_AT_ONCE = 5
_CUT_WITHIN_S = (0.3, 9.0)
_ANSWERED_WITHIN_S = 20.0
_KEPT_WITHIN_S = 10.0
_BYTES_PER_S = 32_000

_AGENT: Final = {
    "agent": {"first_message": GREETING},
    "turn": {"turn_timeout": -1},
}


class _Message(msgspec.Struct):
    role: str
    message: str | None = None


class _Kept(msgspec.Struct):
    status: str
    transcript: list[_Message]


@dataclass
class Talk:
    """One call: what was written, and all that its client was told."""

    written: list[str] = field(default_factory=list)
    answers: list[AgentResponse] = field(default_factory=list)
    corrections: int = 0
    beginnings: int = 0
    spoken: dict[int, str] = field(default_factory=dict)
    seconds: dict[int, float] = field(default_factory=dict)
    cuts: int = 0
    kept: list[tuple[str, str]] = field(default_factory=list)
    """The server's transcript: role and words."""

    @property
    def wanted(self) -> list[str]:
        """What the agent is to say, in order."""
        return [GREETING, *(ANSWER.format(text) for text in self.written)]

    @property
    def lost(self) -> int:
        """Turns without an answer, or with one that is not wholly spoken."""
        said = Counter(answer.text for answer in self.answers)
        unspoken = sum(
            len(squashed(self.spoken.get(answer.event_id, ""))) < len(squashed(answer.text))
            for answer in self.answers
        )
        return sum((Counter(self.wanted) - said).values()) + unspoken

    @property
    def twice(self) -> int:
        """Answers that came again, and those of which any letter was spoken again."""
        said = Counter(answer.text for answer in self.answers)
        again = sum(
            len(squashed(self.spoken.get(answer.event_id, ""))) > len(squashed(answer.text))
            for answer in self.answers
        )
        return sum((said - Counter(self.wanted)).values()) + again

    @property
    def is_kept_well(self) -> bool:
        """Whether the server's own transcript has every turn once, in order."""
        wanted = [("agent", GREETING)]
        for text in self.written:
            wanted += [("user", text), ("agent", ANSWER.format(text))]
        return self.kept == wanted


def measure(effort: Effort) -> Report:
    """Calls of turns in writing with spoken answers, each with cuts of its own."""
    count = effort.choose(_CALLS, _QUICK_CALLS)
    with scripted_server(ANSWER) as server:
        talks = uvloop.run(talked(server.port, count))
    cuts = sum(talk.cuts for talk in talks)
    turns = sum(len(talk.written) for talk in talks)
    name = f"{count} conversations"
    return Report(
        [
            Figure(f"{name}: cuts survived", cuts, "", Bar(_MET * count // _CALLS, at_least=True)),
            Figure(f"{name}: turns lost", sum(talk.lost for talk in talks), f"of {turns}", Bar(0)),
            Figure(f"{name}: said twice", sum(talk.twice for talk in talks), "", Bar(0)),
            Figure(
                f"{name}: greeted or begun more than once",
                sum(talk.beginnings != 1 for talk in talks),
                "",
                Bar(0),
            ),
            Figure(
                f"{name}: of which the server's transcript is another",
                sum(not talk.is_kept_well for talk in talks),
                "",
                Bar(0),
            ),
        ],
        [f"answers that were cut short: {sum(talk.corrections for talk in talks)}"],
    )


async def talked(port: int, count: int, *, turns: int = _TURNS, seed: int = SEED) -> list[Talk]:
    """So many conversations, some at once."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(number: int) -> Talk:
        async with gate:
            return await _talk(port, random.Random(f"{seed} {number}"), turns)

    async with asyncio.TaskGroup() as tasks:
        talks = [tasks.create_task(one(number)) for number in range(count)]
    return [talk.result() for talk in talks]


async def _talk(port: int, dice: random.Random, turns: int) -> Talk:
    talk = Talk()
    first, last = _CUT_WITHIN_S
    cuts = sorted(dice.uniform(first, last * turns / _TURNS) for _ in range(_CUTS_A_CALL))
    plan = Plan([(at, Misfortune(Kind.CUT)) for at in cuts])
    async with network_to(port, plan) as network:
        call = AsyncVoiceConversation(
            agent_config=_AGENT, url=network.url(scheme="http"), source=None, sink=None
        )
        async with call:
            with contextlib.suppress(TimeoutError):  # a turn that is lost, as the count will show
                await _hear(call, talk, GREETING)
                for _ in range(turns):
                    text = f"number {dice.randrange(1000, 10_000)}."
                    talk.written.append(text)
                    await call.send_text(text)
                    await _hear(call, talk, ANSWER.format(text))
            conversation = call.conversation_id
        talk.cuts = cut_count(network)
    talk.kept = await _kept(port, str(conversation))
    return talk


async def _hear(call: AsyncVoiceConversation, talk: Talk, text: str) -> None:
    """Until an answer has come to its last letter and has sounded. Raises TimeoutError."""
    async with asyncio.timeout(_ANSWERED_WITHIN_S):
        while not _is_whole(talk, text):
            _note(await call.next_event(), talk)
    [answer, *_] = [one for one in talk.answers if one.text == text]
    await asyncio.sleep(talk.seconds[answer.event_id])


def _is_whole(talk: Talk, text: str) -> bool:
    return any(
        answer.text == text
        and len(squashed(talk.spoken.get(answer.event_id, ""))) >= len(squashed(text))
        for answer in talk.answers
    )


def _note(event: ConversationEvent, talk: Talk) -> None:
    match event:
        case ConversationStarted() | SessionLost():
            talk.beginnings += 1
        case AgentResponse():
            talk.answers.append(event)
        case AgentResponseCorrection():
            talk.corrections += 1
        case AgentSpeech(audio=audio, alignment=alignment, event_id=number):
            chars = "" if alignment is None else "".join(alignment.chars)
            talk.spoken[number] = talk.spoken.get(number, "") + chars
            talk.seconds[number] = talk.seconds.get(number, 0.0) + len(audio) / _BYTES_PER_S


async def _kept(port: int, conversation: str) -> list[tuple[str, str]]:
    url = f"http://127.0.0.1:{port}/v1/convai/conversations/{conversation}"
    async with httpx.AsyncClient(trust_env=False) as client, asyncio.timeout(_KEPT_WITHIN_S):
        while True:
            answer = await client.get(url)
            if answer.status_code == 200:
                kept = msgspec.json.decode(answer.content, type=_Kept)
                if kept.status in ("done", "failed"):
                    return [(turn.role, turn.message or "") for turn in kept.transcript]
            await asyncio.sleep(0.1)


def squashed(text: str) -> str:
    """Without its spaces."""
    return "".join(text.split())
