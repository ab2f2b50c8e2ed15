"""The outbox: what is to be sent, to whom and when; each row is sent by whoever claims it first."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, bindparam, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from rota.document import canonical
from rota.text import Message
from scheduler.keeping.arming import DEAD, SENT, WAITING, WITHDRAWN, moment, nth
from scheduler.keeping.leases import later
from scheduler.keeping.tables import OUTBOX
from scheduler.keeping.transaction import Store, Transaction

BY_HAND, TOLD = "by_hand", "told"
"""States of what no channel carries: somebody has to telephone, and has done so, or an invitation tells it."""
STRAYED = 600.0
"""A lease that lasts longer than so many seconds was taken by a clock that has been set since."""
OF_USE = dt.timedelta(days=1)
"""What is sent again on demand is of use for so long at the least."""


@dataclass(frozen=True)
class Item:
    """One thing to be sent. `body` holds ids only; what is said is made when it is sent.

    After `until` nobody needs it. Of a long one `parts` were taken. `channel` and `reason` say by which way it went
    last, and why not further.
    """

    key: str
    revision: int
    stream: str
    recipient: str
    kind: str
    body: Mapping[str, Any]
    due: dt.datetime
    state: str
    attempts: int
    until: dt.datetime | None = None
    parts: int = 0
    channel: str = ""
    reason: Message | None = None


@dataclass(frozen=True)
class Fate:
    """What became of one try: the state in which the item is now; where it still waits, when it is due again."""

    state: str
    due: dt.datetime | None = None
    parts: int = 0
    channel: str = ""
    reason: Message | None = None


class Outbox:
    """The outbox of a journal."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def items(
        self, stream: str | None = None, *, states: Sequence[str] = (), before: dt.datetime | None = None
    ) -> tuple[Item, ...]:
        """Return what is in the outbox, by when it is due: all of it, or what is in some states, or due by a moment."""
        query = select(OUTBOX).order_by(OUTBOX.c.due, OUTBOX.c.key)
        if stream is not None:
            query = query.where(OUTBOX.c.stream == stream)
        if states:
            query = query.where(OUTBOX.c.state.in_(states))
        if before is not None:
            query = query.where(OUTBOX.c.due <= moment(before))

        def work(transaction: Transaction) -> tuple[Item, ...]:
            return tuple(_item(row) for row in transaction.connection.execute(query).mappings())

        return self._store.read(work)

    def named(self, keys: Sequence[str]) -> tuple[Item, ...]:
        """Return the items with some keys, as far as they are there."""
        query = select(OUTBOX).where(OUTBOX.c.key.in_(keys)).order_by(OUTBOX.c.due, OUTBOX.c.key)

        def work(transaction: Transaction) -> tuple[Item, ...]:
            return tuple(_item(row) for row in transaction.connection.execute(query).mappings())

        return self._store.read(work)

    def waits(self) -> bool:
        """Tell whether anything is due that nobody holds; nothing is written."""

        def work(transaction: Transaction) -> bool:
            query = select(OUTBOX.c.key).where(*_free(transaction)).limit(1)
            return transaction.connection.execute(query).first() is not None

        return self._store.read(work)

    def claim(self, holder: str, *, seconds: float, most: int) -> tuple[Item, ...]:
        """Take up to `most` items that are due and that nobody else holds, for some seconds; each counts an attempt."""

        def work(transaction: Transaction) -> tuple[Item, ...]:
            due = (
                select(OUTBOX.c.key)
                .where(*_free(transaction))
                .order_by(OUTBOX.c.due, OUTBOX.c.key)
                .limit(most)
                .with_for_update(skip_locked=True)  # where the database locks rows; SQLite has one writer
            )
            keys = list(transaction.connection.execute(due).scalars())
            if not keys:
                return ()
            taken = {
                "lease_until": later(transaction.now, seconds),
                "lease_holder": holder,
                "attempts": OUTBOX.c.attempts + 1,
            }
            claimed = update(OUTBOX).where(OUTBOX.c.key.in_(keys)).values(taken).returning(*OUTBOX.c)
            found = [_item(row) for row in transaction.connection.execute(claimed).mappings()]
            return tuple(sorted(found, key=lambda item: (item.due, item.key)))

        return self._store.write(work, alone=False)

    def prolong(self, holder: str, *, seconds: float) -> None:
        """Hold for some more seconds what one holds."""

        def work(transaction: Transaction) -> None:
            own = update(OUTBOX).where(OUTBOX.c.state == WAITING, OUTBOX.c.lease_holder == holder)
            transaction.connection.execute(own.values(lease_until=later(transaction.now, seconds)))

        self._store.write(work, alone=False)

    def settle(self, holder: str, fates: Mapping[str, Fate]) -> None:
        """Note what became of claimed items, all at once.

        What was sent counts as sent, also where it was withdrawn meanwhile, or another has claimed it since. All else
        of an item that another has claimed is the other's to say.
        """
        rows = [
            {
                "this": key,
                "next": fate.state,
                "again": moment(fate.due) if fate.due else None,
                "parts": fate.parts,
                "channel": fate.channel,
                "reason": _in_both(fate.reason),
            }
            for key, fate in fates.items()
        ]
        sent = [row for row in rows if row["next"] == SENT]
        other = [row for row in rows if row["next"] != SENT]
        this = OUTBOX.c.key == bindparam("this")
        values: dict[str, Any] = {
            "state": bindparam("next"),
            "lease_until": None,
            "lease_holder": None,
            **{name: bindparam(name) for name in ("parts", "channel", "reason")},
        }
        again: dict[str, Any] = {"due": func.coalesce(bindparam("again"), OUTBOX.c.due)}
        unsent = update(OUTBOX).where(this, or_(OUTBOX.c.state == WAITING, OUTBOX.c.state == WITHDRAWN)).values(values)
        held = update(OUTBOX).where(this, OUTBOX.c.state == WAITING, OUTBOX.c.lease_holder == holder)

        def work(transaction: Transaction) -> None:
            if sent:
                transaction.connection.execute(unsent, sent)
            if other:
                transaction.connection.execute(held.values({**values, **again}), other)

        if rows:
            self._store.write(work, alone=False)

    def divide(self, item: Item, count: int) -> None:
        """Put further rows beside an item, so that each of `count` contacts is written to by itself; once for ever."""
        database = self._store.database
        make = sqlite.insert if database.is_sqlite else postgresql.insert

        def work(transaction: Transaction) -> None:
            row = transaction.connection.execute(select(OUTBOX).where(OUTBOX.c.key == item.key)).mappings().one()
            free = {"state": WAITING, "attempts": 0, "parts": 0, "lease_until": None, "lease_holder": None}
            beside = [{**row, **free, "key": nth(item.key, number)} for number in range(2, count + 1)]
            transaction.connection.execute(make(OUTBOX).on_conflict_do_nothing(), beside)

        self._store.write(work, alone=False)

    def replay(self, keys: Iterable[str]) -> int:
        """Let items that were given up, or sent, be sent once more, at once; return how many there are of them.

        They keep an attempt: an invitation that was sent is known to whoever got it, also while it waits again.
        """

        def work(transaction: Transaction) -> int:
            chosen = OUTBOX.c.key.in_(list(keys)), OUTBOX.c.state.in_((DEAD, SENT, BY_HAND, TOLD))
            anew = {"state": WAITING, "due": transaction.now, "attempts": 1, "parts": 0, "reason": ""}
            of_use = {"until": later(transaction.now, OF_USE.total_seconds())}
            past = OUTBOX.c.until < of_use["until"]
            transaction.connection.execute(update(OUTBOX).where(*chosen, past).values(of_use))
            return transaction.connection.execute(update(OUTBOX).where(*chosen).values(anew)).rowcount

        return self._store.write(work, alone=False)

    def told(self, keys: Iterable[str]) -> int:
        """Note that somebody has telephoned; return how many of the items waited for that."""
        done = update(OUTBOX).where(OUTBOX.c.key.in_(list(keys)), OUTBOX.c.state.in_((BY_HAND, WAITING)))
        return self._store.write(
            lambda transaction: transaction.connection.execute(done.values(state=TOLD)).rowcount, alone=False
        )

    def reap(self) -> None:
        """Shorten leases that a clock took which has been set back since; who is alive prolongs them in time."""

        def work(transaction: Transaction) -> None:
            strayed = OUTBOX.c.lease_until > later(transaction.now, STRAYED)
            shortened = update(OUTBOX).where(OUTBOX.c.state == WAITING, strayed)
            transaction.connection.execute(shortened.values(lease_until=later(transaction.now, 60)))

        self._store.write(work, alone=False)


def _free(transaction: Transaction) -> tuple[ColumnElement[bool], ...]:
    free = or_(OUTBOX.c.lease_until.is_(None), OUTBOX.c.lease_until <= transaction.now)
    return OUTBOX.c.state == WAITING, OUTBOX.c.due <= transaction.now, free


def _item(row: RowMapping) -> Item:
    fields = {name: row[name] for name in Item.__dataclass_fields__}
    until = dt.datetime.fromisoformat(row["until"]) if row["until"] else None
    reason = Message(**json.loads(row["reason"])) if row["reason"] else None
    read = {"due": dt.datetime.fromisoformat(row["due"]), "until": until, "reason": reason}
    return Item(**{**fields, **read, "body": json.loads(row["body"])})


def _in_both(reason: Message | None) -> str:
    """Return a reason as it is kept: said in both languages, for it is read by whoever looks later."""
    return canonical({"en": reason.say("en"), "zh": reason.say("zh")}) if reason else ""
