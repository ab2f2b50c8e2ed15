"""Districts: built fortnight by fortnight, then who serves is annealed part by part."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event

import pytest

from benchmarks.district import generator
from benchmarks.district.generator import district
from constraints.breach import Breach
from constraints.reading import read_rules
from constraints.registry import catalogue
from constraints.verify import Verdict
from rota.case import Case
from rota.demand import REQUIRED
from rota.plan import Session
from rota.text import text
from scheduler.solving import districts, part_search, wide
from scheduler.solving.control import Control, Progress
from scheduler.solving.districts import EFFORTS, PATIENCE, DistrictSearch, _Job
from scheduler.solving.executors import Crew, Here
from scheduler.solving.improving import Outcome, Prepared
from scheduler.solving.part_search import PartTask
from scheduler.solving.solve import solve
from scheduler.solving.wide import is_district
from tests.constraints.building import demand, series
from tests.solving.test_seats import rotation
from workbook.reading import read_case

EXAMPLES = Path(__file__).parent.parent.parent / "examples"


OPEN = series("open", rounds="1", times="09:00; 10:00")


@pytest.mark.parametrize(("stations", "expected"), [(5, False), (10, True), (20, True)])
def test_what_is_too_large_for_one_model_to_be_good_is_a_district(stations: int, expected: bool) -> None:  # noqa: FBT001 - a column
    case = district(stations, 7)
    rules = read_rules(case)
    assert is_district(case, rules) == expected
    assert [wide.is_divided(case, rules, open_seats=may) for may in (False, True)] == [expected, expected]


def test_rules_of_which_annealing_hears_nothing_make_no_district() -> None:
    case = read_case(EXAMPLES / "jiangning", catalogue(), ()).required()
    rules = read_rules(case)
    assert wide.is_heavy(case)
    assert not is_district(case, rules)
    assert wide.is_divided(case, rules, open_seats=False)
    assert not wide.is_divided(case, rules, open_seats=True)


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (rotation(3), False),
        (rotation(3, demand("fair_share", id="fair", priority=2), OPEN), True),
        (rotation(3, demand("fair_share", id="fair", priority=2)), False),
        (rotation(3, demand("spread", id="even", priority=2, cycle="weeks", rounds=2), OPEN), False),
    ],
    ids=["one priority", "all is said in terms", "only seats are open", "not all is said"],
)
def test_priorities_and_rules_make_a_district(case: Case, expected: bool, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001 - a column
    monkeypatch.setattr(wide, "HEAVY", 0)
    assert is_district(case, read_rules(case)) == expected


@pytest.mark.parametrize(("stations", "expected"), [(20, True), (40, False)])
def test_where_no_two_parts_could_be_improved_at_once_windows_of_the_whole_go_on(
    stations: int,
    expected: bool,  # noqa: FBT001 - a column
) -> None:
    case = district(stations, 7)
    rules = read_rules(case)
    control = Control(crew=Crew(Here), seconds=0.0)
    search = DistrictSearch(case, rules, control, wide.judge_of(case, rules), wide.local(control))
    assert search.is_one == expected


def test_a_small_district_ends_with_shares_as_even_as_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generator, "ROUNDS", 8)
    monkeypatch.setattr(wide, "HEAVY", 0)
    case = district(5, 7)
    stop, told = Event(), list[Progress]()

    def report(progress: Progress) -> None:
        told.append(progress)
        if [each.stage for each in told].count("search") > 1:  # the built plan was judged, then the annealed one
            stop.set()

    found = solve(case, read_rules(case), Control(crew=Crew(Here), stop=stop, report=report))
    assert found.verdict.holds
    assert {each.priority for each in told if each.stage == "search"} <= {1, 2, 3}, "the strongest that is not proved"
    assert all(each.value == each.costs[each.priority or 0] for each in told if each.stage == "search")
    shares = found.plan.score[1]
    assert shares.bound
    assert shares.value == shares.bound


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        ({}, (2, 7, 0)),
        ({2: 6}, (2, 7, 6)),
        ({2: 7, 3: 1}, (3, 5, 1)),
        ({2: 7, 3: 5}, (4, 9, 0)),
        ({2: 7, 3: 5, 4: 9}, (4, 9, 9)),
    ],
)
def test_the_strongest_priority_that_is_not_proved_is_reported(
    bounds: dict[int, int], said: tuple[int, int, int]
) -> None:
    """What must hold is no priority, and nothing is to be proved of what costs nothing."""
    told = Progress.of_all({REQUIRED: 3, 1: 0, 2: 7, 3: 5, 4: 9}, lambda priority: bounds.get(priority, 0))
    assert (told.priority, told.value, told.bound) == said


def small(monkeypatch: pytest.MonkeyPatch, control: Control) -> DistrictSearch:
    """Return the search of a district of five stations, for eight rounds."""
    monkeypatch.setattr(generator, "ROUNDS", 8)
    case = district(5, 7)
    rules = read_rules(case)
    return DistrictSearch(case, rules, control, wide.judge_of(case, rules), Crew(Here))


@pytest.mark.parametrize(
    ("seconds", "gone", "built", "effort"),
    [
        (None, 1000.0, 1, EFFORTS[1]),
        (60.0, 1.0, 0, EFFORTS[1]),
        (60.0, 15.0, 0.5, EFFORTS[1]),
        (60.0, 18.0, 0.5, EFFORTS[1] * 12 / 18),
        (60.0, 29.0, 0.5, EFFORTS[0]),
    ],
    ids=["no limit", "nothing built", "half in a quarter of the time", "too slow by half", "far too slow"],
)
def test_construction_tries_less_where_it_would_take_more_than_half_of_the_time(
    monkeypatch: pytest.MonkeyPatch, seconds: float | None, gone: float, built: float, effort: float
) -> None:
    now = [0.0]
    search = small(monkeypatch, Control(seconds=seconds, now=lambda: now[0]))
    search.size = 100
    search._pace()
    now[0] = gone
    search.packed = dict.fromkeys(map(str, range(int(100 * built))), b"")
    assert search._effort() == pytest.approx(effort)


def test_no_seat_is_filled_before_all_is_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[int] = []

    def keep(prepared: Prepared, *_: object) -> Outcome:
        searched.append(len(prepared.given.sessions))
        return Outcome()

    monkeypatch.setattr(part_search, "construct", lambda *_, **__: {})
    monkeypatch.setattr(part_search, "improved", keep)
    search = small(monkeypatch, Control())
    search._build()
    assert not searched
    search._fill()
    assert searched


def judging(
    monkeypatch: pytest.MonkeyPatch, verdict: Verdict, control: Control
) -> tuple[DistrictSearch, list[PartTask]]:
    """Return a search in which tasks find nothing, and those tasks; all plans have one verdict."""
    search, tasks = small(monkeypatch, control), list[PartTask]()

    def search_nothing(task: PartTask) -> Outcome:
        tasks.append(task)
        return Outcome()

    def judge(_: Mapping[str, Session]) -> Verdict:
        if len(tasks) > 1000:
            control.stop.set()
        return verdict

    monkeypatch.setattr(districts, "search_part", search_nothing)
    search.judge = judge
    return search, tasks


def test_without_a_limit_a_search_ends_that_mends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    control = Control()
    broken = Verdict((Breach("structure", 1, text("missing", "缺"), ()),), {}, (), {})
    search, _ = judging(monkeypatch, broken, control)
    assert search.run() is None
    assert not control.stop.is_set()


def test_what_is_as_good_as_can_be_is_not_improved(monkeypatch: pytest.MonkeyPatch) -> None:
    search, tasks = judging(monkeypatch, Verdict((), {}, (), {1: 0}), Control())
    search.enough = lambda costs: costs == {1: 0}
    assert search.run() is not None
    assert tasks
    assert not any(task.improving or task.reseating for task in tasks)


def test_annealing_that_fails_is_left_and_windows_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    control = Control()
    search, tasks = judging(monkeypatch, Verdict((), {}, (), {1: 1}), control)

    def fail(task: PartTask) -> Outcome:
        tasks.append(task)
        if task.reseating:
            raise MemoryError
        return Outcome()

    monkeypatch.setattr(districts, "search_part", fail)
    search.is_one = False
    assert search.run() is not None
    assert not search.dispatch.hopeless
    assert any(task.reseating for task in tasks)
    assert any(task.improving for task in tasks)


def losing(monkeypatch: pytest.MonkeyPatch, is_lost: Callable[[PartTask], bool]) -> list[PartTask]:
    """Lose tasks of districts, and return what will have been lost."""
    lost: list[PartTask] = []

    def search(task: PartTask) -> Outcome:
        if is_lost(task):
            lost.append(task)
            raise MemoryError
        return part_search.search_part(task)

    monkeypatch.setattr(districts, "search_part", search)
    return lost


@pytest.mark.slow
def test_an_activity_that_is_lost_whenever_it_is_planned_is_filled_in_by_windows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    search = small(monkeypatch, Control())
    poison = {o.id for o in search.coupling.sessions[min(search.coupling.sessions)]}
    everything = {o.id for o in search.coupling.agenda.occurrences}
    lost = losing(monkeypatch, lambda task: not poison.isdisjoint(task.due))
    search._build()
    assert search.packed.keys() == everything - poison
    assert len(lost) == 4, "twice in its part; alone, before anything came back, and after that"
    search._fill()
    assert search.packed.keys() == everything
    assert len(lost) == 4
    assert not search.dispatch.hopeless


def test_a_part_that_is_lost_as_a_whole_is_planned_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    search = small(monkeypatch, Control())
    [part] = search.built
    lost = losing(monkeypatch, lambda task: len(task.sessions) > 8)
    search._build()
    assert search.packed.keys() == {o.id for o in search.coupling.agenda.occurrences}
    assert len(lost) == 2
    assert {activity for each in search.built for activity in each.activities} == part.activities
    assert not search.given_up


@pytest.mark.parametrize(
    ("seconds", "patience", "within"),
    [
        (None, 0, 60 + 30),
        (2000.0, 0, 60 + 30),
        (300.0, 0, 30 + 30),
        (200.0, 0, 20 + 20),
        (30.0, 0, 10 + 10),
        (300.0, PATIENCE, 60 + 30),
    ],
)
def test_a_part_that_hangs_while_it_is_planned_leaves_time_for_the_others(
    monkeypatch: pytest.MonkeyPatch, seconds: float | None, patience: int, within: float
) -> None:
    search = small(monkeypatch, Control(seconds=seconds, now=lambda: 0.0))
    search.dispatch.now = lambda: 0.0
    losing(monkeypatch, lambda _: True)
    [part] = search.built
    search._send(_Job(part, frozenset(search._sessions(part)), patience=patience))
    [sent] = search.dispatch._sent.values()
    assert sent.deadline == within


def test_where_time_is_over_when_all_is_built_it_is_judged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    control = Control()
    search, _ = judging(monkeypatch, Verdict((), {}, (), {1: 1}), control)
    judged, judge = list[int](), search.judge

    def counting(sessions: Mapping[str, Session]) -> Verdict:
        judged.append(1)
        return judge(sessions)

    search.judge = counting
    monkeypatch.setattr(search.coupling, "around", None)
    control.stop.set()
    assert search.run() == {}
    assert len(judged) == 1
