from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.store.conftest import Clock, everything_in
from vivavoce.core.limits import Limits
from vivavoce.errors import InvalidParameter, NotFound
from vivavoce.store.keys import key_digest
from vivavoce.store.store import Store, open_store


async def test_a_key_is_kept_with_all_that_it_may_have(store: Store, clock: Clock) -> None:
    limits = Limits(characters_a_month=10_000, turns_at_once=2, requests_a_minute=60)
    secret, key = await store.keys.create(
        "phone", scopes=["text_to_speech", "voices_read"], limits=limits
    )
    assert await store.keys.all() == (key,)
    assert (key.name, key.scopes, key.limits) == (
        "phone",
        ("text_to_speech", "voices_read"),
        limits,
    )
    assert (key.created_at, key.last_used_at, key.revoked_at) == (int(clock.now), None, None)
    assert key.digest == key_digest(secret)


async def test_a_key_can_be_found_by_scanners_and_guessed_by_nobody(store: Store) -> None:
    secrets = {(await store.keys.create(name))[0] for name in ("a", "b", "c")}
    assert len(secrets) == 3
    assert all(re.fullmatch(r"vv_[0-9a-f]{64}", secret) for secret in secrets)


async def test_the_key_itself_is_in_no_file(tmp_path: Path) -> None:
    async with open_store(f"sqlite:///{tmp_path}/vivavoce.db") as store:
        secret, _ = await store.keys.create("phone")
    written = everything_in(tmp_path)
    assert b"phone" in written
    assert secret.removeprefix("vv_").encode() not in written
    assert bytes.fromhex(secret.removeprefix("vv_")) not in written


async def test_a_name_that_is_in_use_is_refused_until_its_key_is_revoked(store: Store) -> None:
    await store.keys.create("phone")
    with pytest.raises(InvalidParameter, match="phone"):
        await store.keys.create("phone")
    assert len(await store.keys.all()) == 1
    await store.keys.revoke("phone")
    await store.keys.create("phone")
    assert [key.revoked_at is None for key in await store.keys.all()].count(True) == 1


@pytest.mark.parametrize("called_by", ["key_id", "name"])
async def test_a_key_is_revoked_by_its_id_or_name(
    store: Store, clock: Clock, called_by: str
) -> None:
    _, key = await store.keys.create("phone")
    _, other = await store.keys.create("other")
    clock.now += 10
    revoked = await store.keys.revoke(getattr(key, called_by))
    assert (revoked.key_id, revoked.revoked_at) == (key.key_id, int(clock.now))
    assert set(await store.keys.all()) == {revoked, other}
    with pytest.raises(NotFound):
        await store.keys.revoke(getattr(key, called_by))


async def test_an_id_goes_before_a_name_that_looks_like_it(store: Store) -> None:
    _, key = await store.keys.create("phone")
    _, imitation = await store.keys.create(key.key_id)
    assert (await store.keys.revoke(key.key_id)).key_id == key.key_id
    assert (await store.keys.revoke(key.key_id)).key_id == imitation.key_id


async def test_only_a_revoked_key_can_be_forgotten(store: Store) -> None:
    _, key = await store.keys.create("phone")
    with pytest.raises(NotFound):
        await store.keys.forget(key.key_id)
    await store.keys.revoke("phone")
    assert await store.keys.exist()
    await store.keys.forget(key.key_id)
    assert await store.keys.all() == ()
    assert not await store.keys.exist()


async def test_a_use_is_noted_for_those_who_were_used(store: Store, clock: Clock) -> None:
    _, used = await store.keys.create("used")
    _, idle = await store.keys.create("idle")
    clock.now += 60
    await store.keys.touch([used.key_id])
    assert {key.name: key.last_used_at for key in await store.keys.all()} == {
        "used": int(clock.now),
        "idle": None,
    }
    assert idle in await store.keys.all()


async def test_keys_are_listed_in_the_order_in_which_they_were_made(
    store: Store, clock: Clock
) -> None:
    for name in ("first", "second", "third"):
        clock.now += 1
        await store.keys.create(name)
    assert [key.name for key in await store.keys.all()] == ["first", "second", "third"]


@pytest.mark.parametrize("secret", ["schlüssel", "鍵", "lone \ud800 surrogate", ""])
def test_any_text_has_a_digest(secret: str) -> None:
    assert len(key_digest(secret)) == 32
    assert key_digest(secret) != key_digest(secret + "x")
