"""A store in a database of its own, at a time that tests move on.

It is an SQLite file, and where the environment names a PostgreSQL server, each test that uses it
runs on a database there as well.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from vivavoce.store.store import Store, open_store

POSTGRES_URL = os.environ.get("VIVAVOCE_TEST_POSTGRES_URL", "")
"""Such as postgresql://user:password@host/name, of somebody who may make databases."""


class Clock:
    """Seconds since 1970; it stands still unless a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 15, 12, tzinfo=UTC).timestamp()

    def __call__(self) -> float:
        return self.now


def everything_in(directory: Path) -> bytes:
    """What its files hold, one after the other."""
    return b"".join(path.read_bytes() for path in directory.iterdir())


def names_in(directory: Path) -> list[str]:
    """What is in it, in order."""
    return sorted(path.name for path in directory.iterdir())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@asynccontextmanager
async def postgres_database() -> AsyncIterator[str]:
    """The URL of a new database, gone on leaving."""
    url = make_url(POSTGRES_URL).set(drivername="postgresql+asyncpg")
    name = f"vivavoce_test_{secrets.token_hex(8)}"
    server = create_async_engine(url, isolation_level="AUTOCOMMIT")
    try:
        async with server.connect() as connection:
            await connection.execute(text(f"CREATE DATABASE {name}"))
        yield url.set(database=name).render_as_string(hide_password=False)
        async with server.connect() as connection:
            await connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        await server.dispose()


@pytest.fixture(params=["sqlite", *(["postgresql"] if POSTGRES_URL else [])])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/vivavoce.db"
        return
    async with postgres_database() as url:
        yield url


@pytest.fixture
async def store(database: str, clock: Clock, tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(database, clock=clock, data_dir=tmp_path) as store:
        yield store
