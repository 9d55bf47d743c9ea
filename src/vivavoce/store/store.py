"""Everything that outlives a server: keys, tokens, counts of use, pronunciation dictionaries."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import msgspec

from vivavoce.store.database import open_database
from vivavoce.store.dictionaries import Dictionaries
from vivavoce.store.keys import Keys
from vivavoce.store.tokens import Tokens
from vivavoce.store.usage import Usage


class Store(msgspec.Struct, frozen=True):
    """The tables, each behind the one who knows it."""

    keys: Keys
    tokens: Tokens
    usage: Usage
    dictionaries: Dictionaries


@asynccontextmanager
async def open_store(url: str, *, clock: Callable[[], float] = time.time) -> AsyncIterator[Store]:
    """The store in the database at `url`, as `database_url` has it; closed on leaving.

    `clock` gives seconds since 1970. Raises ConfigError when it cannot be opened.
    """
    async with open_database(url) as engine:
        yield Store(Keys(engine, clock), Tokens(engine, clock), Usage(engine), Dictionaries(engine))
