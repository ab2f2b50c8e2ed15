"""Invitations: one session as an iTIP message to one of those who serve in it, RFC 5546 and RFC 6047.

An invitation carries the UID that the session has in every feed. It is the same event: programs that show both the feed
and the invitation can tell so, and an accepted invitation that comes back in its owner's own calendar is known as ours.
SEQUENCE and DTSTAMP are the session's stamp as in the feed, so both rise together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from icalendar import Calendar, Parameters, vCalAddress

from calendars.event import EventWriter
from calendars.feed import PRODUCT
from calendars.stamp import Stamped
from calendars.subject import Shown
from calendars.text import Text
from calendars.wording import Wording
from calendars.zone import timezone_component
from rota.case import Case
from rota.plain import one_line
from rota.plan import PlanPart, Session
from rota.stamp import Stamp
from rota.text import Language

Method = Literal["REQUEST", "CANCEL"]
Standing = Literal["NEEDS-ACTION", "ACCEPTED", "TENTATIVE"]
QUOTED = str.maketrans('"', "'")
"""A parameter's value cannot hold quotation marks, RFC 5545 §3.2."""


@dataclass(frozen=True)
class Party:
    """One end of an invitation: a name as people know it, and an address in ASCII."""

    name: str
    email: str


@dataclass(frozen=True)
class Invitation:
    """A session as one of those who serve in it is invited to it.

    `who` is the unit, person or piece of equipment that serves, `attendee` the contact who answers for it, `organizer`
    the sender of the mail, where programs send the answer. Of the session only the parts are shown in which `who`
    serves. `standing` is what was answered before and still counts.
    """

    case: Case
    session: Session
    stamp: Stamp
    who: str
    organizer: Party
    attendee: Party
    standing: Standing = "NEEDS-ACTION"

    def request(self, language: Language) -> bytes:
        """Return the octets that invite, or say again what has changed; the same arguments give the same octets."""
        return self._written("REQUEST", language)

    def cancel(self, language: Language) -> bytes:
        """Return the octets that take the invitation back: the session is cancelled, or takes place with others."""
        return self._written("CANCEL", language)

    def _written(self, method: Method, language: Language) -> bytes:
        writer = EventWriter(self.case, Wording(self.case, (), language))
        event = writer.event(Shown(Stamped(self.session, self.stamp), self._parts()))
        if method == "CANCEL" and not self.stamp.cancelled:
            del event["STATUS"]  # RFC 5546 §3.2.5: it takes place, only without this attendee
            event["TRANSP"] = Text("TRANSPARENT")
        event["ORGANIZER"] = _address(self.organizer)
        event["ATTENDEE"] = self._attendee(method)
        settings = self.case.settings
        calendar = Calendar()
        calendar["PRODID"] = Text(PRODUCT.format(language=language.upper()))
        calendar["VERSION"] = Text("2.0")
        calendar["CALSCALE"] = Text("GREGORIAN")
        calendar["METHOD"] = Text(method)
        calendar.add_component(timezone_component(writer.zone_of(self.session), settings.first, settings.last))
        calendar.add_component(event)
        return bytes(calendar.to_ical(sorted=False))

    def _parts(self) -> tuple[PlanPart, ...]:
        mine = [part for part in self.session.parts if any(self.who in seated for seated in part.roles.values())]
        return tuple(mine) or self.session.parts

    def _attendee(self, method: Method) -> vCalAddress:
        address = _address(self.attendee)
        address.params["CUTYPE"] = "INDIVIDUAL"
        address.params["ROLE"] = "REQ-PARTICIPANT"
        address.params["PARTSTAT"] = self.standing if method == "REQUEST" else "NEEDS-ACTION"
        if method == "REQUEST":
            address.params["RSVP"] = "TRUE"
        return address


def _address(party: Party) -> vCalAddress:
    address = vCalAddress(f"mailto:{party.email}")
    address.params = Parameters()
    if spoken := one_line(party.name).translate(QUOTED):
        address.params["CN"] = spoken
    return address
