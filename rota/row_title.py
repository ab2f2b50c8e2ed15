"""What one row of a table is called in a sentence: its name, or what it says in a few words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from rota.activity import Part, Role
from rota.catalogue import kind_label
from rota.demand import Availability, Demand, HistoricTurn, Holiday, Outcome, Pin
from rota.facts import Contact, Staffing, Travel
from rota.reminder import Occasion, Reminder
from rota.row import Named, Row
from rota.term import Term
from rota.text import Message, name, text

if TYPE_CHECKING:
    from rota.case import Case


def row_title(case: Case, row: Row) -> Message:
    """Return how a row is called; ids that the case does not know stand for themselves."""
    if isinstance(row, Named):
        return text("{label} [{id}]", "{label}〔{id}〕", label=row.label, id=row.id)
    title = TITLES.get(type(row))
    return title(case, row) if title else name(str(getattr(row, "id", "")) or type(row).__name__)


def rule_called(row: Demand) -> Message:
    """Say a rule by its kind; its id tells several of one kind apart."""
    return text("{label} [{id}]", "{label}〔{id}〕", label=kind_label(row.kind), id=row.id)


def _label(case: Case, id_: str) -> Message:
    return case.label.get(id_, name(id_))


def _statement(case: Case, row: Availability) -> Message:
    said = {"who": _label(case, row.resource), "level": row.level, "first": row.first, "last": row.last or row.first}
    if row.last in {None, row.first}:
        return text("{who} {level} {first}", "{who} {level} {first}", **said)
    return text("{who} {level} {first} to {last}", "{who} {level} {first} 至 {last}", **said)


def _pin(case: Case, row: Pin) -> Message:
    what = row.start or row.room or row.resource
    return text("{session} {what}", "{session} {what}", session=row.session, what=_label(case, what))


def _role(case: Case, row: Role) -> Message:
    return text("{activity}: {role}", "{activity}：{role}", activity=_label(case, row.activity), role=row.label)


def _part(case: Case, row: Part) -> Message:
    return text("{activity}: {part}", "{activity}：{part}", activity=_label(case, row.activity), part=row.id)


def _contact(case: Case, row: Contact) -> Message:
    return text("{name} of {of}", "{of} {name}", of=_label(case, row.of), name=row.name)


def _way(case: Case, row: Travel) -> Message:
    ends = {"origin": _label(case, row.origin), "destination": _label(case, row.destination)}
    return text("{origin} to {destination}", "{origin} 至 {destination}", **ends)


def _turn(case: Case, row: HistoricTurn) -> Message:
    return text("{who} {day}", "{who} {day}", who=_label(case, row.resource), day=row.day)


TITLES: Mapping[type[Row], Callable[[Case, Any], Message]] = {
    Availability: _statement,
    Pin: _pin,
    Demand: lambda _, row: rule_called(row),
    Role: _role,
    Part: _part,
    Contact: _contact,
    Travel: _way,
    Holiday: lambda _, row: text("{day}", "{day}", day=row.day),
    HistoricTurn: _turn,
    Outcome: lambda _, row: name(row.session),
    Staffing: lambda case, row: _label(case, row.person),
    Term: lambda _, row: name(row.word),
    Reminder: lambda _, row: name(row.before) if row.what is Occasion.SESSION else row.what.label,
}
"""How rows are called that have no name of their own, by table."""
