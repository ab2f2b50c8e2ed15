"""Feeds: VCALENDAR objects (RFC 5545 §3.4, RFC 7986) with the sessions of one case for one subject."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote

from icalendar import Calendar, vDuration, vUri

from calendars.event import EventWriter
from calendars.identity import digest
from calendars.stamp import Stamped, stamped
from calendars.subject import Shown, Subject, View, shown_by_key, views
from calendars.text import Text, uri
from calendars.wording import Wording
from calendars.zone import timezone_component
from rota.case import Case
from rota.plain import one_line
from rota.plan import Plan
from rota.stamp import Stamps
from rota.text import Language, text

PRODUCT = "-//Rota//Rota calendars//{language}"
REFRESH = dt.timedelta(hours=1)
"""How often a subscribed calendar is asked to look for a newer feed."""
COLOURS = (
    *("steelblue", "seagreen", "chocolate", "slateblue", "firebrick", "teal"),
    *("darkgoldenrod", "mediumorchid", "olivedrab", "royalblue", "indianred", "slategray"),
)
"""Names of CSS3, as RFC 7986 §5.9 asks; all dark enough for white text."""
END = b"END:VCALENDAR\r\n"
UNSTAMPED: Stamps = MappingProxyType({})


@dataclass(frozen=True)
class Feed:
    """One feed: its subject and the id of the one meant, its title, its path in a folder of feeds, and its octets."""

    subject: Subject
    of: str
    title: str
    path: str
    content: bytes


def feeds(
    case: Case,
    plan: Plan,
    language: Language | None = None,
    *,
    stamps: Stamps = UNSTAMPED,
    alarms: Sequence[dt.timedelta] = (),
    base: str = "",
) -> Iterator[Feed]:
    """Yield all feeds of a plan; the same arguments give the same bytes, on every machine and at any time.

    Args:
        case: what the plan answers; names, places and zones come from it, contacts never do.
        plan: the sessions, as verified.
        language: what the feeds are written in; the case's where it is not given.
        stamps: the journal's word on each session; without one it is a first issue. Cancelled ones are tombstones.
        alarms: how long before each session calendar programs should remind; none unless asked for.
        base: the address at which the folder of feeds is served, for SOURCE (RFC 7986 §5.8); empty if it is not known.

    Raises:
        ValueError: an alarm does not lie before the start, or a tombstone does not say how its session was.
    """
    if any(before < dt.timedelta() for before in alarms):
        raise ValueError("an alarm is given as the time before the start, e.g. timedelta(minutes=30)")
    spoken: Language = language or case.settings.language
    sessions = stamped(case, plan, stamps)
    reminders = tuple(sorted(set(alarms), reverse=True))
    renderer = _Renderer(EventWriter(case, Wording(case, plan.open, spoken), reminders), sessions, uri(base))
    concerned = shown_by_key(case, sessions)
    for view in views(case, spoken):
        yield renderer.feed(view, concerned.get(view.key, []))


class _Renderer:
    """Renders the feeds of one case; an event that several feeds show alike is written once."""

    def __init__(self, writer: EventWriter, sessions: Iterable[Stamped], base: str) -> None:
        self.writer = writer
        self.base = base
        self.case = writer.case
        self.language = writer.wording.language
        zones = dict.fromkeys([self.case.settings.zone, *(writer.zone_of(each.session) for each in sessions)])
        self.zones = b"".join(self._zone(zone) for zone in zones)
        self.written: dict[tuple[str, tuple[str, ...]], bytes] = {}

    def feed(self, view: View, shown: Iterable[Shown]) -> Feed:
        title = self._title(view)
        head = bytes(self._head(view, title).to_ical(sorted=False)).removesuffix(END)
        events = b"".join(self._event(each) for each in shown)
        return Feed(view.subject, view.of, title, view.path, head + self.zones + events + END)

    def _zone(self, zone: str) -> bytes:
        horizon = self.case.settings
        return bytes(timezone_component(zone, horizon.first, horizon.last).to_ical(sorted=False))

    def _event(self, shown: Shown) -> bytes:
        key = shown.stamped.session.id, tuple(part.id for part in shown.parts)
        if key not in self.written:
            self.written[key] = self.writer.write(shown)
        return self.written[key]

    def _head(self, view: View, title: str) -> Calendar:
        calendar = Calendar()
        calendar["PRODID"] = Text(PRODUCT.format(language=self.language.upper()))
        calendar["VERSION"] = Text("2.0")
        calendar["CALSCALE"] = Text("GREGORIAN")
        calendar["NAME"] = calendar["X-WR-CALNAME"] = Text(title)
        calendar["DESCRIPTION"] = calendar["X-WR-CALDESC"] = Text(self._description(view))
        calendar["X-WR-TIMEZONE"] = Text(self.case.settings.zone)
        calendar["COLOR"] = Text(COLOURS[int(digest(f"{view.subject}:{view.of}"), 16) % len(COLOURS)])
        refresh = vDuration(REFRESH)
        refresh.params["VALUE"] = "DURATION"  # RFC 7986 §5.7 demands it, and icalendar leaves it out
        calendar["REFRESH-INTERVAL"] = refresh
        calendar["X-PUBLISHED-TTL"] = vDuration(REFRESH)
        if page := uri(self.case.settings.url):
            calendar["URL"] = vUri(page)
        if self.base:
            source = vUri(f"{self.base.rstrip('/')}/{quote(view.path)}")
            source.params["VALUE"] = "URI"
            calendar["SOURCE"] = source
        return calendar

    def _title(self, view: View) -> str:
        whole = self.case.settings.label.say(self.language)
        if view.subject is Subject.ALL:
            return one_line(whole)
        return one_line(f"{view.label.say(self.language)} · {whole}")

    def _description(self, view: View) -> str:
        title = self.case.settings.label
        if view.subject is Subject.ALL:
            message = text("All sessions of {title}", "{title}的全部场次", title=title)
        else:
            message = text(
                "The sessions of {title} that concern the {subject} {label}",
                "{title}中与{subject}“{label}”有关的场次",
                title=title,
                subject=view.subject.label,
                label=view.label,
            )
        return one_line(message.say(self.language))
