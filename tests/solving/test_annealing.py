"""Annealing: single moves are priced as the verifier counts, and lead to timetables that hold."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constraints.reading import read_rules
from constraints.verify import Verdict, verify
from rota.agenda import agenda_of
from rota.case import Case
from rota.plan import Session
from scheduler.solving.annealing import search
from scheduler.solving.annealing.laying import layout_of
from scheduler.solving.annealing.layout import HARD, Layout
from scheduler.solving.annealing.legs import Walked
from scheduler.solving.annealing.search import annealed
from scheduler.solving.control import Control
from scheduler.solving.executors import Crew, Here
from scheduler.solving.improving import Context
from tests.constraints import timetables
from tests.constraints.building import case_of, demand, plan_of, room, seats, series, unit, units
from tests.thoroughness import often

MANY = settings(max_examples=often(60, 300), deadline=None, suppress_health_check=list(HealthCheck))

SCHOOL = (
    *(room("large", capacity=30), room("small", capacity=10), unit("class", groups="class")),
    series("algebra", rounds="1-3", days_after=3, times="09:00; 10:00", needs_room=True, attendance=20),
    series("botany", rounds="1-3", days_after=3, times="09:00; 10:00", needs_room=True, attendance=5),
    *(seats("class", activity, groups="class") for activity in ("algebra", "botany")),
    demand("room_fit", id="fit", priority=1),
    demand("compactness", id="together", priority=1, weight=2),
)
"""Two courses of one class: at best each lesson of the one follows one of the other at once."""


def judged(case: Case, sessions: dict[str, Session]) -> Verdict:
    return verify(case, read_rules(case), plan_of(case, sessions.values()))


def drawn(layout: Layout, draw: Random) -> tuple[list[int], list[int]]:
    """Draw starts and places at which each session by itself could be held."""
    held = [draw.choice(layout.ways(kind)) for kind in layout.tables.kind.tolist()]
    return [start for start, _ in held], [place for _, place in held]


@pytest.mark.slow
@given(timetables.cases(), st.randoms(use_true_random=False))
@MANY
def test_moves_cost_what_the_verifier_counts(case: Case, draw: Random) -> None:
    from scheduler.solving.annealing.kernel import anneal, state_of  # noqa: PLC0415 - compiling takes time to import

    layout = layout_of(case, read_rules(case))
    if layout is None:
        return
    found = []
    state, total = state_of(layout.tables, *drawn(layout, draw))
    best, least, generator = (state.start.copy(), state.place.copy()), total, np.random.default_rng(draw.randrange(99))
    for _ in range(3):
        held = state.start.tolist(), state.place.tolist()
        assert state_of(layout.tables, *held)[1] == total
        verdict = judged(case, layout.sessions(*held))
        assert verdict.holds is (total < HARD)
        found.append(total % HARD - verdict.costs.get(1, 0))
        total, least = anneal(layout.tables, state, best, generator, total, least, 60, 50.0, 10.0)
    assert len(set(found)) == 1
    assert state_of(layout.tables, best[0].tolist(), best[1].tolist())[1] == least


@pytest.mark.slow
def test_annealing_finds_the_best_timetable_of_a_class(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "UNHURRIED", 20_000)
    case = case_of(*SCHOOL)
    found = annealed(case, read_rules(case), Control(), lambda s: judged(case, dict(s)), Crew(Here), None)
    assert found is not None
    verdict = judged(case, dict(found))
    assert (verdict.holds, verdict.costs) == (True, {1: 0})


def test_breaches_weigh_more_where_a_cold_walk_does_not_come_to_hold() -> None:
    held = ((0,), (0,))
    broken, holds = Walked(held, held, broken=1, cost=5), Walked(held, held, broken=0, cost=9)
    course = search._cooling(20.0, 0.5, 20)
    for led_to in (broken, holds):
        walk = search._Walk(held, 7, course)
        for walk.legs in range(1, len(course) + 1):
            walk.weigh(broken if walk.legs < 3 else led_to)
        assert walk.harder == (1 if led_to is holds else search.HARDEST)
    early = search._Walk(held, 7, course, legs=2)
    early.weigh(broken)
    assert early.harder == 1, "while it is warm, much is broken"


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ((demand("fair_share", id="fair", priority=1),), "a rule does not say what it charges for starts and rooms"),
        ((units("x y")[0], seats("host", "algebra", groups="", least=1, most=1)), "somebody is to be chosen"),
        ((series("talk", presence="may"),), "a session need not take place"),
    ],
)
def test_a_case_whose_moves_cannot_be_priced_is_left_to_windows(rows: tuple[object, ...], why: str) -> None:
    case = case_of(*SCHOOL, *rows)  # type: ignore[arg-type]
    assert layout_of(case_of(*SCHOOL), read_rules(case_of(*SCHOOL))) is not None
    assert layout_of(case, read_rules(case)) is None, why


@pytest.mark.parametrize("legs", [1, 2, 15, 60])
def test_a_walk_cools_down_once_and_then_from_the_best_again(legs: int) -> None:
    case = case_of(*SCHOOL)
    layout = layout_of(case, read_rules(case))
    assert layout is not None
    course = search._course(layout, legs)
    assert len(course) == legs
    assert all(step.warm > step.cool for step in course)
    assert [step.warm for step in course if step.again] == [search.AGAIN * 2] * {1: 0, 2: 0, 15: 1, 60: 2}[legs]
    for early, late in pairwise(course):
        assert late.again or late.warm == early.cool


def test_a_plan_from_elsewhere_is_polished_once_by_a_cold_walk() -> None:
    case = case_of(*SCHOOL)
    rules, layout = read_rules(case), layout_of(case, read_rules(case))
    assert layout is not None
    news = layout.sessions(*drawn(layout, Random(7)))
    control, crew, context = Control(seconds=60), Crew(Here), Context.of(case, rules)
    annealing = search.Annealing(layout, context, control, lambda s: judged(case, dict(s)), crew, news=lambda: news)
    (walk,) = annealing._hear()
    assert layout.sessions(*walk.held) == news
    assert annealing._hear() == []
    (usual,) = annealing._walks(None)
    assert walk.course[0].warm < usual.course[0].warm / 10


def test_sessions_of_one_activity_are_of_one_kind() -> None:
    case = case_of(*SCHOOL)
    layout = layout_of(case, read_rules(case))
    assert layout is not None
    of = {o.id: kind for o, kind in zip(agenda_of(case).occurrences, layout.tables.kind.tolist(), strict=True)}
    assert len(of) == 6
    assert {session.split("@")[0] for session in of} == {"algebra", "botany"}
