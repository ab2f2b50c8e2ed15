"""Pages of participants, and links by which one turn is answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables of pages and of links that answer."""
    op.create_table(
        "page",
        sa.Column("subscriber", sa.Integer, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("visited", sa.Text),
        sa.Column("shown", sa.Integer),
        sa.PrimaryKeyConstraint("subscriber", name="pk_page"),
        sa.UniqueConstraint("digest", name="uq_page_digest"),
        sa.ForeignKeyConstraint(["subscriber"], ["subscriber.id"], name="fk_page_subscriber"),
        sqlite_strict=True,
    )
    op.create_table(
        "answer_link",
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("session", sa.Text, nullable=False),
        sa.Column("part", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("start", sa.Text, nullable=False),
        sa.Column("expires", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_answer_link"),
        sqlite_strict=True,
    )
    op.create_index("ix_answer_link_expires", "answer_link", ["expires"])
