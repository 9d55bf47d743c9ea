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


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """How a call begins; `rest` are messages that came already and belong to the call."""

    is_flat: bool = False
    initiation: Initiation = Initiation()
    enclave: EnclaveSetup | None = None
    rest: Sequence[ConversationMessage] = ()


async def read_opening(connection: Connection) -> Opening:
    """Waits for what chooses the dialect, 2 s at most. Raises PeerGone or InvalidMessage."""
    until = time.monotonic() + _WITHIN_S
    enclave: EnclaveSetup | None = None
    rest: list[ConversationMessage] = []
    while True:
        try:
            message = decode_conversation_message(await connection.receive(until))
        except TimeoutError:
            return Opening(enclave=enclave, rest=rest)
        match message:
            case EnclaveSetup():
                enclave, until = message, time.monotonic() + _WITHIN_S
            case Initiation():
                return Opening(initiation=message, enclave=enclave, rest=rest)
            case FlatSetup(override):
                return Opening(is_flat=True, initiation=Initiation(override=override), rest=rest)
            case FlatAudio():
                return Opening(is_flat=True, rest=[*rest, message])
            case _:
                rest.append(message)
