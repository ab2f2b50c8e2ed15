"""What people call things: sessions, resources and roles by id, name, number, date, or an unambiguous part of these."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic_core import PydanticCustomError

from rota.agenda import agenda_of
from rota.problem import RotaError
from rota.row import read_date
from rota.text import LANGUAGES, Message, name, text

if TYPE_CHECKING:
    from rota.agenda import Occurrence
    from rota.case import Case
    from rota.plan import Plan

NUMBER = re.compile(r"(?:第|#|No\.? ?)?(\d{1,4})(?:场)?", re.IGNORECASE)
MOST_SHOWN = 8
"""So many of the things that could be meant are listed."""


class UnclearNameError(RotaError):
    """What was said names nothing here, or several things."""


def session_named(case: Case, said: str, plan: Plan | None = None) -> Occurrence:
    """Return the session meant by an id, `第7场` (the 7th in order of time), a date, or an activity and a date.

    Raises:
        UnclearNameError: none, or several, are meant.
    """
    agenda = agenda_of(case)
    if said in agenda.by_id:
        return agenda.by_id[said]
    numbered = NUMBER.fullmatch(said.strip())
    if numbered:
        return _numbered(case, int(numbered[1]), plan)
    *words, last = said.split() or [""]
    day = _day(last)
    starts = {session.id: session.start.astimezone(case.zone).date() for session in plan.sessions} if plan else {}
    meant = [
        occurrence
        for occurrence in agenda.occurrences
        if day is not None
        and day in (occurrence.nominal.date(), starts.get(occurrence.id))
        and (not words or _called(" ".join(words), occurrence.activity.id, occurrence.activity.label))
    ]
    exactly = [occurrence for occurrence in meant if starts.get(occurrence.id, occurrence.nominal.date()) == day]
    found = meant if len(meant) == 1 else exactly
    if len(found) == 1:
        return found[0]
    labels = [_told(occurrence) for occurrence in meant or agenda.occurrences]
    raise UnclearNameError(_unclear(text("session", "场次"), said, labels, several=len(meant) > 1))


def resource_named(case: Case, said: str) -> str:
    """Return the id of the unit, person or equipment meant by its id, its name or an unambiguous part of that.

    Raises:
        UnclearNameError: none, or several, are meant.
    """
    named = {id_: resource.label for id_, resource in case.resources.items()}
    return _meant(text("unit, person or equipment", "单位、人员或设备"), said, named)


def role_named(case: Case, said: str) -> str:
    """Return the id of a role.

    Raises:
        UnclearNameError: none, or several, are meant.
    """
    return _meant(text("role", "岗位"), said, case.role_label)


def _numbered(case: Case, number: int, plan: Plan | None) -> Occurrence:
    agenda = agenda_of(case)
    in_time = sorted(plan.sessions, key=lambda s: (s.start, s.id)) if plan else ()
    order = [session.id for session in in_time if session.id in agenda.by_id] if plan else list(agenda.by_id)
    if not 1 <= number <= len(order):
        raise UnclearNameError(
            text(
                "There are {n} sessions, and no number {said}.",
                "共有 {n} 场，没有第 {said} 场。",
                n=len(order),
                said=number,
            )
        )
    return agenda.by_id[order[number - 1]]


def _meant(kind: Message, said: str, named: Mapping[str, Message]) -> str:
    if said in named:
        return said
    exact = [id_ for id_, label in named.items() if said.casefold() in _names(id_, label)]
    close = exact or [id_ for id_, label in named.items() if _called(said, id_, label)]
    if len(close) == 1:
        return close[0]
    raise UnclearNameError(_unclear(kind, said, [named[id_] for id_ in close or named], several=len(close) > 1))


def _day(said: str) -> object:
    """Read a date as the tables do; None where it is none."""
    try:
        return read_date(said)
    except PydanticCustomError:
        return None


def _called(said: str, id_: str, label: Message) -> bool:
    """Tell whether what was said is a part of a name."""
    return any(said.casefold() in one for one in _names(id_, label))


def _names(id_: str, label: Message) -> list[str]:
    return [id_.casefold(), *(label.say(language).casefold() for language in LANGUAGES)]


def _told(occurrence: Occurrence) -> Message:
    return text("{label} [{id}]", "{label}〔{id}〕", label=occurrence.label, id=occurrence.id)


def _unclear(kind: Message, said: str, labels: Sequence[Message], *, several: bool) -> Message:
    shown: Iterable[Message] = labels if len(labels) <= MOST_SHOWN else [*labels[:MOST_SHOWN], name("…")]
    if several:
        return text(
            '"{said}" could be more than one {kind}: {labels}',
            "“{said}”可指多个{kind}：{labels}",
            said=said,
            kind=kind,
            labels=tuple(shown),
        )
    return text(
        'There is no {kind} "{said}" here; there are: {labels}',
        "此处没有{kind}“{said}”；已有：{labels}",
        said=said,
        kind=kind,
        labels=tuple(shown),
    )
