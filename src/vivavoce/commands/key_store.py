"""What `vivavoce keys` does with the store, one short visit a command."""

from __future__ import annotations

import asyncio
import difflib
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import msgspec

from vivavoce.commands.failures import MISUSED, CommandFailed
from vivavoce.config import Settings
from vivavoce.core.limits import Limits
from vivavoce.store.database import database_url
from vivavoce.store.keys import PERMISSIONS, StoredKey
from vivavoce.store.store import Store, open_store

ResultT = TypeVar("ResultT")


class KeyUse(msgspec.Struct, frozen=True):
    """A key, and the characters that were spoken for it in this calendar month."""

    key: StoredKey
    characters: int


def create_key(
    settings: Settings, name: str, scopes: Sequence[str], limits: Limits
) -> tuple[str, StoredKey]:
    """The key itself, and what is kept of it.

    Raises CommandFailed for a scope nobody knows, ConfigError, InvalidParameter for a name that is
    taken.
    """
    name = name.strip()
    if not name:
        raise CommandFailed("a key must have a name", exit_code=MISUSED)
    for scope in scopes:
        _check_scope(scope)
    return _visit(settings, lambda store: store.keys.create(name, scopes=scopes, limits=limits))


def list_keys(settings: Settings) -> list[KeyUse]:
    """Every key, oldest first. Raises ConfigError."""

    async def read(store: Store) -> list[KeyUse]:
        characters = await store.usage.of_month(time.time())
        return [KeyUse(key, characters.get(key.key_id, 0)) for key in await store.keys.all()]

    return _visit(settings, read)


def revoke_key(settings: Settings, id_or_name: str) -> StoredKey:
    """The key that counts no more. Raises ConfigError or NotFound."""
    return _visit(settings, lambda store: store.keys.revoke(id_or_name))


def forget_key(settings: Settings, key_id: str) -> None:
    """Raises ConfigError or NotFound."""
    _visit(settings, lambda store: store.keys.forget(key_id))


def _check_scope(scope: str) -> None:
    if scope in PERMISSIONS:
        return
    near = difflib.get_close_matches(scope, PERMISSIONS, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(PERMISSIONS)}"
    raise CommandFailed(f"no scope is called {scope}; {hint}", exit_code=MISUSED)


def _visit(settings: Settings, work: Callable[[Store], Awaitable[ResultT]]) -> ResultT:
    async def visit() -> ResultT:
        async with open_store(database_url(settings)) as store:
            return await work(store)

    return asyncio.run(visit())
