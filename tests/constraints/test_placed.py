"""What rules say of starts and rooms: from one plan to another it differs by as much as their breaches do."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constraints.reading import read_rules
from constraints.registry import OURS
from constraints.rule import Rule
from rota.case import Case
from rota.plan import Session
from rota.roster import Roster
from tests.constraints import sampling, timetables
from tests.constraints.building import case_of, plan_of, seats, series, site, unit, way
from tests.thoroughness import often, sparing

MANY = settings(max_examples=sparing(10, often(60, 400)), deadline=None, suppress_health_check=list(HealthCheck))


def difference(case: Case, rule: Rule, sessions: dict[str, Session]) -> int | None:
    """Return by how much the breaches of a rule exceed what its terms come to in a plan."""
    roster = Roster(case, plan_of(case, sessions.values()))
    terms = rule.placed(case)
    if terms is None:
        return None
    return sum(breach.amount for breach in rule.check(roster)) - sum(term.total(roster) for term in terms)


def test_rules_that_say_nothing_of_starts_and_rooms_are_known() -> None:
    assert {rule.kind for rule in OURS if rule.placed is not Rule.placed} == set(timetables.KINDS)


@given(st.data())
@MANY
def test_terms_change_from_plan_to_plan_as_breaches_do(data: st.DataObject) -> None:
    case = data.draw(timetables.cases())
    one, other = data.draw(sampling.plans(case)), data.draw(sampling.plans(case))
    for rule in read_rules(case):
        assert difference(case, rule, one) == difference(case, rule, other), rule


def test_where_ways_take_time_nothing_is_said_of_them() -> None:
    rows = [site("hall"), site("yard"), unit("a"), series(), seats()]
    for minutes, said in ((0, True), (5, False)):
        case = case_of(*rows, way("hall", "yard", minutes))
        (rule,) = (rule for rule in read_rules(case) if rule.kind == "travel_time")
        assert (rule.placed(case) is not None) is said
