"""From the tables that a database has to those that this version needs."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from vivavoce.errors import ConfigError

_MIGRATIONS = "vivavoce.store:migrations"


def upgrade_tables(connection: Connection, revision: str | None) -> None:
    """Runs the migrations that the database has not seen, in the connection's own transaction.

    `revision` is what it has, None for none: for such a one even the first tables may be there.
    Raises ConfigError when it is none of this version's.
    """
    config = migrations_config(connection)
    if revision is not None and not _is_known(config, revision):
        raise ConfigError(
            f"the database was written by a newer vivavoce (its revision is {revision[:64]}): "
            "update this one, or give it another database_url"
        )
    command.upgrade(config, "head")


def migrations_config(connection: Connection) -> Config:
    """What Alembic's commands need to know; there is no alembic.ini."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", _MIGRATIONS)
    return config


def _is_known(config: Config, revision: str) -> bool:
    try:
        return ScriptDirectory.from_config(config).get_revision(revision) is not None
    except CommandError:
        return False
