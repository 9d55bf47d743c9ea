from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from vivavoce.config import Settings
from vivavoce.errors import ConfigError
from vivavoce.store.database import database_url
from vivavoce.store.presence import has_stored_keys
from vivavoce.store.store import open_store


async def make_key(settings: Settings, *, revoked: bool) -> None:
    async with open_store(database_url(settings)) as store:
        await store.keys.create("phone")
        if revoked:
            await store.keys.revoke("phone")


def test_where_there_is_no_file_there_is_no_key_and_none_is_made(tmp_path: Path) -> None:
    assert not has_stored_keys(Settings(data_dir=tmp_path / "data"))
    assert list(tmp_path.iterdir()) == []


async def open_and_leave(settings: Settings) -> None:
    async with open_store(database_url(settings)):
        pass


def test_a_store_without_keys_has_none(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    asyncio.run(open_and_leave(settings))
    assert not has_stored_keys(settings)


@pytest.mark.parametrize("revoked", [False, True])
def test_a_key_is_found_even_when_it_is_revoked(tmp_path: Path, revoked: bool) -> None:
    settings = Settings(data_dir=tmp_path)
    asyncio.run(make_key(settings, revoked=revoked))
    assert has_stored_keys(settings)


def test_a_database_that_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "vivavoce.db").write_text("no database " * 100)
    with pytest.raises(ConfigError, match=r"vivavoce\.db"):
        has_stored_keys(Settings(data_dir=tmp_path))
