"""Stamps: which revision of a session a feed shows, and when it was last touched."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rota.case import Case
from rota.plan import Plan, Session


@dataclass(frozen=True)
class Stamp:
    """What the journal knows of one session: the counter of its changes, and the moment of the last one.

    A `cancelled` session stays in the feeds as a tombstone. Where the plan no longer holds it, `last` is the session as
    it was last published.

    Raises:
        ValueError: the sequence is negative, or the moment has no time zone.
    """

    sequence: int
    modified: dt.datetime
    cancelled: bool = False
    last: Session | None = None

    def __post_init__(self) -> None:
        if self.sequence < 0:
            raise ValueError(f"sequence {self.sequence} is negative; a session starts at 0")
        if self.modified.utcoffset() is None:
            raise ValueError(f"modified {self.modified.isoformat()} has no time zone; give an aware moment")


Stamps = Mapping[str, Stamp]
"""Stamps by session id."""


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
