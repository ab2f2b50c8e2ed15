"""The yearly service list: by line and kind, what is offered, by whom, when and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rota.activity import Service
from rota.case import Case
from rota.plan import Plan
from rota.text import Language, text
from workbook.output import words
from workbook.output.entries import Entry, entries
from workbook.output.names import Names
from workbook.output.when import when

MOST_PROVIDERS = 8
MOST_PLACES = 4


@dataclass(frozen=True)
class Offer:
    """One line of the service list, in words."""

    line: str
    service: str
    activity: str
    providers: str
    when: str
    where: str
    theme: str
    sessions: int


def offers(case: Case, plan: Plan, language: Language) -> tuple[Offer, ...]:
    """Return the service list in order of service lines, fixed services before special ones."""
    grouped: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries(case, plan):
        for line in entry.lines or ("",):
            grouped.setdefault((line, entry.session.activity), []).append(entry)
    lines = {line.id: number for number, line in enumerate(case.lines)}
    activities = {activity.id: number for number, activity in enumerate(case.activities)}

    def place(key: tuple[str, str]) -> tuple[int, bool, int]:
        line, activity = key
        return lines.get(line, len(lines)), not grouped[key][0].fixed, activities.get(activity, len(activities))

    return tuple(_offer(case, line, grouped[line, activity], language) for line, activity in sorted(grouped, key=place))


def offer_of(case: Case, found: Sequence[Entry], language: Language, home: str = "") -> Offer:
    """Sum up the sessions of one activity, whatever their lines; the site `home` goes without saying."""
    lines = dict.fromkeys(line for entry in found for line in entry.lines)
    names = Names(case, language)
    offer = _summed(case, names.listed(names.line(line) for line in lines), "", found, language)
    if {entry.session.site for entry in found} != {home}:
        return offer
    rooms = dict.fromkeys(room for entry in found for room in entry.rooms)
    return replace(offer, where=_few([names.room(room) for room in rooms], MOST_PLACES, names))


def _offer(case: Case, line: str, found: Sequence[Entry], language: Language) -> Offer:
    spoken = Names(case, language).line(line) or words.NO_LINE.say(language)
    return _summed(case, spoken, line, found, language)


def _summed(case: Case, spoken_line: str, line: str, found: Sequence[Entry], language: Language) -> Offer:
    names = Names(case, language)
    parts = [part for entry in found for part in entry.parts if not line or part.part.line == line]
    who = dict.fromkeys(each for part in parts for seated in part.part.roles.values() for each in seated)
    themes = dict.fromkeys(theme for part in parts if (theme := part.theme.say(language)))
    return Offer(
        line=spoken_line,
        service=(Service.FIXED if found[0].fixed else Service.SPECIAL).label.say(language),
        activity=names.activity(found[0].session.activity),
        providers=_few([names.who(each) for each in who], MOST_PROVIDERS, names),
        when=when(found, language),
        where=_where(case, found, names),
        theme=names.listed(themes),
        sessions=len(found),
    )


def _where(case: Case, found: Sequence[Entry], names: Names) -> str:
    """Name the room where there is one, the sites where there are several places."""
    sites = list(dict.fromkeys(entry.session.site for entry in found))
    rooms = list(dict.fromkeys(room for entry in found for room in entry.rooms))
    spoken = [names.site(site) for site in sites]
    if len(sites) > 1 or len(rooms) != 1:
        return _few(spoken, MOST_PLACES, names)
    return f"{spoken[0]} · {names.room(rooms[0])}" if len(case.sites) > 1 else names.room(rooms[0])


def _few(phrases: Sequence[str], most: int, names: Names) -> str:
    if len(phrases) <= most:
        return names.listed(phrases)
    rest = text(" and {n} more", "等 {n} 家", n=len(phrases) if names.language == "zh" else len(phrases) - most + 1)
    return names.listed(phrases[: most - 1]) + rest.say(names.language)
