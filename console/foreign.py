"""`rota busy`: somebody's external calendar, as a file or at an address, becomes rows of 时间意向."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from calendars.fetching import FetchError, Guard, fetch
from calendars.identity import calendar_id
from calendars.incoming.bounds import BOUNDS
from calendars.incoming.busy import AllDay
from calendars.incoming.reading import Incoming
from calendars.incoming.refusal import CalendarRefusedError
from calendars.refreshing import Refreshed, refreshed
from console.desk import opened, who_acts
from console.hints import suggest_replan
from console.loading import usable
from console.naming import resource_named
from console.places import has_journal
from console.syncing import TRIED, follow
from constraints.registry import catalogue
from rota.demand import Availability
from rota.document import State
from rota.hours import weekdays_label
from rota.text import Message, clauses, name, text
from scheduler.keeping.again import until_first
from workbook.updating import replace_table

if TYPE_CHECKING:
    from console.desk import Desk
    from console.screen import Screen
    from scheduler.keeping.journal import Journal
    from scheduler.keeping.records import Recorded


UNWRITTEN = text("Only tried, nothing is written:", "仅为试行，未写入：")


@dataclass(frozen=True)
class Foreign:
    """A calendar from outside: its octets, and the id by which its rows are found again."""

    content: bytes
    source: str
    fetched: bool = False


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
    return Foreign(fetched.content, calendar_id(urlsplit(given).hostname or "", given), fetched=True)


def take_in_calendar(
    place: Path,
    foreign: Foreign,
    who: str,
    lang: str | None,
    *,
    all_day: AllDay,
    as_json: bool,
    dry_run: bool,
    actor: str | None,
) -> None:
    """Put what a calendar says about somebody in the place of what it said before, and say what came of it.

    It goes into the journal, or into the files of a case that was never published.

    Raises:
        CalendarRefusedError: it cannot be read.
        UnclearNameError: nobody, or several, are meant by `who`.
    """
    try:
        _take_in(place, foreign, who, lang, all_day=all_day, as_json=as_json, dry_run=dry_run, actor=actor)
    except CalendarRefusedError as error:
        if error.code == "no-calendar" and not foreign.fetched:
            raise CalendarRefusedError("no-calendar-in-file") from error
        raise


def _take_in(
    place: Path,
    foreign: Foreign,
    who: str,
    lang: str | None,
    *,
    all_day: AllDay,
    as_json: bool,
    dry_run: bool,
    actor: str | None,
) -> None:
    if has_journal(place):
        with opened(place, lang, as_json=as_json) as desk:
            if desk.stream in desk.journal.streams():
                _into_journal(desk, foreign, who, actor, all_day=all_day, dry_run=dry_run)
                return
    case, screen = usable(place, lang, as_json=as_json)
    resource = resource_named(case, who)
    read = refreshed(case, foreign.content, source=foreign.source, resource=resource, all_day=all_day)
    before = State(case=case)
    if dry_run:
        screen.say(UNWRITTEN)
    if read.differs(before) and not dry_run:
        updated = read.change.made(before).case
        screen.say(str(replace_table(place, updated, "availability", catalogue(), case.settings.language)))
    _say(screen, read, before, recorded=False)


def _into_journal(desk: Desk, foreign: Foreign, who: str, actor: str | None, *, all_day: AllDay, dry_run: bool) -> None:
    before = desk.state
    resource = resource_named(before.case, who)
    if dry_run:
        desk.screen.say(TRIED)
        read = refreshed(before.case, foreign.content, source=foreign.source, resource=resource, all_day=all_day)
        _say(desk.screen, read, before, recorded=False)
        return
    kept = record_calendar(desk.journal, desk.stream, foreign, resource, actor=who_acts(actor), all_day=all_day)
    _say(desk.screen, kept.read, kept.before, recorded=kept.recorded is not None)
    if kept.recorded:
        follow(desk, kept.before)
        suggest_replan(desk, kept.before.case)


@dataclass(frozen=True)
class Kept:
    """A calendar that was read for a journal: the state before, and the change if there was anything new."""

    read: Refreshed
    before: State
    recorded: Recorded | None


def record_calendar(
    journal: Journal, stream: str, foreign: Foreign, resource: str, *, actor: str, all_day: AllDay = "busy"
) -> Kept:
    """Record what somebody's calendar says by now, where that is not what it said before.

    Raises:
        CalendarRefusedError: it cannot be read.
        ChangeError: nobody has this id.
        ConflictError: others went on changing the case; nothing is recorded.
    """

    def attempt() -> Kept:
        head, before = journal.at(stream)
        read = refreshed(before.case, foreign.content, source=foreign.source, resource=resource, all_day=all_day)
        if not read.differs(before):
            return Kept(read, before, None)
        return Kept(read, before, journal.record(stream, read.change, actor=actor, expected=head.version))

    return until_first(attempt)


def _say(screen: Screen, read: Refreshed, before: State, *, recorded: bool) -> None:
    """Say each row, what was left out, and what is new; without a journal nothing is recorded."""
    change, incoming = read.change, read.incoming
    screen.each(_told(row) for row in change.rows)
    screen.each(left_out.message for left_out in incoming.left_out)
    screen.say(change.say(before))
    screen.say(_counted(incoming))
    screen.emit(
        {
            "resource": change.resource,
            "source": change.source,
            "rows": [row.model_dump(mode="json") for row in change.rows],
            "left_out": [left_out.message.say(screen.language) for left_out in incoming.left_out],
            "events": incoming.events,
            "unread": incoming.unread,
            "own": incoming.own,
            "recorded": recorded,
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
