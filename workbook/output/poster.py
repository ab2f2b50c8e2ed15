"""What the poster of the year shows, as plain values for its template."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from rota.case import Case
from rota.plan import Plan
from rota.text import Language, text, weekday_name
from workbook.output import words
from workbook.output.chip import Chip, chips
from workbook.output.dates import full_day, month_name, period, short_day
from workbook.output.entries import Entry, EntryPart, entries, roles_of, rotation
from workbook.output.names import Names
from workbook.output.services import Offer
from workbook.output.state import state_line
from workbook.output.terminal import fixed_offers, open_seats

LEAST_POINTS = 3
"""A session of at least so many parts is laid out on its own, point by point."""
WALL_LOAD = 36
"""Up to so much the poster is one page with a column beside the table; beyond, the table runs over pages."""
EVEN_LOAD, AIRY_LOAD = 28, 14
LEAD = "host"
"""The role that a poster shows first and strongest."""


@dataclass(frozen=True)
class Seats:
    """Who sits in one role, and how many seats are open (in words, or empty)."""

    role: str
    who: tuple[str, ...]
    open: str


@dataclass(frozen=True)
class Line:
    """One row of the poster: one session."""

    id: str
    round: int | None
    day: str
    iso: str
    weekday: str
    holiday: str
    hours: str
    what: str
    chips: tuple[Chip, ...]
    seats: tuple[Seats, ...]
    site: str
    room: str
    spread: bool


@dataclass(frozen=True)
class Point:
    """One part of a session that is laid out on its own."""

    room: str
    chip: Chip | None
    seats: tuple[Seats, ...]


@dataclass(frozen=True)
class Spread:
    """A session of many points, grouped by theme."""

    title: str
    day: str
    hours: str
    site: str
    themes: tuple[tuple[str, tuple[Point, ...]], ...]
    count: str


@dataclass(frozen=True)
class Poster:
    """Everything on the poster."""

    title: str
    alliance: str
    period: str
    figures: tuple[tuple[str, str], ...]
    legend: tuple[Chip, ...]
    roles: tuple[tuple[str, str], ...]
    months: tuple[tuple[str, tuple[Line, ...]], ...]
    several_sites: bool
    show_activity: bool
    common_hours: str
    spreads: tuple[Spread, ...]
    fixed: tuple[Offer, ...]
    state: str
    address: str
    url: str
    density: str
    flowing: bool


def poster(case: Case, plan: Plan, language: Language) -> Poster:
    """Return what the poster of `plan` shows in `language`; contacts are not among it."""
    names, marks = Names(case, language), chips(case, language)
    shown, fixed = rotation(entries(case, plan))
    roles = _in_order(roles_of(case, shown))
    several, hours = len({entry.session.site for entry in shown}) > 1, {entry.hours for entry in shown}
    usual = _usual(shown)
    load = _load(shown, several_sites=several)
    used = {line for entry in (*shown, *fixed) for line in entry.lines}
    settings = case.settings
    return Poster(
        title=settings.label.say(language),
        alliance=(settings.alliance_en or settings.alliance) if language == "en" else settings.alliance,
        period=period(settings.first, settings.last, language),
        figures=_figures(shown, used, language),
        legend=tuple(mark for line, mark in marks.items() if line in used),
        roles=tuple((role, names.role(role)) for role in roles),
        months=_months(shown, roles, names, marks, usual),
        several_sites=several,
        show_activity=sum(bool(_what(entry, usual, names)) for entry in shown) > len(shown) / 4,
        common_hours=next(iter(hours)) if len(hours) == 1 else "",
        spreads=tuple(_spread(entry, roles, names, marks) for entry in shown if _is_spread(entry)),
        fixed=tuple(fixed_offers(case, fixed, language)),
        state=state_line(plan, language),
        address="" if several or not shown else _address(case, shown[0].session.site, language),
        url=settings.url,
        density=_density(load),
        flowing=load > WALL_LOAD,
    )


def _in_order(roles: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted(roles, key=lambda role: role != LEAD))


def _load(shown: Sequence[Entry], *, several_sites: bool) -> float:
    """Estimate how full the table is, in rows: a row that is likely to take a second line counts one and a half."""
    tall = sum(1 for e in shown if several_sites or any(len(e.session.serving(role)) > 1 for role in _roles_in(e)))
    return len(shown) + tall / 2


def _roles_in(entry: Entry) -> set[str]:
    return {role for part in entry.parts for role in part.part.roles}


def _density(load: float) -> str:
    return "airy" if load <= AIRY_LOAD else "even" if load <= EVEN_LOAD else "dense"


def _figures(shown: Sequence[Entry], lines: set[str], language: Language) -> tuple[tuple[str, str], ...]:
    """Count what a visitor is told first: sessions, hosts, lines, sites."""
    hosts = {who for entry in shown for who in entry.session.serving(LEAD)}
    sites = {entry.session.site for entry in shown}
    counted = (
        (len(shown), text("sessions", "场活动")),
        (len(hosts), text("hosts", "家轮值单位")),
        (len(lines), text("service lines", "条服务线")),
        (len(sites), text("sites", "个站点")),
    )
    return tuple((str(n), word.say(language)) for n, word in counted if n > 1)


def _months(
    shown: Sequence[Entry], roles: Sequence[str], names: Names, marks: Mapping[str, Chip], usual: str
) -> tuple[tuple[str, tuple[Line, ...]], ...]:
    years = {entry.day.year for entry in shown}
    found = []
    for _, group in groupby(shown, key=lambda entry: (entry.day.year, entry.day.month)):
        month = list(group)
        label = month_name(month[0].day, names.language, with_year=len(years) > 1)
        found.append((label, tuple(_line(entry, roles, names, marks, usual) for entry in month)))
    return tuple(found)


def _usual(shown: Sequence[Entry]) -> str:
    """Return the activity that goes without saying: the one of most sessions."""
    counted = Counter(entry.session.activity for entry in shown)
    return counted.most_common(1)[0][0] if counted else ""


def _what(entry: Entry, usual: str, names: Names) -> str:
    """Say what is special about a session: its activity unless it is the usual one, and its themes."""
    activity = "" if entry.session.activity == usual else names.activity(entry.session.activity)
    theme = names.listed(entry.themes(names.language))
    return (
        "：".join(filter(None, (activity, theme)))
        if names.language == "zh"
        else ": ".join(filter(None, (activity, theme)))
    )


def _line(entry: Entry, roles: Sequence[str], names: Names, marks: Mapping[str, Chip], usual: str) -> Line:
    spread = _is_spread(entry)
    return Line(
        id=entry.id,
        round=entry.round,
        day=short_day(entry.day, names.language),
        iso=entry.day.isoformat(),
        weekday=weekday_name(entry.day.weekday(), names.language),
        holiday=entry.special.label.say(names.language) if entry.special else "",
        hours=entry.hours,
        what=_what(entry, usual, names),
        chips=tuple(marks[line] for line in entry.lines if line in marks),
        seats=tuple(_seats(entry, role, names) for role in roles),
        site=names.site(entry.session.site),
        room=_points(entry, names) if spread else names.listed(names.room(room) for room in entry.rooms),
        spread=spread,
    )


def _seats(entry: Entry, role: str, names: Names) -> Seats:
    missing = entry.missing(role)
    who = tuple(names.who(each) for each in entry.session.serving(role))
    return Seats(role, who, open_seats(missing).say(names.language) if missing else "")


def _points(entry: Entry, names: Names) -> str:
    return text("{n} points", "{n} 个点位", n=len(entry.parts)).say(names.language)


def _is_spread(entry: Entry) -> bool:
    return len(entry.parts) >= LEAST_POINTS


def _spread(entry: Entry, roles: Sequence[str], names: Names, marks: Mapping[str, Chip]) -> Spread:
    themes: dict[str, list[Point]] = {}
    for part in entry.parts:
        themes.setdefault(part.theme.say(names.language), []).append(_point(part, roles, names, marks))
    return Spread(
        title=names.activity(entry.session.activity),
        day=f"{full_day(entry.day, names.language)} {weekday_name(entry.day.weekday(), names.language)}",
        hours=entry.hours,
        site=names.site(entry.session.site),
        themes=tuple((theme, tuple(points)) for theme, points in themes.items()),
        count=_points(entry, names),
    )


def _point(part: EntryPart, roles: Sequence[str], names: Names, marks: Mapping[str, Chip]) -> Point:
    seats = (
        Seats(
            names.role(role),
            tuple(names.who(each) for each in part.part.roles.get(role, ())),
            open_seats(part.missing[role]).say(names.language) if part.missing.get(role) else "",
        )
        for role in roles
    )
    room = names.room(part.part.room) or part.part.id
    return Point(room, marks.get(part.part.line or ""), tuple(each for each in seats if each.who or each.open))


def _address(case: Case, site: str, language: Language) -> str:
    place = case.site.get(site)
    if place is None:
        return ""
    address = (place.address_en or place.address) if language == "en" else place.address
    return " · ".join(part for part in (place.label.say(language), address) if part)


LABELS = {
    "month": words.MONTH,
    "round": words.ROUND,
    "date": words.DATE,
    "theme": text("Activity and theme", "活动与特色"),
    "line": words.LINE,
    "place": words.PLACE,
    "fixed": words.FIXED_SERVICES,
    "caption": text("The year's rotation", "全年轮值安排"),
    "legend": text("Service lines", "服务线"),
}
"""The words of the template."""
