"""The outbox: what is to be sent, to whom and when; each row is sent by whoever claims it first."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, or_, select, update

from scheduler.keeping.leases import later
from scheduler.keeping.tables import OUTBOX
from scheduler.keeping.transaction import Store, Transaction

WAITING, SENT, DEAD = "waiting", "sent", "dead"


@dataclass(frozen=True)
class Item:
    """One thing to be sent. `body` holds ids only; what is said is made when it is sent."""

    key: str
    revision: int
    stream: str
    recipient: str
    kind: str
    body: Mapping[str, Any]
    due: dt.datetime
    state: str
    attempts: int


class Outbox:
    """The outbox of a journal."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def items(self, stream: str | None = None) -> tuple[Item, ...]:
        """Return everything in the outbox, by when it is due."""
        query = select(OUTBOX).order_by(OUTBOX.c.due, OUTBOX.c.key)
        if stream is not None:
            query = query.where(OUTBOX.c.stream == stream)

        def work(transaction: Transaction) -> tuple[Item, ...]:
            return tuple(_item(row) for row in transaction.connection.execute(query).mappings())

        return self._store.read(work)

    def claim(self, holder: str, *, seconds: float, most: int) -> tuple[Item, ...]:
        """Take up to `most` items that are due and that nobody else holds, for some seconds; each counts an attempt."""

        def work(transaction: Transaction) -> tuple[Item, ...]:
            free = or_(OUTBOX.c.lease_until.is_(None), OUTBOX.c.lease_until <= transaction.now)
            due = (
                select(OUTBOX.c.key)
                .where(OUTBOX.c.state == WAITING, OUTBOX.c.due <= transaction.now, free)
                .order_by(OUTBOX.c.due, OUTBOX.c.key)
                .limit(most)
                .with_for_update(skip_locked=True)  # where the database locks rows; SQLite has one writer
            )
            keys = list(transaction.connection.execute(due).scalars())
            taken = {
                "lease_until": later(transaction.now, seconds),
                "lease_holder": holder,
                "attempts": OUTBOX.c.attempts + 1,
            }
            claimed = update(OUTBOX).where(OUTBOX.c.key.in_(keys)).values(taken).returning(*OUTBOX.c)
            found = [_item(row) for row in transaction.connection.execute(claimed).mappings()]
            return tuple(sorted(found, key=lambda item: (item.due, item.key)))

        return self._store.write(work, alone=False)

    def settle(self, holder: str, keys: Iterable[str], *, sent: bool) -> int:
        """Note that claimed items were sent, or given up; return how many of them one still held."""
        held = update(OUTBOX).where(
            OUTBOX.c.key.in_(list(keys)), OUTBOX.c.lease_holder == holder, OUTBOX.c.state == WAITING
        )
        settled = held.values(state=SENT if sent else DEAD, lease_until=None, lease_holder=None)
        return self._store.write(lambda transaction: transaction.connection.execute(settled).rowcount, alone=False)

    def put_off(self, holder: str, keys: Iterable[str], until: dt.datetime) -> None:
        """Give claimed items back, to be tried again later."""
        held = update(OUTBOX).where(OUTBOX.c.key.in_(list(keys)), OUTBOX.c.lease_holder == holder)
        due = until.astimezone(dt.UTC).isoformat(timespec="microseconds")
        free = held.values(due=due, lease_until=None, lease_holder=None)
        self._store.write(lambda transaction: transaction.connection.execute(free), alone=False)


def _item(row: RowMapping) -> Item:
    fields = {name: row[name] for name in Item.__dataclass_fields__}
    return Item(**{**fields, "body": json.loads(row["body"]), "due": dt.datetime.fromisoformat(row["due"])})
