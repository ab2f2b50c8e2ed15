"""Neighbourhoods: windows are drawn where something that matters may come to less."""

from __future__ import annotations

from random import Random

from constraints.reading import read_rules
from rota.demand import Level
from scheduler.solving.narrowing import Admitted
from scheduler.solving.neighbourhoods import Neighbourhoods
from tests.constraints.building import case_of, demand, held, seats, series, session_ids, states, units, weeks
from tests.solving.test_large import judged


def test_breaches_of_the_strongest_priority_that_may_cost_less_draw_windows_most() -> None:
    case = case_of(
        *units("a b c"),
        weeks(4),
        series(rounds="1-4"),
        seats("host"),
        demand("load", id="few", priority=1, role="host", most=2),
        demand("availability", id="spare", priority=2, level=Level.AVOID),
        states("b", Level.AVOID, "2027-01-01", last="2027-12-31"),
    )
    plan = {id_: held(case, id_, host=who) for id_, who in zip(session_ids(case), "aaab", strict=True)}
    floors: dict[str, int] = {}
    windows = Neighbourhoods(Admitted(case, read_rules(case)), Random(7), floors=lambda: floors)
    windows.look_at(judged(case, plan))
    few, spare = windows.badness["a"], windows.badness["b"]
    assert few > 5 * spare > 0
    floors["few"] = 1
    windows.look_at(judged(case, plan))
    assert windows.badness["b"] > windows.badness.get("a", 0.0)
