"""The database: where it is, how it is opened, and the tables that are in it."""

from __future__ import annotations

import errno
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import URL, MetaData, Table, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from vivavoce.config import Settings
from vivavoce.errors import ConfigError, StoreFailed

metadata = MetaData()
"""Every table of the store; a module that has one declares it here."""

HEAD = "0002"
"""The revision of the tables as they are here: the last one in `migrations/versions`."""

_REVISION = text("SELECT version_num FROM alembic_version")

# One process at a time upgrades. On SQLite, this is also what makes CREATE TABLE transactional.
_UPGRADE_LOCKS = {
    "sqlite": "BEGIN IMMEDIATE",
    "postgresql": "SELECT pg_advisory_xact_lock(8746273)",
}

_FILE_NAME = "vivavoce.db"
_ASYNC_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
}

# For writers of other processes to finish; theirs take milliseconds.
_BUSY_TIMEOUT_MS = 10_000


def database_url(settings: Settings) -> str:
    """The URL of the settings' database: a file in `data_dir` unless they name another.

    A `database_url` without a scheme is the path of a file. Nothing is opened or made.
    """
    named = settings.database_url
    if "://" in named:
        return named
    path = Path(named).expanduser() if named else settings.data_dir / _FILE_NAME
    return URL.create("sqlite", database=str(path.absolute())).render_as_string()


def database_file(url: str) -> Path | None:
    """The file behind an SQLite URL; None for any other database. Raises ConfigError."""
    parsed = _parse(url)
    return Path(str(parsed.database)) if parsed.get_backend_name() == "sqlite" else None


@asynccontextmanager
async def open_database(url: str) -> AsyncIterator[AsyncEngine]:
    """An engine with all tables, made or brought up to date; closed on leaving.

    An SQLite file is made for its owner's eyes only, and so is its directory. `sqlite` and
    `postgresql` stand for their asynchronous drivers. Raises ConfigError, without the password, and
    also for what a newer version has written.
    """
    parsed = _parse(url)
    try:
        if parsed.get_backend_name() == "sqlite":
            _make_private_file(Path(str(parsed.database)))
        # Parameters are digests of keys and texts of callers: not for a log.
        engine = create_async_engine(parsed, pool_pre_ping=True, hide_parameters=True)
    except (OSError, ImportError, SQLAlchemyError) as error:
        raise _cannot_open(parsed, error) from error
    try:
        if parsed.get_backend_name() == "sqlite":
            event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        try:
            await _prepare_tables(engine)
        except (OSError, TypeError, SQLAlchemyError) as error:  # TypeError: an unknown ?option=
            raise _cannot_open(parsed, error) from error
        yield engine
    finally:
        await engine.dispose()


@asynccontextmanager
async def connected(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection. Raises StoreFailed for whatever ails the database, in the block as well."""
    try:
        async with engine.connect() as connection:
            yield connection
    except (SQLAlchemyError, OSError) as error:  # OSError: asyncpg's, when nobody answers
        raise StoreFailed("The server's database failed.") from error


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection on which all is written, or nothing. Raises StoreFailed, as `connected` does."""
    async with connected(engine) as connection, connection.begin():
        yield connection


def upserting(connection: AsyncConnection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that can be told what to do where there is such a row already."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    return insert(table)


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (SQLAlchemyError, ValueError):
        # The text of either may quote what stands where a password does.
        raise ConfigError(
            "database_url is neither a path nor a URL such as postgresql://user:password@host/name"
        ) from None
    if parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise ConfigError("database_url must name a file: a database in memory would be forgotten")
    return parsed.set(drivername=_ASYNC_DRIVERS.get(parsed.drivername, parsed.drivername))


def _make_private_file(path: Path) -> None:
    """SQLite gives the files that it keeps beside this one the same mode.

    One that is there is not opened: closing it would end the locks that this process has on it, and
    another process, seeing none, would throw away the log with what this one has written.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR)) from None
        if not os.access(path, os.R_OK | os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES)) from None


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


async def _prepare_tables(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        if await _revision(connection) == HEAD:
            return
    # Importing Alembic takes 0.1 s, which most starts can do without.
    from vivavoce.store.upgrade import upgrade_tables

    async with engine.begin() as connection:
        await connection.exec_driver_sql(_UPGRADE_LOCKS[engine.dialect.name])
        # Another process may have been at it until just now.
        revision = await _revision(connection)
        if revision != HEAD:
            await connection.run_sync(upgrade_tables, revision)


async def _revision(connection: AsyncConnection) -> str | None:
    """Which tables a database has; None when it has none, or knows nothing of revisions."""
    if not await connection.run_sync(lambda it: it.dialect.has_table(it, "alembic_version")):
        return None
    revision: str | None = await connection.scalar(_REVISION)
    return revision


def _cannot_open(url: URL, error: Exception) -> ConfigError:
    shown = url.database if url.get_backend_name() == "sqlite" else url.set(query={})
    return ConfigError(f"the database {shown} cannot be opened: {_reason(error)}")


def _reason(error: Exception) -> str:
    if isinstance(error, ModuleNotFoundError):
        return f"the Python package {error.name} is not installed"
    if isinstance(error, DBAPIError):
        return str(error.orig)
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error)
