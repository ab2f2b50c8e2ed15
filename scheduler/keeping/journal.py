"""The journal (变更记录): everything that happened to an alliance's cases and plans, in order, for good."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import select

from rota.case import Case
from rota.change import Change, ChangeError
from rota.changes.edits import Edited
from rota.changes.making import refuse_faults
from rota.document import Cells, Edit, EditError, State, edited, reversed_edits
from rota.past import past_sessions, present
from rota.plan import Plan
from rota.problem import Problem
from rota.stamp import Stamp
from rota.text import text
from scheduler.keeping import publication
from scheduler.keeping.auditing import Finding, audit
from scheduler.keeping.backup import backup
from scheduler.keeping.chain import ALLIANCE, Entry, Head, entries, newest
from scheduler.keeping.chain import entry as entry_at
from scheduler.keeping.database import Database, connect, shown
from scheduler.keeping.drafts import Drafts, DraftState, settle, supersede
from scheduler.keeping.errors import StoreError, UndoError
from scheduler.keeping.export import exported
from scheduler.keeping.exposure import exposures
from scheduler.keeping.external import ExternalCalendars
from scheduler.keeping.folding import advanced, edits_of, opened
from scheduler.keeping.forgetting import Forgotten, forget
from scheduler.keeping.leases import Leases
from scheduler.keeping.mails import Mails
from scheduler.keeping.outbox import Outbox
from scheduler.keeping.publication import PUBLISHED, Revision
from scheduler.keeping.records import FORGOTTEN, OPENED, UNDONE, Recorded, recorded, sealed_change
from scheduler.keeping.subscribers import Subscribers
from scheduler.keeping.swap_letters import tell_swaps
from scheduler.keeping.swaps import unconfirmed
from scheduler.keeping.tables import CHANGE
from scheduler.keeping.telling import Told, by_plan, told
from scheduler.keeping.transaction import ERASURES, Clock, Store, Transaction, What, found, read_meta

LASTING = frozenset({OPENED, PUBLISHED, FORGOTTEN})
"""Kinds of changes that cannot be taken back by exchanging rows."""


@dataclass(frozen=True)
class Begun:
    """A stream that was opened, and what cannot be put right later: ids that give away a name."""

    head: Head
    warnings: tuple[Problem, ...]


class Journal:
    """The store of one alliance: a stream of changes for each case, what they come to, and the published revisions.

    Every method is one transaction. Those who write stand in line; who saw an older state is told so. Several processes
    may use one journal at the same time, and several threads one object.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self.store = Store(database, clock)
        self.drafts = Drafts(self.store)
        self.outbox = Outbox(self.store)
        self.leases = Leases(self.store)
        self.subscribers = Subscribers(self.store)
        self.mails = Mails(self.store)
        self.external = ExternalCalendars(self.store)

    @classmethod
    def open(cls, where: str | Path, *, clock: Clock, create: bool = False) -> Self:
        """Open the journal in an SQLite file or at `postgresql://…`; older tables are brought up to date.

        Raises:
            StoreError: there is none and `create` is not given, it is none of ours, or a newer Rota made it.
        """
        journal = cls(connect(where, create=create), clock)
        if not journal.alliance:
            journal.store.write(found)
        return journal

    @property
    def where(self) -> str:
        """Where the journal is kept, without a password."""
        return shown(self.store.database.engine.url)

    def close(self) -> None:
        """Close all connections."""
        self.store.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def alliance(self) -> str:
        """The id of the alliance, made with the journal and carried along in backups; it says nothing."""
        return self.store.read(lambda transaction: read_meta(transaction.connection, ALLIANCE))

    # Streams and states

    def begin(self, case: Case, *, actor: str, note: str = "") -> Begun:
        """Open the stream of a case, with all of its rows as the first change.

        Raises:
            StoreError: the stream is there already.
        """
        entry = self.store.write(lambda transaction: _begun(transaction, case, actor, note))
        return Begun(entry.head, exposures(case))

    def begin_published(
        self, case: Case, plan: Plan, *, actor: str, note: str = "", accept_open: bool = False
    ) -> tuple[Begun, Revision]:
        """Open the stream of a case and make a plan of it the first revision: both, or neither.

        Raises:
            StoreError: the stream is there already.
            StaleDraftError: the plan answers another case.
            RefusedPlanError: the verifier does not pass the plan, or seats are open and not accepted.
        """
        publication.refuse_unsound(case, plan, past=frozenset(), accept_open=accept_open)

        def work(transaction: Transaction) -> tuple[Begun, Revision]:
            entry = _begun(transaction, case, actor, note)
            publication.refuse_stale(transaction.connection, case.settings.id, plan, None, case)
            writing = transaction.by(actor, note)
            revision = publication.write_revision(transaction, entry.head, plan, None, writing)
            return Begun(entry.head, exposures(case)), revision

        return self.store.write(work)

    def streams(self) -> tuple[str, ...]:
        """Return the streams of all cases, the oldest first."""
        query = select(CHANGE.c.stream).where(CHANGE.c.kind == OPENED).order_by(CHANGE.c.sequence)
        return self.store.database.read(lambda connection: tuple(connection.execute(query).scalars()))

    def head(self, stream: str) -> Head:
        """Return where a stream has come to.

        Raises:
            StoreError: there is no such stream.
        """
        return self.store.read(lambda transaction: transaction.head(stream))

    def end(self) -> Head:
        """Return where the whole chain has come to: the newest change of any case, or of the alliance.

        Raises:
            StoreError: there is no change yet.
        """
        found = self.store.database.read(newest)
        if found is None:
            raise StoreError(text("The journal is empty.", "变更记录为空。"))
        return found

    def state(self, stream: str, sequence: int | None = None) -> State:
        """Return what holds now, or what held after the change `sequence`."""
        return self.at(stream, sequence)[1]

    def at(self, stream: str, sequence: int | None = None) -> tuple[Head, State]:
        """Return a state together with the head that it belongs to, both of the same moment."""

        def work(transaction: Transaction) -> tuple[Head, State]:
            return transaction.state_at(transaction.head(stream), sequence)

        return self.store.read(work)

    def erased(self, stream: str, sequence: int) -> Cells:
        """Return the cells of what held after the change `sequence` whose texts were erased since."""
        return self.store.read(lambda transaction: transaction.erased(transaction.head(stream), sequence))

    @property
    def erasures(self) -> int:
        """How often texts were erased."""
        return self.store.read(lambda transaction: int(read_meta(transaction.connection, ERASURES) or 0))

    # Changes

    def record(
        self,
        stream: str,
        change: Change,
        *,
        actor: str,
        expected: int | None = None,
        cause: int | None = None,
        note: str = "",
    ) -> Recorded:
        """Make a change in the current state and write it down.

        `expected` is the version of the stream that the caller saw, `cause` the sequence of the change that led to it.

        Raises:
            ConflictError: the stream has moved on since `expected`; look again, then repeat.
            ChangeError: the change cannot be made.
        """
        return self.record_all(stream, [change], actor=actor, expected=expected, cause=cause, note=note)[0]

    def record_all(
        self,
        stream: str,
        changes: Sequence[Change],
        *,
        actor: str,
        expected: int | None = None,
        cause: int | None = None,
        note: str = "",
    ) -> tuple[Recorded, ...]:
        """Make changes, each in the state after the one before it, and write them down: all of them, or none.

        Raises:
            ConflictError: the stream has moved on since `expected`.
            ChangeError: one of the changes cannot be made.
        """

        def work(transaction: Transaction) -> tuple[Recorded, ...]:
            head, made = transaction.head(stream, expected), []
            before, writing = transaction.snapshot(head).state, transaction.by(actor, note, cause)
            for change in changes:
                after = change.applied(transaction.snapshot(head).state)
                what = What(change.kind, sealed_change(transaction.sealer, change), change.version)
                written = transaction.advance(head, after, what, writing)
                made.append(recorded(transaction.sealer, written, type(change)))
                head = written.head
            now, after = transaction.now, transaction.snapshot(head).state
            publication.rearm(transaction.connection, before.case, after, now)
            tell_swaps(transaction.connection, before, after, now)
            return tuple(made)

        return self.store.write(work)

    def record_edits(
        self,
        stream: str,
        edits: Sequence[Edit],
        *,
        actor: str,
        expected: int | None = None,
        cause: int | None = None,
        note: str = "",
    ) -> Recorded:
        """Write down rows that somebody edited: a change of the kind `edited`.

        Raises:
            ConflictError: the stream has moved on since `expected`.
            ChangeError: a row is not there any more, or the rows make no sound case.
        """
        edit = Edited(edits=tuple(edits))
        return self.record(stream, edit, actor=actor, expected=expected, cause=cause, note=note)

    def undo(self, stream: str, sequence: int, *, actor: str, expected: int | None = None, note: str = "") -> Recorded:
        """Take a change back by another one that reverses its edits; texts that were erased since stay erased.

        A swap whose confirmation is taken back is withdrawn.

        Raises:
            ConflictError: the stream has moved on since `expected`.
            UndoError: there is no such change, it is of a kind that is not taken back, or its rows have changed since.
        """

        def work(transaction: Transaction) -> Recorded:
            before = transaction.snapshot(transaction.head(stream, expected))
            taken_back = _undoable(transaction, stream, sequence)
            edits = unconfirmed(reversed_edits(edits_of(taken_back)))
            try:
                edited(before.plain, reversed_edits(recorded(transaction.sealer, taken_back).edits))
                after = opened(transaction.sealer, edited(before.sealed, edits))
                refuse_faults(after.state.case, before=before.state.case)
            except (EditError, ChangeError) as error:
                raise UndoError(
                    text(
                        "Change {n} cannot be taken back. {why}",
                        "无法撤销第 {n} 号变更。{why}",
                        n=sequence,
                        why=error.message,
                    )
                ) from error
            what = What(UNDONE, {"sequence": sequence})
            writing = transaction.by(actor, note, sequence)
            written = transaction.write(stream, what, writing, edits, before, after)
            publication.rearm(transaction.connection, before.state.case, after.state, transaction.now)
            return recorded(transaction.sealer, written)

        return self.store.write(work)

    def changes(self, stream: str, since: int = 0) -> Iterator[Recorded]:
        """Yield the changes of a stream after the sequence `since`, the oldest first."""

        def work(transaction: Transaction) -> list[Recorded]:
            found = entries(transaction.connection, stream, after=since)
            return [recorded(transaction.sealer, each) for each in found]

        yield from self.store.read(work)

    def told(self, stream: str, since: int = 0) -> Iterator[Told]:
        """Yield the changes of a stream after the sequence `since`, each with its sentence."""
        yield from self.store.read(lambda transaction: list(told(transaction, stream, since)))

    def by_plan(self, stream: str, state: State) -> State:
        """Return a state of which sentences say when sessions take place by the newest plan."""
        newest = self.newest(stream)
        return by_plan(state, self.plan(newest.number)) if newest else state

    # Revisions

    def publish(
        self,
        stream: str,
        plan: Plan,
        *,
        base: int | None,
        actor: str,
        note: str = "",
        cause: int | None = None,
        accept_open: bool = False,
        draft: int | None = None,
    ) -> Revision:
        """Make a plan the newest revision, with its stamps and notices, or do nothing at all.

        `base` is the number of the revision that the plan was made from, None for the first. A `draft` is published
        with it; other open ones of the stream are superseded.

        Raises:
            StaleDraftError: `base` is not the newest revision, or the case has changed since the plan was made.
            RefusedPlanError: the verifier does not pass the plan, or seats are open and not accepted.
        """
        self.refuse_unfit(stream, plan, base=base, accept_open=accept_open)  # before others have to wait

        def work(transaction: Transaction) -> Revision:
            head = transaction.head(stream)
            case = transaction.snapshot(head).state.case
            newest_revision = publication.refuse_stale(transaction.connection, stream, plan, base, case)
            if draft is not None:
                settle(transaction, draft, DraftState.PUBLISHED, stream=stream)
            supersede(transaction.connection, stream)
            return publication.write_revision(
                transaction, head, plan, newest_revision, transaction.by(actor, note, cause)
            )

        return self.store.write(work)

    def refuse_unfit(self, stream: str, plan: Plan, *, base: int | None, accept_open: bool = False) -> None:
        """Refuse what `publish` would, and write nothing.

        Raises:
            StaleDraftError: `base` is not the newest revision, or the case has changed since the plan was made.
            RefusedPlanError: the verifier does not pass the plan, or seats are open and not accepted.
        """

        def fresh(transaction: Transaction) -> tuple[Case, Revision | None]:
            case = transaction.snapshot(transaction.head(stream)).state.case
            return case, publication.refuse_stale(transaction.connection, stream, plan, base, case)

        case, newest_revision = self.store.read(fresh)
        past = self._past(case, plan, newest_revision)
        publication.refuse_unsound(case, plan, past=past, accept_open=accept_open)

    def _past(self, case: Case, plan: Plan, base: Revision | None) -> frozenset[str]:
        """Return the sessions that are over as they were published, and that a plan leaves so."""
        if base is None:
            return frozenset()
        before = self.plan(base.number)
        over = past_sessions(case, before, present(case, self.store.clock()))
        return frozenset(id_ for id_ in over if before.session.get(id_) == plan.session.get(id_))

    def revisions(self, stream: str | None = None) -> tuple[Revision, ...]:
        """Return the revisions of a stream, or of all, the oldest first."""
        return self.store.database.read(lambda connection: tuple(publication.revisions(connection, stream)))

    def newest(self, stream: str) -> Revision | None:
        """Return the newest revision of a stream."""
        return self.store.database.read(lambda connection: publication.newest_revision(connection, stream))

    def revision(self, number: int) -> Revision:
        """Return one revision.

        Raises:
            StoreError: there is none of this number.
        """
        return self.store.database.read(lambda connection: publication.revision(connection, number))

    def plan(self, number: int) -> Plan:
        """Return the plan of a revision; why sessions were declined is left out of it."""
        return self.store.database.read(
            lambda connection: publication.read_plan(connection, publication.revision(connection, number).plan)
        )

    def stamps(self, stream: str) -> Mapping[str, Stamp]:
        """Return the stamps of all sessions that were ever published, for the feeds."""
        rows = self.store.database.read(lambda connection: publication.session_rows(connection, stream))
        return {session: row.stamp for session, row in rows.items()}

    # Upkeep

    def audit(self) -> tuple[Finding, ...]:
        """Return everything that is damaged or was tampered with; nothing where all is as it was written."""
        return audit(self.store.database)

    def export(self, stream: str | None = None, since: int = 0) -> Iterator[str]:
        """Yield the changes of a stream, or of all, as lines of JSON, sealed, with the published plans."""
        yield from self.store.read(lambda transaction: list(exported(transaction, stream, since)))

    def backup(self, target: Path) -> None:
        """Write the whole journal into a new file; `scheduler.keeping.backup.restore` makes a journal of it again.

        Raises:
            StoreError: the file is there already, or cannot be written.
        """
        backup(self.store.database, target)

    def forget(self, subject: str = "", *, names: Sequence[str] = (), actor: str) -> Forgotten:
        """Erase all texts about a person (or a unit's contacts), and every personal text that holds one of the names.

        The names that the journal knows for the subject, and how its contacts are reached, are looked for of
        themselves. The files of an SQLite journal hold nothing of it afterwards; backups made before still do.

        Raises:
            StoreError: nothing is known of the subject, or other programs keep the files from being cleaned.
        """
        return forget(self.store, subject, names, actor)


