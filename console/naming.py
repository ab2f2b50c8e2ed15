"""What people call things: sessions, resources and roles by id, name, number, date, or an unambiguous part of these."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic_core import PydanticCustomError

from calendars.subject import Subject, feed_key, views
from rota.agenda import agenda_of
from rota.facts import Person
from rota.problem import RotaError
from rota.row import read_date
from rota.spelling import near
from rota.text import LANGUAGES, Message, clauses, name, several, text

if TYPE_CHECKING:
    from rota.agenda import Agenda, Occurrence
    from rota.case import Case
    from rota.plan import Plan

ROUND = re.compile(r"(?:(?P<words>.*\S)\s*)?(?:第\s*(?P<zh>\d{1,3})\s*轮|\bround\s*(?P<en>\d{1,3}))", re.IGNORECASE)
NUMBER = re.compile(r"(?:第|#|No\.? ?)?(\d{1,4})(?:场)?", re.IGNORECASE)
EVERYTHING = frozenset({"all", "全部", "全年"})
"""How the feed of all sessions is called."""
MOST_SHOWN = 8
"""So many of the things that could be meant are listed."""
MOST_NEAR = 3
"""So many sessions around a date without one are suggested."""


class UnclearNameError(RotaError):
    """What was said names nothing here, or several things."""


def session_named(case: Case, said: str, plan: Plan | None = None) -> Occurrence:
    """Return the session meant by an id, `第7场` (the 7th in order of time), a date, or an activity and a date.

    `第7轮`, with or without the activity, is the session in that round of a cycle, where there is one alone.

    Raises:
        UnclearNameError: none, or several, are meant.
    """
    agenda = agenda_of(case)
    if said in agenda.by_id:
        return agenda.by_id[said]
    numbered = NUMBER.fullmatch(said.strip())
    if numbered:
        return _numbered(case, int(numbered[1]), plan)
    if in_round := ROUND.fullmatch(said.strip()):
        return _in_round(agenda, said, in_round, plan)
    *words, last = said.split() or [""]
    day, called = _day(last), _of_activity(agenda, " ".join(words))
    if day is None:
        called = _of_activity(agenda, said)
        return _one_of(said, called if said.strip() else [], agenda, _alike(agenda, said))
    starts = {session.id: session.start.astimezone(case.zone).date() for session in plan.sessions} if plan else {}
    meant = [o for o in called if day in (o.nominal.date(), starts.get(o.id))]
    exactly = [o for o in meant if starts.get(o.id, o.nominal.date()) == day]
    by_distance = sorted(called, key=lambda o: abs(starts.get(o.id, o.nominal.date()) - day))
    return _one_of(
        said, exactly if len(exactly) == 1 else meant, agenda, by_distance[:MOST_NEAR] or _alike(agenda, said)
    )


def _in_round(agenda: Agenda, said: str, meant: re.Match[str], plan: Plan | None) -> Occurrence:
    number = int(meant["zh"] or meant["en"])
    found = [o for o in _of_activity(agenda, meant["words"] or "") if o.round == number]
    held = [o for o in found if plan is None or o.id in plan.session]
    return _one_of(
        said, held if len(held) == 1 else found, agenda, _of_activity(agenda, meant["words"] or "")[:MOST_NEAR]
    )


def _of_activity(agenda: Agenda, words: str) -> list[Occurrence]:
    """Return the sessions of the activities of which some words are a part of the name; all where nothing is said."""
    return [o for o in agenda.occurrences if not words or _called(words, o.activity.id, o.activity.label)]


def _alike(agenda: Agenda, said: str) -> list[Occurrence]:
    """Return the sessions whose id, or whose activity and date, are like what was said."""
    spoken = {o.id: (o.id, *map(o.label.say, LANGUAGES)) for o in agenda.occurrences}
    return [agenda.by_id[id_] for id_ in near(said, spoken)]


def _one_of(said: str, meant: Sequence[Occurrence], agenda: Agenda, others: Sequence[Occurrence]) -> Occurrence:
    if len(meant) == 1:
        return meant[0]
    kind = text("session", "场次")
    if meant:
        raise UnclearNameError(_several(kind, said, [_told(o) for o in meant]))
    raise UnclearNameError(_none(kind, said, [_told(o) for o in others], [_told(o) for o in agenda.occurrences]))


def resource_named(case: Case, said: str) -> str:
    """Return the id of the unit, person or equipment meant by its id, its name or an unambiguous part of that.

    Raises:
        UnclearNameError: none, or several, are meant.
    """
    named = {id_: resource.label for id_, resource in case.resources.items()}
    return _meant(text("unit, person or equipment", "单位、人员或设备"), said, named, lambda id_: _who(case, id_))


def _who(case: Case, id_: str) -> Message:
    """Tell somebody apart from others of the same name: by id, and a person by where they come from as well."""
    resource = case.resources[id_]
    unit = case.label.get(resource.unit) if isinstance(resource, Person) and resource.unit else None
    if unit is None:
        return text("{who} [{id}]", "{who}〔{id}〕", who=resource.label, id=id_)
    return text("{who} [{id}, {unit}]", "{who}〔{id}，{unit}〕", who=resource.label, id=id_, unit=unit)


def role_named(case: Case, said: str) -> str:
    """Return the id of a role.

    Raises:
        UnclearNameError: none, or several, are meant.
    """
    return _meant(text("role", "岗位"), said, case.role_label, case.role_label.__getitem__)


def thing_named(case: Case, said: str) -> str:
    """Return the id of whatever has times of its own: a unit, person, piece of equipment, room or site.

    Raises:
        UnclearNameError: none, or several, are meant.
    """
    rooms, sites = ({row.id: row.label for row in rows} for rows in (case.rooms, case.sites))
    named = {**{id_: resource.label for id_, resource in case.resources.items()}, **rooms, **sites}
    kind = text("unit, person, equipment, room or site", "单位、人员、设备、场地或站点")
    return _meant(kind, said, named, lambda id_: _who(case, id_) if id_ in case.resources else _with_id(id_, named))


def room_named(case: Case, said: str) -> str:
    """Return the id of a room.

    Raises:
        UnclearNameError: none, or several, are meant.
    """
    named = {room.id: room.label for room in case.rooms}
    return _meant(text("room", "场地"), said, named, lambda id_: _with_id(id_, named))


def activity_named(case: Case, said: str) -> str:
    """Return the id of an activity.

    Raises:
        UnclearNameError: none, or several, are meant.
    """
    named = {activity.id: activity.label for activity in case.activities}
    return _meant(text("activity", "活动项目"), said, named, lambda id_: _with_id(id_, named))


def feed_named(case: Case, said: str) -> str:
    """Return the key of the feed meant by `all`, or by the unit, person, room, site or activity that it is about.

    Raises:
        UnclearNameError: none, or several, are meant.
    """
    if said in EVERYTHING:
        return feed_key(Subject.ALL, "")
    by_key = {feed_key(*view.key): view for view in views(case, case.settings.language) if view.of}
    ids = [key for key, view in by_key.items() if view.of == said]
    if len(ids) == 1:
        return ids[0]
    named = {key: view.label for key, view in by_key.items()}
    kind = text("unit, person, equipment, room, site or activity", "单位、人员、设备、场地、站点或活动项目")
    return _meant(kind, said, named, lambda key: _with_id(key, named))


def _with_id(id_: str, named: Mapping[str, Message]) -> Message:
    return text("{label} [{id}]", "{label}〔{id}〕", label=named[id_], id=id_)


def _numbered(case: Case, number: int, plan: Plan | None) -> Occurrence:
    agenda = agenda_of(case)
    order = list(plan.number if plan else agenda.by_id)
    if not 1 <= number <= len(order):
        raise UnclearNameError(
            text(
                "The plan has {n}, and no number {said}.",
                "共有 {n}，没有第 {said} 场。",
                n=several(len(order), "session", "场"),
                said=number,
            )
        )
    if order[number - 1] not in agenda.by_id:
        raise UnclearNameError(
            text(
                "No. {said} of the plan, {id}, is no session of the case as it is now.",
                "安排中的第 {said} 场（{id}）已不在现有资料中。",
                said=number,
                id=order[number - 1],
            )
        )
    return agenda.by_id[order[number - 1]]


def _meant(kind: Message, said: str, named: Mapping[str, Message], told: Callable[[str], Message]) -> str:
    if said in named:
        return said
    exact = [id_ for id_, label in named.items() if said.casefold() in _names(id_, label)]
    close = exact or [id_ for id_, label in named.items() if _called(said, id_, label)]
    if len(close) == 1:
        return close[0]
    if close:
        raise UnclearNameError(_several(kind, said, [told(id_) for id_ in close]))
    alike = near(said, {id_: _names(id_, label) for id_, label in named.items()})
    raise UnclearNameError(_none(kind, said, [told(id_) for id_ in alike], [told(id_) for id_ in named]))


def _day(said: str) -> dt.date | None:
    """Read a date as the tables do; None where it is none."""
    try:
        day = read_date(said)
    except PydanticCustomError:
        return None
    return day if isinstance(day, dt.date) else None


def _called(said: str, id_: str, label: Message) -> bool:
    """Tell whether what was said is a part of a name."""
    return any(said.casefold() in one for one in _names(id_, label))


def _names(id_: str, label: Message) -> list[str]:
    return [id_.casefold(), *(label.say(language).casefold() for language in LANGUAGES)]


def _told(occurrence: Occurrence) -> Message:
    return text("{label} [{id}]", "{label}〔{id}〕", label=occurrence.label, id=occurrence.id)


def _several(kind: Message, said: str, labels: Sequence[Message]) -> Message:
    return text(
        '"{said}" could be more than one {kind}: {labels}. Say which by what stands in brackets.',
        "“{said}”可指多个{kind}：{labels}。请改写括号中的编号。",
        said=said,
        kind=kind,
        labels=_some(labels),
    )


def _none(kind: Message, said: str, near: Sequence[Message], known: Sequence[Message]) -> Message:
    if near:
        return text(
            'There is no {kind} "{said}" here; did you mean {near}?',
            "此处没有{kind}“{said}”；是否应为 {near}？",
            said=said,
            kind=kind,
            near=clauses(near),
        )
    return text(
        'There is no {kind} "{said}" here; there are: {labels}',
        "此处没有{kind}“{said}”；已有：{labels}",
        said=said,
        kind=kind,
        labels=_some(known),
    )


def _some(labels: Sequence[Message]) -> Message:
    """List the first of many."""
    return clauses(labels if len(labels) <= MOST_SHOWN else [*labels[:MOST_SHOWN], name("…")])
