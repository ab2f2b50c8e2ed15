"""The chain: all changes in order, each with the digest of the one before it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from rota.document import canonical
from scheduler.keeping.tables import CHANGE

ALLIANCE = "alliance"
"""The stream of what concerns no single case."""
PAGE = 500
"""So many changes are read at once."""


@dataclass(frozen=True)
class Head:
    """Where a stream has come to: `version` counts its own changes, `sequence` those of all streams."""

    stream: str
    version: int
    sequence: int
    digest: str


@dataclass(frozen=True)
class Entry:
    """One change as it is stored: sealed, as canonical JSON, with the digest of the change before it and its own."""

    sequence: int
    stream: str
    version: int
    kind: str
    schema: int
    actor: str
    at: str
    cause: int | None
    body: str
    previous: str
    digest: str = ""

    @property
    def computed(self) -> str:
        """The SHA-256 of everything but the digest itself."""
        fields = asdict(self)
        del fields["digest"]
        return hashlib.sha256(canonical(fields).encode()).hexdigest()

    @property
    def head(self) -> Head:
        """The head of the stream when this was its newest change."""
        return Head(self.stream, self.version, self.sequence, self.digest)


@dataclass(frozen=True)
class Writing:
    """Who does something, when, why and in consequence of which change; already sealed."""

    actor: str
    at: str
    cause: int | None = None
    note: str = ""


def append(
    connection: Connection, stream: str, kind: str, body: Mapping[str, Any], writing: Writing, *, schema: int = 1
) -> Entry:
    """Write a change at the end of the chain; the caller alone writes."""
    last, head = newest(connection), newest(connection, stream)
    full = {**body, "note": writing.note} if writing.note else body
    entry = Entry(
        sequence=last.sequence + 1 if last else 1,
        stream=stream,
        version=head.version + 1 if head else 1,
        kind=kind,
        schema=schema,
        actor=writing.actor,
        at=writing.at,
        cause=writing.cause,
        body=canonical(full),
        previous=last.digest if last else "",
    )
    entry = Entry(**{**asdict(entry), "digest": entry.computed})
    connection.execute(insert(CHANGE), asdict(entry))
    return entry


def newest(connection: Connection, stream: str | None = None) -> Head | None:
    """Return the end of a stream, or of the whole chain."""
    query = select(CHANGE.c.stream, CHANGE.c.version, CHANGE.c.sequence, CHANGE.c.digest).limit(1)
    if stream is None:
        query = query.order_by(CHANGE.c.sequence.desc())
    else:
        query = query.where(CHANGE.c.stream == stream).order_by(CHANGE.c.version.desc())
    row = connection.execute(query).one_or_none()
    return Head(*row) if row else None


def entry(connection: Connection, sequence: int) -> Entry | None:
    """Return one change."""
    row = connection.execute(select(CHANGE).where(CHANGE.c.sequence == sequence)).one_or_none()
    return Entry(*row) if row else None


def entries(
    connection: Connection, stream: str | None = None, *, after: int = 0, upto: int | None = None
) -> Iterator[Entry]:
    """Yield the changes of a stream, or all, from the one after the sequence `after` to `upto`."""
    query = select(CHANGE).order_by(CHANGE.c.sequence).limit(PAGE)
    if stream is not None:
        query = query.where(CHANGE.c.stream == stream)
    if upto is not None:
        query = query.where(CHANGE.c.sequence <= upto)
    while rows := connection.execute(query.where(CHANGE.c.sequence > after)).all():
        yield from (Entry(*row) for row in rows)
        after = rows[-1].sequence
