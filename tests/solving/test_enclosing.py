"""Enclosing a repair: what is proved of a few sessions and those beside them is so for all of the case."""

from __future__ import annotations

from itertools import islice
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constraints import trial
from constraints.board import Board
from constraints.instances import Instance
from constraints.registry import RULES
from constraints.standing import Standing
from constraints.structure import TAKES_PLACE
from rota.agenda import agenda_of
from scheduler.solving.errors import InfeasibleError, NoPlanFoundError
from scheduler.solving.narrowing import as_it_is
from scheduler.solving.repair import Request
from tests.constraints import agreement
from tests.constraints.building import (
    case_of,
    demand,
    held,
    plan_of,
    room,
    seats,
    series,
    session_ids,
    site,
    states,
    turns,
    units,
)
from tests.solving.brute import smallest
from tests.solving.repairing import FEW, MANY, changed, day, drawn, repaired, same_as_by_brute_force
from tests.thoroughness import often, sparing

if TYPE_CHECKING:
    from constraints.rule import Rule
    from rota.case import Case
    from rota.plan import Plan, Session
    from rota.row import Row

TRIES = sparing(12, 100)
MOST = 1_000
"""So many plans of a tiny case are drawn from."""
PLANS: dict[str, list[dict[str, Session]]] = {}
"""These, by the case."""


@pytest.mark.parametrize("kind", [rule.kind for rule in RULES if rule.hereditary])
def test_a_plan_still_keeps_these_rules_where_sessions_are_left_out(kind: str) -> None:
    draw = Random(kind)
    for case in agreement.tiny_cases(kind):
        rule = trial.stated(case, kind).model_copy(update={"priority": 0})
        assert all(admitted(case, rule, draw) for _ in range(TRIES))


@pytest.mark.parametrize("kind", ["full_circle", "turn_order", "wanted"])
def test_a_plan_may_break_these_where_sessions_are_left_out(kind: str) -> None:
    draw = Random(kind)
    cases = agreement.tiny_cases(kind)
    rules = [trial.stated(case, kind).model_copy(update={"priority": 0}) for case in cases]
    assert not all(admitted(case, rule, draw) for case, rule in zip(cases, rules, strict=True) for _ in range(50))


COURSE = case_of(
    *units("a b"),
    site("hall"),
    room("red"),
    room("blue"),
    series("course", rounds="1-4", needs_room=True),
    seats(activity="course"),
    demand("room_stability", id="one_room", activities="course"),
)
IN_RED = plan_of(COURSE, [held(COURSE, id_, host="a", room="red") for id_ in session_ids(COURSE)])
LADDER = case_of(
    *units("a b c"),
    series(rounds="1-4"),
    seats(),
    demand("load", id="twice", role="host", most=2),
    demand("rest_gap", id="rest", role="host", cycle="weeks", rounds=2),
    demand("turn_order", id="order", role="host", priority=1),
)
IN_TURN = plan_of(LADDER, turns(LADDER, "a b a b"))


