"""Annealing of seats: what it counts is what the verifier counts, and small cases come to the best there is."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from constraints.reading import read_rules
from constraints.verify import Verdict, verify
from rota.case import Case
from rota.plan import Session
from rota.row import Row
from scheduler.solving.annealing import seat_kernel
from scheduler.solving.annealing import seats as annealing
from scheduler.solving.annealing.seat_layout import SeatLayout
from scheduler.solving.bounding.relaxation import Relaxation
from scheduler.solving.control import Control, Progress
from scheduler.solving.solve import solve
from tests.constraints.building import (
    case_of,
    cycle,
    demand,
    plan_of,
    room,
    seats,
    series,
    site,
    states,
    turn,
    unit,
    units,
    way,
)


def rotation(rounds: int, *rows: Row) -> Case:
    """Two sessions a week share four units and two rooms; more turns are dearer, close ones and crowded rooms too."""
    stated = (
        demand("rest_gap", id="gap", priority=1, weight=5, cycle="weeks", rounds=3, groups="old"),
        demand("rising_load", id="turns", priority=1, groups="old"),
        demand("cover", id="everybody", priority=1, times=2),
        demand("room_fit", id="crowded", priority=1),
    )
    who = (*(unit(each, groups="old") for each in "abcd"), unit("e"))
    week = cycle("weeks", f"FREQ=WEEKLY;COUNT={rounds}")
    held = [series(each, rounds=f"1-{rounds}", needs_room="是", attendance=7) for each in ("duty", "talk")]
    filled = [seats(role, each) for each in ("duty", "talk") for role in ("host", "partner")]
    rooms = (site("hall"), room("small", capacity=5), room("large", capacity=9))
    return case_of(*rooms, week, *held, *who, *filled, *stated, *rows)


CASES = {
    "a year": rotation(6),
    "somebody is away": rotation(6, states("a", "cannot", "2027-01-11", last="2027-01-20")),
    "turns of last year count": rotation(4, turn("a", "2026-12-28"), turn("b", "2026-12-21")),
    "at most three turns": rotation(4, demand("load", id="few", role="host", most=3, per="horizon")),
    "rather not": rotation(
        4,
        states("b", "avoid", "2027-01-04", last="2027-01-20"),
        demand("availability", id="rather", level="avoid", priority=1, weight=7),
    ),
    "two priorities": rotation(4, demand("fair_share", id="fair", priority=2, role="host")),
    "three priorities": rotation(
        4,
        demand("fair_share", id="fair", priority=2, role="host"),
        demand("cover", id="guests", priority=4, role="partner", times=2, groups="old"),
    ),
}


def judged(case: Case, sessions: Mapping[str, Session]) -> Verdict:
    return verify(case, read_rules(case), plan_of(case, sessions.values()))


@pytest.fixture(autouse=True)
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try fewer moves: these cases are small."""
    monkeypatch.setattr(annealing, "EACH", 20_000)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_is_counted_is_what_the_verifier_counts(case: Case) -> None:
    reported: list[Progress] = []
    layout = SeatLayout(Relaxation(case, read_rules(case), 1))
    control = Control(report=reported.append)
    found = layout.sessions(annealing.seated(layout, control, annealing.Said(1, control, lambda _: False)))
    verdict = judged(case, found)
    assert verdict.holds, [breach.message.en for breach in verdict.breaches]
    assert reported[-1].value == verdict.costs[1]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_small_cases_come_to_the_best(case: Case) -> None:
    rules = read_rules(case)
    assert annealing.is_seating(case, rules)
    found = annealing.annealed_seats(case, rules, Control(), lambda sessions: judged(case, sessions))
    assert found is not None
    assert judged(case, found).costs == solve(case, rules, Control()).verdict.costs


def test_the_same_seed_gives_the_same_seats() -> None:
    layout = SeatLayout(Relaxation(CASES["a year"], read_rules(CASES["a year"]), 1))
    first, second = (annealing.seated(layout, Control(seed=3)).tolist() for _ in range(2))
    assert first == second


