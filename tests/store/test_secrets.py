"""Secrets that processes share."""

from __future__ import annotations

import asyncio

from tests.store.conftest import Clock
from vivavoce.store.store import Store, open_store


async def test_a_secret_stays_the_same_and_others_are_different(store: Store) -> None:
    first = await store.secrets.get("a")
    assert len(first) == 32
    assert await store.secrets.get("a") == first
    assert await store.secrets.get("b") != first


async def test_all_servers_on_a_database_have_the_same_secret(
    store: Store, database: str, clock: Clock
) -> None:
    async with open_store(database, clock=clock) as other:
        found = await asyncio.gather(*(one.secrets.get("a") for one in (store, other) * 4))
    assert len(set(found)) == 1
    async with open_store(database, clock=clock) as later:
        assert await later.secrets.get("a") == found[0]
