"""What if: the price of one decision, as the difference of the best plan with it and the plan without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from constraints.alternatives import Alternatives, by_rule, differences
from constraints.reading import read_rules
from constraints.verify import verify
from rota.agenda import agenda_of
from rota.plan import CaseRef
from scheduler.solving.conflict import Conflict, find_conflict
from scheduler.solving.errors import InfeasibleError
from scheduler.solving.search import Solved
from scheduler.solving.solve import solve

if TYPE_CHECKING:
    from rota.case import Case
    from rota.demand import Pin
    from rota.plan import Plan, Session
    from scheduler.solving.control import Control


@dataclass(frozen=True)
class Forced:
    """What a decision comes to.

    Either `conflict` forbids it (with `impossible` set; None where it was not found in time), or `solved` holds the
    best plan with it, nearest to the old one. `by_priority` and `by_rule` tell how much more that costs than the old
    plan; `exact` whether both are proved best, so that the difference is the price of the decision itself.
    """

    impossible: bool
    conflict: Conflict | None = None
    solved: Solved | None = None
    by_priority: Mapping[int, int] = field(default_factory=dict)
    by_rule: Mapping[str, int] = field(default_factory=dict)
    exact: bool = False


def force(case: Case, plan: Plan, pins: Sequence[Pin], control: Control, *, near: bool = True) -> Forced:
    """Return the price of what `pins` fix, against a plan of `case`, or what forbids it.

    Of the best plans with it, one `near` to the old plan is looked for.
    Where the old plan leaves seats open, so may the new one.

    Raises:
        NoPlanFoundError: no plan with it was found in time.
    """
    before = verify(case, read_rules(case), plan)
    proved = plan.proved and plan.case.hash == case.hash and bool(plan.score)
    forced_case = case.model_copy(update={"pins": (*case.pins, *pins)})
    rules = read_rules(forced_case)
    try:
        solved = solve(
            forced_case,
            rules,
            control,
            near=plan.session if near else None,
            floors=before.costs if proved else None,
            open_seats=bool(plan.open),
            start=_exchanged(case, plan, pins),
        )
    except InfeasibleError:
        conflict = find_conflict(forced_case, rules, control, open_seats=bool(plan.open))
        return Forced(impossible=True, conflict=conflict)
    answers = CaseRef(title=case.settings.title, hash=case.hash)  # the case as it stands, not with the question in it
    solved = replace(solved, plan=solved.plan.model_copy(update={"case": answers}))
    return Forced(
        impossible=False,
        solved=solved,
        by_priority=differences(before.costs, solved.verdict.costs),
        by_rule=differences(by_rule(before), by_rule(solved.verdict)),
        exact=proved and solved.plan.proved,
    )


def _exchanged(case: Case, plan: Plan, pins: Sequence[Pin]) -> Mapping[str, Session] | None:
    """Return the present plan with the pinned seat taken over, or exchanged for another; None if that breaks a rule."""
    (pin, *others) = pins
    held, occurrence = plan.session.get(pin.session), agenda_of(case).by_id.get(pin.session)
    if others or held is None or occurrence is None or not pin.resource or pin.absent:
        return None
    alternatives = Alternatives(case, read_rules(case), plan)
    found = [
        candidate
        for part in occurrence.parts
        if part.id in held.part and pin.role in {seats.name for seats in part.seats}
        for candidate in alternatives.candidates(pin.session, part.id, pin.role, only=pin.resource)
        if candidate.effect.possible
    ]
    best = min(found, key=lambda candidate: candidate.effect.rank(), default=None)
    return None if best is None else {**plan.session, **{session.id: session for session in best.changed}}
