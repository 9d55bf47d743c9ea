from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.clients.messages import decoded, encoded
from vivavoce.clients.numbering import with_cseq
from vivavoce.errors import InvalidMessage

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
NAMES = st.text().filter(lambda name: name != "cseq")


@given(message=st.dictionaries(NAMES, VALUES), number=st.integers(1, 2**53))
def test_number_is_put_into_the_encoded_message(message: dict[str, object], number: int) -> None:
    assert json.loads(with_cseq(encoded(message), number)) == {"cseq": number, **message}


@given(message=st.dictionaries(NAMES, VALUES))
def test_message_comes_back_from_its_frame(message: dict[str, object]) -> None:
    assert decoded(encoded(message)) == message


@pytest.mark.parametrize(
    "message", [{"n": float("inf")}, {"n": b"bytes"}, {"cseq": 4}, {"text": "\udc80"}]
)
def test_what_json_cannot_say_is_refused(message: dict[str, object]) -> None:
    with pytest.raises(InvalidMessage):
        encoded(message)


@pytest.mark.parametrize("frame", ["", "nothing", "[]", "1", b"\xff\xfe", "[" * 100_000])
def test_what_is_not_an_object_is_refused(frame: str | bytes) -> None:
    with pytest.raises(InvalidMessage):
        decoded(frame)
