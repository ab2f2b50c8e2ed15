"""Leases: one process at a time does what must not be done twice; who dies holding one loses it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import delete, insert, select, update

from scheduler.keeping.tables import LEASE
from scheduler.keeping.transaction import Store, Transaction


class Leases:
    """The leases of a journal, by name."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def acquire(self, name: str, holder: str, seconds: float) -> bool:
        """Take a lease, or prolong one's own; return whether it is held now."""

        def work(transaction: Transaction) -> bool:
            until = later(transaction.now, seconds)
            row = transaction.connection.execute(select(LEASE).where(LEASE.c.name == name)).one_or_none()
            if row is None:
                transaction.connection.execute(insert(LEASE), {"name": name, "holder": holder, "until": until})
            elif row.holder == holder or row.until <= transaction.now:
                mine = update(LEASE).where(LEASE.c.name == name).values(holder=holder, until=until)
                transaction.connection.execute(mine)
            else:
                return False
            return True

        return self._store.write(work)

    def prolong(self, name: str, holder: str, seconds: float) -> bool:
        """Prolong one's own lease; return whether it is still held, and take none that is not."""

        def work(transaction: Transaction) -> bool:
            own = update(LEASE).where(LEASE.c.name == name, LEASE.c.holder == holder, LEASE.c.until > transaction.now)
            return transaction.connection.execute(own.values(until=later(transaction.now, seconds))).rowcount == 1

        return self._store.write(work, alone=False)

    def reap(self) -> int:
        """Remove the leases that have run out, and return how many there were."""
        return self._store.write(
            lambda transaction: (
                transaction.connection.execute(delete(LEASE).where(LEASE.c.until <= transaction.now)).rowcount
            )
        )

    def holder(self, name: str) -> str | None:
        """Return who holds a lease now; None where it is free."""

        def work(transaction: Transaction) -> str | None:
            held = select(LEASE.c.holder).where(LEASE.c.name == name, LEASE.c.until > transaction.now)
            return transaction.connection.execute(held).scalar()

        return self._store.read(work)

    def release(self, name: str, holder: str) -> None:
        """Give back one's own lease; nothing happens where it was lost."""
        own = delete(LEASE).where(LEASE.c.name == name, LEASE.c.holder == holder)
        self._store.write(lambda transaction: transaction.connection.execute(own))

    @contextmanager
    def held(self, name: str, holder: str, seconds: float) -> Iterator[bool]:
        """Hold a lease for some work, which is told whether it was to be had."""
        got = self.acquire(name, holder, seconds)
        try:
            yield got
        finally:
            if got:
                self.release(name, holder)


def later(moment: str, seconds: float) -> str:
    """Return a stored moment some seconds later; stored moments are in UTC, and sort as texts."""
    return (dt.datetime.fromisoformat(moment) + dt.timedelta(seconds=seconds)).isoformat(timespec="microseconds")
