"""A plan that holds is polished: no priority gets worse for a weaker one, and it ends at what is best, or in time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise
from threading import Event
from typing import Any

import pytest
from ortools.sat.python import cp_model

from constraints.reading import read_rules
from scheduler.solving import polishing
from scheduler.solving.control import Control, Progress
from scheduler.solving.descent import Sessions
from scheduler.solving.levels import better
from scheduler.solving.polishing import Costs, polished
from scheduler.solving.run import Effort, Run, run
from scheduler.solving.search import Search
from scheduler.solving.solve import solve
from tests.solving.test_descent import CASE
from tests.solving.test_large import judged

RULES = read_rules(CASE)


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it end soon."""
    monkeypatch.setattr(polishing, "STILL", 1.0)


def any_plan() -> Sessions:
    search = Search(CASE, RULES, Control(), None)
    search.find_any()
    return search.sessions


def nothing(_: int, __: Costs) -> int:
    return 0


def test_a_plan_is_polished_to_the_best() -> None:
    start, best = any_plan(), solve(CASE, RULES, Control())
    assert best.plan.proved
    assert better(best.verdict.costs, judged(CASE, start).costs)
    told: list[Progress] = []
    found = polished(CASE, RULES, replace(Control(), report=told.append), start, nothing)
    assert judged(CASE, found).costs == best.verdict.costs
    said = [judged(CASE, start).costs, *(progress.costs for progress in told)]
    assert all(better(after, before) for before, after in pairwise(said))
    assert said[-1] == best.verdict.costs


def test_the_best_plan_stays_as_it_is() -> None:
    best = {session.id: session for session in solve(CASE, RULES, Control()).plan.sessions}
    assert judged(CASE, polished(CASE, RULES, Control(), best, nothing)).costs == judged(CASE, best).costs


@pytest.mark.parametrize(("least", "times"), [(nothing, 1), (lambda _, costs: max(costs.values()), 0)])
def test_what_costs_no_more_than_it_must_is_not_searched(
    monkeypatch: pytest.MonkeyPatch, least: Callable[[int, Costs], int], times: int
) -> None:
    efforts: list[Effort] = []

    def seen(model: cp_model.CpModel, control: Control, effort: Effort, *told: Any) -> Run:
        efforts.append(effort)
        return run(model, control, effort, *told)

    monkeypatch.setattr(polishing, "run", seen)
    polished(CASE, RULES, Control(), any_plan(), least)
    assert [effort.nearby for effort in efforts] == [False] + times * [True]


@pytest.mark.parametrize("control", [Control(seconds=0.0), Control()])
def test_a_search_that_is_over_leaves_the_plan_as_it_is(control: Control) -> None:
    if control.seconds is None:
        stop = Event()
        stop.set()
        control = replace(control, stop=stop)
    start = any_plan()
    found: Mapping[str, object] = polished(CASE, RULES, control, start, nothing)
    assert found == start


def test_where_nothing_is_wished_nothing_is_polished() -> None:
    case = CASE.model_copy(update={"demands": ()})
    start = any_plan()
    assert polished(case, read_rules(case), Control(), start, nothing) is start
