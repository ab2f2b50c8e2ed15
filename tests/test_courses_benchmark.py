"""Course timetabling is said in the public vocabulary: its case costs what an independent judge counts."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from random import Random

import pytest

from benchmarks.courses.adapter import MONDAY, case_of
from benchmarks.courses.instance import FOLDER, WINNER, Instance, is_as_good, path_of, read
from benchmarks.courses.judge import Judge, lectures_of
from constraints.board import Board
from constraints.reading import read_rules, rule_problems
from constraints.registry import catalogue
from constraints.verify import Verdict, verify
from rota.agenda import Occurrence, agenda_of
from rota.case import Case
from rota.plan import CaseRef, Plan, PlanPart, Session
from scheduler.solving import large, timetables
from scheduler.solving.annealing import search
from scheduler.solving.bounding.placement import placement_of
from scheduler.solving.control import Control
from scheduler.solving.executors import Crew, Here
from scheduler.solving.improving import Context, Task, improve, pack, unpack
from scheduler.solving.narrowing import Admitted, Window, frames_of
from scheduler.solving.neighbourhoods import Size
from scheduler.solving.run import Effort, run
from scheduler.solving.solve import solve
from workbook.folder import write_folder
from workbook.reading import read_case

TINY = """Name: Tiny
Courses: 3
Rooms: 2
Days: 2
Periods_per_day: 3
Curricula: 2
Min_Max_Daily_Lectures: 2 3
UnavailabilityConstraints: 1
RoomConstraints: 1

COURSES:
algebra ada 3 2 30 1
botany ben 2 2 12 0
chess ada 1 1 10 0

ROOMS:
hall 30 0
den 10 1

CURRICULA:
science 2 algebra botany
games 1 chess

UNAVAILABILITY_CONSTRAINTS:
botany 0 0

ROOM_CONSTRAINTS:
chess hall

