"""Free-busy out: when a unit, person, room or piece of equipment serves, as a VFREEBUSY without what it does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from icalendar import Calendar, Component, FreeBusy, Parameters, vDatetime, vPeriod

from calendars.feed import PRODUCT, UNSTAMPED
from calendars.identity import digest, uid_of
from calendars.incoming.busy import busy_of, merged, minutes
from calendars.stamp import issue_stamp, stamped
from calendars.subject import SERVING, Subject, shown_by_key
from calendars.text import Text
from rota.case import Case
from rota.plan import Plan
from rota.stamp import Stamps
from rota.text import Language

Times = tuple[dt.datetime, dt.datetime]
"""From and to."""
NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def free_busy(
    case: Case, plan: Plan, of: str, language: Language | None = None, *, stamps: Stamps = UNSTAMPED
) -> bytes:
    """Return the published busy time of one resource, RFC 5545 §3.6.4; the same arguments give the same octets.

    It holds the times of the sessions in which the resource serves, merged, and nothing else of them; sessions that
    were cancelled make nobody busy. It speaks for the whole horizon.

    Args:
        case: what the plan answers.
        plan: the sessions, as verified.
        of: the id of a unit, person, piece of equipment or room.
        language: of PRODID alone; the case's where it is not given.
        stamps: the journal's word on each session.
    """
    sessions = [each for each in stamped(case, plan, stamps) if not each.stamp.cancelled]
    by_key = shown_by_key(case, sessions)
    shown = [each for subject in (*SERVING, Subject.ROOM) for each in by_key.get((subject, of), ())]
    concerned = [each.stamped for each in shown]
    touched = max((each.stamp.modified for each in concerned), default=issue_stamp(case).modified)
    times = [(each.session.start, each.session.end) for each in concerned]
    product = PRODUCT.format(language=(language or case.settings.language).upper())
    return _written(product, uid_of(case.settings.id, f"busy of {of}"), touched, _horizon(case), times)


def only_busy(feed: bytes) -> bytes:
    """Return when the sessions in a feed of ours take place, RFC 5545 §3.6.4, and nothing else of them.

    The UID is one of the newest case, so that whoever reads it back knows it as ours.
    """
    calendar = Calendar.from_ical(feed)
    found = [_Told.of(event) for event in calendar.walk("VEVENT")]
    times = [each.times for each in found if not each.cancelled]
    touched = max((each.touched for each in found), default=NEVER)
    issuer = max((each.uid.partition(".")[2] for each in found), default="rota")
    span = (min(start for start, _ in times), max(end for _, end in times)) if times else (touched, touched)
    uid = f"~{digest(str(calendar['X-WR-CALNAME']))}.{issuer}"
    return _written(str(calendar["PRODID"]), uid, touched, span, times)


class _Told(NamedTuple):
    """What an event of a feed says of itself."""

    uid: str
    times: Times
    touched: dt.datetime
    cancelled: bool

    @classmethod
    def of(cls, event: Component) -> _Told:
        start, end, touched = (event.decoded(name) for name in ("DTSTART", "DTEND", "DTSTAMP"))
        return cls(str(event["UID"]), (start, end), touched, event["STATUS"] == "CANCELLED")


def _written(product: str, uid: str, touched: dt.datetime, span: Times, times: Iterable[Times]) -> bytes:
    component = FreeBusy()
    component["UID"] = Text(uid)
    component["DTSTAMP"] = vDatetime(touched.astimezone(dt.UTC))
    component["DTSTART"], component["DTEND"] = (vDatetime(moment.astimezone(dt.UTC)) for moment in span)
    for period in _periods(merged(minutes(start, end) for start, end in times)):
        component.add("FREEBUSY", period, encode=False)
    calendar = Calendar()
    calendar["PRODID"] = Text(product)
    calendar["VERSION"] = Text("2.0")
    calendar["CALSCALE"] = Text("GREGORIAN")
    calendar.add_component(component)
    return bytes(calendar.to_ical(sorted=False))


def _horizon(case: Case) -> tuple[dt.datetime, dt.datetime]:
    first, after = case.settings.first, case.settings.last + dt.timedelta(days=1)
    begins, ends = (dt.datetime.combine(day, dt.time(), case.zone).astimezone(dt.UTC) for day in (first, after))
    return begins, ends


def _periods(spans: list[tuple[int, int]]) -> Iterator[vPeriod]:
    for span in spans:
        busy = busy_of(span, tentative=False)
        period = vPeriod((busy.start, busy.end))
        period.params = Parameters({"FBTYPE": "BUSY"})  # icalendar adds VALUE, which §3.8.2.6 does not provide for
        yield period
