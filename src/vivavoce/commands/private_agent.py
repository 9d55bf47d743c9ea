"""An agent in this very command."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import NamedTuple

import msgspec

from vivavoce.commands.call_asked import CallAsked
from vivavoce.commands.call_times import ReadCall
from vivavoce.commands.line import Line
from vivavoce.commands.local_ears import local_ears
from vivavoce.commands.private_line import private_line
from vivavoce.config import Settings
from vivavoce.errors import AgentNotFound
from vivavoce.runtime.minds import EmbeddedMind
from vivavoce.runtime.polyglot import all_voices
from vivavoce.sessions.call_history import shown_call
from vivavoce.sessions.caller import Anyone
from vivavoce.sessions.converse.call_desk import CallDesk
from vivavoce.sessions.converse.front import Admitted
from vivavoce.sessions.converse.minding import open_minds
from vivavoce.sessions.converse.plan import CalledAgent
from vivavoce.sessions.converse.post_call import PostCall
from vivavoce.sessions.converse.session import ConversationSession
from vivavoce.sessions.desk import SpeechDesk
from vivavoce.sessions.duplex import Duplex
from vivavoce.sessions.notices import Notices
from vivavoce.store.agents import DEFAULT_AGENT, Agents
from vivavoce.store.database import database_url
from vivavoce.store.store import Store, open_store


class PrivateAgent(NamedTuple):
    """A line to it, and what is kept of calls."""

    line: Line
    read_call: ReadCall


@contextlib.asynccontextmanager
async def private_agent(asked: CallAsked, settings: Settings) -> AsyncIterator[PrivateAgent]:
    """Workers and a mind that live as long as the line; the store is that of the server.

    Raises EngineFailed, ConfigError or StoreFailed.
    """
    voices = all_voices(workers=1, cache_dir=settings.cache_dir, share=settings.admission_share)
    async with (
        voices as pool,
        local_ears(settings, workers=1) as ears,
        open_store(database_url(settings), data_dir=settings.data_dir) as store,
        open_minds(settings, lambda: EmbeddedMind(settings.mind_file)) as minds,
    ):
        calls = CallDesk(
            speech=SpeechDesk(pool, settings, Notices(), store.dictionaries),
            ears=ears,
            minds=minds,
            conversations=store.conversations,
            recordings=store.recordings,
            post_call=PostCall(),
            settings=settings,
            on_answer=lambda waterfall: None,
        )
        front = _OpenFront(store.agents, settings)

        def session(duplex: Duplex) -> ConversationSession:
            return ConversationSession(duplex, asked.query, desk=calls, front=front)

        async with private_line(session) as line:
            yield PrivateAgent(line, _reader(store))


class _OpenFront:
    """`CallFront` for the only caller there can be."""

    def __init__(self, agents: Agents, settings: Settings) -> None:
        self._agents = agents
        self._refuses = settings.unknown_agents == "refuse"

    async def agent(self, agent_id: str | None) -> CalledAgent:
        """See `CallFront`."""
        try:
            found = await self._agents.get(agent_id or DEFAULT_AGENT.agent_id)
        except AgentNotFound:
            if self._refuses:
                raise
            found = await self._agents.get(DEFAULT_AGENT.agent_id)
        return CalledAgent(
            agent_id=found.agent_id,
            name=found.name,
            conversation_config=found.conversation_config,
            platform_settings=found.platform_settings,
        )

    async def admit(self, _agent: CalledAgent) -> Admitted:
        """See `CallFront`."""
        return Admitted(Anyone())


def _reader(store: Store) -> ReadCall:
    async def read(conversation_id: str) -> bytes:
        record = await store.conversations.get(conversation_id)
        return msgspec.json.encode(shown_call(record))

    return read