END.
"""
"""Three courses in two rooms; what is said of buildings, loads and equipment is not of the formulation UD2."""

GOOD = "algebra 0 0 hall, algebra 0 1 hall, algebra 1 0 hall, botany 0 2 hall, botany 1 1 hall, chess 1 2 den"


def plan_of(instance: Instance, timetable: str) -> tuple[Case, Plan]:
    """Return a case and the plan that says a timetable: course, day, period and room of each lecture."""
    case = case_of(instance)
    frames: dict[str, list[Occurrence]] = {activity.id: [] for activity in case.activities}
    for occurrence in agenda_of(case).occurrences:
        frames[occurrence.activity.id].append(occurrence)
    sessions = []
    for lecture in timetable.split(", "):
        course, day, period, room = lecture.split()
        start = dt.datetime.combine(MONDAY + dt.timedelta(days=int(day)), dt.time(8 + int(period)), case.zone)
        occurrence = frames[course].pop(0)
        roles = {seats.name: seats.candidates for seats in occurrence.parts[0].seats}
        part = PlanPart(id="main", room=room, roles=roles)
        end = start + dt.timedelta(hours=1)
        sessions.append(Session(id=occurrence.id, activity=course, start=start, end=end, site="campus", parts=(part,)))
    return case, Plan(case=CaseRef(title="Tiny", hash=case.hash), sessions=tuple(sessions))


def verdict(timetable: str) -> Verdict:
    case, plan = plan_of(read(TINY), timetable)
    return verify(case, read_rules(case), plan)


@pytest.mark.parametrize(
    ("timetable", "cost"),
    [
        (GOOD, {"CurriculumCompactness": 2}),  # chess alone
        (GOOD.replace("botany 1 1 hall", "botany 1 1 den"), {"RoomCapacity": 2, "RoomStability": 1}),
        (GOOD.replace("botany 1 1", "botany 1 2"), {"CurriculumCompactness": 6}),  # algebra and botany alone on day 1
        (GOOD.replace("algebra 1 0 hall", "algebra 0 2 den").replace("botany 0 2 hall", "botany 1 0 hall"),
         {"RoomCapacity": 20, "MinWorkingDays": 10, "RoomStability": 1}),
    ],
)  # fmt: skip
def test_a_timetable_costs_what_is_counted_by_hand_and_by_the_judge(timetable: str, cost: dict[str, int]) -> None:
    expected = {"RoomCapacity": 0, "MinWorkingDays": 0, "CurriculumCompactness": 2, "RoomStability": 0} | cost
    _, plan = plan_of(read(TINY), timetable)
    judged = Judge(TINY).judge(lectures_of(plan.sessions))
    assert (judged.valid, judged.cost) == (True, expected)
    found = verdict(timetable)
    assert (found.holds, found.costs) == (True, {1: judged.total})


@pytest.mark.parametrize(
    ("timetable", "broken"),
    [
        (GOOD.replace("botany 0 2", "botany 0 0"), {"availability", "conflicts", "room_occupancy"}),
        (GOOD.replace("chess 1 2", "chess 0 1"), {"conflicts"}),  # ada teaches algebra then
        (GOOD.replace("botany 0 2 hall", "botany 1 0 den"), {"conflicts"}),  # science has algebra then
        (GOOD.replace("chess 1 2 den", "chess 0 2 hall"), {"room_occupancy"}),
        (GOOD.removesuffix(", chess 1 2 den"), {"lectures"}),
        (GOOD.replace("chess 1 2", "chess 2 2"), {"lectures"}),  # the week has two days
        (GOOD.replace("chess 1 2", "chess 8 2"), {"lectures"}),  # Tuesday, of the week after
    ],
)
def test_what_the_judge_forbids_does_not_hold(timetable: str, broken: set[str]) -> None:
    _, plan = plan_of(read(TINY), timetable)
    hard = Judge(TINY).judge(lectures_of(plan.sessions)).hard
    assert {what for what, violations in hard.items() if violations} == broken
    assert not verdict(timetable).holds


@pytest.mark.parametrize(
    ("judged", "won", "expected"), [(0, 0, True), (1, 0, False), (5, 5, True), (None, 5, False), (5, None, False)]
)
def test_no_timetable_is_better_than_one_that_costs_nothing(
    judged: int | None,
    won: int | None,
    expected: bool,  # noqa: FBT001
) -> None:
    assert is_as_good(judged, {WINNER: won}) is expected


def test_the_best_timetable_of_a_tiny_instance_is_found_and_proved() -> None:
    case = case_of(read(TINY))
    found = solve(case, read_rules(case), Control(seconds=60))
    judged = Judge(TINY).judge(lectures_of(found.plan.sessions))
    assert (judged.valid, judged.total, found.plan.proved) == (True, 2, True)


@pytest.mark.parametrize(
    ("instance", "cost"),
    [
        (TINY, 2),  # chess is alone
        (TINY.replace("hall 30", "hall 25"), 2 + 15),  # five have no seat in algebra, three times
        (TINY.replace("algebra ada 3 2", "algebra ada 3 3"), 2 + 5),  # the week has two days
    ],
)
def test_a_bound_of_starts_and_rooms_is_what_the_best_timetable_costs(instance: str, cost: int) -> None:
    case = case_of(read(instance))
    placement = placement_of(case, read_rules(case), 1)
    assert placement is not None
    found: list[int] = []
    placement.improve(Control(seconds=60), found.append)
    assert max(found) == cost
    assert solve(case, read_rules(case), Control(seconds=60)).plan.score[0].value == cost


@pytest.mark.parametrize("kind", timetables.KINDS)
def test_a_window_of_a_timetable_gains_what_the_verifier_counts(kind: str) -> None:
    case, plan = plan_of(
        read(TINY), GOOD.replace("botany 1 1 hall", "botany 1 2 den").replace("chess 1 2", "chess 0 2")
    )
    rules, sessions = read_rules(case), {session.id: session for session in plan.sessions}
    context, packed = Context.of(case, rules), {id_: pack(session) for id_, session in sessions.items()}
    drawing = timetables.Drawing(Admitted(case, rules), Random(7))
    before = verify(case, rules, plan).costs[1]
    for share, size in timetables.sizes(kind):
        outcome = improve(Task(context, packed, drawing.window(kind, Size(share, size), sessions, {}), effort=1.0))
        changed = {id_: unpack(session) for id_, session in outcome.changed.items() if session}
        found = verify(case, rules, plan.model_copy(update={"sessions": tuple((sessions | changed).values())}))
        assert found.holds
        assert found.costs[1] - before == outcome.after.get(1, 0) - outcome.before.get(1, 0)


@pytest.mark.parametrize("kind", timetables.KINDS)
def test_a_window_can_be_drawn_of_a_timetable_that_lacks_an_activity(kind: str) -> None:
    case, plan = plan_of(read(TINY), GOOD)
    missing = {session.id for session in plan.sessions if session.activity == plan.sessions[0].activity}
    sessions = {session.id: session for session in plan.sessions if session.id not in missing}
    drawing = timetables.Drawing(Admitted(case, read_rules(case)), Random(7))
    opened: set[str] = set()
    for share, size in timetables.sizes(kind):
        window = drawing.window(kind, Size(share, size), sessions, {})
        assert missing.isdisjoint(window.rooms)
        opened.update(frames_of(window, drawing.admitted, sessions))
    assert opened
    assert missing <= opened or "activities" not in kind


def test_two_sessions_that_have_one_room_left_are_not_held_in_it_at_once() -> None:
    case, plan = plan_of(read(TINY), GOOD)
    sessions = {session.id: session for session in plan.sessions}
    last = [session.id for session in plan.sessions][-2:]  # of botany and chess, which share nobody
    moments = frozenset(sessions[id_].start for id_ in last)
    window = Window(tuple(last), starts=moments, rooms=dict.fromkeys(last, frozenset[str]()))
    sessions = {id_: _moved(session, "den") for id_, session in sessions.items()}
    board = Board(case, last, sessions, narrowed=frames_of(window, Admitted(case, read_rules(case)), sessions))
    board.post(read_rules(case))
    for occurrence in board.occurrences:
        board.model.add(board.start(occurrence, max(moments)) == 1)
    assert run(board.model, Control(), Effort(small=True)).infeasible


def _moved(session: Session, room: str) -> Session:
    return session.model_copy(update={"parts": (session.parts[0].model_copy(update={"room": room}),)})


@pytest.mark.parametrize("compiles", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_windows_lead_to_the_best_timetable_with_and_without_annealing(
    monkeypatch: pytest.MonkeyPatch,
    compiles: bool,  # noqa: FBT001
) -> None:
    if not compiles:
        monkeypatch.setitem(sys.modules, "numba", None)
    monkeypatch.setattr(search, "EACH", 2_000)
    monkeypatch.setattr(timetables, "WIDE", 0)
    monkeypatch.setattr(timetables, "PATIENCE", 1)
    monkeypatch.setattr(large, "PATIENCE", 3)
    case = case_of(read(TINY))
    found = solve(case, read_rules(case), Control(seconds=60, crew=Crew(Here)))
    judged = Judge(TINY).judge(lectures_of(found.plan.sessions))
    score = found.plan.score[0]
    assert (judged.valid, judged.total, score.value, score.bound, score.proved) == (True, 2, 2, 2, True)


def test_the_case_is_the_same_when_it_is_read_from_a_folder(tmp_path: Path) -> None:
    case = case_of(read(TINY))
    write_folder(case, tmp_path, catalogue())
    assert read_case(tmp_path, catalogue(), [rule_problems]).required() == case


@pytest.mark.slow
@pytest.mark.skipif(not FOLDER.exists(), reason="the competition's instances are not beside the project")
def test_an_instance_of_the_competition_is_planned_and_valid() -> None:
    text = path_of("comp01").read_text(encoding="utf-8")
    case = case_of(read(text))
    plan = solve(case, read_rules(case), Control(seconds=12, crew=Crew(Here))).plan
    judged = Judge(text).judge(lectures_of(plan.sessions))
    assert judged.valid
    assert judged.total == plan.score[0].value
