from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.server.conftest import Clock
from vivavoce.core.limits import Limits
from vivavoce.errors import QuotaExceeded
from vivavoce.server.accounts import Accounts
from vivavoce.server.known_caller import KnownCaller
from vivavoce.store.store import Store


async def opened(store: Store, clock: Clock, *api_keys: str) -> Accounts:
    accounts = Accounts(api_keys, store, clock=clock)
    await accounts.read()
    return accounts


async def step(accounts: Accounts) -> None:
    await accounts.read_since(time.monotonic())


def known(accounts: Accounts, key_id: str) -> KnownCaller:
    found = accounts.by_id(key_id)
    assert found is not None
    return found


@contextmanager
def broken(directory: Path) -> Iterator[None]:
    """The table of hours is missing meanwhile."""
    with closing(sqlite3.connect(directory / "vivavoce.db")) as database:
        database.execute("ALTER TABLE characters_by_hour RENAME TO elsewhere")
        yield
        database.execute("ALTER TABLE elsewhere RENAME TO characters_by_hour")


async def test_use_is_written_at_each_step_and_counted_once(store: Store, clock: Clock) -> None:
    _, key = await store.keys.create("phone")
    accounts = await opened(store, clock)
    caller = known(accounts, key.key_id)
    for spoken in (5, 7):
        caller.spend(spoken)
        await step(accounts)
    await step(accounts)
    assert await store.usage.of_month(clock.now) == {key.key_id: 12}
    assert caller.characters_used == 12


async def test_what_is_left_is_written_on_closing(store: Store, clock: Clock) -> None:
    accounts = await opened(store, clock)
    accounts.anyone.spend(5)
    await accounts.close()
    assert await store.usage.of_month(clock.now) == {"": 5}


async def test_a_quota_outlives_the_server(store: Store, clock: Clock) -> None:
    _, key = await store.keys.create("phone", limits=Limits(characters_a_month=10))
    before = await opened(store, clock)
    known(before, key.key_id).spend(8)
    await before.close()
    caller = known(await opened(store, clock), key.key_id)
    assert caller.characters_used == 8
    with pytest.raises(QuotaExceeded):
        caller.spend(3)


async def test_servers_of_one_store_share_a_quota(store: Store, clock: Clock) -> None:
    _, key = await store.keys.create("phone", limits=Limits(characters_a_month=10))
    one, another = await opened(store, clock), await opened(store, clock)
    known(one, key.key_id).spend(6)
    known(another, key.key_id).spend(3)
    for accounts in (one, another, one):
        await step(accounts)
    for accounts in (one, another):
        assert known(accounts, key.key_id).characters_used == 9
        with pytest.raises(QuotaExceeded):
            known(accounts, key.key_id).spend(2)


async def test_a_new_month_begins_with_nothing_used(store: Store, clock: Clock) -> None:
    _, key = await store.keys.create("phone", limits=Limits(characters_a_month=10))
    accounts = await opened(store, clock)
    caller = known(accounts, key.key_id)
    caller.spend(8)
    clock.now = caller.resets_at
    caller.spend(9)
    await step(accounts)
    assert caller.characters_used == 9
    assert await store.usage.of_month(clock.now) == {key.key_id: 9}
    assert await store.usage.of_month(clock.now - 1) == {key.key_id: 8}


async def test_a_key_keeps_its_caller_from_step_to_step(store: Store, clock: Clock) -> None:
    _, key = await store.keys.create("phone")
    accounts = await opened(store, clock)
    caller = known(accounts, key.key_id)
    caller.enter_turn()
    await step(accounts)
    assert known(accounts, key.key_id) is caller
    assert caller.concurrent == 1


async def test_keys_made_and_revoked_elsewhere_are_seen_at_the_next_step(
    store: Store, clock: Clock
) -> None:
    accounts = await opened(store, clock)
    _, key = await store.keys.create("phone")
    await step(accounts)
    assert known(accounts, key.key_id).name == "phone"
    await store.keys.revoke("phone")
    await step(accounts)
    assert accounts.by_id(key.key_id) is None
    assert accounts.digests == ()


async def test_a_caller_whose_key_is_revoked_is_still_counted(store: Store, clock: Clock) -> None:
    _, key = await store.keys.create("phone")
    accounts = await opened(store, clock)
    caller = known(accounts, key.key_id)
    await store.keys.revoke("phone")
    await step(accounts)
    caller.spend(5)
    await accounts.close()
    assert await store.usage.of_month(clock.now) == {key.key_id: 5}


async def test_from_the_first_key_on_callers_are_asked_for_one(store: Store, clock: Clock) -> None:
    accounts = await opened(store, clock)
    assert not accounts.asks
    _, key = await store.keys.create("phone")
    await step(accounts)
    assert accounts.asks
    await store.keys.revoke("phone")
    await store.keys.forget(key.key_id)
    await step(accounts)
    assert accounts.asks


async def test_a_use_is_noted_with_the_key(store: Store, clock: Clock) -> None:
    _, used = await store.keys.create("used")
    await store.keys.create("idle")
    accounts = await opened(store, clock)
    clock.now += 5
    accounts.mark_used(known(accounts, used.key_id))
    await step(accounts)
    assert {key.name: key.last_used_at for key in await store.keys.all()} == {
        "used": int(clock.now),
        "idle": None,
    }


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_while_the_database_fails_use_is_kept_and_callers_stay(
    store: Store, clock: Clock, tmp_path: Path
) -> None:
    _, key = await store.keys.create("phone", limits=Limits(characters_a_month=10))
    accounts = await opened(store, clock)
    caller = known(accounts, key.key_id)
    with capture_logs() as logs:
        with broken(tmp_path):
            for spoken in (4, 5):
                caller.spend(spoken)
                await step(accounts)
            assert known(accounts, key.key_id) is caller
            assert caller.characters_used == 9
        await step(accounts)
    assert await store.usage.of_month(clock.now) == {key.key_id: 9}
    assert await store.usage.totals(int(clock.now), int(clock.now), "hour") == [
        (int(clock.now) * 1000, 9)
    ]
    assert [log["log_level"] for log in logs] == ["warning", "info"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_use_that_cannot_be_written_on_closing_is_logged(
    store: Store, clock: Clock, tmp_path: Path
) -> None:
    accounts = await opened(store, clock)
    accounts.anyone.spend(42)
    with capture_logs() as logs, broken(tmp_path):
        await accounts.close()
    assert [(log["log_level"], log["characters"]) for log in logs] == [("error", 42)]
