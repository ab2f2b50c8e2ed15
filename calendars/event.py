"""VEVENT components, RFC 5545 §3.6.1: one per session, no recurrence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from icalendar import Alarm, Event, vCategory, vDatetime, vDuration, vGeo, vInt, vUri

from calendars.identity import uid_of
from calendars.subject import Shown
from calendars.text import Text
from calendars.wording import Wording
from rota.caption import Caption, caption
from rota.case import Case
from rota.plan import Session


@dataclass(frozen=True)
class EventWriter:
    """Writes the sessions of one case; `alarms` are the times before the start at which programs should remind.

    `pages` are the addresses of pages about activities, for those who serve pages to everybody.
    """

    case: Case
    wording: Wording
    alarms: tuple[dt.timedelta, ...] = ()
    pages: Mapping[str, str] = field(default_factory=dict)

    def write(self, shown: Shown) -> bytes:
        """Return a session with the parts shown as the octets of one VEVENT; equal arguments give equal octets."""
        return bytes(self.event(shown).to_ical(sorted=False))

    def event(self, shown: Shown) -> Event:
        """Return a session as a VEVENT.

        Nothing in it is invented on the way: DTSTAMP and LAST-MODIFIED are the stamp's, the UID is the session's. It
        has a URL only where pages are for everybody: those of the server open by secrets, which must not travel with an
        event that somebody passes on.
        """
        session, stamp, told = shown.stamped.session, shown.stamped.stamp, self.wording.caption(shown)
        zone = ZoneInfo(told.zone)
        event = Event()
        event["UID"] = Text(uid_of(self.case.settings.id, session.id))
        event["DTSTAMP"] = vDatetime(stamp.modified.astimezone(dt.UTC))
        event["LAST-MODIFIED"] = vDatetime(stamp.modified.astimezone(dt.UTC))
        event["SEQUENCE"] = vInt(stamp.sequence)
        event["STATUS"] = Text("CANCELLED" if stamp.cancelled else "CONFIRMED")
        event["TRANSP"] = Text("TRANSPARENT" if stamp.cancelled else "OPAQUE")
        event["DTSTART"] = vDatetime(session.start.astimezone(zone))
        event["DTEND"] = vDatetime(session.end.astimezone(zone))
        summary = self.wording.summary(shown, told)
        event["SUMMARY"] = Text(summary)
        self._say(event, told)
        _locate(event, told)
        if page := self.pages.get(session.activity):
            event["URL"] = vUri(page)
        if not stamp.cancelled:
            for before in self.alarms:
                event.add_component(_alarm(before, summary))
        return event

    def zone_of(self, session: Session) -> str:
        """Return the IANA name of the zone in which a session is told: its site's, else the case's."""
        return caption(self.case, session).zone

    def _say(self, event: Event, told: Caption) -> None:
        if description := self.wording.description(told):
            event["DESCRIPTION"] = Text(description)
        if location := self.wording.location(told):
            event["LOCATION"] = Text(location)
        if lines := self.wording.lines(told):
            event["CATEGORIES"] = vCategory([Text(line) for line in lines])


def _locate(event: Event, told: Caption) -> None:
    if told.position:
        event["GEO"] = Position(told.position)


class Position(vGeo):
    """A GEO value with the six decimals of RFC 5545 §3.8.1.6; Python would write small numbers with exponents."""

    def to_ical(self) -> str:
        """Return latitude and longitude in degrees."""
        return f"{self.latitude:.6f};{self.longitude:.6f}"


def _alarm(before: dt.timedelta, summary: str) -> Alarm:
    alarm = Alarm()
    alarm["ACTION"] = Text("DISPLAY")
    alarm["TRIGGER"] = vDuration(-before)
    alarm["DESCRIPTION"] = Text(summary)
    return alarm
