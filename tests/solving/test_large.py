"""Large neighbourhood search: windows say what the verifier says, and a plan gets better wherever they are searched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import BrokenExecutor, Executor, Future
from functools import cache
from random import Random
from threading import Event

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constraints.board import Board, Given
from constraints.reading import read_rules
from constraints.verify import Verdict, verify
from rota.agenda import agenda_of
from rota.case import Case
from rota.plan import CaseRef, Plan, Session
from scheduler.solving.bandit import Bandit
from scheduler.solving.bounding.certifier import Certifier
from scheduler.solving.construct import Beside, _Building, construct
from scheduler.solving.control import Control, SearchOverError
from scheduler.solving.executors import Crew, Here, processes
from scheduler.solving.improving import Context, Outcome, Task, improve, pack, unpack
from scheduler.solving.large import LargeSearch
from scheduler.solving.narrowing import Admitted, Window
from scheduler.solving.solve import solve
from tests.constraints import sampling
from tests.constraints.building import (
    case_of,
    demand,
    held,
    room,
    seats,
    series,
    session_ids,
    states,
    unit,
    units,
    weeks,
)
from tests.constraints.test_random_cases import best, board_of
from tests.thoroughness import often, sparing

FEW = settings(max_examples=sparing(5, 15), deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=often(80, 300), deadline=None, suppress_health_check=list(HealthCheck))


def judged(case: Case, sessions: Mapping[str, Session]) -> Verdict:
    plan = Plan(case=CaseRef(title="", hash=""), sessions=tuple(sessions.values()))
    return verify(case, read_rules(case), plan)


def outcome_of(case: Case, sessions: Mapping[str, Session], window: Window) -> Outcome:
    packed = {id_: pack(session) for id_, session in sessions.items()}
    return improve(Task(Context.of(case, read_rules(case)), packed, window, effort=5.0))


def with_changes(sessions: Mapping[str, Session], outcome: Outcome) -> dict[str, Session]:
    changed = {id_: unpack(packed) if packed else None for id_, packed in outcome.changed.items()}
    return {id_: session for id_, session in {**sessions, **changed}.items() if session}


def compare_any(case: Case, data: st.DataObject) -> None:
    """Improve a window of the plan in which nobody cares for wishes, if there is one."""
    without_wishes = [rule for rule in read_rules(case) if rule.required]
    start = best(board_of(case, without_wishes), case, without_wishes)
    if start is not None:
        compare(case, start.sessions, data.draw(windows(case)))


@st.composite
def windows(draw: st.DrawFn, case: Case) -> Window:
    """Draw a window: whole sessions, with only some of their candidates and sites, or what some resources hold."""
    opened = draw(st.sets(st.sampled_from([o.id for o in agenda_of(case).occurrences]), min_size=1))
    sessions = tuple(o.id for o in agenda_of(case).occurrences if o.id in opened)
    free = draw(st.none() | st.frozensets(st.sampled_from(resources_of(case)), min_size=1))
    passed = draw(st.frozensets(st.sampled_from([*case.resources])))
    sites = draw(st.none() | st.frozensets(st.sampled_from([*case.site]))) if case.site else None
    return Window(sessions, free, passed=passed, sites=sites)


def compare(case: Case, start: Mapping[str, Session], window: Window) -> None:
    """Improve a window of a plan that holds, and let the verifier count."""
    outcome, opened = outcome_of(case, start, window), set(window.sessions)
    found = with_changes(start, outcome)
    before, after = judged(case, start), judged(case, found)
    assert after.holds, [breach.message.en for breach in after.breaches]
    assert {id_ for id_ in found.keys() | start.keys() if found.get(id_) != start.get(id_)} <= opened
    for priority, cost in after.costs.items():
        assert cost - before.costs[priority] == outcome.after.get(priority, 0) - outcome.before.get(priority, 0)


def resources_of(case: Case) -> list[str]:
    return [*case.resources, *case.room]


@given(st.data())
@FEW
def test_a_window_gains_what_the_verifier_counts(data: st.DataObject) -> None:
    compare_any(data.draw(sampling.cases()), data)


@pytest.mark.slow
@given(st.data())
@MANY
def test_many_windows_gain_what_the_verifier_counts(data: st.DataObject) -> None:
    compare_any(data.draw(sampling.cases()), data)


def all_with_a(case: Case) -> dict[str, Session]:
    """Return the plan in which all sessions are held by a."""
    return {id_: held(case, id_, host="a") for id_ in session_ids(case)}


def test_a_turn_outside_a_window_keeps_its_company() -> None:
    case = case_of(
        unit("a"),
        series("x", rounds="1", times="09:00"),
        series("y", rounds="1", times="10:00", presence="may"),
        *(seats(activity=each) for each in "xy"),
        demand("compactness", priority=0),
        states("a", "avoid", "2027-01-04", start="10:00"),
        demand("availability", id="wishes", level="avoid", priority=1),
    )
    compare(case, all_with_a(case), Window(("y@2027-01-04",)))


def test_a_window_counts_a_session_that_only_one_can_serve() -> None:
    case = case_of(
        unit("a"),
        series("x", rounds="1"),
        series("y", rounds="1", presence="may"),
        *(seats(activity=each) for each in "xy"),
        demand("no_overlap", priority=1),
    )
    compare(case, all_with_a(case), Window(("x@2027-01-04", "y@2027-01-04"), frozenset("a")))


YEAR = case_of(
    *units("a b c d e f"),
    unit("g", joined="2027-02-01"),
    room("large", capacity=50),
    room("small", capacity=20),
    weeks(12),
    series("duty", rounds="1-12", needs_room=True, attendance=20),
    series("talk", rounds="1-12", needs_room=True, attendance=40),
    seats(),
    seats("partner"),
    seats(activity="talk"),
    states("a", "cannot", "2027-01-04", last="2027-01-31"),
    demand("room_fit", priority=1, weight=5),
    demand("rest_gap", id="rest", cycle="weeks", rounds=3, priority=1, weight=5),
    demand("rising_load", id="turns", priority=2),
)


def search(executors: Callable[[], Executor] = Here, width: int = 1) -> LargeSearch:
    crew = Crew(executors, lambda: width, width)
    return LargeSearch(YEAR, read_rules(YEAR), Control(), lambda sessions: judged(YEAR, sessions), crew)


def first_plan() -> Mapping[str, Session]:
    """Return the plan in which nobody cares for wishes."""
    without_wishes = [rule for rule in read_rules(YEAR) if rule.required]
    found = best(board_of(YEAR, without_wishes), YEAR, without_wishes)
    assert found is not None
    return found.sessions


@cache
def found_here() -> Mapping[str, Session] | None:
    """Return what the search comes to in this process."""
    return search().run(dict(first_plan()))


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """End a search sooner: these cases are small."""
    monkeypatch.setattr("scheduler.solving.large.PATIENCE", 5)


@pytest.fixture(scope="module")
def proved() -> dict[int, int]:
    solved = solve(YEAR, read_rules(YEAR), Control())
    assert solved.plan.proved
    return solved.verdict.costs


@pytest.mark.slow
def test_windows_lead_to_what_the_whole_model_proves(proved: dict[int, int]) -> None:
    found = found_here()
    assert found is not None
    assert judged(YEAR, found).costs == proved


@pytest.mark.slow
def test_the_same_seed_gives_the_same_plan() -> None:
    assert search().run(dict(first_plan())) == found_here()


@pytest.mark.slow
def test_a_plan_with_seats_and_sessions_missing_is_mended(proved: dict[int, int]) -> None:
    start = dict(list(first_plan().items())[::2])
    found = search().run(start)
    assert found is not None
    assert judged(YEAR, found).holds
    assert judged(YEAR, found).costs == proved


def test_the_same_task_has_the_same_outcome() -> None:
    start = first_plan()
    window = Window(tuple(start), frozenset("abc"))
    assert outcome_of(YEAR, start, window) == outcome_of(YEAR, start, window)


class Breaking(Here):
    """Breaks at its fourth task, as a pool does of which a process was killed."""

    def __init__(self) -> None:
        super().__init__()
        self.tasks = 0

    def submit(self, fn: Callable[..., object], /, *args: object, **kwargs: object) -> Future:  # type: ignore[type-arg]
        self.tasks += 1
        if self.tasks == 4:
            lost: Future[object] = Future()
            lost.set_exception(BrokenExecutor("killed"))
            return lost
        return super().submit(fn, *args, **kwargs)


@pytest.mark.slow
def test_a_process_that_is_killed_costs_its_task_alone(proved: dict[int, int]) -> None:
    made = iter((Breaking(), Breaking()))
    found = search(lambda: next(made, Here())).run(dict(first_plan()))
    assert found is not None
    assert judged(YEAR, found).costs == proved


@pytest.mark.slow
def test_two_processes_find_what_one_finds(proved: dict[int, int]) -> None:
    found = search(lambda: processes(2, Event()), width=2).run(dict(first_plan()))
    assert found is not None
    assert judged(YEAR, found).costs == proved


def test_what_meets_the_bounds_is_proved_without_the_whole_model(monkeypatch: pytest.MonkeyPatch) -> None:
    case = case_of(
        *units("a b c"), weeks(9), series(rounds="1-9"), seats(), demand("rising_load", priority=1, role="host")
    )
    monkeypatch.setattr("scheduler.solving.wide.SOME", 0)
    monkeypatch.setattr("scheduler.solving.search.Search.prove", None)
    solved = solve(case, read_rules(case), Control())
    assert solved.plan.proved
    assert solved.verdict.costs == {1: 27}  # three turns each


@pytest.mark.slow
def test_a_plan_is_kept_where_the_search_for_bounds_fails(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: Certifier) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("scheduler.solving.solve.is_wide", lambda _: True)
    monkeypatch.setattr(Certifier, "run", fail)
    solved = solve(YEAR, read_rules(YEAR), Control(seconds=6, crew=Crew(Here)))
    assert solved.verdict.holds
    assert not solved.plan.proved
    assert [record.levelname for record in caplog.records if "beside the main one" in record.message] == ["ERROR"]
    monkeypatch.setattr("scheduler.solving.solve.best_by_windows", lambda *_, **__: None)
    with pytest.raises(ZeroDivisionError):
        solve(YEAR, read_rules(YEAR), Control(seconds=6, crew=Crew(Here)))


def test_no_candidate_beyond_a_narrowed_frame_is_decided_upon() -> None:
    start = first_plan()
    occurrence = agenda_of(YEAR).occurrences[0]
    narrowed = {occurrence.id: occurrence}
    whole = Board(YEAR, narrowed, start, narrowed=narrowed)
    assert whole.held(occurrence) is True
    assert Board(YEAR, narrowed, start).held(occurrence) is not True


def test_a_constructed_plan_of_a_year_in_steps_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.solving.construct.LARGE", 0)
    monkeypatch.setattr("scheduler.solving.construct.STEP", 1)
    assert judged(YEAR, construct(YEAR, read_rules(YEAR), Control())).holds


@pytest.mark.parametrize("effort", [0.0, 1.0])
def test_sessions_that_are_built_stay_where_nothing_better_is_found(effort: float) -> None:
    rules = read_rules(YEAR)
    given = Given(YEAR, first_plan())
    building = _Building(YEAR, rules, Control(), Beside(given, Admitted(YEAR, rules)), effort)
    step = {o.id: o for o in agenda_of(YEAR).occurrences[:2]}
    building.add(step, narrowed=True)
    assert given.sessions.keys() == first_plan().keys()


def test_sessions_that_are_built_stay_where_time_is_over_before_a_model_stands() -> None:
    rules, left = read_rules(YEAR), iter([1.0, 1.0, 0.5])
    given = Given(YEAR, first_plan())
    control = Control(seconds=10.0, now=lambda: 11.0 - next(left, 0.0) * 10.0)
    building = _Building(YEAR, rules, control, Beside(given, Admitted(YEAR, rules)), 1.0)
    with pytest.raises(SearchOverError):
        building.add({o.id: o for o in agenda_of(YEAR).occurrences[:2]}, narrowed=True)
    assert given.sessions == dict(first_plan())


def test_a_plan_that_was_judged_is_not_judged_again_at_the_end() -> None:
    judged_plans: list[Mapping[str, Session]] = []

    def judge(sessions: Mapping[str, Session]) -> Verdict:
        judged_plans.append(sessions)
        return judged(YEAR, sessions)

    over = Control(seconds=0.0)
    search = LargeSearch(YEAR, read_rules(YEAR), over, judge, Crew(Here))
    assert search.run(first_plan()) == first_plan()
    assert len(judged_plans) == 1


def test_what_gains_most_for_its_effort_is_chosen_most() -> None:
    bandit = Bandit(("slow", "quick", "idle"), Random(0))
    for _ in range(50):
        bandit.learn("slow", 1.0, 10.0)
        bandit.learn("quick", 1.0, 0.5)
        bandit.learn("idle", 0.0, 1.0)
    chosen = [bandit.choose() for _ in range(300)]
    assert chosen.count("quick") > chosen.count("slow") > chosen.count("idle") > 0


def test_a_task_that_fails_here_fails_in_its_future() -> None:
    assert isinstance(Here().submit(int, "x").exception(), ValueError)
