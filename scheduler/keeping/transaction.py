"""What the methods of a journal share within one transaction: where streams stand, and how a change is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar
from uuid import uuid4

from sqlalchemy import Connection, delete, insert, select

from rota.cell import unusable
from rota.document import Cells, Edit, State
from rota.text import text
from scheduler.keeping.chain import ALLIANCE, Entry, Head, Writing, append, entries, newest
from scheduler.keeping.database import Database
from scheduler.keeping.errors import ConflictError, StoreError
from scheduler.keeping.folding import Snapshot, advanced, as_json, folded, opened, project, read_rows
from scheduler.keeping.sealing import Sealer, model_of
from scheduler.keeping.tables import META

Clock = Callable[[], dt.datetime]
T = TypeVar("T")

FORMAT = "1"
"""The form of what bodies hold; the form of the tables is counted by the steps of the migrations."""
ERASURES = "erasures"
"""The key under which `meta` counts how often texts were erased."""


class What(NamedTuple):
    """What a change is: its kind, the form of its particulars, and these, sealed."""

    kind: str
    change: Mapping[str, Any]
    schema: int = 1


@dataclass
class Snapshots:
    """The newest snapshot of each stream, kept in memory as long as it holds: by the head's digest and the erasures."""

    known: dict[str, tuple[str, str, Snapshot]] = field(default_factory=dict)


class Store:
    """A database and a clock: what transactions need. `clock` says the present moment, with a zone."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock
        self._snapshots = Snapshots()

    def read(self, work: Callable[[Transaction], T]) -> T:
        """Do some reading, all of it from the same moment."""
        return self.database.read(lambda connection: work(self._at(connection)))

    def write(self, work: Callable[[Transaction], T], *, alone: bool = True) -> T:
        """Do some reading and writing; all of it happens, or nothing. Nobody else writes changes meanwhile.

        `alone=False` is for work that writes none: on PostgreSQL it need not stand in line.
        """
        return self.database.write(lambda connection: work(self._at(connection)), alone=alone)

    def _at(self, connection: Connection) -> Transaction:
        return Transaction(connection, self.clock(), self._snapshots)


class Transaction:
    """One transaction on a journal at the moment `now`."""

    def __init__(self, connection: Connection, now: dt.datetime, snapshots: Snapshots) -> None:
        self.connection = connection
        self.now = now.astimezone(dt.UTC).isoformat(timespec="microseconds")
        self.sealer = Sealer(connection)
        self._snapshots = snapshots

    def head(self, stream: str, expected: int | None = None) -> Head:
        """Return where a stream stands.

        Raises:
            StoreError: there is no such stream.
            ConflictError: it does not stand at the version `expected`.
        """
        found = newest(self.connection, stream)
        if found is None:
            raise StoreError(text('The journal holds no case "{id}".', "变更记录中没有资料“{id}”。", id=stream))
        if expected is not None and expected != found.version:
            raise ConflictError(found, expected)
        return found

    def snapshot(self, head: Head) -> Snapshot:
        """Return what holds at the head of a stream."""
        erasures = read_meta(self.connection, ERASURES)
        known = self._snapshots.known.get(head.stream)
        if known and known[:2] == (head.digest, erasures):
            return known[2]
        snapshot = opened(self.sealer, read_rows(self.connection, head.stream))
        self._snapshots.known[head.stream] = (head.digest, erasures, snapshot)
        return snapshot

    def state(self, head: Head, sequence: int | None = None) -> State:
        """Return what holds at the head of a stream, or what held after the change `sequence`.

        Raises:
            StoreError: there was no such case then.
        """
        return self.state_at(head, sequence)[1]

    def state_at(self, head: Head, sequence: int | None = None) -> tuple[Head, State]:
        """Return a state as `state` does, with the head that it belongs to.

        Raises:
            StoreError: there was no such case then.
        """
        if sequence is None or sequence >= head.sequence:
            return head, self.snapshot(head).state
        past = self._past(head, sequence)
        return past[-1].head, opened(self.sealer, folded(past)).state

    def erased(self, head: Head, sequence: int) -> Cells:
        """Return the cells of what held after the change `sequence` whose texts were erased since."""
        sealed = folded(self._past(head, sequence))
        return {table: self.sealer.erased(model_of(table), rows) for table, rows in sealed.items()}

    def _past(self, head: Head, sequence: int) -> list[Entry]:
        past = list(entries(self.connection, head.stream, upto=sequence))
        if not past:
            raise StoreError(
                text(
                    'At change {n} there was no case "{id}" yet.',
                    "第 {n} 号变更时尚无资料“{id}”。",
                    n=sequence,
                    id=head.stream,
                )
            )
        return past

    def by(self, actor: str, note: str = "", cause: int | None = None) -> Writing:
        """Return who does something now, and why.

        Raises:
            StoreError: the note, or the name of who does it, is none that a cell could hold.
        """
        for said, called in ((actor, text("The name of who does it", "操作人姓名")), (note, text("The note", "备注"))):
            if (what := unusable(said)) is not None:
                raise StoreError(text("{called}: {what}.", "{called}：{what}。", called=called, what=what))
        return Writing(self.sealer.seal_text(actor), self.now, cause, self.sealer.seal_text(note))

    def advance(self, head: Head, after: State, what: What, writing: Writing) -> Entry:
        """Write a change that leads to a state."""
        if after.case.settings.id != head.stream:
            raise StoreError(
                text(
                    'The id of a case cannot change: it is "{old}", not "{new}".',
                    "资料的编号不能更改：应为“{old}”，而非“{new}”。",
                    old=head.stream,
                    new=after.case.settings.id,
                )
            )
        before = self.snapshot(head)
        edits, snapshot = advanced(self.sealer, before, after)
        return self.write(head.stream, what, writing, edits, before, snapshot)

    def write(
        self,
        stream: str,
        what: What,
        writing: Writing,
        edits: Sequence[Edit],
        before: Snapshot | None,
        after: Snapshot,
    ) -> Entry:
        """Write a change with its edits, and the rows that it leads to."""
        body = {"change": what.change, "edits": as_json(edits)}
        entry = append(self.connection, stream, what.kind, body, writing, schema=what.schema)
        project(self.connection, stream, before.sealed if before else {}, after.sealed)
        self._snapshots.known[stream] = (entry.digest, read_meta(self.connection, ERASURES), after)
        return entry


def read_meta(connection: Connection, key: str) -> str:
    """Return what is noted of the whole journal under a key; nothing where nothing is."""
    return connection.execute(select(META.c.value).where(META.c.key == key)).scalar() or ""


def write_meta(connection: Connection, key: str, value: str) -> None:
    """Note something of the whole journal under a key, in the place of what was noted there."""
    connection.execute(delete(META).where(META.c.key == key))
    connection.execute(insert(META), {"key": key, "value": value})


def found(transaction: Transaction) -> None:
    """Give a new journal the id of its alliance."""
    if not read_meta(transaction.connection, ALLIANCE):
        rows = [{"key": ALLIANCE, "value": uuid4().hex}, {"key": "format", "value": FORMAT}]
        transaction.connection.execute(insert(META), rows)
