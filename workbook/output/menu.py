"""What the weekly menu of activities (本周活动菜单) shows, as plain values for its template."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rota.case import Case
from rota.dates import period, short_day
from rota.holidays import special_day
from rota.plan import Plan
from rota.problem import RotaError
from rota.text import Language, several, text, weekday_name
from workbook.output import words
from workbook.output.chip import Chip, chips
from workbook.output.entries import Entry, entries
from workbook.output.names import Names
from workbook.output.state import fingerprint
from workbook.output.terminal import open_seats

ISO_WEEK = re.compile(r"(\d{4})-?W(\d{1,2})", re.IGNORECASE)
NOON, DUSK = 12, 18
MOST_ROOMS = 2
"""A session in more rooms than this is one of points, which are listed by theme."""
DENSITIES = ((2, "airy"), (3, "even"), (4, "dense"))
"""Up to so many cards above each other fill one page at each size; beyond the last they are set as small as can be."""


@dataclass(frozen=True)
class Card:
    """One session on the menu."""

    id: str
    hours: str
    activity: str
    theme: str
    place: str
    people: tuple[tuple[str, str], ...]
    points: tuple[tuple[str, tuple[str, ...]], ...]
    chips: tuple[Chip, ...]


@dataclass(frozen=True)
class Day:
    """The head of one day's column."""

    weekday: str
    date: str
    iso: str
    holiday: str
    quiet: bool


@dataclass(frozen=True)
class Menu:
    """Everything on the menu: seven days across, the times of day down."""

    title: str
    alliance: str
    period: str
    days: tuple[Day, ...]
    times: tuple[tuple[str, tuple[tuple[Card, ...], ...]], ...]
    legend: tuple[Chip, ...]
    sessions: int
    hash: str
    url: str
    density: str


class WeekError(RotaError):
    """The week that was asked for is none."""


def monday_of(week: str) -> dt.date:
    """Read an ISO week, `2023-W11`, or a date inside the week, `2023-03-18`.

    Raises:
        WeekError: it is neither.
    """
    try:
        if found := ISO_WEEK.fullmatch(week.strip()):
            return dt.date.fromisocalendar(int(found[1]), int(found[2]), 1)
        day = dt.date.fromisoformat(week.strip())
    except ValueError:
        raise WeekError(
            text(
                '"{week}" is no week; write 2023-W11, or a date inside it such as 2023-03-18',
                "“{week}”不是周次；请写 2023-W11，或该周内的日期，例如 2023-03-18",
                week=week,
            )
        ) from None
    return day - dt.timedelta(days=day.weekday())


def first_week(plan: Plan, case: Case) -> dt.date:
    """Return the Monday of the first week with sessions, of the horizon's first week where there are none."""
    day = min((session.start.astimezone(case.zone).date() for session in plan.sessions), default=case.settings.first)
    return day - dt.timedelta(days=day.weekday())


def week_name(monday: dt.date) -> str:
    """Name the week that begins on `monday`, e.g. `2023-W11`."""
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02}"


def menu(case: Case, plan: Plan, monday: dt.date, language: Language) -> Menu:
    """Return what the menu of the week from `monday` on shows; contacts are not among it."""
    marks, settings = chips(case, language), case.settings
    days = [monday + dt.timedelta(days=n) for n in range(7)]
    found = [entry for entry in entries(case, plan) if days[0] <= entry.day <= days[-1]]
    times = _times(found, days, Names(case, language), marks)
    load = sum(max(len(cards) for cards in cells) for _, cells in times)
    used = {line for entry in found for line in entry.lines}
    return Menu(
        title=text("This week's activities", "本周活动菜单").say(language),
        alliance=(settings.alliance_en or settings.alliance) if language == "en" else settings.alliance,
        period=f"{period(days[0], days[-1], language)} · {week_name(monday)}",
        days=tuple(_day(case, day, language, quiet=all(e.day != day for e in found)) for day in days),
        times=times,
        legend=tuple(mark for line, mark in marks.items() if line in used),
        sessions=len(found),
        hash=fingerprint(plan),
        url=settings.url,
        density=next((density for most, density in DENSITIES if load <= most), "tiny"),
    )


def _day(case: Case, day: dt.date, language: Language, *, quiet: bool) -> Day:
    special = special_day(case, day)
    holiday = special.label.say(language) if special else ""
    return Day(weekday_name(day.weekday(), language), short_day(day, language), day.isoformat(), holiday, quiet)


def _times(
    found: Sequence[Entry], days: Sequence[dt.date], names: Names, marks: Mapping[str, Chip]
) -> tuple[tuple[str, tuple[tuple[Card, ...], ...]], ...]:
    """Part the sessions into morning, afternoon and evening; a time of day without any is left out."""
    spans = ((words.MORNING, range(NOON)), (words.AFTERNOON, range(NOON, DUSK)), (words.EVENING, range(DUSK, 24)))
    rows = []
    for word, hours in spans:
        meant = [entry for entry in found if entry.start.hour in hours]
        if meant:
            cells = tuple(tuple(_card(e, names, marks) for e in meant if e.day == day) for day in days)
            rows.append((word.say(names.language), cells))
    return tuple(rows)


def _card(entry: Entry, names: Names, marks: Mapping[str, Chip]) -> Card:
    rooms = [names.room(room) for room in entry.rooms]
    if len(rooms) > MOST_ROOMS:
        rooms = [several(len(rooms), "point", "个点位").say(names.language)]
    site = [names.site(entry.session.site)] if len(names.case.sites) > 1 or not rooms else []
    return Card(
        id=entry.id,
        hours=entry.hours,
        activity=names.activity(entry.session.activity),
        theme=names.listed(entry.themes(names.language)),
        place=" · ".join([*site, names.listed(rooms)] if rooms else site),
        people=tuple(_people(entry, names)),
        points=_points(entry, names) if len(entry.parts) > MOST_ROOMS else (),
        chips=tuple(marks[line] for line in entry.lines if line in marks),
    )


def _points(entry: Entry, names: Names) -> tuple[tuple[str, tuple[str, ...]], ...]:
    themes: dict[str, list[str]] = {}
    for part in entry.parts:
        place = names.room(part.part.room) or part.part.id
        themes.setdefault(part.theme.say(names.language), []).append(place)
    return tuple((theme, tuple(places)) for theme, places in themes.items())


def _people(entry: Entry, names: Names) -> list[tuple[str, str]]:
    roles = dict.fromkeys(role for part in entry.parts for role in (*part.part.roles, *part.missing))
    said = []
    for role in roles:
        missing = entry.missing(role)
        who = names.all_of(entry.session.serving(role)) + (open_seats(missing).say(names.language) if missing else "")
        if who:
            said.append((names.role(role), who))
    return said


LABELS = {
    "caption": text("Activities of the week by day and time of day", "本周各日各时段活动"),
    "time": words.TIME,
    "none": text("No activities in this week.", "本周没有活动。"),
    "legend": text("Service lines", "服务线"),
    "plan": text("plan", "方案"),
    "empty": text("nothing", "无"),
}
"""The words of the template."""
