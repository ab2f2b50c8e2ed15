"""Heavy cases: windows, bounds rule by rule and exact searches come together to what the whole model proves."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import islice, permutations

import pytest

from constraints import trial
from constraints.reading import read_rules
from constraints.registry import RULES
from constraints.verify import Verdict
from rota.case import Case
from rota.demand import Level
from rota.plan import Session
from scheduler.solving.bounding.single import RuleBounds
from scheduler.solving.control import Control
from scheduler.solving.descent import Descent
from scheduler.solving.errors import InfeasibleError
from scheduler.solving.executors import Crew, Here
from scheduler.solving.large import LargeSearch
from scheduler.solving.sketch import crowded, filled, sketched
from scheduler.solving.solve import solve
from tests.constraints import agreement
from tests.constraints.building import case_of, demand, room, seats, series, states, units, weeks
from tests.solving.test_large import judged

YEAR = case_of(
    *units("a b c d e f"),
    room("hall"),
    weeks(8),
    series(rounds="1-8", rooms=("hall",)),
    seats("host"),
    seats("helper", least=2, most=2),
    states("a", Level.CANNOT, "2027-01-01", last="2027-02-14"),
    demand("rest_gap", id="rest", priority=1, role="host", cycle="weeks", rounds=2),
    demand("rising_load", id="turns", priority=2, role="host"),
    demand("rising_load", id="help", priority=2, role="helper"),
)


@pytest.fixture(autouse=True)
def heavy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let small cases count as heavy, and windows end soon."""
    monkeypatch.setattr("scheduler.solving.wide.HEAVY", 0)
    monkeypatch.setattr("scheduler.solving.wide.is_said", lambda _: False)  # a district is planned otherwise
    monkeypatch.setattr("scheduler.solving.large.PATIENCE", 5)


