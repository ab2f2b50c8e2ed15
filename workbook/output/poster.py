"""What the poster of the year shows, as plain values for its template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rota.case import Case
from rota.dates import full_day, period
from rota.plan import Plan
from rota.text import Language, text, weekday_name
from rota.width import display_width
from workbook.output import words
from workbook.output.chip import Chip, chips
from workbook.output.entries import Entry, EntryPart, entries, roles_of
from workbook.output.names import Names
from workbook.output.poster_rows import (
    LEAD,
    Line,
    Months,
    Seats,
    count_of_points,
    is_spread,
    months_of,
    on_wall,
    usual_of,
    what_of,
)
from workbook.output.services import Offer
from workbook.output.state import state_line
from workbook.output.terminal import fixed_offers, open_seats

DENSITIES = ((14, "airy"), (21, "even"), (30, "dense"), (44, "tight"))
"""Up to so much load one page takes the table at each size; a fuller one runs over pages."""
CELL = 20
"""Columns of text that a cell takes in a line, more or less."""
PACKED = 22
"""More lines than this beside the table are set smaller."""


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
    months: Months
    show_activity: bool
    common_hours: str
    common_theme: str
    spreads: tuple[Spread, ...]
    special: tuple[Offer, ...]
    fixed: tuple[Offer, ...]
    packed: bool
    state: str
    address: str
    url: str
    density: str
    flowing: bool


def poster(case: Case, plan: Plan, language: Language) -> Poster:
    """Return what the poster of `plan` shows in `language`; contacts are not among it."""
    names, marks = Names(case, language), chips(case, language)
    shown, rest = on_wall(entries(case, plan))
    roles = _in_order(roles_of(case, shown))
    usual = usual_of(shown, names)
    months = months_of(shown, roles, names, marks, usual)
    load = _load(months)
    special, fixed = (
        tuple(fixed_offers(case, [e for e in rest if e.fixed is kind], language, home=usual.site))
        for kind in (False, True)
    )
    used = {line for entry in (*shown, *rest) for line in entry.lines}
    settings = case.settings
    return Poster(
        title=settings.label.say(language),
        alliance=(settings.alliance_en or settings.alliance) if language == "en" else settings.alliance,
        period=period(settings.first, settings.last, language),
        figures=_figures(shown, used, language),
        legend=tuple(mark for line, mark in marks.items() if line in used),
        roles=tuple((role, names.role(role)) for role in roles),
        months=months,
        show_activity=sum(bool(what_of(entry, usual, names)) for entry in shown) > len(shown) / 4,
        common_hours=usual.hours,
        common_theme=usual.theme,
        spreads=tuple(_spread(entry, roles, names, marks) for entry in shown if is_spread(entry)),
        special=special,
        fixed=fixed,
        packed=sum(len(e.parts) for e in shown if is_spread(e)) + 2 * len(special + fixed) > PACKED,
        state=state_line(plan, language),
        address=_address(case, usual.site, language),
        url=settings.url,
        density=next((density for most, density in DENSITIES if load <= most), "dense"),
        flowing=load > DENSITIES[-1][0],
    )


def _in_order(roles: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted(roles, key=lambda role: role != LEAD))


def _load(months: Months) -> float:
    """Estimate how full the table is, in rows of one line; a row of two lines counts one and a half."""
    return sum(1 + (_lines(line) - 1) / 2 for _, lines in months for line in lines)


def _lines(line: Line) -> int:
    """Estimate the lines of the tallest cell of a row."""
    cells = [display_width("、".join(seats.who)) for seats in line.seats]
    return max(
        1 + bool(line.hours),
        1 + bool(line.site and line.room),
        *(1 + (wide - 1) // CELL for wide in cells if wide),
    )


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
        count=count_of_points(entry, names),
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
    "special": text("More special activities", "更多特色活动"),
    "fixed": words.FIXED_SERVICES,
    "caption": text("The year's rotation", "全年轮值安排"),
    "legend": text("Service lines", "服务线"),
}
"""The words of the template."""
