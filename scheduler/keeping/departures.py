"""Departures: sessions that have left somebody of late, found by comparing the revisions of one case in turn."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, select

from rota.edition import Former, concerned
from rota.plan import Plan, Session
from rota.stamp import Stamps
from scheduler.keeping.publication import Revision
from scheduler.keeping.tables import PLAN

Rows = Mapping[str, Any]
"""The sessions of a plan by id, as they are written down."""


def former(
    connection: Connection, revisions: Sequence[Revision], plan: Plan, stamps: Stamps, since: dt.datetime
) -> tuple[Former, ...]:
    """Return the sessions that have left somebody by a revision that is no older than `since`, and not come back.

    Sessions that vanished altogether are left out: their stamps tell all whom they concerned last. Only what two
    revisions write down differently is read, so a long year with many revisions is soon compared.

    Args:
        connection: to read plans.
        revisions: all of one case, the oldest first.
        plan: the newest one.
        stamps: of the sessions that feeds show, cancelled ones included.
        since: what left earlier is told no more.
    """
    found = {(each.of, each.session.id): each for each in _left(connection, list(_window(revisions, since)))}
    there = {id_: concerned(session) for id_, session in _last(plan, stamps).items()}
    kept = [each for (of, id_), each in found.items() if id_ in there and of not in there[id_]]
    return tuple(sorted(kept, key=lambda each: (each.session.start, each.session.id, each.of)))


def _window(revisions: Sequence[Revision], since: dt.datetime) -> Iterator[str]:
    """Yield the digests of the plan that held at that moment, and of those after it."""
    for each, after in pairwise(revisions):
        if after.at >= since:
            yield each.plan
    if revisions:
        yield revisions[-1].plan


def _left(connection: Connection, plans: Iterable[str]) -> Iterator[Former]:
    """Yield who was left by which session, in the order in which it happened; two plans are in memory at a time."""
    for before, after in pairwise(_rows(connection, digest) for digest in plans):
        for id_ in before.keys() & after.keys():
            if before[id_] != after[id_]:
                session = Session.model_validate(before[id_])
                for of in concerned(session) - concerned(Session.model_validate(after[id_])):
                    yield Former(of, session)


def _rows(connection: Connection, digest: str) -> Rows:
    body = connection.execute(select(PLAN.c.body).where(PLAN.c.digest == digest)).scalar_one()
    return {row["id"]: row for row in json.loads(body)["sessions"]}


def _last(plan: Plan, stamps: Stamps) -> Mapping[str, Session]:
    """Return the sessions that are planned, and those that feeds show as cancelled, as they were."""
    gone = {id_: stamp.last for id_, stamp in stamps.items() if stamp.cancelled and stamp.last}
    return {**gone, **plan.session}
