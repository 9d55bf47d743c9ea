from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest

from vivavoce.core.limits import Limits
from vivavoce.errors import ConcurrencyLimited, InvalidApiKey, MissingApiKey
from vivavoce.server.auth import Credentials, open_gate
from vivavoce.server.known_caller import KnownCaller
from vivavoce.store.store import Store


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Waits for `condition` to hold; fails after ten seconds."""
    for _ in range(500):
        if await condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never came to hold")


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


def test_of_a_flood_of_candidates_the_first_sixteen_are_looked_at() -> None:
    flood = [f"bearer.{number}" for number in range(40_000)]
    shown = Credentials.from_handshake({"xi-api-key": "k"}, {}, flood)
    assert shown.candidates == ("k", *map(str, range(15)))
    assert shown.with_first_message(["late"]).candidates == shown.candidates


def test_places_left_empty_show_nothing() -> None:
    shown = Credentials.from_handshake({"xi-api-key": ""}, {"token": " "}, ["bearer.", "convai"])
    assert shown.with_first_message([""]).candidates == ()


def test_other_headers_and_parameters_show_nothing() -> None:
    shown = Credentials.from_handshake({"cookie": "k"}, {"voice_id": "k"}, ["k"])
    assert shown.candidates == ()


def test_a_repr_counts_the_candidates_and_shows_none() -> None:
    assert repr(Credentials(("hunter2",))) == "Credentials(<1>)"


@pytest.mark.parametrize("shown", [[], ["anything"], [""]])
async def test_a_server_without_any_key_lets_everyone_in(store: Store, shown: list[str]) -> None:
    async with open_gate([], store) as gate:
        caller = await gate.admit(shown)
        caller.require("text_to_speech")
        caller.spend(5)
    assert await store.usage.of_month(time.time()) == {"": 5}


async def test_one_right_key_among_wrong_ones_is_enough(store: Store) -> None:
    secret, key = await store.keys.create("phone")
    async with open_gate(["first", "second"], store) as gate:
        assert (await gate.admit(["wrong", "second", "worse"])).key_id == "settings"
        assert (await gate.admit(["wrong", secret, "worse"])).key_id == key.key_id


async def test_a_key_is_asked_for_when_none_is_shown(store: Store) -> None:
    async with open_gate(["k"], store) as gate:
        with pytest.raises(MissingApiKey, match="xi-api-key"):
            await gate.admit([])
        with pytest.raises(MissingApiKey):
            await gate.admit([""])


@pytest.mark.parametrize(
    "key", ["righ", "rightx", "Right", " right", "wrong", "vv_right", "vv_" + "0" * 64, "vvt_x"]
)
async def test_every_other_key_is_refused(store: Store, key: str) -> None:
    secret, _ = await store.keys.create("phone")
    async with open_gate(["right", "also right"], store) as gate:
        for wrong in (key, secret[:-1], secret + "0", secret.upper()):
            with pytest.raises(InvalidApiKey) as caught:
                await gate.admit([wrong], token_kind="tts_websocket")
            assert "right" not in str(caught.value)


@pytest.mark.parametrize("key", ["schlüssel", "鍵", "lone \ud800 surrogate"])
async def test_a_key_of_the_settings_may_be_any_text(store: Store, key: str) -> None:
    async with open_gate([key], store) as gate:
        await gate.admit([key])
        with pytest.raises(InvalidApiKey):
            await gate.admit([key + "x"])


async def test_blanks_around_a_configured_key_do_not_count(store: Store) -> None:
    async with open_gate([" k\n"], store) as gate:
        await gate.admit(Credentials.from_handshake({"xi-api-key": "k"}, {}).candidates)


async def test_a_key_of_the_settings_has_no_limits(store: Store) -> None:
    async with open_gate(["k"], store) as gate:
        caller = await gate.admit(["k"])
        caller.require("convai_write")
        assert (caller.most_concurrent, caller.characters_limit) == (None, None)


async def test_a_key_has_one_caller_on_all_its_connections(store: Store) -> None:
    secret, _ = await store.keys.create("phone", limits=Limits(turns_at_once=1))
    async with open_gate([], store) as gate:
        (await gate.admit([secret])).enter_turn()
        with pytest.raises(ConcurrencyLimited):
            (await gate.admit([secret])).enter_turn()


async def test_a_key_made_meanwhile_counts_at_once(store: Store) -> None:
    async with open_gate(["k"], store) as gate:
        secret, key = await store.keys.create("phone")
        assert (await gate.admit([secret])).key_id == key.key_id


async def test_a_key_revoked_meanwhile_soon_counts_no_more(store: Store) -> None:
    secret, _ = await store.keys.create("phone")

    async def refused() -> bool:
        try:
            await gate.admit([secret])
        except InvalidApiKey:
            return True
        return False

    async with open_gate([], store) as gate:
        caller = await gate.admit([secret])
        await store.keys.revoke("phone")
        await until(refused)
        with pytest.raises(InvalidApiKey):
            caller.enter_turn()  # on a socket that was let in before


async def test_that_the_last_key_is_revoked_opens_the_server_to_nobody(store: Store) -> None:
    await store.keys.create("phone")
    await store.keys.revoke("phone")
    async with open_gate([], store) as gate:
        with pytest.raises(MissingApiKey):
            await gate.admit([])


async def test_use_is_written_while_the_server_runs(store: Store) -> None:
    async def written() -> bool:
        return await store.usage.of_month(time.time()) == {"": 5}

    async with open_gate([], store) as gate:
        (await gate.admit([])).spend(5)
        await until(written)


async def test_use_is_written_when_the_server_breaks(store: Store) -> None:
    async def break_down() -> None:
        async with open_gate([], store) as gate:
            (await gate.admit([])).spend(5)
            raise ValueError

    with pytest.raises(ExceptionGroup):
        await break_down()
    assert await store.usage.of_month(time.time()) == {"": 5}


async def test_a_token_stands_for_its_key_where_its_kind_is_asked_for(store: Store) -> None:
    secret, _ = await store.keys.create("phone")
    async with open_gate(["k"], store) as gate:
        for holder in (await gate.admit([secret]), await gate.admit(["k"])):
            token = await store.tokens.issue("tts_websocket", holder.key_id)
            for _ in range(2):
                assert await gate.admit(["wrong", token], token_kind="tts_websocket") is holder
            for other in ("realtime_scribe", None):
                with pytest.raises(InvalidApiKey):
                    await gate.admit([token], token_kind=other)


async def test_a_token_ends_with_its_key(store: Store) -> None:
    _, key = await store.keys.create("phone")
    token = await store.tokens.issue("tts_websocket", key.key_id)
    await store.keys.revoke("phone")
    async with open_gate([], store) as gate:
        with pytest.raises(InvalidApiKey):
            await gate.admit([token], token_kind="tts_websocket")


async def test_a_token_of_a_server_without_keys_works_until_it_has_one(store: Store) -> None:
    token = await store.tokens.issue("tts_websocket", "")
    async with open_gate([], store) as gate:
        assert (await gate.admit([token], token_kind="tts_websocket")).key_id == ""
    async with open_gate(["k"], store) as gate:
        with pytest.raises(InvalidApiKey):
            await gate.admit([token], token_kind="tts_websocket")


async def test_a_token_of_the_settings_keys_ends_when_there_are_none(store: Store) -> None:
    await store.keys.create("phone")
    token = await store.tokens.issue("tts_websocket", "settings")
    async with open_gate([], store) as gate:
        with pytest.raises(InvalidApiKey):
            await gate.admit([token], token_kind="tts_websocket")


def without_waiting(admission: Coroutine[Any, Any, KnownCaller]) -> KnownCaller:
    with pytest.raises(StopIteration) as done:
        admission.send(None)
    caller = done.value.value
    assert isinstance(caller, KnownCaller)
    return caller


async def test_keys_and_tokens_in_memory_are_admitted_without_waiting(store: Store) -> None:
    secret, key = await store.keys.create("phone")
    token = await store.tokens.issue("tts_websocket", key.key_id)
    async with open_gate(["k"], store) as gate:
        assert without_waiting(gate.admit(["k"])).key_id == "settings"
        assert without_waiting(gate.admit([secret])).key_id == key.key_id
        from_token = without_waiting(gate.admit([token], token_kind="tts_websocket"))
        assert from_token.key_id == key.key_id
