"""Agents, conversations and the files in them, and secrets of the server's own."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, Float, ForeignKey, Integer, LargeBinary, String

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Makes them."""
    op.create_table(
        "server_secrets",
        Column("name", String, primary_key=True),
        Column("value", LargeBinary, nullable=False),
    )
    _agents()
    _conversations()
    _files()


def _agents() -> None:
    op.create_table(
        "agents",
        Column("agent_id", String, primary_key=True),
        Column("name", String, nullable=False),
        Column(
            "folded_name",
            String().with_variant(String(collation="C"), "postgresql"),
            nullable=False,
        ),
        Column("tags", String, nullable=False),
        Column("created_ms", BigInteger, nullable=False),
        Column("updated_ms", BigInteger, nullable=False),
        Column("conversation_config", String, nullable=False),
        Column("platform_settings", String, nullable=False),
        Column("workflow", String, nullable=False),
        Column("extra", String, nullable=False),
    )


def _conversations() -> None:
    op.create_table(
        "conversations",
        Column("conversation_id", String, primary_key=True),
        Column("agent_id", String, nullable=False),
        Column("agent_name", String, nullable=False),
        Column("user_id", String),
        Column("status", String, nullable=False),
        Column("started_ms", BigInteger, nullable=False),
        Column("saved_ms", BigInteger, nullable=False),
        Column("duration_s", Float, nullable=False),
        Column("message_count", Integer, nullable=False),
        Column("termination_reason", String, nullable=False),
        Column("error_code", Integer),
        Column("error_reason", String, nullable=False),
        Column("has_user_audio", Integer, nullable=False),
        Column("has_response_audio", Integer, nullable=False),
        Column("rating", Integer),
        Column("comment", String, nullable=False),
        Column("initiation", String, nullable=False),
        Column("config", String, nullable=False),
        Column("transcript", String, nullable=False),
    )
    place = ["started_ms", "conversation_id"]
    for name in ("agent_id", "user_id", "status"):
        op.create_index(f"conversations_by_{name}", "conversations", [name, *place])
    op.create_index("conversations_by_start", "conversations", place)


def _files() -> None:
    op.create_table(
        "conversation_files",
        Column("file_id", String, primary_key=True),
        Column(
            "conversation_id",
            String,
            ForeignKey("conversations.conversation_id", ondelete="CASCADE"),
            nullable=False,
        ),
        Column("content_type", String, nullable=False),
    )
    op.create_index(
        "ix_conversation_files_conversation_id", "conversation_files", ["conversation_id"]
    )
