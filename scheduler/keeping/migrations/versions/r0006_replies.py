"""Mails that came in, and external calendars that are read from time to time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables of mails and of external calendars."""
    op.create_table(
        "incoming_mail",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("place", sa.Integer, nullable=False, autoincrement=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("at", "via", "sender", "outcome", "stream")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("session", "who", "stamp", "detail")),
        sa.PrimaryKeyConstraint("key", "place", name="pk_incoming_mail"),
        sqlite_strict=True,
    )
    op.create_index("ix_incoming_mail_at", "incoming_mail", ["at"])
    op.create_index("ix_incoming_mail_stream_session", "incoming_mail", ["stream", "session"])
    op.create_table(
        "external_calendar",
        sa.Column("id", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("resource", "source", "url", "all_day", "allowed")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("etag", "last_modified", "horizons", "next")),
        sa.Column("checked", sa.Text),
        sa.Column("changed", sa.Text),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_external_calendar"),
        sa.UniqueConstraint("resource", "source", name="uq_external_calendar_resource_source"),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    op.create_index("ix_external_calendar_next", "external_calendar", ["next"])
