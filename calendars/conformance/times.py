"""Dates and times: their form, their zones, and that nothing ends before it starts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from calendars.conformance.finding import Finding
from calendars.conformance.octets import ContentLine
from calendars.conformance.tree import Component
from rota.text import text

STAMPS = {"DTSTAMP", "LAST-MODIFIED", "CREATED"}
"""Times that RFC 5545 §3.8.7 has in UTC."""
TIMES = {"DTSTART", "DTEND"}
FORM = re.compile(r"(\d{8}T\d{6})(Z?)")


def in_times(root: Component) -> Iterator[Finding]:
    """Yield the faults of all dates and times."""
    zones = {
        line.value for component in root.walk() if component.name == "VTIMEZONE" for line in component.named("TZID")
    }
    for component in root.walk():
        for line in component.properties:
            if line.name in STAMPS | TIMES:
                yield from _form(component, line)
            if "TZID" in line.params and line.params["TZID"] not in zones:
                said = text("no VTIMEZONE defines {zone}", "没有 VTIMEZONE 定义 {zone}", zone=line.params["TZID"])
                yield Finding(line.line, "unknown-zone", said)
        if component.name in {"VEVENT", "VFREEBUSY"}:
            yield from _order(component)
        if component.name == "VFREEBUSY":
            yield from _periods(component)


def _form(component: Component, line: ContentLine) -> Iterator[Finding]:
    match = FORM.fullmatch(line.value)
    if not match or _local(line.value) is None:
        said = text('"{value}" is no date and time', "“{value}”不是日期时间", value=line.value)
        yield Finding(line.line, "value", said)
    elif (line.name in STAMPS or component.name == "VFREEBUSY") and not match[2]:
        yield Finding(line.line, "not-utc", text("{name} is not in UTC", "{name} 不是 UTC 时间", name=line.name))
    elif match[2] and "TZID" in line.params:
        said = text("{name} is in UTC and has a TZID", "{name} 既是 UTC 又有 TZID", name=line.name)
        yield Finding(line.line, "value", said)
    elif line.name in TIMES and component.name == "VEVENT" and not match[2] and "TZID" not in line.params:
        said = text("{name} floats: it has neither TZID nor Z", "{name} 是浮动时间：既无 TZID 也无 Z", name=line.name)
        yield Finding(line.line, "floating-time", said)


def _order(event: Component) -> Iterator[Finding]:
    starts, ends = event.named("DTSTART"), event.named("DTEND")
    if not starts or not ends:
        return
    start, end = _moment(starts[0]), _moment(ends[0])
    if start is not None and end is not None and end < start:
        yield Finding(ends[0].line, "order", text("the event ends before it starts", "结束早于开始"))


def _periods(component: Component) -> Iterator[Finding]:
    """Yield the faults of busy periods: RFC 5545 §3.8.2.6 has them in order, and none may meet another or be empty."""
    before = ""
    for line in component.named("FREEBUSY"):
        for period in line.value.split(","):
            start, _, end = period.partition("/")
            if start < before or (_local(end) is not None and end <= start):
                said = text("the period {period} is out of order", "时段 {period} 的次序有误", period=period)
                yield Finding(line.line, "order", said)
            before = end if _local(end) is not None else start


def _moment(line: ContentLine) -> dt.datetime | None:
    local = _local(line.value)
    try:
        zone = ZoneInfo(line.params["TZID"]) if "TZID" in line.params else ZoneInfo("UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
    return local.replace(tzinfo=zone).astimezone(dt.UTC) if local else None


def _local(value: str) -> dt.datetime | None:
    try:
        return dt.datetime.strptime(value.removesuffix("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007 - the zone is a parameter
    except ValueError:
        return None
