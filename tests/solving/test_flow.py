"""The bound by one flow: never above what the best plan costs, and as high where shares and limits alone count."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from constraints.reading import read_rules
from rota.case import Case
from rota.row import Row
from scheduler.solving.bounding.flow import flow_bound
from scheduler.solving.bounding.relaxation import Relaxation
from tests.constraints import sampling
from tests.constraints.building import case_of, cycle, demand, seats, series, site, states, unit, units
from tests.solving.test_bounding import least_cost
from tests.thoroughness import sparing

RANDOM = settings(max_examples=sparing(6, 30), deadline=None, suppress_health_check=list(HealthCheck))


def shared(*rows: Row) -> Case:
    """Three units share six weekly turns, in January and February."""
    week = cycle("weeks", "FREQ=WEEKLY;COUNT=6")
    held = series(rounds="1-6", needs_room="否")
    share = demand("fair_share", priority=1, role="host")
    return case_of(site("hall"), week, held, unit("a", groups="old"), *units("b c"), seats("host"), share, *rows)


@given(sampling.cases())
@RANDOM
def test_no_flow_costs_more_than_the_best_plan_of_a_random_case(case: Case) -> None:
    rules = read_rules(case)
    for priority in sorted({rule.priority for rule in rules if not rule.required}):
        least = least_cost(case, rules, priority)
        if least is not None:
            assert flow_bound(Relaxation(case, rules, priority)) <= least


AWAY = states("a", "cannot", "2027-01-04", last="2027-01-31")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ((), 0),
        ((demand("load", id="few", role="host", most=2, per="month"),), 0),
        ((AWAY,), 0),
        ((AWAY, demand("load", id="few", role="host", most=1, per="month", groups="old")), 200),
    ],
    ids=["two turns each", "two a month", "one is away and catches up", "one is away and may not catch up"],
)
def test_the_bound_of_shared_turns_is_what_the_best_plan_costs(rows: tuple[Row, ...], expected: int) -> None:
    case = shared(*rows)
    rules = read_rules(case)
    assert flow_bound(Relaxation(case, rules, 1)) == least_cost(case, rules, 1) == expected


@pytest.mark.parametrize("first", ["hosts", "all"])
def test_a_turn_that_two_shares_count_is_charged_by_one_of_them(first: str) -> None:
    shares = {"hosts": demand("fair_share", id="hosts", priority=1, role="host")}
    shares["all"] = demand("fair_share", id="all", priority=1)
    stated = sorted(shares.values(), key=lambda each: each.id != first)
    held = series(rounds="1-4", needs_room="否")
    week = cycle("weeks", "FREQ=WEEKLY;COUNT=4")
    case = case_of(site("hall"), week, held, *units("a b c"), seats("host"), seats("partner"), *stated)
    rules = read_rules(case)
    least = least_cost(case, rules, 1)
    assert least is not None
    assert flow_bound(Relaxation(case, rules, 1)) <= least
