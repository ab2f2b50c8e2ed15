"""Changes, their projections, published plans, and what can be erased."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

CHAINED = ("change", "plan")
"""Tables whose rows stay as they were written."""


def upgrade() -> None:
    """Make the tables, and have the database refuse to rewrite what is chained."""
    _changes()
    _revisions()
    op.create_table(
        "personal",
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("lookup", sa.Text),
        sa.Column("salt", sa.Text),
        sa.Column("value", sa.Text),
        sa.PrimaryKeyConstraint("ref", name="pk_personal"),
        sa.UniqueConstraint("lookup", name="uq_personal_lookup"),
        sqlite_strict=True,
    )
    op.create_index("ix_personal_subject", "personal", ["subject"])
    op.create_table(
        "meta",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_meta"),
        sqlite_strict=True,
    )
    _refuse_rewriting()


def _changes() -> None:
    op.create_table(
        "change",
        sa.Column("sequence", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("schema", sa.Integer, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("cause", sa.Integer),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_change"),
        sa.ForeignKeyConstraint(["cause"], ["change.sequence"], name="fk_change_cause"),
        sa.UniqueConstraint("stream", "version", name="uq_change_stream_version"),
        sa.UniqueConstraint("digest", name="uq_change_digest"),
        sqlite_strict=True,
    )
    op.create_table(
        "case_row",
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("sheet", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("stream", "sheet", "position", name="pk_case_row"),
        sqlite_strict=True,
    )


def _revisions() -> None:
    op.create_table(
        "plan",
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_plan"),
        sqlite_strict=True,
    )
    op.create_table(
        "revision",
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("plan", sa.Text, nullable=False),
        sa.Column("case_sequence", sa.Integer, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("case_hash", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("head", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_revision"),
        sa.ForeignKeyConstraint(["plan"], ["plan.digest"], name="fk_revision_plan"),
        sa.ForeignKeyConstraint(["case_sequence"], ["change.sequence"], name="fk_revision_case_sequence"),
        sa.ForeignKeyConstraint(["sequence"], ["change.sequence"], name="fk_revision_sequence"),
        sa.UniqueConstraint("sequence", name="uq_revision_sequence"),
        sqlite_strict=True,
    )
    op.create_index("ix_revision_stream", "revision", ["stream"])
    op.create_table(
        "session_stamp",
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("session", sa.Text, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("first_revision", sa.Integer, nullable=False),
        sa.Column("last_revision", sa.Integer, nullable=False),
        sa.Column("modified", sa.Text, nullable=False),
        sa.Column("cancelled", sa.Integer, nullable=False),
        sa.Column("last", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("stream", "session", name="pk_session_stamp"),
        sa.ForeignKeyConstraint(["first_revision"], ["revision.number"], name="fk_session_stamp_first_revision"),
        sa.ForeignKeyConstraint(["last_revision"], ["revision.number"], name="fk_session_stamp_last_revision"),
        sa.CheckConstraint("cancelled IN (0, 1)", name="ck_session_stamp_flag"),
        sqlite_strict=True,
    )


def _refuse_rewriting() -> None:
    if op.get_context().dialect.name == "sqlite":
        for table in CHAINED:
            for what in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_refuses_{what.lower()} BEFORE {what} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in CHAINED:
        op.execute(
            f"CREATE TRIGGER {table}_refuses_rewriting BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_refuses_truncating BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()"
        )
