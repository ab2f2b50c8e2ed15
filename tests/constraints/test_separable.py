"""What rules say for lower bounds: in no plan more than their breaches come to, and for most of them just as much."""

from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constraints import trial
from constraints.reading import read_rules
from constraints.rule import Rule
from rota.case import Case
from rota.roster import Roster
from tests.constraints import agreement, sampling
from tests.constraints.building import plan_of, roster_of
from tests.thoroughness import sparing

WHOLE = ("cover", "fair_share", "rest_gap", "rising_load", "room_fit")
"""Kinds that say all that they charge."""
FEW = settings(max_examples=sparing(8, 40), deadline=None, suppress_health_check=list(HealthCheck))


def totals(case: Case, rule: Rule, roster: Roster) -> tuple[int, int]:
    """Return what the terms of a rule come to in a plan, and what its breaches do."""
    said = sum(term.total(roster) for term in rule.separable(case))
    return said, sum(breach.amount for breach in rule.check(roster))


@pytest.mark.parametrize("every", [pytest.param(1, marks=pytest.mark.slow, id="all"), pytest.param(17, id="some")])
@pytest.mark.parametrize("kind", sampling.SPEAKING)
def test_in_plans_of_the_tiny_cases_terms_come_to_no_more_than_breaches(kind: str, every: int) -> None:
    charged = 0
    for case in agreement.tiny_cases(kind):
        rule = trial.stated(case, kind)
        for sessions in islice(trial.plans_of(case), 0, None, every):
            said, amount = totals(case, rule, roster_of(case, sessions.values()))
            assert said == amount if kind in WHOLE else said <= amount, trial.describe(sessions)
            charged += said
    assert charged, f"the terms of {kind} never come to anything"


@given(st.data())
@FEW
def test_in_random_plans_terms_come_to_no_more_than_breaches(data: st.DataObject) -> None:
    case = data.draw(sampling.cases(sampling.SPEAKING))
    roster = Roster(case, plan_of(case, data.draw(sampling.plans(case)).values()))
    for rule in read_rules(case):
        said, amount = totals(case, rule, roster)
        assert said == amount if rule.kind in WHOLE else said <= amount, rule
