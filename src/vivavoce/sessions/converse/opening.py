"""The first messages of a call: which dialect is spoken, and what the client wants of the agent."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

import msgspec

from vivavoce.sessions.connection import Connection
from vivavoce.wire.conversation import (
    ConversationMessage,
    FlatAudio,
    decode_conversation_message,
)
from vivavoce.wire.flat_conversation import FlatSetup
from vivavoce.wire.initiation import EnclaveSetup, Initiation

_WITHIN_S: Final = 2.0
"""Clients of the SDKs begin at once; raw ones may say nothing until they are spoken to."""
_MOST_EARLY: Final = 4 << 20
"""Bytes that are kept of a client before it has been let in: a minute and a half of its sound."""
_A_MESSAGE: Final = 256
"""What the shortest of them takes."""


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """How a call begins; `rest` are messages that came already and belong to the call."""

    is_flat: bool = False
    initiation: Initiation = Initiation()
    enclave: EnclaveSetup | None = None
    rest: Sequence[ConversationMessage] = ()


async def read_opening(connection: Connection) -> Opening:
    """Waits for what chooses the dialect, 2 s at most. Raises PeerGone or InvalidMessage.

    Nobody has been let in yet, so a client that says very much meanwhile has begun, too.
    """
    until = time.monotonic() + _WITHIN_S
    enclave: EnclaveSetup | None = None
    rest: list[ConversationMessage] = []
    room = _MOST_EARLY
    while room > 0:
        try:
            frame = await connection.receive(until)
        except TimeoutError:
            break
        message = decode_conversation_message(frame)
        room -= len(frame) + _A_MESSAGE
        match message:
            case EnclaveSetup():
                if enclave is None:
                    until = time.monotonic() + _WITHIN_S
                enclave = message
            case Initiation():
                return Opening(initiation=message, enclave=enclave, rest=rest)
            case FlatSetup(override):
                return Opening(is_flat=True, initiation=Initiation(override=override), rest=rest)
            case FlatAudio():
                return Opening(is_flat=True, rest=[*rest, message])
            case _:
                rest.append(message)
    return Opening(enclave=enclave, rest=rest)
