"""A conversation's handshake, as the session sees it."""

from __future__ import annotations

import msgspec

from vivavoce.server.call_access import Visitor, admit_caller, called_agent, read_pass
from vivavoce.server.house import House
from vivavoce.sessions.converse.front import Admitted
from vivavoce.sessions.converse.plan import CalledAgent
from vivavoce.store.agents import DEFAULT_AGENT
from vivavoce.wire.agent_auth import read_agent_auth


class HandshakeFront:
    """`CallFront` of one handshake."""

    def __init__(self, house: House, visitor: Visitor) -> None:
        self._house = house
        self._visitor = visitor
        self._called: str | None = None

    async def agent(self, agent_id: str | None) -> CalledAgent:
        """See `CallFront`."""
        if agent_id is None:
            signed = await read_pass(self._house, self._visitor)
            agent_id = DEFAULT_AGENT.agent_id if signed is None else signed.agent_id
        found = await called_agent(self._house, agent_id)
        self._called = found.agent_id
        return CalledAgent(
            agent_id=found.agent_id,
            name=found.name,
            conversation_config=found.conversation_config,
            platform_settings=found.platform_settings,
        )

    async def admit(self, agent: CalledAgent) -> Admitted:
        """See `CallFront`."""
        visitor = self._visitor
        if agent.agent_id != self._called:
            # Brought along by the client: a signature is for an agent of the server.
            visitor = msgspec.structs.replace(visitor, signatures=())
        auth = read_agent_auth(agent.platform_settings)
        admission = await admit_caller(self._house, visitor, agent.agent_id, auth)
        return Admitted(admission.caller, admission.conversation_id)
