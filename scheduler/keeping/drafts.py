"""Drafts (草案): plans that wait for a decision, and what became of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from rota.plan import Plan, dump_plan, load_plan
from rota.text import Word, text
from scheduler.keeping.errors import StoreError
from scheduler.keeping.publication import as_kept, newest_of_case, newest_revision
from scheduler.keeping.tables import DRAFT
from scheduler.keeping.transaction import Store, Transaction


class DraftState(Word):
    """What has become of a draft."""

    PROPOSED = "proposed", "待批准", "proposed"
    APPROVED = "approved", "已批准", "approved"
    PUBLISHED = "published", "已发布", "published"
    SUPERSEDED = "superseded", "已被取代", "superseded"
    FAILED = "failed", "未排成", "failed"
    REFUSED = "refused", "未批准", "refused"
    NEEDLESS = "needless", "无需改动", "nothing to change"


OPEN = frozenset({DraftState.PROPOSED, DraftState.APPROVED})
"""States of drafts that may still be published."""


@dataclass(frozen=True)
class Draft:
    """A plan made from the revision `base` for the case as it was after the change `case_sequence`.

    A draft that `failed` has no plan; `reason` says why it failed, or why somebody refused it. A `needless` one has
    none either: the published plan answers the changes.
    """

    id: int
    stream: str
    base: int | None
    case_sequence: int
    plan: Plan | None
    state: DraftState
    at: dt.datetime
    reason: str


class Drafts:
    """The drafts of a journal."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def save(
        self,
        stream: str,
        plan: Plan | None,
        *,
        base: int | None,
        case_sequence: int,
        state: DraftState = DraftState.PROPOSED,
        reason: str = "",
    ) -> Draft:
        """Write down a draft; those of the same stream that were open until now are superseded."""
        made = _Made(stream, plan, base, case_sequence, state, reason)
        return self._store.write(lambda transaction: _saved(transaction, made))

    def answer(
        self,
        stream: str,
        plan: Plan | None,
        *,
        base: int,
        case_sequence: int,
        state: DraftState,
        reason: str = "",
        seen: int | None = None,
    ) -> Draft | None:
        """Write down a draft as the one answer to the changes up to `case_sequence`.

        Where it is known to hold after those up to `seen` as well, these stay to be answered. None where it is no
        answer any more: there is a newer revision or a newer change, or somebody else has answered.
        """
        newest_seen = case_sequence if seen is None else seen
        made = _Made(stream, plan, base, case_sequence, state, reason)

        def work(transaction: Transaction) -> Draft | None:
            newest = newest_revision(transaction.connection, stream)
            moved_on = newest is None or newest.number != base
            if moved_on or newest_of_case(transaction.connection, stream) != newest_seen:
                return None
            known = newest_draft(transaction, stream)
            if known and known.base == base and known.case_sequence in {case_sequence, newest_seen}:
                return None
            return _saved(transaction, made)

        return self._store.write(work)

    def get(self, id_: int) -> Draft:
        """Return one draft.

        Raises:
            StoreError: there is none of this number.
        """
        return self._store.read(lambda transaction: _found(transaction, id_))

    def newest(self, stream: str, *states: DraftState) -> Draft | None:
        """Return the newest draft of a stream, or the newest in one of some states."""
        return self._store.read(lambda transaction: newest_draft(transaction, stream, *states))

    def decide(self, id_: int, state: DraftState, reason: str = "") -> Draft:
        """Move an open draft to another state.

        Raises:
            StoreError: there is no such draft, or it is decided already.
        """

        def work(transaction: Transaction) -> Draft:
            settle(transaction, id_, state, reason)
            return _found(transaction, id_)

        return self._store.write(work)


@dataclass(frozen=True)
class _Made:
    """A draft that is to be written down."""

    stream: str
    plan: Plan | None
    base: int | None
    case_sequence: int
    state: DraftState
    reason: str


def _saved(transaction: Transaction, made: _Made) -> Draft:
    supersede(transaction.connection, made.stream)
    row = {
        **vars(made),
        "plan": dump_plan(as_kept(made.plan)) if made.plan else None,
        "at": transaction.now,
        "reason": transaction.sealer.seal_text(made.reason),
    }
    return _draft(transaction, transaction.connection.execute(insert(DRAFT).returning(DRAFT), row).one())


def newest_draft(transaction: Transaction, stream: str, *states: DraftState) -> Draft | None:
    """Return the newest draft of a stream, or the newest in one of some states."""
    query = select(DRAFT).where(DRAFT.c.stream == stream).order_by(DRAFT.c.id.desc()).limit(1)
    if states:
        query = query.where(DRAFT.c.state.in_(states))
    row = transaction.connection.execute(query).one_or_none()
    return _draft(transaction, row) if row else None


def settle(
    transaction: Transaction, id_: int, state: DraftState, reason: str = "", *, stream: str | None = None
) -> None:
    """Move an open draft, where given of this stream, to another state within a transaction."""
    found = _found(transaction, id_)
    if stream not in (None, found.stream):
        raise _no_draft(id_)
    if found.state not in OPEN:
        raise StoreError(
            text(
                'Draft {n} is decided already: it is "{state}".',
                "第 {n} 号草案已有结论：{state}。",
                n=id_,
                state=found.state,
            )
        )
    values = {"state": state, "reason": transaction.sealer.seal_text(reason)}
    transaction.connection.execute(update(DRAFT).where(DRAFT.c.id == id_).values(values))


def supersede(connection: Connection, stream: str) -> None:
    """Note of all open drafts of a stream that there is something newer."""
    is_open = (DRAFT.c.stream == stream, DRAFT.c.state.in_(OPEN))
    connection.execute(update(DRAFT).where(*is_open).values(state=DraftState.SUPERSEDED))


def _found(transaction: Transaction, id_: int) -> Draft:
    row = transaction.connection.execute(select(DRAFT).where(DRAFT.c.id == id_)).one_or_none()
    if row is None:
        raise _no_draft(id_)
    return _draft(transaction, row)


def _draft(transaction: Transaction, row: Row[Any]) -> Draft:
    fields = dict(row._mapping)  # noqa: SLF001 - how SQLAlchemy names its mapping of a row
    return Draft(
        **{
            **fields,
            "plan": load_plan(row.plan) if row.plan else None,
            "state": DraftState[row.state.upper()],
            "at": dt.datetime.fromisoformat(row.at),
            "reason": transaction.sealer.unseal_text(row.reason),
        }
    )


def _no_draft(id_: int) -> StoreError:
    return StoreError(text("There is no draft {n}.", "没有第 {n} 号草案。", n=id_))