@cache
def exactly(case: Case) -> Verdict:
    """Return what the exact search of the whole model proves."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("scheduler.solving.wide.HEAVY", 10**9)
        solved = solve(case, read_rules(case), Control())
    assert solved.plan.proved
    return solved.verdict


def here(seconds: float | None = None) -> Control:
    return Control(seconds, crew=Crew(Here, lambda: 1, 1))


def test_what_is_found_side_by_side_is_what_the_whole_model_proves() -> None:
    found = solve(YEAR, read_rules(YEAR), here())
    assert found.plan.proved
    assert found.verdict.costs == exactly(YEAR).costs


def test_windows_without_a_plan_go_on_from_any_that_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[bool] = []

    def begin(search: LargeSearch, sessions: Mapping[str, Session]) -> None:
        begun.append(judged(YEAR, sessions).holds)
        take_up(search, sessions)

    take_up = LargeSearch._begin
    monkeypatch.setattr("scheduler.solving.heavy.Descent.run", lambda _: None)
    monkeypatch.setattr(LargeSearch, "_begin", begin)
    monkeypatch.setattr("scheduler.solving.large.next_sessions", lambda *_: {})
    monkeypatch.setattr("scheduler.solving.heavy.crowded", lambda _: None)
    monkeypatch.setattr("scheduler.solving.heavy.MENDING", 1.0)
    solve(YEAR, read_rules(YEAR), here(seconds=60.0))
    assert begun[0] is True


def test_no_plan_is_proved_where_there_is_none() -> None:
    case = case_of(*units("a"), weeks(2), series(rounds="1-2"), seats(), demand("load", id="once", most=1))
    with pytest.raises(InfeasibleError):
        solve(case, read_rules(case), here())


def test_no_plan_is_proved_where_only_the_seats_of_the_crowded_role_cannot_be_filled() -> None:
    case = case_of(
        *units("a b c d"),
        weeks(3),
        series(rounds="1-3"),
        seats("host"),
        seats("helper", least=2, most=2),
        demand("load", id="once", role="helper", most=1),
        demand("rising_load", id="turns", priority=1, role="host"),
    )
    assert crowded(case) is not None
    with pytest.raises(InfeasibleError):
        solve(case, read_rules(case), here())


@pytest.mark.parametrize("role", [None, "host"])
def test_without_a_plan_that_is_brought_down_windows_begin_by_themselves(
    role: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduler.solving.heavy.Descent.run", lambda _: None)
    monkeypatch.setattr("scheduler.solving.heavy.crowded", lambda _: role)
    assert solve(YEAR, read_rules(YEAR), here()).verdict.costs == exactly(YEAR).costs


@pytest.mark.parametrize("role", [None, "host"])
@pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
def test_what_is_brought_down_under_any_order_of_wishes_is_proved_truly(
    order: tuple[int, int, int],
    role: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("scheduler.solving.heavy.crowded", lambda _: role)
    priorities = dict(zip(("rest", "turns", "help"), order, strict=True))
    demands = [
        row.model_copy(update={"priority": priorities[row.id]}) if row.id in priorities else row for row in YEAR.demands
    ]
    case = YEAR.model_copy(update={"demands": tuple(demands)})
    found = solve(case, read_rules(case), here())
    assert found.plan.proved
    assert found.verdict.costs == exactly(case).costs


def test_windows_wait_no_longer_than_half_of_the_time_for_a_plan_that_is_brought_down(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun: list[float] = []

    def wait(descent: Descent) -> None:
        descent.control.stop.wait(60.0)

    def begin(search: LargeSearch, start: Mapping[str, Session] | None = None) -> dict[str, Session]:
        begun.append(search.control.left() or 0.0)
        return dict(start or {})

    monkeypatch.setattr("scheduler.solving.heavy.Descent.run", wait)
    monkeypatch.setattr(LargeSearch, "run", begin)
    solve(YEAR, read_rules(YEAR), here(seconds=4.0))
    assert 0.0 < begun[0] <= 2.0


def test_a_case_without_wishes_has_a_plan() -> None:
    case = case_of(*units("a b"), weeks(2), series(rounds="1-2"), seats())
    assert solve(case, read_rules(case), here()).verdict.holds


@pytest.mark.parametrize("kind", [rule.kind for rule in RULES])
def test_no_rule_costs_less_than_its_bound(kind: str) -> None:
    for case in agreement.tiny_cases(kind):
        rules = [rule.model_copy(update={"priority": 1}) if rule.kind == kind else rule for rule in read_rules(case)]
        bounds = RuleBounds(case, rules, Control())
        while (rule := bounds.next_of(dict.fromkeys(bounds.wishes, 1))) is not None:
            bounds.ask(rule)
        for sessions in islice(trial.plans_of(case), 200):
            roster = trial.roster(case, sessions)
            if not any(True for rule in rules if rule.required for _ in rule.check(roster)):
                assert sum(rule.cost(roster) for rule in rules if not rule.required) >= bounds.at(1)


def test_the_seats_of_the_most_crowded_role_are_filled_around_the_others() -> None:
    role = crowded(YEAR)
    assert role == "host"
    plan = {session.id: session for session in solve(YEAR, read_rules(YEAR), here()).plan.sessions}
    parts = {
        id_: tuple(p.model_copy(update={"roles": {"helper": p.roles["helper"]}}) for p in plan[id_].parts)
        for id_ in plan
    }
    sketch = {id_: session.model_copy(update={"parts": parts[id_]}) for id_, session in plan.items()}
    done = filled(YEAR, read_rules(YEAR), sketch, role, Control())
    assert judged(YEAR, done).holds
    assert [(s.id, s.start, s.parts[0].room) for s in done.values()] == [
        (s.id, s.start, s.parts[0].room) for s in plan.values()
    ]


@pytest.mark.parametrize(("found", "asked"), [((0, 3, 8), [0, 3]), ((0, 8), [0]), ((0, 3, 5), [0, 3])])
def test_a_sketch_that_lacks_sessions_is_gone_on_with_once(found: tuple[int, ...], asked: list[int]) -> None:
    role = crowded(YEAR)
    assert role is not None
    plan = {session.id: session for session in solve(YEAR, read_rules(YEAR), here()).plan.sessions}
    begun: list[int] = []

    def search(_case: Case, _rules: object, _limited: Control, start: Mapping[str, Session]) -> Mapping[str, Session]:
        begun.append(len(start))
        return dict(list(plan.items())[: found[len(begun)]])

    assert len(sketched(YEAR, read_rules(YEAR), role, Control(seconds=600), search)) == found[-1]
    assert begun == asked
