"""A case without some seats asks no more than the case itself: whatever a plan costs, it costs no more there."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from random import Random

import pytest

from constraints import trial
from constraints.reading import read_rules
from constraints.registry import RULES
from constraints.rule import Rule
from rota.agenda import agenda_of
from rota.case import Case
from rota.plan import PlanPart, Session
from rota.roster import Roster
from scheduler.solving.seatless import without_seats
from tests.constraints import agreement
from tests.constraints.building import plan_of
from tests.thoroughness import sparing

PLANS = sparing(40, 400)
MOST = 2_000
"""So many plans of a tiny case are drawn from."""


@pytest.mark.parametrize("kind", [rule.kind for rule in RULES])
def test_a_rule_that_stands_without_some_seats_charges_no_more_there(kind: str) -> None:
    draw = Random(kind)
    for case in agreement.tiny_cases(kind):
        plans = list(islice(trial.plans_of(case), MOST))
        for role in agenda_of(case).roles:
            less, standing = without_seats(case, read_rules(case), {role})
            for sessions in draw.sample(plans, min(PLANS, len(plans))):
                there = {id_: _without(session, role) for id_, session in sessions.items()}
                for rule in standing:
                    assert _amount(rule, less, there) <= _amount(rule, case, sessions)


def _without(session: Session, role: str) -> Session:
    return session.model_copy(update={"parts": tuple(_left(part, role) for part in session.parts)})


def _left(part: PlanPart, role: str) -> PlanPart:
    return part.model_copy(update={"roles": {name: who for name, who in part.roles.items() if name != role}})


def _amount(rule: Rule, case: Case, sessions: Mapping[str, Session]) -> int:
    return sum(breach.amount for breach in rule.check(Roster(case, plan_of(case, sessions.values()))))


def test_rules_about_seats_that_are_left_out_are_left_out() -> None:
    (case,) = agreement.tiny_cases("double_rotation")[:1]
    for role in agenda_of(case).roles:
        less, standing = without_seats(case, read_rules(case), {role})
        assert role not in agenda_of(less).roles
        assert "double_rotation" not in {rule.kind for rule in standing}
        assert "no_overlap" in {rule.kind for rule in standing}