def _begun(transaction: Transaction, case: Case, actor: str, note: str) -> Entry:
    """Write down all rows of a case as the first change of its stream."""
    stream = case.settings.id
    if stream == ALLIANCE or newest(transaction.connection, stream):
        raise StoreError(
            text(
                'A case "{id}" is in the journal already; a new year takes a new id in the settings.',
                "变更记录中已有资料“{id}”；新一年请在“参数”中填写新编号。",
                id=stream,
            )
        )
    edits, snapshot = advanced(transaction.sealer, None, State(case=case))
    return transaction.write(stream, What(OPENED, {"case": stream}), transaction.by(actor, note), edits, None, snapshot)


def _undoable(transaction: Transaction, stream: str, sequence: int) -> Entry:
    """Return the change that is to be taken back."""
    found = entry_at(transaction.connection, sequence)
    if found is None or found.stream != stream:
        raise UndoError(text("There is no change {n} in this case.", "本资料中没有第 {n} 号变更。", n=sequence))
    if found.kind in LASTING:
        raise UndoError(
            text(
                "Change {n} cannot be taken back by another change. To return to an earlier plan, publish that again.",
                "第 {n} 号变更不能直接撤销。如需回到以前的安排，请重新发布该安排。",
                n=sequence,
            )
        )
    return found
