"""Reading what a client says on the sockets that carry many contexts."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from vivavoce.errors import InvalidMessage
from vivavoce.wire.contexts import ContextMessage, context_of, decode_context_message
from vivavoce.wire.dialogue import decode_dialogue_message

Decode = Callable[[str | bytes], ContextMessage]


@pytest.mark.parametrize("key", ["context_id", "contextId"])
@pytest.mark.parametrize("decode", [decode_context_message, decode_dialogue_message])
def test_a_context_id_has_256_characters_at_most(decode: Decode, key: str) -> None:
    assert decode(json.dumps({key: "é" * 256})).context_id == "é" * 256
    with pytest.raises(InvalidMessage, match="256"):
        decode(json.dumps({key: "é" * 257}))


def test_an_answer_to_an_unreadable_frame_names_no_context_that_cannot_be() -> None:
    assert context_of(json.dumps({"text": [], "context_id": "x" * 256})) == "x" * 256
    assert context_of(json.dumps({"text": [], "context_id": "x" * 257})) is None
    assert context_of(json.dumps({"text": [], "context_id": 1})) is None
