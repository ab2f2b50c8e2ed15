"""The rows of the poster: its sessions in order of time, without saying again what holds for nearly all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from rota.dates import month_name, short_day
from rota.text import several, text, weekday_name
from workbook.output.chip import Chip
from workbook.output.entries import Entry, rotation
from workbook.output.names import Names
from workbook.output.terminal import open_seats

LEAST_POINTS = 3
"""A session of at least so many parts is laid out on its own, point by point."""
LEAD = "host"
"""The role that a poster shows first and strongest."""
FEW = 3
"""So many names of a session laid out point by point still stand in its row."""
MOSTLY = 0.6
"""The share of the sessions from which on a site or an hour is the usual one."""


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


Months = tuple[tuple[str, tuple[Line, ...]], ...]
"""Months by name with their rows."""


@dataclass(frozen=True)
class Usual:
    """What goes without saying: activity, theme, site and hours of most sessions; empty where there is no such."""

    activity: str
    theme: str
    site: str
    hours: str


def on_wall(found: Iterable[Entry]) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """Part the sessions into the rows of the poster, those with a host, and the rest, which is summed up.

    Where no session has a host, the special ones are the rows.
    """
    every = tuple(found)
    hosted = tuple(e for e in every if any(LEAD in (*part.part.roles, *part.missing) for part in e.parts))
    return (hosted, tuple(e for e in every if e not in hosted)) if hosted else rotation(every)


def usual_of(shown: Sequence[Entry], names: Names) -> Usual:
    """Return what goes without saying about the rows."""
    return Usual(
        activity=_commonest([entry.session.activity for entry in shown], 0),
        theme=_commonest([names.listed(entry.themes(names.language)) for entry in shown], MOSTLY),
        site=_commonest([entry.session.site for entry in shown], MOSTLY),
        hours=_commonest([entry.hours for entry in shown], MOSTLY),
    )


def _commonest(values: Sequence[str], share: float) -> str:
    counted = Counter(values).most_common(1)
    return counted[0][0] if counted and counted[0][1] >= share * len(values) else ""


def is_spread(entry: Entry) -> bool:
    """Tell whether a session is laid out on its own, point by point."""
    return len(entry.parts) >= LEAST_POINTS


def count_of_points(entry: Entry, names: Names) -> str:
    """Say how many points a session has."""
    return several(len(entry.parts), "point", "个点位").say(names.language)


def months_of(
    shown: Sequence[Entry], roles: Sequence[str], names: Names, marks: Mapping[str, Chip], usual: Usual
) -> Months:
    """Return the rows, month by month."""
    years = {entry.day.year for entry in shown}
    found = []
    for _, group in groupby(shown, key=lambda entry: (entry.day.year, entry.day.month)):
        month = list(group)
        label = month_name(month[0].day, names.language, with_year=len(years) > 1)
        found.append((label, tuple(_line(entry, roles, names, marks, usual) for entry in month)))
    return tuple(found)


def what_of(entry: Entry, usual: Usual, names: Names) -> str:
    """Say what is special about a session: its activity and its themes, unless they are the usual ones."""
    activity = "" if entry.session.activity == usual.activity else names.activity(entry.session.activity)
    themes = names.listed(entry.themes(names.language))
    said = [each for each in (activity, "" if themes == usual.theme else themes) if each]
    return ("：" if names.language == "zh" else ": ").join(said)


def _line(entry: Entry, roles: Sequence[str], names: Names, marks: Mapping[str, Chip], usual: Usual) -> Line:
    spread = is_spread(entry)
    return Line(
        id=entry.id,
        round=entry.round,
        day=short_day(entry.day, names.language),
        iso=entry.day.isoformat(),
        weekday=weekday_name(entry.day.weekday(), names.language),
        holiday=entry.special.label.say(names.language) if entry.special else "",
        hours="" if entry.hours == usual.hours else entry.hours,
        what=what_of(entry, usual, names),
        chips=tuple(marks[line] for line in entry.lines if line in marks),
        seats=tuple(_seats(entry, role, names) for role in roles),
        site="" if entry.session.site == usual.site else names.site(entry.session.site),
        room=count_of_points(entry, names) if spread else names.listed(names.room(room) for room in entry.rooms),
        spread=spread,
    )


def _seats(entry: Entry, role: str, names: Names) -> Seats:
    """Name who serves; of a session laid out point by point, many are counted: their names stand at the points."""
    missing = entry.missing(role)
    who = tuple(names.who(each) for each in entry.session.serving(role))
    if is_spread(entry) and len(who) > FEW:
        who = (text("{n} at the points", "{n} 家，见各点位", n=len(who)).say(names.language),)
    return Seats(role, who, open_seats(missing).say(names.language) if missing else "")
