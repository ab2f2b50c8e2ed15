"""A calendar of somebody is read anew: what it says by now, as the change that a case takes in."""

from __future__ import annotations

from dataclasses import dataclass

from calendars.incoming.busy import AllDay, Horizon
from calendars.incoming.reading import Incoming, read_calendar
from calendars.incoming.rows import availability_from
from rota.case import Case
from rota.changes.availability import CalendarRefreshed
from rota.document import State
from rota.text import text


@dataclass(frozen=True)
class Refreshed:
    """What a calendar says about its owner, and what was read to know it."""

    change: CalendarRefreshed
    incoming: Incoming

    def differs(self, state: State) -> bool:
        """Tell whether the calendar says something else than it said before."""
        return self.change.made(state) != state


def refreshed(case: Case, content: bytes, *, source: str, resource: str, all_day: AllDay = "busy") -> Refreshed:
    """Read when somebody is busy within the horizon of a case; sessions of the case itself do not count.

    Rows speak the language of the case, so that they do not depend on who reads the calendar.

    Args:
        case: what the rows are for.
        content: the octets of the calendar.
        source: the id of the calendar (`calendars.identity.calendar_id`), by which its rows are found again.
        resource: the id of its owner.
        all_day: what events of whole days mean.

    Raises:
        CalendarRefusedError: it cannot be read.
    """
    settings = case.settings
    horizon = Horizon(settings.first, settings.last)
    incoming = read_calendar(content, horizon, settings.zone, all_day=all_day, own=settings.id)
    rows = availability_from(
        incoming.busy,
        resource,
        horizon,
        case.zone,
        reason=text("busy in the calendar", "日历中有安排").say(settings.language),
        source=source,
        language=settings.language,
    )
    return Refreshed(CalendarRefreshed(resource=resource, source=source, rows=rows), incoming)
