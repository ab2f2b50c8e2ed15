"""From the kept lines of one event, with its changed occurrences, to the times at which it takes place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import recurring_ical_events
from icalendar import Calendar, vDDDLists, vDDDTypes

from calendars.incoming.recurrence import judge
from calendars.incoming.refusal import UnreadableError
from calendars.incoming.sieve import Block
from calendars.incoming.zones import Zones

ONCE = ("UID", "DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "SEQUENCE")
REPEATING = ("RRULE", "RDATE", "RECURRENCE-ID")
DAY = dt.timedelta(days=1)

When = dt.date | dt.datetime
Event = Any
"""An event of icalendar, whose properties are typed as any of all kinds of values."""
Period = tuple[When, When | dt.timedelta]


@dataclass(frozen=True)
class Occurrence:
    """One time at which an event takes place: days, or moments with a zone; and the event as it is then."""

    start: When
    end: When
    event: Event


def occurrences(
    blocks: Sequence[Block], zones: Zones, zone: dt.tzinfo, window: tuple[When, When]
) -> Iterator[Occurrence]:
    """Yield when the event takes place that `blocks` describe, which share a UID: the event itself and its overrides.

    Times without a zone are in `zone`. What lies wholly outside the window may be among them or not.

    Raises:
        UnreadableError: something in it has no one meaning.
        RefusedError: it uses a zone that nobody knows.
    """
    for block in blocks:
        _judge(block)
    text = ["BEGIN:VCALENDAR", *(line for block in blocks for line in _lines(block, zones)), "END:VCALENDAR", ""]
    events = [_settled(event, zone) for event in Calendar.from_ical("\r\n".join(text)).walk("VEVENT")]
    masters = _latest([event for event in events if "RECURRENCE-ID" not in event])
    if not any(name in event for event in events for name in REPEATING):
        yield from (Occurrence(event["DTSTART"].dt, event["DTEND"].dt, event) for event in masters)
        return
    for master in masters or [None]:
        calendar = Calendar()
        calendar.subcomponents = [each for each in events if each is master or "RECURRENCE-ID" in each]
        for found in recurring_ical_events.of(calendar).between(*window):
            yield Occurrence(found["DTSTART"].dt, found["DTEND"].dt, found)


def _latest(masters: list[Event]) -> list[Event]:
    """Of several events with one UID those of the newest revision count; all of them where none is newer."""
    newest = max((event.get("SEQUENCE", 0) for event in masters), default=0)
    return [event for event in masters if event.get("SEQUENCE", 0) == newest]


def _judge(block: Block) -> None:
    if not any(value.strip() for value in block.values("DTSTART")):
        raise UnreadableError("no-start")
    for name in ONCE:
        if len(set(block.values(name))) > 1:
            raise UnreadableError("repeated", name)
    judge(block)


def _lines(block: Block, zones: Zones) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    seen: set[str] = set()
    for line in block.properties:
        if line.value.strip() and (line.name not in ONCE or line.name not in seen):
            yield zones.written(line)
        seen.add(line.name)
    yield "END:VEVENT"


def _settled(event: Event, zone: dt.tzinfo) -> Event:
    """Return the event with its end stated, all its times in some zone, and their kinds agreeing."""
    if event.errors:
        raise UnreadableError("value", str(event.errors[0][0] or "?"))

    def fixed(when: When) -> When:
        return when.replace(tzinfo=zone) if isinstance(when, dt.datetime) and when.tzinfo is None else when

    start = fixed(event["DTSTART"].dt)
    end = _end(event, start, fixed)
    event.pop("DURATION", None)
    event["DTSTART"], event["DTEND"] = vDDDTypes(start), vDDDTypes(end)
    if "RECURRENCE-ID" in event:
        params = event["RECURRENCE-ID"].params
        event["RECURRENCE-ID"] = vDDDTypes(fixed(event["RECURRENCE-ID"].dt))
        event["RECURRENCE-ID"].params.update({key: params[key] for key in ("RANGE",) if key in params})
    if "RDATE" in event:
        event["RDATE"] = vDDDLists([_added(each, start, fixed) for each in _dates(event, "RDATE")])
    if "EXDATE" in event:
        event["EXDATE"] = vDDDLists([_excluded(each, start, zone, fixed) for each in _dates(event, "EXDATE")])
    if "RRULE" in event:
        _end_of_rule(event, start, zone)
    return event


def _end(event: Event, start: When, fixed: Callable[[When], When]) -> When:
    """Return DTEND, or DTSTART and DURATION, or what RFC 5545 §3.6.1 has for neither; a day at the least for days."""
    days = not isinstance(start, dt.datetime)
    if "DTEND" in event:
        end = fixed(event["DTEND"].dt)
        if isinstance(end, dt.datetime) is days:
            raise UnreadableError("mixed", "DTSTART, DTEND")
    else:
        lasting = event["DURATION"].dt if "DURATION" in event else dt.timedelta()
        end = start + (-(-lasting // DAY) * DAY if days else lasting)
    if end < start:
        raise UnreadableError("order")
    return start + DAY if days and end == start else end


def _dates(event: Event, name: str) -> Iterator[When | Period]:
    lists = event[name] if isinstance(event[name], list) else [event[name]]
    return (each.dt for one in lists for each in one.dts)


def _added(when: When | Period, start: When, fixed: Callable[[When], When]) -> When | Period:
    """Return an additional date in the zone of its event; a period where it says how long it takes."""
    first = when[0] if isinstance(when, tuple) else when
    if isinstance(first, dt.datetime) is not isinstance(start, dt.datetime):
        raise UnreadableError("mixed", "DTSTART, RDATE")
    if not isinstance(when, tuple):
        return fixed(when)
    begins, ends = fixed(when[0]), when[1] if isinstance(when[1], dt.timedelta) else fixed(when[1])
    if (ends if isinstance(ends, dt.timedelta) else ends - begins) < dt.timedelta():
        raise UnreadableError("order")
    return begins, ends


def _excluded(when: When | Period, start: When, zone: dt.tzinfo, fixed: Callable[[When], When]) -> When:
    """Return an excluded date; of an event of days it is the day, and a day excludes all times on it."""
    first = when[0] if isinstance(when, tuple) else when
    return fixed(first) if isinstance(start, dt.datetime) else _day(first, zone)


def _day(when: When, zone: dt.tzinfo) -> dt.date:
    """Return the day that is meant by a time: the one written, unless it is a midnight somewhere told in UTC."""
    if not isinstance(when, dt.datetime):
        return when
    written = when.tzinfo is None or when.time() in {dt.time(), dt.time(23, 59, 59)}
    return when.date() if written else when.astimezone(zone).date()


def _end_of_rule(event: Event, start: When, zone: dt.tzinfo) -> None:
    """Give UNTIL the kind of its start: a day includes all of it; a time without a zone is in the start's."""
    rules = event["RRULE"] if isinstance(event["RRULE"], list) else [event["RRULE"]]
    for rule in rules:
        if "UNTIL" not in rule:
            continue
        until = rule["UNTIL"][0]
        if not isinstance(start, dt.datetime):
            rule["UNTIL"] = [_day(until, zone)]
            continue
        if not isinstance(until, dt.datetime):
            until = dt.datetime.combine(until, dt.time(23, 59, 59))
        rule["UNTIL"] = [(until if until.tzinfo else until.replace(tzinfo=start.tzinfo)).astimezone(dt.UTC)]