@pytest.mark.parametrize(
    ("case", "baseline", "number"),
    [
        pytest.param(changed(COURSE, states("red", "cannot", "2027-01-11")), IN_RED, 4, id="the whole course moves"),
        pytest.param(
            changed(LADDER, states("c", "cannot", "2027-01-11"), states("b", "cannot", "2027-01-11")),
            IN_TURN,
            3,
            id="a takes over from b, and others from a",
        ),
        pytest.param(
            changed(LADDER, series("talk", rounds="2"), seats(activity="talk")), IN_TURN, 0, id="a session is added"
        ),
        pytest.param(
            changed(COURSE, *(states(each, "cannot", "2027-01-11") for each in ("red", "blue"))),
            IN_RED,
            None,
            id="none",
        ),
    ],
)
def test_what_breaches_alone_do_not_prove_is_proved_near_the_change(
    case: Case, baseline: Plan, number: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduler.solving.repair.is_wide", lambda _: True)
    found = same_as_by_brute_force(case, Request(baseline))
    assert (len(found.changed) if found else None) == number


TAUGHT = case_of(
    *units("a b"),
    series("course", rounds="1-4", times="09:00; 14:00"),
    seats(activity="course"),
    demand("continuity", id="one_host", role="host"),
    demand("date_preference", id="dates", priority=1),
)
BY_A = plan_of(TAUGHT, turns(TAUGHT, "a a a a"))
A_AWAY = states("a", "cannot", "2027-01-04", end="12:00")


@pytest.mark.parametrize(
    ("rows", "number", "hour"),
    [
        pytest.param([A_AWAY], 4, 9, id="all sessions change hands, as the first is frozen"),
        pytest.param([A_AWAY, states("b", "cannot", "2027-01-18")], 1, 14, id="nobody can: the frozen one moves"),
    ],
)
def test_that_frozen_sessions_are_kept_goes_before_few_changes_near_the_change_as_anywhere(
    rows: list[Row], number: int, hour: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, request = changed(TAUGHT, *rows), Request(BY_A, day("2027-01-02"), freeze_days=3)
    anywhere = repaired(case, request)
    monkeypatch.setattr("scheduler.solving.repair.is_wide", lambda _: True)
    near = repaired(case, request)
    assert near.plan.session["course@2027-01-04"].start.hour == hour
    assert (near.proved, near.price_proved, near.price) == (True, True, anywhere.price)
    assert len(near.changed) == len(anywhere.changed) == number
    assert near.levels == anywhere.levels


@given(st.data())
@FEW
def test_what_is_proved_near_random_changes_is_what_brute_force_finds(data: st.DataObject) -> None:
    nothing_false_is_proved(*drawn(data, budgets=[0], orders=[[]]))


@pytest.mark.slow
@given(st.data())
@MANY
def test_what_is_proved_near_many_random_changes_is_what_brute_force_finds(data: st.DataObject) -> None:
    nothing_false_is_proved(*drawn(data, budgets=[0], orders=[[]]))


@pytest.mark.parametrize("kind", sorted(rule.kind for rule in RULES if not rule.names_all_mends))
def test_what_mends_a_breach_that_does_not_name_it_is_not_missed(kind: str) -> None:
    tiny_repairs(kind, sparing(1, 10))


@pytest.mark.slow
@pytest.mark.parametrize("kind", [rule.kind for rule in RULES if rule.names_all_mends])
def test_what_mends_a_breach_of_any_other_rule_is_not_missed_either(kind: str) -> None:
    tiny_repairs(kind, often(2, 10))


def tiny_repairs(kind: str, tries: int) -> None:
    """Repair random plans of the tiny cases of a rule, which must hold."""
    draw = Random(kind)
    for case in agreement.tiny_cases(kind):
        demands = [row.model_copy(update={"priority": 0}) for row in case.demands]
        required = case.model_copy(update={"demands": tuple(demands)})
        for _ in range(tries):
            nothing_false_is_proved(required, Request(plan_of(required, draw.choice(some_plans(required)).values())))


def nothing_false_is_proved(case: Case, request: Request) -> None:
    """Repair a plan near the change alone, and hold what is proved of it to the best of all plans."""
    expected = smallest(case, request)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("scheduler.solving.repair.is_wide", lambda _: True)
        try:
            found = repaired(case, request)
        except InfeasibleError:
            assert expected is None
            return
        except NoPlanFoundError:
            return
    assert expected is not None
    least, (number, price, costs) = expected
    assert found.verdict.holds
    assert found.least <= least <= len(found.changed)
    assert not found.proved or len(found.changed) == number
    assert not found.price_proved or found.price == price
    assert all(level.value == costs[level.priority] for level in found.levels if level.proved)


def some_plans(case: Case) -> list[dict[str, Session]]:
    if case.hash not in PLANS:
        PLANS[case.hash] = list(islice(trial.plans_of(case), MOST))
    return PLANS[case.hash]


def admitted(case: Case, rule: Rule, draw: Random) -> bool:
    """Draw a plan that keeps a rule, and tell whether the model of some sessions admits it, others being left out."""
    ids = [occurrence.id for occurrence in agenda_of(case).occurrences]
    plan = draw.choice(some_plans(case))
    role = {id_: draw.choice(("past", "opened", "kept", "left out", "absent")) for id_ in ids}
    past = {id_ for id_ in ids if role[id_] == "past"}
    if Standing(trial.roster(case, plan), past).of_rule(rule)[0]:
        return True
    frames = {id_: as_it_is(agenda_of(case).by_id[id_], plan[id_]) for id_ in plan if role[id_] in {"kept", "left out"}}
    fixed = {id_: plan[id_] for id_ in past & plan.keys()}
    opened = [id_ for id_ in ids if role[id_] == "opened"]
    droppable = [Instance(TAKES_PLACE, (id_,)) for id_ in frames]
    board = Board(case, [*opened, *frames], fixed, narrowed=frames, partial=True, exempt=droppable)
    board.post([rule])
    stays = {id_: session for id_, session in plan.items() if role[id_] in {"opened", "kept"}}
    return trial.Trial(board).least_cost(stays) is not None
