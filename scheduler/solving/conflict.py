"""Why there is no plan: instances of what is required that cannot all hold, found by leaving out and solving again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from constraints.board import Board, Instance
from constraints.structure import LEAST, TAKES_PLACE
from rota.agenda import agenda_of
from rota.periods import WHOLE
from rota.text import Message, name, text
from scheduler.solving.run import Effort, run

if TYPE_CHECKING:
    from constraints.rule import Rule
    from rota.agenda import Occurrence
    from rota.case import Case
    from scheduler.solving.control import Control

PATIENCE = 5.0
"""Seconds for one question; unanswered, the instances in question stay in the conflict."""


@dataclass(frozen=True)
class Conflict:
    """Instances that cannot all hold together; `minimal` if each was shown to be needed for that."""

    instances: tuple[Instance, ...]
    sentences: tuple[Message, ...]
    minimal: bool


def find_conflict(case: Case, rules: Sequence[Rule], control: Control, *, open_seats: bool = False) -> Conflict | None:
    """Return instances of required rules that no plan can keep together; None if that was not shown in time.

    Instances are left out in ever smaller groups as long as the rest still conflicts: whole demands first, and of these
    the ones about many sessions before facts about one, so that what remains lies close together. With `open_seats`,
    that sessions take place and seats are taken is not among what is required.
    """
    board = Board(case, mode="explain")
    board.post([rule for rule in rules if rule.required])
    question = _Question(board, control)
    may_stay_open = {LEAST, TAKES_PLACE} if open_seats else set()
    stated = [instance for instance in board.instances if instance.demand not in may_stay_open]
    kept = sorted(stated, key=lambda instance: _session_of(case, instance))
    if question.conflict(kept) is not True:
        return None
    for demand in _demands_to_leave_out(rules):
        rest = [instance for instance in kept if instance.demand != demand]
        if len(rest) < len(kept) and question.conflict(rest):
            kept = rest
    size = max(1, len(kept) // 2)
    while True:
        kept = _without_chunks(question, kept, size)
        if size == 1:
            break
        size = max(1, size // 2)
    return Conflict(tuple(kept), say_instances(case, rules, kept), minimal=question.always_answered)


def _session_of(case: Case, instance: Instance) -> str:
    """Return the session that an instance is about, empty where it is about none; instances of one belong together."""
    return next((a for a in instance.about if a in agenda_of(case).by_id), "")


def _demands_to_leave_out(rules: Sequence[Rule]) -> list[str]:
    required = [rule for rule in rules if rule.required]
    return [*(r.id for r in required if not r.fact), *(r.id for r in required if r.fact), LEAST, TAKES_PLACE]


def _without_chunks(question: _Question, kept: list[Instance], size: int) -> list[Instance]:
    """Leave out every run of `size` instances without which the rest still conflicts."""
    position = 0
    while position < len(kept):
        rest = kept[:position] + kept[position + size :]
        if question.conflict(rest):
            kept = rest
        else:
            position += size
    return kept


class _Question:
    """Asks whether instances conflict, each time on a copy of the model in which only they are enforced."""

    def __init__(self, board: Board, control: Control) -> None:
        self.board, self.control = board, control
        self.always_answered = True

    def conflict(self, instances: Sequence[Instance]) -> bool | None:
        if self.control.over:
            self.always_answered = False
            return None
        model = self.board.model.clone()
        for instance in instances:
            model.add_bool_or([model.get_bool_var_from_proto_index(self.board.instances[instance].index)])
        found = run(model, self.control, Effort(seconds=PATIENCE))
        if not found.infeasible and found.values is None:
            self.always_answered = False
        return found.infeasible


def say_instances(case: Case, rules: Sequence[Rule], instances: Sequence[Instance]) -> tuple[Message, ...]:
    """Say instances, those of one demand in one sentence: the demand in words, and whom or what it is applied to."""
    by_demand: dict[str, list[Instance]] = {}
    for instance in instances:
        by_demand.setdefault(instance.demand, []).append(instance)
    return tuple(_say(case, rules, demand, group) for demand, group in by_demand.items())


def _say(case: Case, rules: Sequence[Rule], demand: str, group: Sequence[Instance]) -> Message:
    occurrences = agenda_of(case).by_id
    if demand == TAKES_PLACE:
        sessions = _by_activity(occurrences[instance.about[0]] for instance in group)
        return text("these must take place: {sessions}", "必须举办：{sessions}", sessions=sessions)
    if demand == LEAST:
        roles: dict[str, list[Occurrence]] = {}
        for session, _, role in (instance.about for instance in group):
            roles.setdefault(role, []).append(occurrences[session])
        seats = tuple(
            text(
                "{role} ({sessions})",
                "{role}（{sessions}）",
                role=case.role_label[role],
                sessions=_by_activity(of_role),
            )
            for role, of_role in roles.items()
        )
        return text("these seats must be taken: {seats}", "以下岗位必须有人：{seats}", seats=seats)
    rule = next(rule for rule in rules if rule.id == demand)
    about = tuple(_about(case, instance) for instance in group)
    return text("{rule} [{id}]: {about}", "{rule}〔{id}〕：{about}", rule=rule.describe(case), id=rule.id, about=about)


def _by_activity(sessions: Iterable[Occurrence]) -> tuple[Message, ...]:
    """Say sessions, those of one activity together: its name, then their dates; each order by itself."""
    together: dict[str, list[Occurrence]] = {}
    for occurrence in dict.fromkeys(sessions):
        together.setdefault(occurrence.id if occurrence.order else occurrence.activity.id, []).append(occurrence)
    return tuple(
        text("{a} {days}", "{a} {days}", a=one.activity.label, days=tuple(o.nominal.date() for o in (one, *others)))
        if one.order is None
        else one.label
        for one, *others in together.values()
    )


def _about(case: Case, instance: Instance) -> Message:
    """Say to whom or what a demand is applied; the whole horizon goes without saying."""
    occurrences = agenda_of(case).by_id
    names = [
        occurrences[a].label if a in occurrences else case.label.get(a, case.role_label.get(a, name(a)))
        for a in instance.about
        if a != WHOLE
    ]
    if not names:
        return text("all", "全部")
    if len(names) == 1:
        return names[0]
    return text("{first} ({others})", "{first}（{others}）", first=names[0], others=tuple(names[1:]))
