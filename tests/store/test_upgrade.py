"""Databases of other versions, and of none."""

from __future__ import annotations

import asyncio
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from vivavoce.errors import ConfigError
from vivavoce.store.database import HEAD, metadata, open_database
from vivavoce.store.store import open_store
from vivavoce.store.upgrade import migrations_config

# As they were before there were revisions; a still older version had no other tables.
_OLD_TABLES = (
    "CREATE TABLE api_keys (key_id VARCHAR NOT NULL, name VARCHAR NOT NULL, digest {bytes} NOT "
    "NULL, scopes VARCHAR NOT NULL, characters_a_month BIGINT, turns_at_once BIGINT, "
    "requests_a_minute BIGINT, created_at BIGINT NOT NULL, last_used_at BIGINT, "
    "revoked_at BIGINT, PRIMARY KEY (key_id), UNIQUE (digest))",
    "CREATE UNIQUE INDEX api_keys_live_name ON api_keys (name) WHERE revoked_at IS NULL",
    "CREATE TABLE characters_by_month (key_id VARCHAR NOT NULL, start BIGINT NOT NULL, "
    "characters BIGINT NOT NULL, PRIMARY KEY (key_id, start))",
    "INSERT INTO api_keys VALUES ('k1', 'phone', {digest}, '', 7, NULL, NULL, 1, NULL, NULL)",
    "INSERT INTO characters_by_month VALUES ('k1', 0, 42)",
)


def bare_engine(url: str) -> AsyncEngine:
    """The database as it is, whatever is in it."""
    driver = "sqlite+aiosqlite" if url.startswith("sqlite") else "postgresql+asyncpg"
    return create_async_engine(make_url(url).set(drivername=driver))


async def executed(url: str, *statements: str) -> None:
    engine = bare_engine(url)
    async with engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await engine.dispose()


async def tables_in(url: str) -> set[str]:
    engine = bare_engine(url)
    async with engine.connect() as connection:
        names = await connection.run_sync(lambda it: inspect(it).get_table_names())
    await engine.dispose()
    return set(names)


async def differences(engine: AsyncEngine) -> list[object]:
    """Between the tables that there are and those that the code has."""
    async with engine.connect() as connection:
        found: list[object] = await connection.run_sync(
            lambda it: compare_metadata(MigrationContext.configure(it), metadata)
        )
    return found


async def old_database(url: str) -> None:
    is_sqlite = url.startswith("sqlite")
    kinds = {
        "bytes": "BLOB" if is_sqlite else "BYTEA",
        "digest": "X'0102'" if is_sqlite else r"'\x0102'",
    }
    await executed(url, *(statement.format(**kinds) for statement in _OLD_TABLES))


async def test_migrations_make_the_tables_that_the_code_has(database: str) -> None:
    async with open_database(database) as engine:
        assert await differences(engine) == []
        async with engine.begin() as connection:
            await connection.execute(text("DROP INDEX conversations_by_start"))
        assert [row[0] for row in await differences(engine) if isinstance(row, tuple)] == [
            "add_index"
        ]


async def test_the_revision_that_the_code_wants_is_the_last_there_is(database: str) -> None:
    async with open_database(database) as engine, engine.connect() as connection:
        config = await connection.run_sync(migrations_config)
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


async def test_a_database_without_a_revision_is_upgraded_and_keeps_what_it_has(
    database: str,
) -> None:
    await old_database(database)
    async with open_store(database) as store:
        (key,) = await store.keys.all()
        assert (key.key_id, key.name, key.digest) == ("k1", "phone", b"\1\2")
        assert await store.usage.of_month(0) == {"k1": 42}
        made = await store.agents.create("Ann", {})
    async with open_database(database) as engine:
        assert await differences(engine) == []
    async with open_store(database) as store:
        assert await store.agents.get(made.agent_id) == made


async def test_a_database_of_a_newer_version_is_refused_and_left_alone(database: str) -> None:
    async with open_database(database):
        pass
    await executed(database, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(ConfigError, match=r"newer vivavoce \(its revision is 9999\)"):
        async with open_database(database):
            raise AssertionError("it was opened")
    await executed(database, f"UPDATE alembic_version SET version_num = '{HEAD}'")
    async with open_database(database) as engine:
        assert await differences(engine) == []


async def test_an_upgrade_that_fails_midway_leaves_the_database_as_it_was(database: str) -> None:
    await executed(database, "CREATE TABLE agents (somebody_elses INTEGER)")
    with pytest.raises(ConfigError, match="agents"):
        async with open_database(database):
            raise AssertionError("it was opened")
    assert await tables_in(database) == {"agents"}


async def test_where_there_is_nothing_to_upgrade_alembic_is_not_even_imported(
    database: str,
) -> None:
    program = (
        "import asyncio, sys\n"
        "from vivavoce.store.store import open_store\n"
        "async def main():\n"
        "    async with open_store(sys.argv[1]):\n"
        "        sys.exit('alembic' in sys.modules)\n"
        "asyncio.run(main())\n"
    )
    codes = []
    for _ in range(2):
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, database)
        codes.append(await process.wait())
    assert codes == [1, 0]
