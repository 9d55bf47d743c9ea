"""What stands for a key in signed URLs and tokens."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from vivavoce.server.signatures import (
    CallPass,
    looks_signed,
    new_conversation_id,
    sign,
    verify,
)

SECRET = b"s" * 32
NOW = 1_770_000_000.0
PASS = CallPass("agent_1", "key_1", int(NOW) + 900, "conv_1")


def test_a_signature_stands_for_its_agent_key_and_conversation_until_it_expires() -> None:
    signature = sign(PASS, SECRET)
    assert verify(signature, SECRET, now_s=NOW) == PASS
    assert verify(signature, SECRET, now_s=NOW + 899.9) == PASS
    assert verify(signature, SECRET, now_s=NOW + 900) is None


def test_a_signature_of_another_secret_is_none() -> None:
    assert verify(sign(PASS, b"t" * 32), SECRET, now_s=NOW) is None


def test_a_signature_fits_a_query_and_a_subprotocol_as_it_is() -> None:
    wild = CallPass('ä"& \n', "", 2**40)
    assert re.fullmatch(r"[A-Za-z0-9_.-]+", sign(wild, SECRET))
    assert verify(sign(wild, SECRET), SECRET, now_s=NOW) == wild


@given(place=st.integers(min_value=0), letter=st.characters())
def test_no_letter_of_a_signature_can_be_another(place: int, letter: str) -> None:
    signature = sign(PASS, SECRET)
    place %= len(signature)
    changed = signature[:place] + letter + signature[place + 1 :]
    assert (verify(changed, SECRET, now_s=NOW) is None) == (changed != signature)


@given(st.text())
def test_what_is_no_signature_is_none_whatever_it_is(text: str) -> None:
    assert verify(text, SECRET, now_s=NOW) is None
    assert verify("vvs_" + text, SECRET, now_s=NOW) is None


def test_a_very_long_text_is_not_looked_at() -> None:
    long = sign(CallPass("a" * 4_000, "", 2**40), SECRET)
    assert verify(long, SECRET, now_s=NOW) is None


def test_a_signature_is_told_from_a_key() -> None:
    assert looks_signed(sign(PASS, SECRET))
    assert not looks_signed("vv_0123")
    assert not looks_signed("vvt_0123")


def test_ids_of_conversations_are_all_different() -> None:
    ids = {new_conversation_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(re.fullmatch(r"conv_[0-9a-f]{32}", one) for one in ids)
