"""A plan is brought down priority by priority: what each step comes to, what it proves, and when it ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from ortools.sat.python import cp_model

from constraints.board import Board
from constraints.reading import read_rules
from rota.case import Case
from rota.demand import Level
from scheduler.solving.control import Control
from scheduler.solving.descent import AT_MOST, STILL, Descent, Lowest, Sessions, Step
from scheduler.solving.run import Effort, Run
from scheduler.solving.solve import solve
from tests.constraints.building import case_of, demand, seats, series, states, units, weeks
from tests.solving.test_large import judged

TURNS = demand("rising_load", id="turns", priority=1, role="host")
GAP = demand("rest_gap", id="gap", priority=2, role="host", cycle="weeks", rounds=3)
HELP = demand("rising_load", id="help", priority=3, role="helper")
CASE = case_of(
    *units("a b c d e"),
    weeks(8),
    series(rounds="1-8"),
    seats("host"),
    seats("helper"),
    states("a", Level.CANNOT, "2027-01-01", last="2027-02-14"),
    TURNS,
    GAP,
    HELP,
)
NONE = case_of(*units("a"), weeks(2), series(rounds="1-2"), seats(), demand("load", id="once", most=1), TURNS)


def descended(case: Case, floor: Callable[[int], int] = lambda _: 0) -> tuple[Descent, list[tuple[Sessions, bool]]]:
    told: list[tuple[Sessions, bool]] = []

    def tell(sessions: Sessions, is_last: bool) -> None:  # noqa: FBT001 - as a descent tells it
        told.append((sessions, is_last))

    descent = Descent(case, read_rules(case), Control(), 90.0, floor, tell)
    descent.run()
    return descent, told


def test_each_priority_is_brought_to_its_least_and_proved_under_the_stronger_ones() -> None:
    descent, told = descended(CASE)
    best = solve(CASE, read_rules(CASE), Control())
    assert best.plan.proved
    costs = best.verdict.costs
    assert [(step.priority, step.cost, step.bound) for step in descent.steps] == [
        (p, costs[p], costs[p]) for p in costs
    ]
    assert dict(judged(CASE, told[-1][0]).costs) == costs


def test_what_each_priority_came_to_is_told_and_which_one_is_the_last() -> None:
    descent, told = descended(CASE)
    assert [is_last for _, is_last in told] == [False, False, True]
    for step, (sessions, _) in zip(descent.steps, told, strict=True):
        assert judged(CASE, sessions).costs[step.priority] == step.cost


def test_no_step_is_taken_where_there_is_no_plan() -> None:
    descent, told = descended(NONE)
    assert descent.steps == []
    assert told == []


def test_a_search_that_is_over_takes_no_step() -> None:
    descent = Descent(CASE, read_rules(CASE), Control(seconds=0.0), 90.0, lambda _: 0, lambda *_: None)
    descent.run()
    assert descent.steps == []


class Clocked:
    """A run of the solver that finds values at times of its own, as a clock goes on by tenths of a second."""

    def __init__(self, found: Sequence[tuple[float, int]], length: float) -> None:
        self.found, self.length, self.time = list(found), length, 0.0

    def now(self) -> float:
        return self.time

    def run(self, model: object, _control: object, _effort: object, *told: Any) -> Run:
        on_solution, _, on_values, until = told
        value = None
        while self.time < self.length:
            self.time = round(self.time + 0.1, 1)
            while self.found and self.found[0][0] <= self.time:
                value = self.found.pop(0)[1]
                on_solution(value, 0)
                on_values(())
            if until():
                break
        values = None if value is None else ()
        return Run(cp_model.FEASIBLE if value is not None else cp_model.UNKNOWN, values, value, 0)


@pytest.fixture
def lowered(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[float, list[tuple[float, int]]]]:
    """Return what tells when a priority ended, and when it told of which cost."""

    def lowest(
        *found: tuple[float, int], seconds: float | None = None, stays: bool = False, floor: int = 0, **begin: Any
    ) -> tuple[float, list[tuple[float, int]]]:
        clocked = Clocked(found, length=200.0)
        monkeypatch.setattr("scheduler.solving.descent.run", clocked.run)
        monkeypatch.setattr("scheduler.solving.descent.decode", lambda *_: ())
        told: list[tuple[float, int]] = []
        low = Lowest(
            Board(CASE),
            1,
            Control(seconds=seconds, now=clocked.now),
            lambda _: floor,
            lambda cost, _: told.append((clocked.time, cost)),
            lambda _: None,
        )
        low.run(begin.get("begin"), Effort(paired=True), stays=stays)
        return clocked.time, told

    return lowest


def test_a_priority_ends_when_nothing_better_is_found_for_a_while(
    lowered: Callable[..., tuple[float, list[tuple[float, int]]]],
) -> None:
    assert lowered((1.0, 9), (1.5, 7)) == (1.5 + STILL + 0.1, [(1.5 + STILL + 0.1, 7)])
    assert lowered((1.0, 9), (20.0, 7))[0] == 1.0 + STILL + 0.1
    assert lowered((20.0, 9)) == (25.1, [(25.1, 9)])


def test_the_last_priority_goes_on_and_tells_each_plan_that_stays_for_a_while_once(
    lowered: Callable[..., tuple[float, list[tuple[float, int]]]],
) -> None:
    ended, told = lowered((1.0, 9), (1.5, 7), (30.0, 6), stays=True)
    assert ended == 200.0
    assert told == [(3.6, 7), (37.6, 6), (200.0, 6)]


def test_a_priority_ends_at_its_floor(lowered: Callable[..., tuple[float, list[tuple[float, int]]]]) -> None:
    assert lowered((1.0, 9), (1.5, 7), stays=True, floor=7) == (1.5, [(1.5, 7)])


def test_where_no_plan_is_found_in_good_time_none_is_waited_for(
    lowered: Callable[..., tuple[float, list[tuple[float, int]]]],
) -> None:
    assert lowered((150.0, 9), seconds=100.0) == (15.1, [])
    assert lowered((150.0, 9)) == (AT_MOST + 0.1, [])
    assert lowered((150.0, 9), seconds=180.0, begin=())[1][0][1] == 9


def test_a_step_says_no_bound_before_there_is_one() -> None:
    assert Step(1, 5).bound == 0
