"""What a call must know of the server's door: whom it is to, and who is calling."""

from __future__ import annotations

from typing import Protocol

import msgspec

from vivavoce.sessions.caller import Caller
from vivavoce.sessions.converse.plan import CalledAgent


class Admitted(msgspec.Struct, frozen=True):
    """Who is let in; `conversation_id` is the one that the call must have, None for any."""

    caller: Caller
    conversation_id: str | None = None


class CallFront(Protocol):
    """One handshake."""

    async def agent(self, agent_id: str | None) -> CalledAgent:
        """Who answers to `agent_id`, else to what the handshake was signed for, else the default.

        Raises AgentNotFound or StoreFailed.
        """

    async def admit(self, agent: CalledAgent) -> Admitted:
        """Raises NotAuthenticated or NotAllowed."""
