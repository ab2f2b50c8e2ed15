"""Journals in which letters are due, as many as are wanted, and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from itertools import islice

from sqlalchemy import insert

from rota.case import Case
from scheduler.keeping.arming import moment
from scheduler.keeping.journal import Journal
from scheduler.keeping.outbox import Fate
from scheduler.keeping.tables import OUTBOX
from tests.keeping.station import DAYS, ROTATION, STREAM, WHO, hosted, station

AT_ONCE = 10_000


def reached() -> Case:
    """The station, in which one contact stands for each unit."""
    contacts = [{"of": who, "name": "王敏", "email": f"{who}@x.example"} for who in ("bank", "court")]
    return station(contacts=contacts)


def published(journal: Journal) -> None:
    """Open the station's journal with its first revision; its notices are sent."""
    case = reached()
    journal.begin(case, actor=WHO)
    journal.publish(STREAM, hosted(case, *ROTATION), base=None, actor=WHO)
    journal.outbox.settle("", {item.key: Fate("sent") for item in journal.outbox.items()})


def add_due(
    journal: Journal, count: int, due: Callable[[int], dt.datetime], *, prefix: str = "r", channel: str = "hook"
) -> None:
    """Put reminders of the first session into the outbox, each due at a moment of its own."""

    def rows() -> Iterator[dict[str, object]]:
        for number in range(count):
            at = due(number)
            yield {
                "key": f"{prefix}{number:07}",
                "revision": 1,
                "stream": STREAM,
                "recipient": ("bank", "court")[number % 2],
                "kind": "reminder",
                "body": f'{{"channel":"{channel}","session":"day@{DAYS[0]}","to":"contacts"}}',
                "due": moment(at),
                "until": moment(at + dt.timedelta(days=1)),
                "state": "waiting",
                "attempts": 0,
            }

    with journal.store.database.engine.begin() as connection:
        left = rows()
        while some := list(islice(left, AT_ONCE)):
            connection.execute(insert(OUTBOX), some)
