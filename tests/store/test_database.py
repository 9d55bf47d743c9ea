from __future__ import annotations

import asyncio
import stat
import sys
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from vivavoce.config import Settings
from vivavoce.errors import ConfigError
from vivavoce.store.database import database_file, database_url, open_database
from vivavoce.store.usage import Usage


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_database_is_a_file_in_the_data_directory(tmp_path: Path) -> None:
    url = database_url(Settings(data_dir=tmp_path / "an odd%20name?x"))
    assert database_file(url) == tmp_path / "an odd%20name?x" / "vivavoce.db"


def test_a_path_in_the_settings_names_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert database_file(database_url(Settings(database_url="~/a.db"))) == tmp_path / "a.db"
    assert database_file(database_url(Settings(database_url="b.db"))) == tmp_path / "b.db"


def test_a_url_in_the_settings_stands_as_it_is() -> None:
    url = "postgresql://user:secret@db.example/voices"
    assert database_url(Settings(database_url=url)) == url
    assert database_file(url) is None


async def test_the_file_and_its_directory_are_for_their_owner_only(tmp_path: Path) -> None:
    directory = tmp_path / "missing" / "data"
    async with open_database(f"sqlite:///{directory}/vivavoce.db") as engine:
        async with engine.begin() as connection:
            await connection.execute(text("CREATE TABLE written (n INTEGER)"))
        assert mode(directory) == 0o700
        assert {path.name: mode(path) for path in directory.iterdir()} == {
            "vivavoce.db": 0o600,
            "vivavoce.db-wal": 0o600,
            "vivavoce.db-shm": 0o600,
        }


async def test_every_connection_waits_for_writers_and_keeps_foreign_keys(tmp_path: Path) -> None:
    async with open_database(f"sqlite:///{tmp_path}/vivavoce.db") as engine:
        for _ in range(2):
            async with engine.connect() as one, engine.connect() as another:
                for connection in (one, another):
                    found = [
                        (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()
                        for name in ("journal_mode", "busy_timeout", "foreign_keys")
                    ]
                    assert found == ["wal", 10_000, 1]


async def test_what_was_written_is_there_when_it_is_opened_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/vivavoce.db"
    async with open_database(url) as engine:
        await Usage(engine).add({("a", 0): 7})
    async with open_database(url) as engine:
        assert await Usage(engine).totals(0, 0) == [(0, 7)]


async def test_several_processes_may_make_the_tables_at_once(database: str) -> None:
    program = (
        "import asyncio, sys\n"
        "from vivavoce.store.store import open_store\n"
        "async def main():\n"
        "    async with open_store(sys.argv[1]) as store:\n"
        "        await store.usage.add({('a', 3600): 1})\n"
        "asyncio.run(main())\n"
    )
    processes = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", program, database)
        for _ in range(4)
    ]
    assert [await process.wait() for process in processes] == [0] * 4
    async with open_database(database) as engine:
        assert await Usage(engine).totals(3600, 3600, "hour") == [(3_600_000, 4)]


async def test_a_failed_statement_does_not_quote_what_was_to_be_written(tmp_path: Path) -> None:
    row = text("INSERT INTO characters_by_hour VALUES (:key_id, 0, 0)"), {"key_id": "hunter2"}
    async with (
        open_database(f"sqlite:///{tmp_path}/vivavoce.db") as engine,
        engine.begin() as connection,
    ):
        await connection.execute(*row)
        with pytest.raises(IntegrityError) as caught:
            await connection.execute(*row)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("below", ["file/vivavoce.db", "directory"])
async def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "directory").mkdir()
    with pytest.raises(ConfigError) as caught:
        async with open_database(f"sqlite:///{tmp_path}/{below}"):
            raise AssertionError("it was opened")
    assert str(tmp_path / below) in str(caught.value)


async def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear database, " * 100)
    with pytest.raises(ConfigError, match=r"letter\.txt cannot be opened: file is not a database"):
        async with open_database(f"sqlite:///{path}"):
            raise AssertionError("it was opened")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://user:hunter2@127.0.0.1:1/voices?password=hunter2", "user:***@127.0.0.1"),
        ("oracle+nothing://user:hunter2@host/voices", "user:***@host"),
        ("postgresql://user:hun:hunter2@host:port/voices", "neither a path nor a URL"),
    ],
)
async def test_a_url_that_cannot_be_used_is_named_without_its_password(url: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        async with open_database(url):
            raise AssertionError("it was opened")
    assert said in str(caught.value)
    assert "hunter2" not in str(caught.value)


async def test_a_database_in_memory_is_refused() -> None:
    with pytest.raises(ConfigError, match="must name a file"):
        async with open_database("sqlite://"):
            raise AssertionError("it was opened")


async def test_a_database_keeps_its_log_from_other_processes_though_it_is_opened_twice(
    tmp_path: Path,
) -> None:
    file = tmp_path / "own.db"
    database = f"sqlite:///{file}"
    visit = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('SELECT 1 FROM api_keys')"
    async with open_database(database) as engine, engine.begin() as connection:
        await connection.execute(text("INSERT INTO server_secrets VALUES ('a', 'b')"))
        await connection.commit()
        async with open_database(database):
            pass
        visitor = await asyncio.create_subprocess_exec(sys.executable, "-c", visit, str(file))
        assert await visitor.wait() == 0
        assert (tmp_path / "own.db-wal").exists()
