"""Feeds: VCALENDAR objects (RFC 5545 §3.4, RFC 7986) with the sessions of one case for one subject."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from icalendar import Calendar, vDuration

from calendars.event import EventWriter
from calendars.identity import digest
from calendars.subject import Shown, Subject, View, feed_key, shown_in, views
from calendars.text import Text
from calendars.wording import Wording
from calendars.zone import timezone_component
from rota.case import Case
from rota.edition import Edition
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
NO_PAGES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Feed:
    """One feed: its subject and the id of the one meant, its title, its path in a folder of feeds, and its octets."""

    subject: Subject
    of: str
    title: str
    path: str
    content: bytes

    @property
    def key(self) -> str:
        """What names the feed among those of an alliance, whatever anything is called: `unit/U01`, or `all`."""
        return feed_key(self.subject, self.of)


def feeds(
    case: Case,
    plan: Plan,
    language: Language | None = None,
    *,
    stamps: Stamps = UNSTAMPED,
    alarms: Sequence[dt.timedelta] = (),
) -> Iterator[Feed]:
    """Yield all feeds of a plan; the same arguments give the same bytes, on every machine and at any time.

    Args:
        case: what the plan answers; names, places and zones come from it, contacts never do.
        plan: the sessions, as verified.
        language: what the feeds are written in; the case's where it is not given.
        stamps: the journal's word on each session; without one it is a first issue. Cancelled ones are tombstones.
        alarms: how long before each session calendar programs should remind; none unless asked for.

    Raises:
        ValueError: an alarm does not lie before the start, or a tombstone does not say how its session was.
    """
    if any(before < dt.timedelta() for before in alarms):
        raise ValueError("an alarm is given as the time before the start, e.g. timedelta(minutes=30)")
    reminders = tuple(sorted(set(alarms), reverse=True))
    edition = Edition(case, plan, stamps)
    yield from _joined([_Renderer(edition, language or case.settings.language, alarms=reminders)])


def feeds_of(editions: Sequence[Edition], language: Language, pages: Mapping[str, str] = NO_PAGES) -> Iterator[Feed]:
    """Yield the feeds of several cases, years in a row: each shows the sessions of all, its name is the newest one.

    `editions` are in order of their years. Whoever was in an earlier year only has a feed all the same. `pages` are the
    addresses of pages about activities, as URIs, to which their events lead.

    Raises:
        ValueError: a tombstone does not say how its session was.
    """
    yield from _joined([_Renderer(edition, language, pages=pages) for edition in editions])


def _joined(renderers: Sequence[_Renderer]) -> Iterator[Feed]:
    views = {view.key: (view, renderer) for renderer in renderers for view in renderer.views}
    zones = _zones(renderers)
    for view, renderer in views.values():
        head = renderer.head(view).removesuffix(END)
        events = b"".join(each.events(view) for each in renderers)
        yield Feed(view.subject, view.of, renderer.title(view), view.path, head + zones + events + END)


def _zones(renderers: Sequence[_Renderer]) -> bytes:
    """Return the zones that are spoken of, right for all years from the first to the last."""
    horizons = [renderer.case.settings for renderer in renderers]
    first, last = min(each.first for each in horizons), max(each.last for each in horizons)
    names = dict.fromkeys(zone for renderer in renderers for zone in renderer.zones)
    return b"".join(bytes(timezone_component(zone, first, last).to_ical(sorted=False)) for zone in names)


class _Renderer:
    """Renders the feeds of one edition; an event that several feeds show alike is written once."""

    def __init__(
        self,
        edition: Edition,
        language: Language,
        *,
        alarms: tuple[dt.timedelta, ...] = (),
        pages: Mapping[str, str] = NO_PAGES,
    ) -> None:
        self.case, self.language = edition.case, language
        self.views = tuple(views(edition.case, language))
        self.writer = EventWriter(edition.case, Wording(edition.case, edition.plan.open, language), alarms, pages)
        self.concerned = shown_in(edition)
        sessions = (each.stamped.session for shown in self.concerned.values() for each in shown)
        self.zones = (edition.case.settings.zone, *(self.writer.zone_of(each) for each in sessions))
        self.written: dict[tuple[str, tuple[str, ...]], bytes] = {}

    def events(self, view: View) -> bytes:
        """Return what a feed shows of this edition."""
        return b"".join(self._event(each) for each in self.concerned.get(view.key, []))

    def _event(self, shown: Shown) -> bytes:
        if shown.left:  # as it was when it left this one
            return self.writer.write(shown)
        key = shown.stamped.session.id, tuple(part.id for part in shown.parts)
        if key not in self.written:
            self.written[key] = self.writer.write(shown)
        return self.written[key]

    def head(self, view: View) -> bytes:
        """Return the calendar of a feed without any event."""
        return bytes(self._head(view).to_ical(sorted=False))

    def _head(self, view: View) -> Calendar:
        calendar, title = Calendar(), self.title(view)
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
        return calendar

    def title(self, view: View) -> str:
        """Return what calendar programs call a feed."""
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
