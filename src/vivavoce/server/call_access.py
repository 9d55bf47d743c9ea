"""Who may call an agent: whoever has a signature or a key, or anyone where the agent is public."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from vivavoce.errors import (
    AgentNotFound,
    ConversationNotFound,
    InvalidApiKey,
    MissingApiKey,
    NotAllowed,
    NotAuthenticated,
)
from vivavoce.server.auth import Credentials, Gate
from vivavoce.server.house import House
from vivavoce.server.known_caller import KnownCaller
from vivavoce.server.signatures import SECRET_NAME, CallPass, looks_signed, verify
from vivavoce.store.agents import DEFAULT_AGENT, StoredAgent
from vivavoce.wire.agent_auth import AgentAuth

CALL_PERMISSION = "convai_write"
"""What a key must be for to call an agent, or to let others call it."""

_SUBPROTOCOL = "convai"


class Visitor(msgspec.Struct, frozen=True):
    """What somebody shows who wants to call an agent, or to know of it.

    `keys` may be API keys, `signatures` signed URLs' signatures and conversation tokens. `origin`
    is that of a web page; other programs have none.
    """

    keys: tuple[str, ...]
    signatures: tuple[str, ...]
    origin: str | None

    @classmethod
    def from_handshake(
        cls, headers: Mapping[str, str], query: Mapping[str, str], subprotocols: Iterable[str] = ()
    ) -> Visitor:
        """What stands in an HTTP request or a WebSocket handshake; header names in any case."""
        shown = Credentials.from_handshake(headers, query, subprotocols).candidates
        origins = (value for name, value in headers.items() if name.lower() == "origin")
        return cls(
            keys=tuple(one for one in shown if not looks_signed(one)),
            signatures=tuple(one for one in shown if looks_signed(one)),
            origin=next(origins, None),
        )

    def __repr__(self) -> str:
        """How many, not which: a repr ends up in logs."""
        return f"Visitor(<{len(self.keys)}>, <{len(self.signatures)}>, {self.origin!r})"


class Admission(msgspec.Struct, frozen=True):
    """Who was let in; `conversation_id` is the one that the call must have, None for any."""

    caller: KnownCaller
    conversation_id: str | None = None


def choose_subprotocol(offered: Sequence[str]) -> str | None:
    """The subprotocol to answer a conversation's handshake with; None unless it is offered.

    A browser gives up when it offered any and gets none; other clients, when they get one that
    they did not offer.
    """
    return _SUBPROTOCOL if _SUBPROTOCOL in offered else None


async def called_agent(house: House, agent_id: str) -> StoredAgent:
    """Who answers to that id: where the settings have it so, the default agent to any.

    Raises AgentNotFound and StoreFailed.
    """
    try:
        return await house.store.agents.get(agent_id)
    except AgentNotFound:
        if house.settings.unknown_agents == "refuse":
            raise
        return await house.store.agents.get(DEFAULT_AGENT.agent_id)


async def read_pass(house: House, visitor: Visitor) -> CallPass | None:
    """What the first good signature stands for, of whichever agent. Raises StoreFailed."""
    if not visitor.signatures:
        return None
    secret = await house.store.secrets.get(SECRET_NAME)
    now_s = house.store.clock()
    verified = (verify(one, secret, now_s=now_s) for one in visitor.signatures)
    return next((one for one in verified if one is not None), None)


async def admit_caller(house: House, visitor: Visitor, agent_id: str, auth: AgentAuth) -> Admission:
    """Lets a visitor call an agent. The request is not counted.

    Raises NotAllowed for a page that is not on the agent's list, and for a key that is not for
    conversations; NotAuthenticated when nothing that was shown counts and the agent is not public,
    or when the conversation that a signature is for has been held already.
    """
    admission = await admit_visitor(house, visitor, agent_id, auth)
    held = admission.conversation_id
    if held is not None and await _is_held(house, held):
        raise InvalidApiKey("The signature was for one conversation, which has been held.")
    return admission


async def admit_visitor(
    house: House, visitor: Visitor, agent_id: str, auth: AgentAuth
) -> Admission:
    """The same for whoever wants to know of an agent: a page that is to call it soon, or has."""
    if not auth.admits_origin(visitor.origin):
        raise NotAllowed("The agent does not take calls from pages of this origin.")
    is_public = _is_public(auth, house.gate)
    signed = await read_pass(house, visitor)
    if signed is not None and signed.agent_id == agent_id:
        caller = house.gate.holder(signed.key_id)
        if caller is None and is_public:
            caller = house.gate.anyone
        if caller is not None:
            caller.require(CALL_PERMISSION)
            return Admission(caller, signed.conversation_id)
    return await _admit_unsigned(house.gate, visitor, is_public=is_public)


async def _admit_unsigned(gate: Gate, visitor: Visitor, *, is_public: bool) -> Admission:
    """A key that fits is used where none is needed, too: what is said is counted for it."""
    try:
        if not visitor.keys:
            raise _nothing_counts(visitor)
        caller = await gate.admit(visitor.keys)
        caller.require(CALL_PERMISSION)
    except (NotAuthenticated, NotAllowed):
        if not is_public:
            raise
        return Admission(gate.anyone)
    return Admission(caller)


def _nothing_counts(visitor: Visitor) -> NotAuthenticated:
    if visitor.signatures:
        return InvalidApiKey("The signature has expired, or it is not for this agent.")
    return MissingApiKey("This agent is not public: call it by a signed URL, or with an API key.")


def _is_public(auth: AgentAuth, gate: Gate) -> bool:
    """An agent that says nothing is as open as its server is."""
    return not gate.asks if auth.enable_auth is None else not auth.enable_auth


async def _is_held(house: House, conversation_id: str) -> bool:
    try:
        await house.store.conversations.get(conversation_id)
    except ConversationNotFound:
        return False
    return True
