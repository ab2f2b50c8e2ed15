"""Links to feeds, and the feeds themselves as they are served."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables of subscribers and rendered feeds."""
    op.create_table(
        "subscriber",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("created", sa.Text, nullable=False),
        sa.Column("rotated", sa.Text),
        sa.Column("revoked", sa.Text),
        sa.Column("fetched", sa.Text),
        sa.Column("seen", sa.Integer),
        sa.Column("agent", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subscriber"),
        sa.UniqueConstraint("digest", name="uq_subscriber_digest"),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    op.create_table(
        "rendered",
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("etag", sa.Text, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("revision", "subject", "language", name="pk_rendered"),
        sa.ForeignKeyConstraint(["revision"], ["revision.number"], name="fk_rendered_revision"),
        sqlite_strict=True,
    )
