"""The tables that there were before there were migrations: some databases have them, or a few."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes those that are missing."""
    _keys_and_tokens()
    _usage()
    _dictionaries()


def _keys_and_tokens() -> None:
    op.create_table(
        "api_keys",
        Column("key_id", String, primary_key=True),
        Column("name", String, nullable=False),
        Column("digest", LargeBinary, nullable=False, unique=True),
        Column("scopes", String, nullable=False),
        Column("characters_a_month", BigInteger),
        Column("turns_at_once", BigInteger),
        Column("requests_a_minute", BigInteger),
        Column("created_at", BigInteger, nullable=False),
        Column("last_used_at", BigInteger),
        Column("revoked_at", BigInteger),
        if_not_exists=True,
    )
    is_live = text("revoked_at IS NULL")
    op.create_index(
        "api_keys_live_name",
        "api_keys",
        ["name"],
        unique=True,
        sqlite_where=is_live,
        postgresql_where=is_live,
        if_not_exists=True,
    )
    op.create_table(
        "single_use_tokens",
        Column("digest", LargeBinary, primary_key=True),
        Column("kind", String, nullable=False),
        Column("key_id", String, nullable=False),
        Column("expires_at", BigInteger, nullable=False),
        if_not_exists=True,
    )
    op.create_index(
        "ix_single_use_tokens_expires_at",
        "single_use_tokens",
        ["expires_at"],
        if_not_exists=True,
    )


def _usage() -> None:
    for name in ("characters_by_hour", "characters_by_month"):
        op.create_table(
            name,
            Column("key_id", String, primary_key=True),
            Column("start", BigInteger, primary_key=True, autoincrement=False),
            Column("characters", BigInteger, nullable=False),
            if_not_exists=True,
        )
    op.create_index(
        "ix_characters_by_hour_start", "characters_by_hour", ["start"], if_not_exists=True
    )


def _dictionaries() -> None:
    op.create_table(
        "pronunciation_dictionaries",
        Column("id", String, primary_key=True),
        Column("name", String, nullable=False),
        Column("description", String),
        Column("created_by", String, nullable=False),
        Column("created_ms", BigInteger, nullable=False),
        Column("archived_ms", BigInteger),
        Column("versions", Integer, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "pronunciation_dictionary_versions",
        Column("id", String, primary_key=True),
        Column(
            "dictionary_id", String, ForeignKey("pronunciation_dictionaries.id"), nullable=False
        ),
        Column("number", Integer, nullable=False),
        Column("rules_count", Integer, nullable=False),
        Column("rules", String, nullable=False),
        UniqueConstraint("dictionary_id", "number"),
        if_not_exists=True,
    )