def test_it_ends_once_the_bound_is_met() -> None:
    case, reported = CASES["a year"], list[Progress]()
    layout = SeatLayout(Relaxation(case, read_rules(case), 1))
    control = Control(report=reported.append)
    annealing.seated(layout, control, annealing.Said(1, control, lambda _: True))
    assert len(reported) == 1


@pytest.mark.parametrize(
    "rows",
    [
        (series("open", rounds="1", times="09:00; 10:00"),),
        (series("may", rounds="1", presence="may"),),
        (series("late", rounds="1", times="09:30"),),
        (site("yard"), series("where", rounds="1", sites="hall; yard", needs_room="否")),
    ],
    ids=["starts are open", "need not be held", "times overlap", "sites are open"],
)
def test_cases_in_which_more_is_open_are_not_seatings(rows: tuple[Row, ...]) -> None:
    case = rotation(3, *rows)
    assert not annealing.is_seating(case, read_rules(case))


def test_a_case_that_no_move_can_mend_has_no_plan_so() -> None:
    case = case_of(*units("a"), series(rounds="1"), seats(), seats("partner"), demand("rising_load", priority=1))
    rules = read_rules(case)
    assert annealing.annealed_seats(case, rules, Control(), lambda sessions: judged(case, sessions)) is None


def test_without_any_time_left_seats_are_filled_once() -> None:
    layout = SeatLayout(Relaxation(CASES["a year"], read_rules(CASES["a year"]), 1))
    assert (annealing.seated(layout, Control(seconds=0.0)) >= 0).all()


def test_a_case_without_seats_that_must_be_filled_is_left_to_others() -> None:
    case = case_of(*units("a b"), series(), seats(least=0), demand("rising_load", priority=1))
    rules = read_rules(case)
    assert annealing.is_seating(case, rules)
    assert annealing.annealed_seats(case, rules, Control(), lambda sessions: judged(case, sessions)) is None


def test_whoever_takes_all_seats_of_a_role_is_charged_for_each() -> None:
    load = demand("rising_load", priority=1)
    at_once = demand("no_overlap", id="at_once", priority=2)
    case = case_of(*units("a b c"), series(rounds="1-2"), seats(least=3, most=3), load, at_once)
    layout = SeatLayout(Relaxation(case, read_rules(case), 1))
    tables = layout.tables()
    state = layout.state(tables)
    seat_kernel.fill(tables, state, np.zeros_like(state.who), np.random.default_rng(0))
    assert state.sums.tolist() == [6 * 6, 0]


def test_ways_too_dear_to_be_added_up_are_left_to_others() -> None:
    walking = [demand("travel_cost", id=f"walk{p}", priority=p, weight=1_000_000) for p in (1, 2, 3)]
    places = (site("hall"), site("yard"), way("hall", "yard", 600))
    held = (series(sites="hall"), series("talk", sites="yard", times="11:00"))
    case = case_of(*places, *held, *units("a b"), seats(), seats("host", "talk"), *walking)
    rules = read_rules(case)
    assert annealing.is_seating(case, rules)
    assert annealing.annealed_seats(case, rules, Control(), lambda sessions: judged(case, sessions)) is None


def test_prices_too_large_to_be_added_up_are_left_to_others() -> None:
    shares = [
        demand("fair_share", id=f"share{priority}", priority=priority, role=role, weight=1_000_000)
        for priority, role in ((1, "host"), (2, "partner"), (3, ""))
    ]
    week = cycle("weeks", "FREQ=WEEKLY;COUNT=4")
    case = case_of(
        site("hall"), week, series(rounds="1-4", needs_room="否"), *units("a b c"), seats(), seats("partner")
    )
    case = case.model_copy(update={"demands": (*case.demands, *shares)})
    rules = read_rules(case)
    assert annealing.is_seating(case, rules)
    assert annealing.annealed_seats(case, rules, Control(), lambda sessions: judged(case, sessions)) is None
