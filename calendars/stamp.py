"""Sessions with their stamps: what a feed shows, tombstones included."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from rota.case import Case
from rota.plan import Plan, Session
from rota.stamp import Stamp, Stamps


@dataclass(frozen=True)
class Stamped:
    """One session as a feed shows it."""

    session: Session
    stamp: Stamp


def issue_stamp(case: Case) -> Stamp:
    """Return the stamp of sessions that are not published yet: sequence 0, midnight of the date of issue."""
    issued = case.settings.issued or case.settings.first
    return Stamp(0, dt.datetime.combine(issued, dt.time(), case.zone).astimezone(dt.UTC))


def stamped(case: Case, plan: Plan, stamps: Stamps) -> tuple[Stamped, ...]:
    """Return the sessions of `plan` and the tombstones among `stamps`, in order of time.

    Stamps of sessions that are neither in the plan nor cancelled belong to other plans and are passed over.

    Raises:
        ValueError: a cancelled session is in the plan no more, and its stamp does not say how it was.
    """
    unpublished = issue_stamp(case)
    found = [Stamped(session, stamps.get(session.id, unpublished)) for session in plan.sessions]
    found += _tombstones(plan, stamps)
    return tuple(sorted(found, key=lambda each: (each.session.start, each.session.id)))


def _tombstones(plan: Plan, stamps: Stamps) -> Iterator[Stamped]:
    for session, stamp in stamps.items():
        if not stamp.cancelled or session in plan.session:
            continue
        if stamp.last is None:
            raise ValueError(f"{session} is cancelled and not in the plan; its stamp needs `last`, as it was")
        yield Stamped(stamp.last, stamp)
