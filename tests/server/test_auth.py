from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.errors import InvalidApiKey, MissingApiKey
from vivavoce.server.auth import Credentials, KeyRing


def test_candidates_stand_in_the_order_of_the_protocol() -> None:
    shown = Credentials.from_handshake(
        headers={"Authorization": "Bearer two", "XI-API-Key": "one"},
        query={
            "xi_api_key": "eight",
            "xi-api-key": "seven",
            "conversation_signature": "six",
            "token": "five",
            "single_use_token": "four",
            "authorization": "three",
        },
        subprotocols=["convai", "bearer.nine"],
    ).with_first_message(["ten"])
    assert shown.candidates == (
        *("one", "two", "three", "four", "five"),
        *("six", "seven", "eight", "nine", "ten"),
    )


@pytest.mark.parametrize("value", ["Bearer k", "bearer k", "BEARER  k ", "k", " k"])
def test_authorization_counts_with_and_without_its_scheme(value: str) -> None:
    in_header = Credentials.from_handshake({"authorization": value}, {})
    in_query = Credentials.from_handshake({}, {"authorization": value})
    assert in_header.candidates == in_query.candidates == ("k",)


def test_one_key_in_several_places_is_one_candidate() -> None:
    shown = Credentials.from_handshake({"xi-api-key": "k"}, {"token": "k"}, ["bearer.k"])
    assert shown.with_first_message(["k"]).candidates == ("k",)


def test_places_left_empty_show_nothing() -> None:
    shown = Credentials.from_handshake({"xi-api-key": ""}, {"token": " "}, ["bearer.", "convai"])
    assert shown.with_first_message([""]).candidates == ()


def test_other_headers_and_parameters_show_nothing() -> None:
    shown = Credentials.from_handshake({"cookie": "k"}, {"voice_id": "k"}, ["k"])
    assert shown.candidates == ()


def test_a_repr_counts_the_candidates_and_shows_none() -> None:
    assert repr(Credentials(("hunter2",))) == "Credentials(<1>)"


def test_an_empty_ring_lets_everyone_in() -> None:
    KeyRing([]).check([])
    KeyRing([]).check(["anything"])


def test_one_right_key_among_wrong_ones_is_enough() -> None:
    KeyRing(["first", "second"]).check(["wrong", "second", "worse"])


def test_a_ring_asks_for_a_key_when_none_is_shown() -> None:
    with pytest.raises(MissingApiKey, match="xi-api-key"):
        KeyRing(["k"]).check([])
    with pytest.raises(MissingApiKey):
        KeyRing(["k"]).check([""])


@given(st.text(min_size=1).filter(lambda key: key not in {"right", "also right"}))
def test_a_ring_refuses_every_other_key(key: str) -> None:
    with pytest.raises(InvalidApiKey) as caught:
        KeyRing(["right", "also right"]).check([key])
    assert "right" not in str(caught.value)


@pytest.mark.parametrize("key", ["schlüssel", "鍵", "lone \ud800 surrogate"])
def test_a_key_may_be_any_text(key: str) -> None:
    KeyRing([key]).check([key])
    with pytest.raises(InvalidApiKey):
        KeyRing([key]).check([key + "x"])


def test_blanks_around_a_configured_key_do_not_count() -> None:
    KeyRing([" k\n"]).check(Credentials.from_handshake({"xi-api-key": "k"}, {}).candidates)
