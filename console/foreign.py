"""`rota busy`: somebody's external calendar, as a file or at an address, becomes rows of 时间意向."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from calendars.fetching import FetchError, Guard, fetch
from calendars.identity import calendar_id
from calendars.incoming import BOUNDS, AllDay, Horizon, Incoming, availability_from, read_calendar
from console.naming import resource_named
from console.screen import Screen
from constraints.registry import catalogue
from rota.case import Case
from rota.changes.availability import CalendarRefreshed
from rota.demand import Availability
from rota.document import State
from rota.hours import weekdays_label
from rota.text import Message, clauses, name, text
from workbook.updating import replace_table


@dataclass(frozen=True)
class Foreign:
    """A calendar from outside: its octets, and the id by which its rows are found again."""

    content: bytes
    source: str


def calendar_at(given: str, allowed: tuple[str, ...] = ()) -> Foreign:
    """Read a file, or fetch an address.

    Raises:
        FetchError: the address may not be asked, or does not answer with a calendar.
        OSError: the file cannot be read.
    """
    if "://" not in given:
        with Path(given).open("rb") as file:
            return Foreign(file.read(BOUNDS.octets + 1), calendar_id(Path(given).stem))
    fetched = fetch(given, Guard.allowing(*allowed))
    if fetched.content is None:  # nothing was said to be known
        raise FetchError("connection", urlsplit(given).hostname or "")
    return Foreign(fetched.content, calendar_id(urlsplit(given).hostname or "", given))


def take_in_calendar(
    case: Case, place: Path, foreign: Foreign, who: str, screen: Screen, *, all_day: AllDay, dry_run: bool
) -> None:
    """Put what a calendar says about somebody in the place of what it said before, and say what came of it.

    Raises:
        CalendarRefusedError: it cannot be read.
        UnclearNameError: nobody, or several, are meant by `who`.
    """
    resource = resource_named(case, who)
    horizon = Horizon(case.settings.first, case.settings.last)
    incoming = read_calendar(foreign.content, horizon, case.settings.zone, all_day=all_day, own=case.settings.id)
    rows = availability_from(
        incoming.busy,
        resource,
        horizon,
        case.zone,
        reason=text("busy in the calendar", "日历中有安排").say(screen.language),
        source=foreign.source,
        language=screen.language,
    )
    change = CalendarRefreshed(resource=resource, source=foreign.source, rows=rows)
    state = State(case=case)
    screen.each(_told(row) for row in rows)
    screen.each(left_out.message for left_out in incoming.left_out)
    updated = change.made(state).case
    if updated.availability != case.availability and not dry_run:
        screen.say(str(replace_table(place, updated, "availability", catalogue(), screen.language)))
    screen.say(change.say(state))
    screen.say(_counted(incoming))
    screen.emit(
        {
            "resource": resource,
            "source": foreign.source,
            "rows": [row.model_dump(mode="json") for row in rows],
            "left_out": [left_out.message.say(screen.language) for left_out in incoming.left_out],
            "events": incoming.events,
            "unread": incoming.unread,
            "own": incoming.own,
        }
    )


def _told(row: Availability) -> Message:
    """Say a row as people read it: cannot: 2026-03-03 (Tue) to 2026-05-05 (Tue), Tue, 09:00-10:00."""
    first, last = row.first, row.last
    days = "{first} to {last}", "{first} 至 {last}"
    parts = [text(*days, first=first, last=last) if last else text("{first}", "{first}", first=first)]
    if row.weekdays:
        parts.append(weekdays_label(row.weekdays))
    if row.start or row.end:
        clock = f"{row.start:%H:%M}-" if row.start else "00:00-"
        parts.append(name(clock + (f"{row.end:%H:%M}" if row.end else "24:00")))
    return text("{level}: {when}", "{level}：{when}", level=row.level, when=clauses(parts))


def _counted(incoming: Incoming) -> Message:
    return text(
        "events read: {n}, left out: {unread}; sessions of this case, which do not count: {own}",
        "读取日程 {n} 个，未计入 {unread} 个；本资料自己的场次 {own} 个不算",
        n=incoming.events,
        unread=incoming.unread,
        own=incoming.own,
    )
