from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.store.conftest import Clock, everything_in
from vivavoce.store.store import Store, open_store


@pytest.mark.parametrize("kind", ["tts_websocket", "realtime_scribe", "batch_scribe"])
async def test_a_token_leads_to_its_key_as_often_as_it_is_shown(store: Store, kind: str) -> None:
    token = await store.tokens.issue(kind, "abc")
    assert re.fullmatch(r"vvt_[0-9a-f]{64}", token)
    assert [await store.tokens.key_id(token, kind) for _ in range(3)] == ["abc"] * 3


async def test_a_token_counts_for_its_own_kind_only(store: Store) -> None:
    token = await store.tokens.issue("tts_websocket", "abc")
    assert await store.tokens.key_id(token, "realtime_scribe") is None


async def test_a_token_counts_for_fifteen_minutes(store: Store, clock: Clock) -> None:
    token = await store.tokens.issue("tts_websocket", "abc")
    clock.now += 15 * 60 - 1
    assert await store.tokens.key_id(token, "tts_websocket") == "abc"
    clock.now += 1
    assert await store.tokens.key_id(token, "tts_websocket") is None


async def test_a_token_counts_for_other_servers_of_the_same_store(
    store: Store, database: str, clock: Clock
) -> None:
    token = await store.tokens.issue("tts_websocket", "abc")
    async with open_store(database, clock=clock) as other:
        assert await other.tokens.key_id(token, "tts_websocket") == "abc"
        clock.now += 15 * 60
        assert await other.tokens.key_id(token, "tts_websocket") is None


@pytest.mark.parametrize("shown", ["", "nonsense", "vvt_", "vvt_" + "0" * 64, "vvt_\ud800"])
async def test_what_was_never_issued_leads_to_nobody(store: Store, shown: str) -> None:
    assert await store.tokens.key_id(shown, "tts_websocket") is None


async def test_the_token_itself_is_in_no_file(tmp_path: Path) -> None:
    async with open_store(f"sqlite:///{tmp_path}/vivavoce.db") as store:
        token = await store.tokens.issue("tts_websocket", "the key's id")
    written = everything_in(tmp_path)
    assert b"the key's id" in written
    assert token.removeprefix("vvt_").encode() not in written


async def test_expired_tokens_are_deleted_when_the_next_is_issued(
    store: Store, database: str, clock: Clock
) -> None:
    old = await store.tokens.issue("tts_websocket", "abc")
    issued_at = clock.now
    clock.now += 15 * 60
    await store.tokens.issue("tts_websocket", "abc")
    clock.now = issued_at  # as if it had not expired: only then does it matter whether it is there
    async with open_store(database, clock=clock) as other:
        assert await other.tokens.key_id(old, "tts_websocket") is None
