"""Generated districts have a plan: the one that was planted holds, whoever is away and however far the ways are."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from random import Random

import pytest

from benchmarks.district.generator import MINUTES, MONTHLY, TIMES, District, case_of, laid_out, planted
from benchmarks.district.planting import Ground, NoPlanPlantedError, Server, plant
from constraints.reading import read_rules
from constraints.verify import Verdict, verify


@pytest.mark.parametrize(("stations", "seed"), [(9, 7), (10, 8), pytest.param(40, 7, marks=pytest.mark.slow)])
def test_the_planted_plan_holds(stations: int, seed: int) -> None:
    laid = laid_out(stations, seed)
    assert len(laid.turns) == 26 * stations
    assert judged(laid).holds


def test_the_monthly_limit_and_the_ways_bind() -> None:
    laid = laid_out(40, 7)
    taken = Counter((turn.instructor, turn.first.month) for turn in laid.turns)
    gap = dt.datetime.combine(dt.date.min, TIMES[1]) - dt.datetime.combine(dt.date.min, TIMES[0])
    assert max(taken.values()) == MONTHLY
    assert max(laid.ways.values()) > gap.total_seconds() / 60 - MINUTES


def test_the_absence_of_the_only_instructor_is_not_granted() -> None:
    ground = _ground(monthly=8)
    (turn,) = plant(ground, [SATURDAY])
    assert turn.instructor == "p0"
    assert not ground.instructors[0].granted


def test_a_district_without_any_plan_is_refused() -> None:
    with pytest.raises(NoPlanPlantedError):
        list(plant(_ground(monthly=0), [SATURDAY]))


SATURDAY = dt.date(2027, 1, 9)


def _ground(monthly: int) -> Ground:
    """Return one station whose only instructor is away on its Saturday."""
    never = (dt.date.min, dt.date.min)
    units = [Server(f"u{n}", (0,), ("party",), never) for n in range(2)]
    return Ground(
        [("party", "business")],
        units,
        [Server("p0", (0,), ("party",), (SATURDAY, SATURDAY))],
        {},
        0,
        monthly,
        Random(7),
    )


def judged(laid: District) -> Verdict:
    case = case_of(laid, "planted")
    return verify(case, read_rules(case), planted(laid, case))
