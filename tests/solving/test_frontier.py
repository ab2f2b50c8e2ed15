"""The frontier: exactly the plans than which no other one is as good on both axes and better on one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from threading import Event

import pytest

from constraints.reading import read_rules
from constraints.trial import plans_of
from constraints.verify import false_claims, verify
from rota.case import Case
from rota.difference import difference
from rota.plan import Plan
from scheduler.solving.control import Control
from scheduler.solving.errors import InfeasibleError
from scheduler.solving.frontier import CHANGES, Axis, Frontier, Point, undominated
from tests.constraints.building import case_of, demand, held, pin, plan_of, seats, series, session_ids, states, units

# b and c would rather not serve on any day: sparing them and sharing fairly pull apart. Dates are stronger than both.
TORN = case_of(
    *units("a b c"),
    series(rounds="1-4", times="09:00; 10:00"),
    seats(),
    states("b", "avoid", "2027-01-04", last="2027-01-31"),
    states("c", "avoid", "2027-01-04", last="2027-01-31"),
    demand("availability", id="avoid", level="avoid", priority=1),
    demand("fair_share", id="fair", role="host", priority=2),
)
STRONGER = TORN.model_copy(
    update={
        "demands": (
            demand("date_preference", id="dates", priority=1),
            demand("availability", id="avoid", level="avoid", priority=2),
            demand("fair_share", id="fair", role="host", priority=3),
        )
    }
)
KNOWN = plan_of(
    TORN,
    [
        held(TORN, id_, start=start, host=who)
        for id_, who, start in zip(session_ids(TORN), "bcbc", ("10:00", "", "", ""), strict=True)
    ],
)


@cache
def judged(case: Case) -> list[tuple[dict[int, int], int]]:
    """Return what every plan that holds costs by priority, and in how many sessions it differs from the known one."""
    rules = read_rules(case)
    plans = (plan_of(case, sessions.values()) for sessions in plans_of(case))
    verdicts = ((plan, verify(case, rules, plan)) for plan in plans)
    return [(verdict.costs, len(difference(KNOWN, plan).sessions)) for plan, verdict in verdicts if verdict.holds]


def every(case: Case, axes: tuple[Axis, Axis]) -> Iterator[tuple[int, int]]:
    """Yield both values of every plan that holds and is best at what is stronger than both."""
    found: list[tuple[tuple[int, ...], tuple[int, int]]] = []
    chosen = [axis for axis in axes if axis != CHANGES]
    for costs, changes in judged(case):
        stronger = tuple(cost for p, cost in costs.items() if p < min(chosen))
        first, second = (changes if axis == CHANGES else costs[axis] for axis in axes)
        found.append((stronger, (first, second)))
    best = min(stronger for stronger, _ in found)
    yield from (values for stronger, values in found if stronger == best)


def brute_force(case: Case, axes: tuple[Axis, Axis]) -> list[tuple[int, int]]:
    values = set(every(case, axes))
    return sorted(one for one in values if not any(o != one and o[0] <= one[0] and o[1] <= one[1] for o in values))


def frontier(case: Case, *axes: Axis, control: Control | None = None) -> Frontier:
    first, second = axes
    return Frontier(case, read_rules(case), (first, second), control or Control(), KNOWN.session)


@pytest.mark.parametrize(
    ("case", "axes", "number"),
    [
        pytest.param(TORN, (1, 2), 3, marks=pytest.mark.slow),
        (TORN, (2, 1), 3),
        (TORN, (1, CHANGES), 5),
        (TORN, (CHANGES, 2), 1),
        pytest.param(STRONGER, (2, 3), 3, marks=pytest.mark.slow),
        (STRONGER, (1, 3), 1),
        (STRONGER, (CHANGES, 2), 4),
        (STRONGER, (CHANGES, 1), 2),
    ],
)
def test_it_is_what_trying_every_plan_comes_to(case: Case, axes: tuple[Axis, Axis], number: int) -> None:
    tried = frontier(case, *axes)
    points = list(tried.points(100))
    assert sorted((point.first, point.second) for point in points) == brute_force(case, axes)
    assert len(points) == number
    assert tried.complete
    assert all(point.proved for point in points)


def test_each_point_comes_with_a_plan_that_has_its_values() -> None:
    for point in frontier(TORN, 1, CHANGES).points(100):
        verdict = verify(TORN, read_rules(TORN), point.plan)
        assert verdict.holds
        assert verdict.costs[1] == point.first
        assert len(difference(KNOWN, point.plan).sessions) == point.second


def weaker_costs(case: Case, axes: tuple[Axis, Axis], weaker: list[int]) -> dict[tuple[int, int], tuple[int, ...]]:
    """Return for both values of every plan that holds what it costs at the weaker priorities at the least."""
    rules, best = read_rules(case), dict[tuple[int, int], tuple[int, ...]]()
    for sessions in plans_of(case):
        plan = plan_of(case, sessions.values())
        verdict = verify(case, rules, plan)
        if verdict.holds:
            changes = len(difference(KNOWN, plan).sessions)
            first, second = (changes if axis == CHANGES else verdict.costs[axis] for axis in axes)
            costs = tuple(verdict.costs[p] for p in weaker)
            best[first, second] = min(best.get((first, second), costs), costs)
    return best


@pytest.mark.slow
@pytest.mark.parametrize(
    ("case", "axes", "weaker"), [(TORN, (1, CHANGES), [2]), (STRONGER, (1, CHANGES), [2, 3]), (STRONGER, (1, 2), [3])]
)
def test_a_completed_point_is_the_best_at_the_weaker_priorities(
    case: Case, axes: tuple[Axis, Axis], weaker: list[int]
) -> None:
    tried = frontier(case, *axes)
    assert tried.weaker == weaker
    least = weaker_costs(case, axes, weaker)
    for point in map(tried.completed, list(tried.points(100))):
        assert tuple(point.costs[p] for p in weaker) == least[point.first, point.second]
        assert verify(case, read_rules(case), point.plan).costs == point.costs
        assert point.unproved == ()


@pytest.mark.parametrize(
    ("case", "axes", "proved"),
    [
        (TORN, (1, CHANGES), {1}),
        (TORN, (1, 2), {1, 2}),
        (STRONGER, (2, CHANGES), {1, 2}),
        (STRONGER, (2, 3), {1, 2, 3}),
    ],
)
def test_plans_carry_their_score_and_claim_no_more_proof_than_there_is(
    case: Case, axes: tuple[Axis, Axis], proved: set[int]
) -> None:
    tried, rules = frontier(case, *axes), read_rules(case)
    claimed: set[int] = set()
    for point in map(tried.completed, list(tried.points(100))):
        assert {score.priority: score.value for score in point.plan.score} == point.costs
        assert false_claims(case, point.plan, verify(case, rules, point.plan)) == ()
        for score in point.plan.score:
            rivals = [
                costs
                for costs, _ in judged(case)
                if all(costs[p] == point.costs[p] for p in costs if p < score.priority)
            ]
            assert not score.proved or min(costs[score.priority] for costs in rivals) == score.value
            claimed |= {score.priority} if score.proved else set()
    assert claimed == proved


def test_without_time_for_them_the_weaker_priorities_are_said_not_to_be_proved() -> None:
    stop = Event()
    tried = frontier(STRONGER, 1, CHANGES, control=Control(stop=stop))
    points = list(tried.points(100))
    stop.set()
    for point in map(tried.completed, points):
        assert point.unproved == (2, 3)
        assert verify(STRONGER, read_rules(STRONGER), point.plan).costs == point.costs


def test_the_known_plan_is_marked_where_it_is_as_good_as_any() -> None:
    tried = frontier(TORN, 1, CHANGES)
    (present,) = (point for point in map(tried.completed, list(tried.points(100))) if point.present)
    assert (present.second, present.plan.session) == (0, KNOWN.session)


def test_the_known_plan_is_no_point_where_it_is_outdone() -> None:
    tried = frontier(TORN, 1, 2)
    points = [tried.completed(point) for point in tried.points(100)]
    assert not any(point.present for point in points)
    assert tried.present is not None
    outdone = (tried.present.first, tried.present.second)
    assert any(p.first <= outdone[0] and p.second <= outdone[1] for p in points)


def test_a_known_plan_that_does_not_hold_is_not_shown() -> None:
    first = session_ids(TORN)[0]
    changed = TORN.model_copy(update={"pins": (pin(first, role="host", resource="a"),)})
    assert frontier(changed, 1, CHANGES).present is None


def test_the_known_plan_itself_is_the_end_where_nothing_changes() -> None:
    (unchanged,) = (point for point in frontier(TORN, 1, CHANGES).points(100) if point.second == 0)
    assert {id_: s.serving("host") for id_, s in unchanged.plan.session.items()} == {
        id_: s.serving("host") for id_, s in KNOWN.session.items()
    }


def test_with_fewer_points_than_there_are_it_is_not_called_complete() -> None:
    whole = brute_force(TORN, (1, 2))
    tried = frontier(TORN, 1, 2)
    ends = list(tried.points(2))
    assert [(point.first, point.second) for point in ends] == [whole[0], whole[-1]]
    assert len(whole) > len(ends)
    assert not tried.complete


def test_two_things_that_are_best_together_are_one_point() -> None:
    agreed = TORN.model_copy(update={"availability": ()})
    tried = frontier(agreed, 1, 2)
    assert len(list(tried.points(9))) == 1
    assert tried.complete


SHORTER = case_of(
    *units("a b c"),
    series(rounds="1-3", times="09:00; 10:00", minutes=90),
    seats(),
    states("b", "avoid", "2027-01-04", last="2027-01-31"),
    demand("availability", id="avoid", level="avoid", priority=1),
    demand("fair_share", id="fair", role="host", priority=2),
)
"""The fourth session is dropped, and the others last longer."""


def test_what_the_case_itself_changes_is_not_counted() -> None:
    def changes(plan: Plan) -> int:
        pairs = [(KNOWN.session[id_], session) for id_, session in plan.session.items()]
        return sum((old.start, old.serving()) != (new.start, new.serving()) for old, new in pairs)

    rules = read_rules(SHORTER)
    plans = [plan_of(SHORTER, sessions.values()) for sessions in plans_of(SHORTER)]
    verdicts = [(plan, verify(SHORTER, rules, plan)) for plan in plans]
    values = {(verdict.costs[1], changes(plan)) for plan, verdict in verdicts if verdict.holds}
    best = sorted(one for one in values if not any(o != one and o[0] <= one[0] and o[1] <= one[1] for o in values))
    tried = Frontier(SHORTER, rules, (1, CHANGES), Control(), KNOWN.session)
    points = [tried.completed(point) for point in list(tried.points(100))]
    assert sorted((point.first, point.second) for point in points) == best
    assert len(best) == 3  # b, who would rather not, serves twice, once, or not at all
    assert tried.complete
    assert all(changes(point.plan) == point.second for point in points)


def test_a_case_without_a_plan_has_no_frontier() -> None:
    first = session_ids(TORN)[0]
    never = TORN.model_copy(update={"pins": (pin(first, absent=True),)})
    with pytest.raises(InfeasibleError):
        list(frontier(never, 1, 2).points(9))


def test_with_no_time_there_is_nothing_and_it_is_not_called_complete() -> None:
    tried = frontier(TORN, 1, 2, control=Control(seconds=0))
    assert list(tried.points(9)) == []
    assert not tried.complete


def test_an_interrupt_keeps_the_points_that_are_known() -> None:
    stop = Event()
    tried = frontier(TORN, 1, 2, control=Control(stop=stop))
    points = tried.points(9)
    known = [next(points), next(points)]
    stop.set()
    assert list(points) == []
    assert len(known) == 2
    assert not tried.complete


def test_what_another_point_outdoes_is_left_out() -> None:
    def point(first: int, second: int, *, proved: bool = True) -> Point:
        return Point(first, second, proved, KNOWN)

    points = [point(3, 1), point(1, 3, proved=False), point(1, 3), point(2, 3), point(3, 2), point(2, 2)]
    assert [(p.first, p.second, p.proved) for p in undominated(points)] == [(1, 3, True), (2, 2, True), (3, 1, True)]
