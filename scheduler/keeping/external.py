"""External calendars: whose they are, when each is read again, and how that went. Their addresses are secrets."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, RowMapping, delete, insert, select, update

from rota.document import canonical
from rota.text import ERASED, Message, text
from scheduler.keeping.errors import StoreError
from scheduler.keeping.leases import later
from scheduler.keeping.tables import EXTERNAL_CALENDAR
from scheduler.keeping.transaction import Store, Transaction

EVERY = 3600.0
"""Seconds after which a calendar is read again."""
LONGEST = 24 * 3600.0
"""Seconds between tries of a calendar that fails; each waits twice as long as the one before."""
LEASE = 300.0
"""Seconds for which a calendar that is being read is nobody else's."""
SPREAD = 60
"""Calendars that were added together are read up to so many seconds apart."""


@dataclass(frozen=True)
class ExternalCalendar:
    """One calendar: `resource` is whose it is, `source` the id under which its rows stand in 时间意向.

    `etag` and `last_modified` are what its server called the content that was read last, for the `horizons` of then.
    """

    id: int
    resource: str
    source: str
    url: str
    all_day: str
    allowed: tuple[str, ...]
    etag: str
    last_modified: str
    horizons: str
    next: dt.datetime
    checked: dt.datetime | None
    changed: dt.datetime | None
    failures: int
    reason: Message | None


@dataclass(frozen=True)
class Seen:
    """What is known of a calendar after it was read."""

    etag: str
    last_modified: str
    horizons: str
    changed: bool


class ExternalCalendars:
    """The external calendars of a journal."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, resource: str, source: str, url: str, *, all_day: str, allowed: Sequence[str]) -> ExternalCalendar:
        """Let a calendar be read from now on; it is due at once.

        Raises:
            StoreError: it is read already.
        """

        def work(transaction: Transaction) -> ExternalCalendar:
            same = (EXTERNAL_CALENDAR.c.resource == resource, EXTERNAL_CALENDAR.c.source == source)
            known = transaction.connection.execute(select(EXTERNAL_CALENDAR.c.id).where(*same)).scalar()
            if known is not None:
                raise StoreError(
                    text(
                        "This calendar is read already; to read it otherwise, use `rota calendars remove {n}` first.",
                        "该日历已在定期读取之列。如需更改读取方式，请先用 `rota calendars remove {n}` 移除。",
                        n=known,
                    )
                )
            row = {
                "resource": resource,
                "source": source,
                "url": transaction.sealer.seal_text(url, resource),
                "all_day": all_day,
                "allowed": canonical({"networks": list(allowed)}),
                **dict.fromkeys(("etag", "last_modified", "horizons", "reason"), ""),
                "next": transaction.now,
                "failures": 0,
            }
            made = insert(EXTERNAL_CALENDAR).returning(*EXTERNAL_CALENDAR.c)
            return _opened(transaction, [transaction.connection.execute(made, row).one()])[0]

        return self._store.write(work)

    def all(self) -> tuple[ExternalCalendar, ...]:
        """Return all calendars in the order in which they were added."""
        query = select(EXTERNAL_CALENDAR).order_by(EXTERNAL_CALENDAR.c.id)
        return self._store.read(lambda transaction: _opened(transaction, transaction.connection.execute(query).all()))

    def remove(self, id_: int) -> None:
        """Let a calendar not be read any more."""
        gone = delete(EXTERNAL_CALENDAR).where(EXTERNAL_CALENDAR.c.id == id_)
        self._store.write(lambda transaction: transaction.connection.execute(gone), alone=False)

    def hasten(self, ids: Sequence[int]) -> None:
        """Let calendars be due at once."""
        chosen = update(EXTERNAL_CALENDAR).where(EXTERNAL_CALENDAR.c.id.in_(ids))
        self._store.write(
            lambda transaction: transaction.connection.execute(chosen.values(next=transaction.now)), alone=False
        )

    def claim(self, most: int = 1) -> tuple[ExternalCalendar, ...]:
        """Take calendars that are due, for some minutes; nobody else reads them meanwhile."""
        due = select(EXTERNAL_CALENDAR.c.id).order_by(EXTERNAL_CALENDAR.c.next, EXTERNAL_CALENDAR.c.id).limit(most)

        def waits(transaction: Transaction) -> bool:
            query = due.where(EXTERNAL_CALENDAR.c.next <= transaction.now)
            return transaction.connection.execute(query).first() is not None

        def work(transaction: Transaction) -> tuple[ExternalCalendar, ...]:
            query = due.where(EXTERNAL_CALENDAR.c.next <= transaction.now).with_for_update(skip_locked=True)
            ids = list(transaction.connection.execute(query).scalars())
            taken = update(EXTERNAL_CALENDAR).where(EXTERNAL_CALENDAR.c.id.in_(ids))
            values = {"next": later(transaction.now, LEASE)}
            rows = transaction.connection.execute(taken.values(values).returning(*EXTERNAL_CALENDAR.c)).all()
            return _opened(transaction, rows)

        return self._store.write(work, alone=False) if self._store.read(waits) else ()

    def read(self, calendar: ExternalCalendar, seen: Seen) -> None:
        """Note that a calendar was read."""

        def work(transaction: Transaction) -> None:
            values: dict[str, Any] = {
                "etag": seen.etag,
                "last_modified": seen.last_modified,
                "horizons": seen.horizons,
                "next": later(transaction.now, EVERY + calendar.id * 7 % SPREAD),
                "checked": transaction.now,
                "failures": 0,
                "reason": "",
            }
            values |= {"changed": transaction.now} if seen.changed else {}
            transaction.connection.execute(_own(calendar).values(values))

        self._store.write(work, alone=False)

    def failed(self, calendar: ExternalCalendar, reason: Message) -> None:
        """Note that a calendar could not be read; it is tried again, later each time."""

        def work(transaction: Transaction) -> None:
            pause = min(EVERY * 2.0 ** min(calendar.failures, 10), LONGEST)
            values = {
                "next": later(transaction.now, pause + calendar.id * 7 % SPREAD),
                "failures": calendar.failures + 1,
                "reason": canonical({"en": reason.say("en"), "zh": reason.say("zh")}),
            }
            transaction.connection.execute(_own(calendar).values(values))

        self._store.write(work, alone=False)


def _own(calendar: ExternalCalendar) -> Any:  # noqa: ANN401 - what SQLAlchemy makes of it
    return update(EXTERNAL_CALENDAR).where(EXTERNAL_CALENDAR.c.id == calendar.id)


def _opened(transaction: Transaction, rows: Sequence[Row[Any]]) -> tuple[ExternalCalendar, ...]:
    urls = transaction.sealer.values(row.url for row in rows)
    return tuple(_calendar(row._mapping, urls) for row in rows)  # noqa: SLF001 - how SQLAlchemy names it


def _calendar(row: RowMapping, urls: Mapping[str, str]) -> ExternalCalendar:
    moments = ("next", "checked", "changed")
    read = {name: dt.datetime.fromisoformat(row[name]) if row[name] else None for name in moments}
    reason = Message(**json.loads(row["reason"])) if row["reason"] else None
    allowed = tuple(json.loads(row["allowed"])["networks"])
    return ExternalCalendar(
        **{**row, **read, "allowed": allowed, "url": urls.get(row["url"], ERASED), "reason": reason}
    )
