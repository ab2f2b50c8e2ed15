"""Parts of a model: what is best for each is best for all."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from ortools.sat.python import cp_model

from constraints import trial
from constraints.board import Board
from constraints.reading import read_rules
from constraints.registry import RULES
from constraints.verify import false_claims, verify
from rota.activity import Activity, Role
from rota.agenda import agenda_of
from rota.case import Case, Settings
from rota.cycle import Cycle
from rota.demand import Availability, Demand, Level
from rota.facts import Site, Unit
from rota.plan import CaseRef, Plan, Session
from scheduler.solving import parts, search, solve
from scheduler.solving.control import Control
from scheduler.solving.errors import InfeasibleError
from scheduler.solving.levels import weighted
from scheduler.solving.minimiser import cost_at
from scheduler.solving.parts import joined, parts_of
from tests.constraints.agreement import tiny_cases
from tests.constraints.building import case_of, held, series, states
from tests.constraints.building import demand as demand_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rota.row import Id

ALL = 10**9
"""No part has as many variables: all are taken together."""


@pytest.fixture(params=[1, ALL], ids=["apart", "together"])
def small(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(parts, "SMALL", request.param)
    size: int = request.param
    return size


@pytest.fixture
def apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "SMALL", 1)


def two_shops(*demands: Demand, shared: bool = False) -> Case:
    """Three weeks at two shops, one host each from two units of the shop; one unit serves both where it is shared."""
    both: tuple[Id, ...] = ("east", "west")
    return Case(
        settings=Settings(
            id="shops", title="两店", first=dt.date(2026, 3, 1), last=dt.date(2026, 3, 31), calendar="none"
        ),
        sites=(Site(id="S", name="站"),),
        units=(
            Unit(id="E1", name="东一", groups=both if shared else ("east",)),
            Unit(id="E2", name="东二", groups=("east",)),
            Unit(id="W1", name="西一", groups=("west",)),
            Unit(id="W2", name="西二", groups=("west",)),
        ),
        cycles=(Cycle(id="weeks", name="每周", first=dt.date(2026, 3, 7), rrule="FREQ=WEEKLY;COUNT=3"),),
        activities=tuple(
            Activity(id=shop, name=shop, cycle="weeks", times=(dt.time(9),), minutes=60, needs_room=False)
            for shop in both
        ),
        roles=tuple(Role(activity=shop, role="host", groups=(shop,)) for shop in both),
        demands=demands,
    )


def demand(id_: str, kind: str, priority: int, **params: str) -> Demand:
    return Demand(id=id_, kind=kind, priority=priority, params=tuple(params.items()))


REST = demand("rest", "rest_gap", 1, role="host", cycle="weeks", rounds="3")
FAIR = demand("fair", "fair_share", 2, role="host")
EAST = demand("fair_east", "fair_share", 2, role="host", activities="east")
WEST = demand("fair_west", "fair_share", 3, role="host", activities="west")


def best_costs(case: Case) -> list[tuple[int, int]]:
    """Return the least costs by priority, the strongest first, by trying all plans."""
    rules = read_rules(case)
    verdicts = [
        verify(case, rules, Plan(case=CaseRef(title="", hash=case.hash), sessions=tuple(sessions.values())))
        for sessions in trial.plans_of(case)
    ]
    priorities = sorted({rule.priority for rule in rules if not rule.required})
    return min([(p, verdict.costs.get(p, 0)) for p in priorities] for verdict in verdicts if verdict.holds)


def least(model: cp_model.CpModel) -> int | None:
    """Return the least cost of a model; None where it has no solution."""
    solver = trial.quick_solver()
    return round(solver.objective_value) if solver.solve(model) == cp_model.OPTIMAL else None


@pytest.mark.usefixtures("apart")
@pytest.mark.parametrize(
    ("demands", "shared", "connected"),
    [((REST,), False, 1), ((REST, EAST), False, 1), ((REST,), True, 2), ((FAIR,), False, 2)],
    ids=["apart", "a fair share for each", "a unit serves both", "one fair share for all"],
)
def test_shops_are_connected_by_a_unit_and_by_a_rule_about_both(
    demands: tuple[Demand, ...],
    shared: bool,  # noqa: FBT001 - a column of the table
    connected: int,
) -> None:
    board = Board(two_shops(*demands, shared=shared))
    board.post(read_rules(board.case))
    first = parts_of(board.model)[0]
    seats = {name[1].split("@")[0] for name, lit in board.decisions() if lit.index in first.variables}
    assert len(seats) == connected


@pytest.mark.usefixtures("apart")
def test_every_variable_is_in_one_part() -> None:
    board = Board(two_shops(REST, FAIR))
    board.post(read_rules(board.case))
    found = sorted(index for part in parts_of(board.model) for index in part.variables)
    assert found == list(range(len(board.model.proto.variables)))


@pytest.mark.usefixtures("apart")
def test_parts_have_no_solution_together_until_each_has_one() -> None:
    board = Board(two_shops())
    first, *others = parts_of(board.model)
    first.values = [1] * len(board.model.proto.variables)
    assert joined([first, *others]) is None


@pytest.mark.usefixtures("apart")
@pytest.mark.parametrize("kind", [rule.kind for rule in RULES])
def test_the_parts_of_tiny_cases_cost_as_little_as_the_whole(kind: str) -> None:
    for case in tiny_cases(kind):
        rule = trial.stated(case, kind).model_copy(update={"priority": 1})
        board = trial.posted(case, rule)
        divided = parts_of(board.model)
        costs = [_least_of(board, part) for part in divided]
        board.model.minimize(cost_at(board, 1))
        assert (None if None in costs else sum(filter(None, costs))) == least(board.model)


def _least_of(board: Board, part: parts.Part) -> int | None:
    terms: Sequence[parts.Priced] = part.terms(board.costs.get(1, []))
    part.model.minimize(weighted(terms))
    return least(part.model)


def test_a_case_in_which_nothing_is_to_be_chosen_is_planned_reproducibly() -> None:
    avoiding = demand_of("availability", level="avoid", priority=1)
    case = case_of(series(rounds="1-3"), states("hall", "avoid", "2027-01-11"), avoiding)
    solved = solve.solve(case, read_rules(case), Control())
    assert len(solved.plan.sessions) == 3
    assert solved.plan.proved
    assert solved.plan.solver.reproducible


@pytest.mark.parametrize("giving_up", [60.0, 0.0], ids=["exact", "portfolio"])
@pytest.mark.parametrize("demands", [(), (REST,), (REST, FAIR), (REST, EAST, WEST)])
def test_two_shops_are_planned_as_well_as_can_be(
    small: int, demands: tuple[Demand, ...], giving_up: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "PROVING", giving_up)
    case = two_shops(*demands)
    plan = solve.solve(case, read_rules(case), Control(seconds=60)).plan
    assert plan.proved
    assert [(score.priority, score.value) for score in plan.score] == best_costs(case)
    assert small in {1, ALL}


@pytest.mark.usefixtures("apart")
def test_a_bound_that_holds_for_one_division_of_stronger_costs_is_not_kept_for_another() -> None:
    """Both plans cost 6 at the first priority: 1 and 5, or 5 and 1. With 1 in the east, E2 serves there, who would
    rather not; with 5 it need not."""
    rather_not = Availability(resource="E2", level=Level.AVOID, first=dt.date(2026, 3, 1), last=dt.date(2026, 3, 31))
    case = two_shops(REST, demand("avoid", "availability", 2, level="avoid"))
    case = case.model_copy(update={"availability": (rather_not,)})
    found = search.Search(case, read_rules(case), Control(), None)
    found.start_from(_served(case, "E1 E2 E1", "W1 W1 W1"))
    found._improve(1, exact=False)
    assert [(level.value, level.bound) for level in found.levels] == [(6, 0), (1, 1)]
    found.start_from(_served(case, "E1 E1 E1", "W1 W2 W1"))
    solved = found.finish()
    assert [score.value for score in solved.plan.score] == [6, 0]
    assert false_claims(case, solved.plan, solved.verdict) == ()


def _served(case: Case, east: str, west: str) -> dict[str, Session]:
    """Return the plan in which these serve in the three weeks."""
    found: dict[str, Session] = {}
    who = {"east": iter(east.split()), "west": iter(west.split())}
    for occurrence in agenda_of(case).occurrences:
        found[occurrence.id] = held(case, occurrence.id, host=next(who[occurrence.activity.id]))
    return found


@pytest.mark.usefixtures("apart")
def test_what_no_shop_can_do_has_no_plan() -> None:
    case = two_shops(demand("most", "load", 0, role="host", most="1", per="horizon"))
    with pytest.raises(InfeasibleError):
        solve.solve(case, read_rules(case), Control(seconds=60))
