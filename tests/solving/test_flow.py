"""The bound by one flow: never above what the best plan costs, and as high where shares and limits alone count."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from constraints.reading import read_rules
from constraints.trial import plans_of
from constraints.verify import verify
from rota.case import Case
from rota.row import Row
from scheduler.solving.bounding.certifier import Certifier
from scheduler.solving.bounding.flow import flow_bound
from scheduler.solving.bounding.relaxation import Relaxation
from scheduler.solving.control import Control
from scheduler.solving.errors import InfeasibleError, NoPlanFoundError
from scheduler.solving.executors import Crew, Here
from scheduler.solving.search import Solved
from scheduler.solving.solve import solve
from tests.constraints import sampling
from tests.constraints.building import (
    case_of,
    cycle,
    demand,
    part,
    plan_of,
    seats,
    series,
    site,
    states,
    unit,
    units,
    weeks,
)
from tests.solving.brute import few_enough
from tests.solving.test_bounding import least_cost
from tests.thoroughness import often, sparing

MANY = settings(max_examples=often(150, 600), deadline=None, suppress_health_check=list(HealthCheck))
RANDOM = settings(max_examples=sparing(6, 30), deadline=None, suppress_health_check=list(HealthCheck))


def shared(*rows: Row) -> Case:
    """Three units share six weekly turns, in January and February."""
    week = cycle("weeks", "FREQ=WEEKLY;COUNT=6")
    held = series(rounds="1-6", needs_room="否")
    who = (unit("a", groups="old"), *units("b c"))
    return case_of(site("hall"), week, held, *who, seats("host"), *rows)


@given(sampling.cases(sampling.SPEAKING))
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
    case = shared(demand("fair_share", priority=1, role="host"), *rows)
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


AVOIDED = demand("availability", id="rather", level="avoid", priority=1)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ((demand("rising_load", priority=1),), 1),
        ((states("a", "avoid", "2027-01-04"), AVOIDED), 1),
        ((unit("b"), states("b", "avoid", "2027-01-04"), AVOIDED, demand("load", id="few", most=1, per="horizon")), 0),
    ],
    ids=["turns are dearer", "rather not", "one turn at the most"],
)
def test_two_seats_of_one_session_are_one_turn(rows: tuple[Row, ...], expected: int) -> None:
    both = (part("duty", "talk"), part("duty", "tour"))
    case = case_of(unit("a", parallel=2), series(rounds="1"), *both, seats("host"), *rows)
    rules = read_rules(case)
    assert least_cost(case, rules, 1) == expected
    assert flow_bound(Relaxation(case, rules, 1)) <= expected


def test_who_serves_in_several_sessions_at_once_is_charged_for_each() -> None:
    twins = [series(each, rounds="1") for each in ("duty", "talk")]
    case = case_of(unit("a", parallel=2), *twins, seats(), seats("host", "talk"), demand("rising_load", priority=1))
    rules = read_rules(case)
    assert flow_bound(Relaxation(case, rules, 1)) == least_cost(case, rules, 1) == 4


def test_nobody_takes_more_turns_than_follow_each_other() -> None:
    week = cycle("weeks", "FREQ=WEEKLY;COUNT=3")
    held = [series(each, rounds="1-3", needs_room="否") for each in ("duty", "talk")]
    many, few = unit("a", members=5), unit("b", members=1)
    share = demand("fair_share", priority=1, role="host", weighted="是")
    case = case_of(site("hall"), week, *held, many, few, seats("host"), seats("host", "talk"), share)
    rules = read_rules(case)
    found = flow_bound(Relaxation(case, rules, 1))
    assert found == least_cost(case, rules, 1)
    assert found > 0, "five of six turns fall to a, who can be at one of two at a time"


RATHER = states("a", "avoid", "2027-01-04", last="2027-02-07")


def test_shares_are_bounded_where_somebody_is_spared() -> None:
    case = shared(
        RATHER,
        demand("availability", id="rather", level="avoid", priority=1),
        demand("fair_share", priority=2, role="host"),
    )
    rules = read_rules(case)
    certifier = Certifier(case, rules, Control(seconds=60))
    assert flow_bound(Relaxation(case, rules, 2)) == certifier.bound(2) == 0
    certifier.look_under(1, 0, 2)
    best = solve(case, rules, Control()).verdict.costs
    assert best[1] == 0
    assert certifier.bound(2, best) == best[2] > 0, "a is spared until February, and has one turn"
    assert certifier.bound(2, {1: 1}) == certifier.bound(2) == 0, "no longer, where a is not spared"


@given(sampling.cases(sampling.SPEAKING), st.integers(0, 2))
@RANDOM
def test_no_plan_costs_less_than_a_bound_where_stronger_priorities_are_kept(case: Case, more: int) -> None:
    rules = read_rules(case)
    stated = sorted({rule.priority for rule in rules if not rule.required})
    assume(len(stated) > 1)
    stronger, priority = stated[:2]
    try:
        best = solve(case, rules, Control(crew=Crew(Here))).verdict.costs
    except (InfeasibleError, NoPlanFoundError):
        return
    certifier = Certifier(case, rules, Control(seconds=60))
    certifier.look_under(stronger, best.get(stronger, 0) + more, priority)
    assert certifier.bound(priority, best) <= best.get(priority, 0)


@st.composite
def tight(draw: st.DrawFn) -> Case:
    """Draw a tiny case with hardly enough turns: two or three units of whom some are away, and limits of turns."""
    who = "abc"[: draw(st.integers(2, 3))]
    rounds = draw(st.integers(1, 3))
    times = st.sampled_from(["09:00", "09:30", "10:00"])
    held = [series(each, rounds=f"1-{rounds}", times=draw(times), minutes=60) for each in ("duty", "talk")]
    needed = [seats("host", each.id, least=draw(st.integers(0, 2)), most=2) for each in held]
    days = st.sampled_from(["2027-01-04", "2027-01-11", "2027-01-18"])
    away = [states(each, "cannot", draw(days)) for each in draw(st.lists(st.sampled_from(who), max_size=3))]
    per = draw(st.sampled_from(["week", "month", "horizon"]))
    few = demand("load", id="few", most=draw(st.integers(1, 4)), per=per, role=draw(st.sampled_from(["", "host"])))
    members = [unit(each, parallel=draw(st.integers(1, 2))) for each in who]
    return case_of(weeks(rounds), *held, *members, *needed, *away, few, demand("fair_share", role="host", priority=1))


def has_plan(case: Case) -> bool:
    """Tell whether any of all plans holds."""
    rules = read_rules(case)
    return any(verify(case, rules, plan_of(case, sessions.values())).holds for sessions in plans_of(case))


def is_refused(case: Case) -> bool:
    """Tell whether the flow proves that there is no plan."""
    try:
        flow_bound(Relaxation(case, read_rules(case), 1))
    except InfeasibleError:
        return True
    return False


def compare_refused(case: Case) -> None:
    assume(few_enough(case))
    assert not (is_refused(case) and has_plan(case))


@given(tight())
@RANDOM
def test_what_a_flow_refuses_has_no_plan(case: Case) -> None:
    compare_refused(case)


@pytest.mark.slow
@given(tight())
@MANY
def test_what_a_flow_refuses_has_no_plan_in_many_cases(case: Case) -> None:
    compare_refused(case)


@pytest.mark.slow
@given(sampling.cases(sampling.SPEAKING))
@MANY
def test_no_case_of_any_rules_is_refused_that_has_a_plan(case: Case) -> None:
    compare_refused(case)


ONCE = demand("load", id="once", most=1, per="month")


@pytest.mark.parametrize(
    ("rows", "refused"),
    [
        ((), False),
        ((ONCE,), True),
        ((ONCE, unit("d")), False),
        ((ONCE, unit("d"), AWAY), True),
        ((series("talk", rounds="1", minutes=600), seats("guide", "talk", least=3, most=3)), True),
        ((series("talk", rounds="1", minutes=600), seats("guide", "talk", least=3, most=3), unit("d")), False),
    ],
    ids=[
        "no limit",
        "four turns in January, three who take one",
        "four who take one",
        "four, of whom one is away in January",
        "all three are needed elsewhere",
        "a fourth is not",
    ],
)
def test_a_flow_refuses_seats_that_cannot_all_be_filled(rows: tuple[Row, ...], refused: bool) -> None:  # noqa: FBT001 - a column
    case = shared(demand("fair_share", priority=1), *rows)
    assert is_refused(case) is refused
    assert (least_cost(case, read_rules(case), 1) is None) is refused


def by_parts(case: Case, monkeypatch: pytest.MonkeyPatch, *, open_seats: bool) -> Solved:
    """Plan a case as if it were a district."""
    for place in ("wide", "solve"):
        monkeypatch.setattr(f"scheduler.solving.{place}.is_district", lambda *_: True)
    monkeypatch.setattr("scheduler.solving.large.PATIENCE", 2)
    monkeypatch.setattr("scheduler.solving.districts.HELPLESS", 2)
    monkeypatch.setattr("scheduler.solving.part_search.PATIENCE", 4)
    return solve(case, read_rules(case), Control(crew=Crew(Here, lambda: 1, 1)), open_seats=open_seats)


def test_a_district_whose_seats_cannot_all_be_filled_has_no_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    case = shared(demand("fair_share", priority=1), ONCE)
    with pytest.raises(InfeasibleError):
        by_parts(case, monkeypatch, open_seats=False)


def test_a_district_whose_seats_cannot_all_be_filled_has_a_plan_with_open_seats(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = by_parts(shared(demand("fair_share", priority=1), ONCE), monkeypatch, open_seats=True)
    assert found.verdict.holds
    assert sum(seat.missing for seat in found.plan.open) == 1, "four Mondays in January, three who take one"


@pytest.mark.parametrize("priorities", [0, 1])
def test_without_a_second_priority_there_is_nothing_to_bound_under_the_first(priorities: int) -> None:
    case = shared(*[demand("fair_share", priority=1, role="host")][:priorities])
    certifier = Certifier(case, read_rules(case), Control(seconds=60))
    certifier.run_flows()
    assert not certifier.under
