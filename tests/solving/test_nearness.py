"""Nearness: how many sessions differ, and the best plan that is near to a known one."""

from __future__ import annotations

from threading import Event

import pytest
from ortools.sat.python import cp_model

from constraints.board import Board
from constraints.reading import read_rules
from constraints.trial import Trial, plans_of
from constraints.verify import verify
from rota.difference import difference
from scheduler.solving.control import Control, SearchOverError
from scheduler.solving.forcing import force
from scheduler.solving.nearness import differing
from scheduler.solving.search import Search
from scheduler.solving.solve import solve
from tests.constraints.building import (
    case_of,
    demand,
    held,
    line,
    pin,
    plan_of,
    seats,
    series,
    session_ids,
    states,
    units,
    weeks,
)

CASE = case_of(
    *units("a b"),
    line("aid"),
    line("law"),
    series(rounds="1-3", times="09:00; 10:00", presence="may", lines="aid; law"),
    seats(),
)
FIRST, SECOND, THIRD = session_ids(CASE)
KNOWN = plan_of(CASE, [held(CASE, FIRST, host="a"), held(CASE, SECOND, host="b", line="law", start="10:00")])


def test_differences_are_counted_as_two_plans_are_compared() -> None:
    board = Board(CASE)
    board.post(read_rules(CASE))
    trial = Trial(board)
    board.model.minimize(cp_model.LinearExpr.sum(list(differing(board, KNOWN.session))))
    for number, sessions in enumerate(plans_of(CASE)):
        if number % 7 == 0:
            assert trial.least_cost(sessions) == len(difference(KNOWN, plan_of(CASE, sessions.values())).sessions)


FAIR = case_of(
    *units("a b c"),
    weeks(6),
    series(rounds="1-6"),
    seats(),
    demand("fair_share", id="fair", role="host", priority=1),
    demand("availability", id="avoid", level="avoid", priority=2),
)
KEPT = plan_of(FAIR, [held(FAIR, id_, host=who) for id_, who in zip(session_ids(FAIR), "cabbca", strict=True)])


def test_of_the_plans_that_are_as_good_the_one_that_is_known_stays() -> None:
    solved = solve(FAIR, read_rules(FAIR), Control(), near=KEPT.session)
    assert difference(KEPT, solved.plan).sessions == ()
    assert solved.plan.proved


def test_a_session_that_is_dropped_counts_as_a_difference() -> None:
    search = Search(CASE, read_rules(CASE), Control(), KNOWN.session)
    search.start_from({})
    search.approach()
    assert search.finish().plan.session == KNOWN.session


def test_a_plan_that_might_be_nearer_with_more_time_is_not_called_reproducible() -> None:
    search = Search(FAIR, read_rules(FAIR), Control(), KEPT.session)
    search.prove()
    assert search.reproducible
    search.approach()
    assert search.reproducible
    search.control.stop.set()
    with pytest.raises(SearchOverError):
        search.approach()
    assert not search.reproducible


def test_what_is_better_is_taken_with_as_few_changes_as_it_needs() -> None:
    changed = FAIR.model_copy(update={"availability": (states("c", "avoid", "2027-01-04"),)})
    solved = solve(changed, read_rules(changed), Control(), near=KEPT.session)
    assert solved.verdict.costs == {1: 0, 2: 0}
    # c leaves the first session and takes another one from whoever goes there.
    assert len(difference(KEPT, solved.plan).sessions) == 2


def test_an_interrupted_search_keeps_the_plan_that_it_began_with() -> None:
    stop = Event()
    stop.set()
    solved = solve(FAIR, read_rules(FAIR), Control(stop=stop), near=KEPT.session, start=KEPT.session)
    assert solved.plan.session == KEPT.session


def test_a_seat_exchanged_within_the_plan_is_what_a_question_begins_with() -> None:
    first, *_ = session_ids(FAIR)  # c hosts; a, who hosts the second and the last, exchanges one of them
    stop = Event()
    stop.set()
    forced = force(FAIR, KEPT, [pin(first, role="host", resource="a")], Control(stop=stop))
    assert forced.solved is not None
    assert forced.solved.plan.session[first].serving("host") == ("a",)
    assert len(difference(KEPT, forced.solved.plan).sessions) == 2


def test_near_to_no_plan_at_all_is_any_best_plan() -> None:
    assert solve(FAIR, read_rules(FAIR), Control(), near={}).plan.proved


@pytest.mark.parametrize("floors", [{1: 0, 2: 0}, {1: 0}, {}])
def test_floors_spare_a_search_and_change_nothing(floors: dict[int, int]) -> None:
    solved = solve(FAIR, read_rules(FAIR), Control(), floors=floors)
    assert solved.verdict.costs == {1: 0, 2: 0}
    assert solved.plan.proved
    assert solved.plan.solver.reproducible
    assert all(score.bound == score.value for score in solved.plan.score)


def test_floors_that_cannot_be_had_are_left_behind() -> None:
    pinned = case_of(
        *units("a b c"),
        weeks(6),
        series(rounds="1-6"),
        seats(),
        *(states(who, "cannot", "2027-01-04", last="2027-01-25") for who in "bc"),
        demand("fair_share", id="fair", role="host", priority=1),
        demand("availability", id="avoid", level="avoid", priority=2),
    )
    solved = solve(pinned, read_rules(pinned), Control(), floors={1: 0, 2: 0})
    assert solved.verdict.costs[1] > 0
    assert solved.plan.proved
    assert verify(pinned, read_rules(pinned), solved.plan).holds
