"""What each component must have, may have once and must not have, and what its values look like."""

from __future__ import annotations

import re
from collections.abc import Iterator

from calendars.conformance.finding import Finding
from calendars.conformance.octets import ContentLine
from calendars.conformance.tree import Component
from rota.text import Message, text

REQUIRED = {
    "VCALENDAR": {"PRODID", "VERSION"},
    "VEVENT": {"UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "STATUS", "SUMMARY"},
    "VFREEBUSY": {"UID", "DTSTAMP", "DTSTART", "DTEND"},
    "VTIMEZONE": {"TZID"},
    "STANDARD": {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO"},
    "DAYLIGHT": {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO"},
    "VALARM": {"ACTION", "TRIGGER", "DESCRIPTION"},
}
"""RFC 5545 §3.6, and of an event also what a subscription needs to follow its changes."""
REPEATABLE = {
    "CATEGORIES",
    "COMMENT",
    "RDATE",
    "TZNAME",
    "ATTACH",
    "CONTACT",
    "EXDATE",
    "RELATED-TO",
    "RESOURCES",
    "IMAGE",
    "FREEBUSY",
}
"""Properties that may stand more than once; NAME and DESCRIPTION of a calendar may too, but only one per language."""
FORBIDDEN = {
    "VCALENDAR": {"METHOD"},
    "VEVENT": {"ATTENDEE", "ORGANIZER", "CONTACT", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "DURATION"},
    "VFREEBUSY": {"ATTENDEE", "ORGANIZER", "CONTACT", "SUMMARY", "DESCRIPTION", "LOCATION", "DURATION", "RRULE"},
    "VALARM": {"ATTENDEE"},
}
"""A feed is a publication: who takes part is told in words, and every session is an event of its own."""
TEXTS = {
    "SUMMARY",
    "DESCRIPTION",
    "LOCATION",
    "NAME",
    "COMMENT",
    "UID",
    "X-WR-CALNAME",
    "X-WR-CALDESC",
    "PRODID",
    "TZNAME",
}
OPEN_TEXT = re.compile(r"(?:[^\\,;]|\\[\\,;nN])*")
TEXT_LIST = re.compile(r"(?:[^\\;]|\\[\\,;nN])*")
DURATION = re.compile(r"[+-]?P(?:\d+W|(?=[\dT])(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?)")
MOMENT = r"\d{8}T\d{6}Z"
PERIOD = rf"{MOMENT}/(?:{MOMENT}|{DURATION.pattern})"
VALUES = {
    "FREEBUSY": re.compile(rf"{PERIOD}(?:,{PERIOD})*"),
    "VERSION": re.compile(r"2\.0"),
    "CALSCALE": re.compile("GREGORIAN"),
    "STATUS": re.compile("CONFIRMED|CANCELLED|TENTATIVE"),
    "TRANSP": re.compile("OPAQUE|TRANSPARENT"),
    "SEQUENCE": re.compile(r"\d+"),
    "TZOFFSETFROM": re.compile(r"[+-](?:0\d|1\d|2[0-3])[0-5]\d(?:[0-5]\d)?"),
    "TZOFFSETTO": re.compile(r"[+-](?:0\d|1\d|2[0-3])[0-5]\d(?:[0-5]\d)?"),
    "GEO": re.compile(r"[+-]?\d+(?:\.\d+)?;[+-]?\d+(?:\.\d+)?"),
    "COLOR": re.compile(r"[a-z]+"),
    "REFRESH-INTERVAL": DURATION,
    "X-PUBLISHED-TTL": DURATION,
    "TRIGGER": DURATION,
    "URL": re.compile(r"[a-z][a-z0-9+.-]*:[!-~]+", re.IGNORECASE),
    "SOURCE": re.compile(r"[a-z][a-z0-9+.-]*:[!-~]+", re.IGNORECASE),
}
TYPED = {"REFRESH-INTERVAL": "DURATION", "SOURCE": "URI"}
"""Properties that must name their value type: RFC 7986 §5.7 and §5.8."""


def in_components(root: Component) -> Iterator[Finding]:
    """Yield the faults of all components and of their properties."""
    for component in root.walk():
        yield from _counted(component)
        for line in component.properties:
            yield from _property(component, line)
    yield from _uids(root)


def _counted(component: Component) -> Iterator[Finding]:
    names = [line.name for line in component.properties]
    for missing in sorted(REQUIRED.get(component.name, set()) - set(names)):
        said = text("{component} has no {name}", "{component} 缺少 {name}", component=component.name, name=missing)
        yield Finding(component.line, "missing-property", said)
    for name in sorted({name for name in names if names.count(name) > 1} - REPEATABLE):
        said = text("{component} has several {name}", "{component} 有多个 {name}", component=component.name, name=name)
        yield Finding(component.named(name)[1].line, "repeated-property", said)
    if component.name in {"VTIMEZONE", "VCALENDAR"} and not component.components:
        said = text("{component} is empty", "{component} 是空的", component=component.name)
        yield Finding(component.line, "missing-component", said)


def _property(component: Component, line: ContentLine) -> Iterator[Finding]:
    def finding(code: str, message: Message) -> Finding:
        return Finding(line.line, code, message)

    if line.name in FORBIDDEN.get(component.name, set()):
        said = text("a published feed has no {name}", "公开的日历中不应有 {name}", name=line.name)
        yield finding("forbidden-property", said)
    if line.name in TYPED and line.params.get("VALUE", "").upper() != TYPED[line.name]:
        said = text("{name} needs VALUE={type}", "{name} 必须写明 VALUE={type}", name=line.name, type=TYPED[line.name])
        yield finding("value-type", said)
    if line.name in VALUES and not VALUES[line.name].fullmatch(line.value):
        said = text('"{value}" is no {name}', "“{value}”不是 {name} 的值", value=line.value, name=line.name)
        yield finding("value", said)
    if (line.name in TEXTS and not OPEN_TEXT.fullmatch(line.value)) or (
        line.name == "CATEGORIES" and not TEXT_LIST.fullmatch(line.value)
    ):
        said = text(
            "a backslash, comma or semicolon in {name} is not escaped as RFC 5545 §3.3.11 has it",
            "{name} 中的反斜杠、逗号或分号没有按 RFC 5545 §3.3.11 转义",
            name=line.name,
        )
        yield finding("escape", said)


def _uids(root: Component) -> Iterator[Finding]:
    seen: set[str] = set()
    for component in root.walk():
        for line in component.named("UID") if component.name == "VEVENT" else ():
            if line.value in seen:
                said = text("UID {uid} stands twice", "UID {uid} 重复", uid=line.value)
                yield Finding(line.line, "repeated-uid", said)
            seen.add(line.value)
