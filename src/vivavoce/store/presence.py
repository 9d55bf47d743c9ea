"""Whether there are keys in the store, for those who have not opened it."""

from __future__ import annotations

import asyncio

from vivavoce.config import Settings


def has_stored_keys(settings: Settings) -> bool:
    """Whether the store of the settings has a key, revoked ones included.

    Waits for the database, so not for an event loop's thread; makes no file where there is none.
    Raises ConfigError when the database cannot be opened.
    """
    # Importing SQLAlchemy takes 0.2 s, which most starts can do without here.
    from vivavoce.store.database import database_file, database_url

    url = database_url(settings)
    file = database_file(url)
    if file is not None and not file.exists():
        return False
    return asyncio.run(_has_keys(url))


async def _has_keys(url: str) -> bool:
    from vivavoce.store.store import open_store

    async with open_store(url) as store:
        return await store.keys.exist()
