"""The tables of a journal, the same on SQLite and on PostgreSQL. docs/reference/journal.md describes them."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

CHANGE = Table(
    "change",
    METADATA,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("stream", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("schema", Integer, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("cause", Integer, ForeignKey("change.sequence")),
    Column("body", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("digest", Text, nullable=False, unique=True),
    UniqueConstraint("stream", "version"),
    sqlite_strict=True,
)
"""Everything that happened, in order; never changed."""

CASE_ROW = Table(
    "case_row",
    METADATA,
    Column("stream", Text, primary_key=True),
    Column("sheet", Text, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),
    sqlite_strict=True,
)
"""The current document of each stream, folded from its changes."""

PLAN = Table(
    "plan",
    METADATA,
    Column("digest", Text, primary_key=True),
    Column("body", Text, nullable=False),
    sqlite_strict=True,
)
"""Published plans by the SHA-256 of their body; never changed."""

REVISION = Table(
    "revision",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("stream", Text, nullable=False, index=True),
    Column("plan", Text, ForeignKey("plan.digest"), nullable=False),
    Column("case_sequence", Integer, ForeignKey("change.sequence"), nullable=False),
    Column("sequence", Integer, ForeignKey("change.sequence"), nullable=False, unique=True),
    Column("case_hash", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("head", Text, nullable=False),
    sqlite_strict=True,
)

SESSION_STAMP = Table(
    "session_stamp",
    METADATA,
    Column("stream", Text, primary_key=True),
    Column("session", Text, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("first_revision", Integer, ForeignKey("revision.number"), nullable=False),
    Column("last_revision", Integer, ForeignKey("revision.number"), nullable=False),
    Column("modified", Text, nullable=False),
    Column("cancelled", Integer, CheckConstraint("cancelled IN (0, 1)", name="flag"), nullable=False),
    Column("last", Text, nullable=False),
    sqlite_strict=True,
)
"""What feeds show of each session that was ever published."""

PERSONAL = Table(
    "personal",
    METADATA,
    Column("ref", Text, primary_key=True),
    Column("subject", Text, nullable=False, index=True),
    Column("lookup", Text, unique=True),
    Column("salt", Text),
    Column("value", Text),
    sqlite_strict=True,
)
"""Texts about people, behind references. Only here do they stand, and only here can they be erased."""

META = Table(
    "meta",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_strict=True,
)

DRAFT = Table(
    "draft",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("stream", Text, nullable=False, index=True),
    Column("base", Integer, ForeignKey("revision.number")),
    Column("case_sequence", Integer, ForeignKey("change.sequence"), nullable=False),
    Column("plan", Text),
    Column("state", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("reason", Text, nullable=False),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)
"""Plans that wait for a decision, and what became of them."""

OUTBOX = Table(
    "outbox",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("revision", Integer, ForeignKey("revision.number"), nullable=False),
    Column("stream", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("due", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("lease_until", Text),
    Column("lease_holder", Text),
    Column("until", Text),
    Column("parts", Integer, nullable=False, server_default="0"),
    Column("channel", Text, nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    Index(None, "state", "due"),
    Index(None, "stream", "state"),
    sqlite_strict=True,
)
"""What is to be sent to whom. Bodies hold ids only; texts are made when they are sent."""

LEASE = Table(
    "lease",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("until", Text, nullable=False),
    sqlite_strict=True,
)
"""Which process does what only one may do at a time."""

SUBSCRIBER = Table(
    "subscriber",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("digest", Text, nullable=False, unique=True),
    Column("created", Text, nullable=False),
    Column("rotated", Text),
    Column("revoked", Text),
    Column("fetched", Text),
    Column("seen", Integer),
    Column("agent", Text, nullable=False),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)
"""Links to feeds. Of the secret in a link there is the digest alone."""

PAGE = Table(
    "page",
    METADATA,
    Column("subscriber", Integer, ForeignKey("subscriber.id"), primary_key=True, autoincrement=False),
    Column("digest", Text, nullable=False, unique=True),
    Column("visited", Text),
    Column("shown", Integer),
    sqlite_strict=True,
)
"""Pages of participants, one beside each link. Of the secret of a page there is the digest alone, too."""

ANSWER_LINK = Table(
    "answer_link",
    METADATA,
    Column("digest", Text, primary_key=True),
    Column("stream", Text, nullable=False),
    Column("session", Text, nullable=False),
    Column("part", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("start", Text, nullable=False),
    Column("expires", Text, nullable=False, index=True),
    sqlite_strict=True,
)
"""Links in letters by which one turn is answered, until it has begun."""

RENDERED = Table(
    "rendered",
    METADATA,
    Column("revision", Integer, ForeignKey("revision.number"), primary_key=True, autoincrement=False),
    Column("subject", Text, primary_key=True),
    Column("language", Text, primary_key=True),
    Column("at", Text, nullable=False),
    Column("etag", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    sqlite_strict=True,
)
"""The feeds of the newest revision as they are served; they can be made again at any time."""

INCOMING_MAIL = Table(
    "incoming_mail",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False, index=True),
    Column("via", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("session", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("stamp", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Index(None, "stream", "session"),
    sqlite_strict=True,
)
"""What was made of each mail that came in; of the mail itself only its sender is kept, as a reference."""

EXTERNAL_CALENDAR = Table(
    "external_calendar",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("resource", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("all_day", Text, nullable=False),
    Column("allowed", Text, nullable=False),
    Column("etag", Text, nullable=False),
    Column("last_modified", Text, nullable=False),
    Column("horizons", Text, nullable=False),
    Column("next", Text, nullable=False, index=True),
    Column("checked", Text),
    Column("changed", Text),
    Column("failures", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    UniqueConstraint("resource", "source"),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)
"""Calendars of participants that are read from time to time. Addresses are secrets: they stand in `personal`."""
