"""Instances: what one constraint of a model stands for, and how that is said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from constraints.structure import LEAST, TAKES_PLACE
from rota.agenda import MAIN_PART, agenda_of
from rota.periods import WHOLE, is_period, period_label
from rota.text import Message, clauses, text

if TYPE_CHECKING:
    from constraints.rule import Rule
    from rota.agenda import Occurrence
    from rota.case import Case

FEW = 6
"""More dates than this are said as a span."""


class Instance(NamedTuple):
    """What one constraint of the model stands for: a demand, or a piece of structure, and whom it is applied to."""

    demand: str
    about: tuple[str, ...]


def session_of(case: Case, instance: Instance) -> str:
    """Return the first session that an instance is about, empty where it is about none."""
    return next((a for a in instance.about if a in agenda_of(case).by_id), "")


def say_instances(case: Case, rules: Sequence[Rule], instances: Sequence[Instance]) -> tuple[Message, ...]:
    """Say instances, those of one demand in one sentence: the demand in words, and whom or what it is applied to."""
    by_demand: dict[str, list[Instance]] = {}
    for instance in instances:
        by_demand.setdefault(instance.demand, []).append(instance)
    return tuple(_say(case, rules, demand, group) for demand, group in by_demand.items())


def _say(case: Case, rules: Sequence[Rule], demand: str, group: Sequence[Instance]) -> Message:
    occurrences = agenda_of(case).by_id
    if demand == TAKES_PLACE:
        sessions = [occurrences[instance.about[0]] for instance in group]
        message = text("must take place: {sessions}", "必须举办：{sessions}", sessions=_by_activity(sessions))
        return message if all(session.starts for session in sessions) else _without_a_day(message)
    if demand == LEAST:
        return text("seats that must be taken: {seats}", "必须有人的岗位：{seats}", seats=_seats(case, group))
    rule = next(rule for rule in rules if rule.id == demand)
    details = {first: _details(case, rests) for first, rests in _by_first(group).items()}
    about = tuple(_about(case, first, said) for first, said in details.items())
    return text(
        "{rule} [{id}]: {about}",
        "{rule}〔{id}〕：{about}",
        rule=rule.describe(case),
        id=rule.id,
        about=clauses(about) if any(details.values()) else about,
    )


def _without_a_day(message: Message) -> Message:
    return text(
        "{message} - but holidays and the ends of the horizon leave no day for it",
        "{message}；但除去节假日和排班期外的日子，没有可用日期",
        message=message,
    )


def _seats(case: Case, group: Sequence[Instance]) -> Message:
    occurrences = agenda_of(case).by_id
    roles: dict[str, list[Occurrence]] = {}
    for session, _, role in (instance.about for instance in group):
        roles.setdefault(role, []).append(occurrences[session])
    return clauses(
        text("{role} ({sessions})", "{role}（{sessions}）", role=case.role_label[role], sessions=_by_activity(of_role))
        for role, of_role in roles.items()
    )


def _by_first(group: Sequence[Instance]) -> dict[str, list[tuple[str, ...]]]:
    """Return what instances are about: whom or what first, and the rest of each."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for instance in group:
        first, rest = (instance.about[0], instance.about[1:]) if instance.about else ("", ())
        found.setdefault(first, []).append(rest)
    return found


def _details(case: Case, rests: Sequence[tuple[str, ...]]) -> list[Message]:
    """Say where and when a demand is applied to one of those it is about; parts that go without saying are left out."""
    occurrences = agenda_of(case).by_id
    named = [part for rest in rests for part in rest]
    sessions = [occurrences[part] for part in named if part in occurrences]
    unsaid = {"", MAIN_PART, WHOLE, *occurrences}
    others = [_name(case, part) for part in dict.fromkeys(named) if part not in unsaid]
    return [*([_by_activity(sessions)] if sessions else []), *others]


def _about(case: Case, first: str, details: Sequence[Message]) -> Message:
    """Say to whom or what a demand is applied, and where: `Tax Office (Rotation 2023-04-01, 2023-04-15)`."""
    if first in {"", WHOLE}:
        return text("all", "全部")
    if not details:
        return _name(case, first)
    return text("{first} ({said})", "{first}（{said}）", first=_name(case, first), said=clauses(details))


def _name(case: Case, part: str) -> Message:
    occurrence = agenda_of(case).by_id.get(part)
    if occurrence is not None:
        return occurrence.label
    if part in case.label:
        return case.label[part]
    if part in case.role_label:
        return case.role_label[part]
    return period_label(part) if is_period(part) else case.term(part)


def _by_activity(sessions: Iterable[Occurrence]) -> Message:
    """Say sessions, those of one activity together: its name, then their dates; each order by itself."""
    series: dict[str, list[Occurrence]] = {}
    for occurrence in dict.fromkeys(sessions):
        series.setdefault(occurrence.id if occurrence.order else occurrence.activity.id, []).append(occurrence)
    return clauses(group[0].label if group[0].order else _series(group) for group in series.values())


def _series(group: Sequence[Occurrence]) -> Message:
    days = sorted(occurrence.nominal.date() for occurrence in group)
    if len(days) <= FEW:
        return text("{a} {days}", "{a} {days}", a=group[0].activity.label, days=tuple(days))
    return text(
        "{a} ({n} sessions from {first} to {last})",
        "{a}（{first} 至 {last} 共 {n} 场）",
        a=group[0].activity.label,
        n=len(days),
        first=days[0],
        last=days[-1],
    )
