"""A store in a file of its own, at a time that tests move on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vivavoce.store.store import Store, open_store


class Clock:
    """Seconds since 1970; it stands still unless a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 15, 12, tzinfo=UTC).timestamp()

    def __call__(self) -> float:
        return self.now


def everything_in(directory: Path) -> bytes:
    """What its files hold, one after the other."""
    return b"".join(path.read_bytes() for path in directory.iterdir())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/vivavoce.db"


@pytest.fixture
async def store(database: str, clock: Clock) -> AsyncIterator[Store]:
    async with open_store(database, clock=clock) as store:
        yield store
