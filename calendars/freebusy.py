"""Free-busy out: when a unit, person, room or piece of equipment serves, as a VFREEBUSY without what it does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from icalendar import Calendar, FreeBusy, Parameters, vDatetime, vPeriod

from calendars.feed import PRODUCT, UNSTAMPED
from calendars.identity import uid_of
from calendars.incoming.busy import busy_of, merged, minutes
from calendars.stamp import issue_stamp, stamped
from calendars.subject import SERVING, Subject, shown_by_key
from calendars.text import Text
from rota.case import Case
from rota.plan import Plan
from rota.stamp import Stamps
from rota.text import Language


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
    component = FreeBusy()
    component["UID"] = Text(uid_of(case.settings.id, f"busy of {of}"))
    component["DTSTAMP"] = vDatetime(touched.astimezone(dt.UTC))
    component["DTSTART"], component["DTEND"] = (vDatetime(moment) for moment in _horizon(case))
    spans = merged(minutes(each.session.start, each.session.end) for each in concerned)
    for period in _periods(spans):
        component.add("FREEBUSY", period, encode=False)
    calendar = Calendar()
    calendar["PRODID"] = Text(PRODUCT.format(language=(language or case.settings.language).upper()))
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
