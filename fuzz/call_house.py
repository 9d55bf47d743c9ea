"""What a call needs around it, in memory: agents, a mind that says and calls anything, a record."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from fuzz.odd import Fields
from vivavoce.config import Settings
from vivavoce.core.call_record import CallRecord
from vivavoce.engines.guarded_http import Allows, is_public
from vivavoce.engines.minds.base import Mind, Prompt, Seat, Thought, Words
from vivavoce.engines.minds.scripted import ScriptedMind
from vivavoce.errors import AgentNotFound, MindFailed
from vivavoce.sessions.call_history import shown_call
from vivavoce.sessions.caller import Caller
from vivavoce.sessions.converse.call_desk import CallDesk
from vivavoce.sessions.converse.front import Admitted
from vivavoce.sessions.converse.minding import Minds
from vivavoce.sessions.converse.plan import CalledAgent
from vivavoce.sessions.converse.post_call import PostCall
from vivavoce.sessions.desk import SpeechDesk
from vivavoce.sessions.entrance import Authenticate
from vivavoce.sessions.listening import EarsDesk
from vivavoce.store.conversation_tables import to_row
from vivavoce.store.conversations import Conversations
from vivavoce.store.recordings import Recordings
from vivavoce.wire.initiation import Webhook

OTHER_AGENT = "another"
"""To whom a call may be handed over."""


@dataclass(frozen=True)
class AgentSetup:
    """The agent that is called, and how its mind answers: each turn the next of `thoughts`.

    Without any it says what it hears. After a None it breaks.
    """

    config: Fields = field(default_factory=dict)
    platform: Fields = field(default_factory=dict)
    thoughts: tuple[tuple[Thought, ...] | None, ...] = ()


class KeptCalls(Conversations):
    """Conversations in memory, each written as the database and REST would have it."""

    def __init__(self) -> None:
        self.begun: list[CallRecord] = []
        self.saved: list[CallRecord] = []

    async def begin(self, record: CallRecord) -> None:
        """See `Conversations`."""
        _write(record)
        self.begun.append(record)

    async def save(self, record: CallRecord) -> None:
        """See `Conversations`."""
        _write(record)
        self.saved.append(record)


class UnsentWebhooks(PostCall):
    """Sends nothing."""

    async def send_transcript(self, webhook: Webhook, conversation: bytes, allows: Allows) -> bool:
        """See `PostCall`."""
        msgspec.json.decode(conversation)
        return True


class FuzzedMind:
    """Thinks what it was told to, whatever it is asked; `asked` keeps the prompts."""

    name = "fuzzed"

    def __init__(self, thoughts: Sequence[tuple[Thought, ...] | None]) -> None:
        self.asked: list[Prompt] = []
        self.has_failed = False
        self._thoughts = thoughts

    @asynccontextmanager
    async def seat(self) -> AsyncIterator[Seat]:
        """See `Mind`."""
        yield self

    async def think(self, prompt: Prompt) -> AsyncGenerator[Thought, None]:
        """See `Seat`."""
        self.asked.append(prompt)
        thoughts = self._thoughts[(len(self.asked) - 1) % len(self._thoughts)]
        if thoughts is None:
            self.has_failed = True
            yield Words("Well, ")
            raise MindFailed("The language model broke.")
        for thought in thoughts:
            yield thought

    async def prepare(self, prompt: Prompt) -> None:
        """See `Seat`."""


class OneAgentFront:
    """`CallFront` of a server with one agent, and another to whom it may hand a call over."""

    def __init__(self, setup: AgentSetup, authenticate: Authenticate) -> None:
        self._setup = setup
        self._authenticate = authenticate

    async def agent(self, agent_id: str | None) -> CalledAgent:
        """See `CallFront`."""
        if agent_id == "nobody":
            raise AgentNotFound("There is no such agent.")
        config: Mapping[str, object] = self._setup.config
        if agent_id == OTHER_AGENT:
            config = {"agent": {"first_message": "It is me now."}}
        return CalledAgent(
            agent_id=agent_id or "agent",
            name="An agent",
            conversation_config=config,
            platform_settings=self._setup.platform,
        )

    async def admit(self, agent: CalledAgent) -> Admitted:
        """See `CallFront`."""
        caller: Caller = await self._authenticate(())
        return Admitted(caller)


def call_desk(
    speech: SpeechDesk, ears: EarsDesk, settings: Settings, mind: Mind, kept: KeptCalls
) -> CallDesk:
    """All that calls of a server share."""
    return CallDesk(
        speech=speech,
        ears=ears,
        minds=Minds(mind, ScriptedMind(), allows=is_public),
        conversations=kept,
        recordings=Recordings(Path("nowhere")),
        post_call=UnsentWebhooks(),
        settings=settings,
        on_answer=lambda _: None,
    )


def mind_of(setup: AgentSetup) -> Mind:
    """The server's own mind, as the setup has it."""
    return FuzzedMind(setup.thoughts) if setup.thoughts else ScriptedMind()


def _write(record: CallRecord) -> None:
    """Raises what a database or REST would raise of it."""
    to_row(record, record.started_at)
    msgspec.json.encode(shown_call(record))
