"""What a rule demands of the board: when it holds, what it costs, and under which instance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from constraints.board import Board, Lit
from constraints.instances import Instance
from constraints.structure import LEAST, TAKES_PLACE
from constraints.trial import Trial, quick_solver
from tests.constraints.board.saying import (
    THREE,
    ahead,
    counted,
    given,
    lits,
    outcomes,
    plans_with,
    saying,
    seat,
    single,
    terms,
)
from tests.constraints.building import (
    case_of,
    seats,
    series,
    unit,
)

# Demands.

DEMANDS: dict[str, tuple[Callable[[Board], object], list[int]]] = {
    "between": (lambda board: board.between(terms(board), 1, 2, ()), [1, 0, 0, 1]),
    "between, dearer": (lambda board: board.between(terms(board), 2, None, (), 5), [10, 5, 0, 0]),
    "at most": (lambda board: board.between(terms(board), None, 0, ()), [0, 1, 2, 3]),
    "with coefficients": (
        lambda board: board.between([(lit, (-1) ** n * (n + 1)) for n, lit in enumerate(lits(board))], -1, 1, ()),
        [0, 0, 0, 1],  # 0; 1; 1 - 2 = -1; 1 - 2 + 3 = 2
    ),
    "with coefficients, too low": (
        lambda board: board.between([(lit, (-1) ** n * (n + 1)) for n, lit in enumerate(lits(board))], 0, None, ()),
        [0, 0, 1, 0],
    ),
    "with what is fixed": (lambda board: board.between([(True, 2), (False, 9), *terms(board)], 3, 4, ()), [1, 0, 0, 1]),
    "of the same twice": (lambda board: board.between([*terms(board), *terms(board)], 1, 3, ()), [1, 0, 1, 3]),
    "forbid all": (lambda board: board.forbid(lits(board), (), 7), [0, 0, 0, 7]),
    "forbid one": (lambda board: board.forbid([seat(board, 0, "b"), True], (), 7), [0, 0, 7, 7]),
    "forbid none": (lambda board: board.forbid([*lits(board), False], ()), [0, 0, 0, 0]),
    "forbid what is fixed": (lambda board: board.forbid([True], (), 7), [7, 7, 7, 7]),
    "forbid the opposite": (
        lambda board: board.forbid([board.negation(seat(board, 0, "a")), board.negation(seat(board, 0, "b"))], (), 7),
        [7, 0, 0, 0],
    ),
    "demand one": (lambda board: board.demand(lits(board), (), 7), [7, 0, 0, 0]),
    "demand nothing": (lambda board: board.demand([], (), 7), [7, 7, 7, 7]),
    "charge": (lambda board: board.charge(terms(board), lambda n: (n - 1) ** 2, ()), [1, 0, 1, 4]),
    "charge a run": (lambda board: board.charge(terms(board), lambda n: max(0, 1 - n, n - 2), ()), [1, 0, 0, 1]),
    "charge always": (lambda board: board.charge(terms(board), lambda n: n + 1, ()), [1, 2, 3, 4]),
    "charge what is fixed": (lambda board: board.charge([(True, 2), (False, 1)], lambda n: n, ()), [2, 2, 2, 2]),
    "charge counts": (lambda board: board.charge([(counted(board), 2), (True, 1)], lambda n: n, ()), [1, 3, 5, 7]),
    "between counts": (lambda board: board.between([(counted(board), -2), (True, 1)], -3, 0, ()), [1, 0, 0, 2]),
    "count of counts": (
        lambda board: board.between([(board.count([(counted(board), 2), (seat(board, 0, "a"), 1)]), 1)], None, 3, ()),
        [0, 0, 2, 4],  # 0; 2 + 1; 4 + 1; 6 + 1
    ),
    "spread": (lambda board: board.spread([ahead(board, 0, 0)], 1, ()), [0, 0, 1, 2]),
    "spread, and the other way round": (
        lambda board: board.spread([ahead(board, 1), ahead(board, 1)[::-1]], 1, ()),
        [0, 0, 0, 1],  # 1 behind; level; 1 ahead; 2 ahead
    ),
    "spread, the other way round": (lambda board: board.spread([ahead(board, 0, 2)[::-1]], 0, ()), [2, 1, 0, 0]),
    "spread of several": (
        lambda board: board.spread([ahead(board, 1, 2, 3), ahead(board, 2, 2)], 0, ()),
        [0, 0, 1, 2],  # against the least of each group
    ),
    "spread of what is open": (
        lambda board: board.spread(
            [([single(board, "a"), single(board, "b")], [single(board, "c"), counted(board)])], 0, ()
        ),
        [0, 1, 1, 0],  # level; a above c; a and b above c; all have 1, and the count is above
    ),
    "spread of what is fixed": (lambda board: board.spread([([given(board, 5)], [given(board, 2)])], 1, ()), [2] * 4),
    "spread of nothing": (lambda board: board.spread([], 0, ()), [0] * 4),
    "greatest": (
        lambda board: board.charge(
            [(board.greatest([single(board, "a"), single(board, "b"), board.count([(seat(board, 0, "c"), 2)])]), 1)],
            int,
            (),
        ),
        [0, 1, 1, 2],
    ),
    "greatest with what is fixed": (
        lambda board: board.charge([(board.greatest([given(board, 2), counted(board), given(board, 1)]), 1)], int, ()),
        [2, 2, 2, 3],
    ),
    "greatest of what is fixed": (
        lambda board: board.charge([(board.greatest([given(board, 2), given(board, 1)]), 1)], int, ()),
        [2] * 4,
    ),
    "any": (lambda board: board.forbid([board.any_of(lits(board)[1:])], (), 7), [0, 0, 7, 7]),
    "any with what is fixed": (lambda board: board.forbid([board.any_of([*lits(board), True])], (), 7), [7] * 4),
    "any of none": (lambda board: board.forbid([board.any_of([False])], (), 7), [0] * 4),
    "all": (lambda board: board.forbid([board.all_of(lits(board)[:2])], (), 7), [0, 0, 7, 7]),
    "all with what is fixed": (lambda board: board.forbid([board.all_of([False, *lits(board)])], (), 7), [0] * 4),
    "all of none": (lambda board: board.forbid([board.all_of([True])], (), 7), [7] * 4),
    "any of opposites": (
        lambda board: board.forbid([board.any_of(board.negation(lit) for lit in lits(board))], (), 7),
        [7, 7, 7, 0],
    ),
    "all of opposites": (
        lambda board: board.forbid([board.all_of(board.negation(lit) for lit in lits(board))], (), 7),
        [7, 0, 0, 0],
    ),
    "one and its opposite": (
        lambda board: board.forbid([seat(board, 0, "a"), board.negation(seat(board, 0, "a"))], (), 7),
        [0] * 4,
    ),
    "the opposite of all": (
        lambda board: board.forbid([board.negation(board.all_of(lits(board)[:2]))], (), 7),
        [7, 7, 0, 0],
    ),
    "one twice": (lambda board: board.forbid([board.any_of([seat(board, 0, "a")] * 2)], (), 7), [0, 7, 7, 7]),
}


@pytest.mark.parametrize("named", DEMANDS)
def test_a_preferred_demand_costs_its_breach_times_the_weight(named: str) -> None:
    say, expected = DEMANDS[named]
    assert outcomes(say, priority=1, weight=3) == [3 * cost for cost in expected]


@pytest.mark.parametrize("named", DEMANDS)
def test_a_required_demand_rules_out_what_breaks_it(named: str) -> None:
    say, expected = DEMANDS[named]
    assert outcomes(say) == [None if cost else 0 for cost in expected]


@pytest.mark.parametrize("named", DEMANDS)
def test_what_is_to_be_explained_holds_under_its_instance_only(named: str) -> None:
    say, expected = DEMANDS[named]
    assert outcomes(say, mode="explain", assumed=True) == [None if cost else 0 for cost in expected]
    assert outcomes(say, mode="explain", assumed=False) == [0] * 4


def test_a_demand_is_made_by_a_rule() -> None:
    with pytest.raises(RuntimeError, match="while a rule is being posted"):
        Board(THREE).forbid([True], ())


def test_a_charge_returns_its_number() -> None:
    board = Board(THREE)
    counts: list[Any] = []
    board.post([saying(lambda b: counts.append(b.charge([(True, 2), *terms(b)], lambda _: 0, ())), priority=1)])
    trial = Trial(board)
    solver = quick_solver()
    assert trial.least_cost(plans_with("a", "b")) == 0
    solver.solve(board.model)
    assert solver.value(counts[0]) == 4


def test_what_follows_anyway_may_be_stated() -> None:
    board = Board(THREE)
    board.post([saying(lambda b: b.imply([(lit, 1) for lit in lits(b)], 1, 2))])
    trial = Trial(board)
    assert [trial.least_cost(plans_with(*"abc"[:n])) for n in range(4)] == [None, 0, 0, None]


def test_a_sum_of_what_is_known_is_known() -> None:
    board = Board(THREE)
    four = board.count([(True, 3), (False, 7), (given(board, 1), 1)])
    assert (four.least, four.most) == (4, 4)
    more = board.count([(four, 2), (seat(board, 0, "a"), -3)])
    assert (more.least, more.most) == (5, 8)


def test_a_tally_counts_what_has_happened_by_the_end_of_each_day() -> None:
    board = Board(THREE)
    days = [dt.date(2027, 1, day) for day in (4, 11, 18)]
    dated: list[tuple[dt.date, Lit]] = [
        (dt.date(2026, 12, 28), True),
        (days[0], seat(board, 0, "a")),
        (days[0], seat(board, 0, "b")),
        (dt.date(2027, 1, 12), seat(board, 0, "c")),
        (dt.date(2027, 1, 19), True),
    ]
    counts = board.tally(dated, days)
    assert [(day, count.least, count.most) for day, count in counts.items()] == [
        (days[0], 1, 3),
        (days[1], 1, 3),
        (days[2], 1, 4),
    ]
    assert outcomes(
        lambda b: b.charge([(b.tally([(days[0], lit) for lit in lits(b)], days)[days[1]], 1)], int, ()), priority=1
    ) == [0, 1, 2, 3]


def test_costs_are_kept_by_priority() -> None:
    board = Board(THREE)
    later = saying(lambda b: b.forbid([seat(b, 0, "a")], ()), priority=2)
    sooner = saying(lambda b: b.forbid([seat(b, 0, "b")], ()), priority=1, weight=4)
    board.post([later, sooner])
    assert {priority: [amount for amount, _ in costs] for priority, costs in board.costs.items()} == {1: [4], 2: [1]}


def test_instances_are_named_after_the_demand_and_whom_it_is_about() -> None:
    board = Board(case_of(unit("a"), series(rounds="1"), seats()), mode="explain")
    board.post([saying(lambda b: b.forbid([seat(b, 0, "a")], ("a", "duty@2027-01-04")))])
    assert set(board.instances) == {
        Instance(TAKES_PLACE, ("duty@2027-01-04",)),
        Instance(LEAST, ("duty@2027-01-04", "main", "host")),
        Instance("said", ("a", "duty@2027-01-04")),
    }
