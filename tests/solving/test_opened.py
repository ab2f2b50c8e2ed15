"""Open seats where windows are searched: as few as were found, and everything else that must hold does."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from benchmarks.district.generator import district
from constraints.reading import read_rules
from constraints.verify import false_claims, verify
from rota.agenda import MAIN_PART, agenda_of
from rota.case import Case
from rota.demand import REQUIRED
from rota.plan import OpenSeat, PriorityScore, Session
from rota.row import Row
from scheduler.solving.bounding.certifier import Certifier
from scheduler.solving.chains import can_fill
from scheduler.solving.control import Control, Progress
from scheduler.solving.errors import NoPlanFoundError
from scheduler.solving.executors import Crew, Here
from scheduler.solving.improving import Context, Task, improve, pack
from scheduler.solving.large import LargeSearch, Talk
from scheduler.solving.narrowing import Window
from scheduler.solving.opened import Closest, emptied
from scheduler.solving.search import Search, Solved
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
    turns,
    unit,
    units,
    weeks,
)
from tests.thoroughness import often, sparing

FEW = settings(max_examples=sparing(5, 15), deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=often(60, 300), deadline=None, suppress_health_check=list(HealthCheck))

SECOND = "2027-01-11"


def year(*rows: Row) -> Case:
    """Return a case of two sessions on each of four Mondays, at one time: who hosts the talk is old."""
    return case_of(
        *(unit("a"), unit("b"), unit("c", groups="old"), unit("d", groups="old")),
        weeks(4),
        series(rounds="1-4"),
        series("talk", rounds="1-4"),
        seats(),
        seats(activity="talk", groups="old"),
        demand("fair_share", id="fair", role="host", priority=1),
        *rows,
    )


def away(who: str) -> list[Row]:
    return [states(each, "cannot", SECOND) for each in who.split()]


def by_windows(case: Case, *, loose: bool = False, seconds: float | None = None, open_seats: bool = True) -> Solved:
    """Search a case as if it were wide, or a district."""
    with pytest.MonkeyPatch.context() as patch:
        for place in ("wide", "solve"):
            patch.setattr(f"scheduler.solving.{place}.is_district", lambda *_: loose)
        patch.setattr("scheduler.solving.solve.is_wide", lambda _: True)
        patch.setattr("scheduler.solving.wide.is_seating", lambda *_: False)  # annealing has tests of its own
        patch.setattr("scheduler.solving.large.PATIENCE", 2)
        patch.setattr("scheduler.solving.districts.HELPLESS", 2)
        patch.setattr("scheduler.solving.part_search.PATIENCE", 4)
        crew = Crew(Here, lambda: 1, 1)
        return solve(case, read_rules(case), Control(seconds, crew=crew), open_seats=open_seats)


def exactly(case: Case) -> Solved:
    """Return what the whole model proves."""
    solved = solve(case, read_rules(case), Control(), open_seats=True)
    assert solved.plan.proved
    return solved


@pytest.mark.parametrize("loose", [False, True], ids=["wide", "district"])
def test_a_case_that_has_a_plan_is_planned_as_without_open_seats(loose: bool) -> None:  # noqa: FBT001 - a column
    case = year()
    found, without = by_windows(case, loose=loose), by_windows(case, loose=loose, open_seats=False)
    assert found.plan.open == ()
    assert found.plan.score[0] == PriorityScore(priority=0, value=0, bound=0, proved=True)
    assert [score.value for score in found.plan.score[1:]] == [score.value for score in without.plan.score]
    assert found.verdict.costs == without.verdict.costs


@pytest.mark.parametrize("loose", [False, True], ids=["wide", "district"])
def test_a_seat_that_nobody_can_take_alone_stays_open_and_that_is_proved(loose: bool) -> None:  # noqa: FBT001 - a column
    case = year(*away("c d"))
    found = by_windows(case, loose=loose).plan
    assert found.open == (OpenSeat(session=f"talk@{SECOND}", part=MAIN_PART, role="host", missing=1),)
    assert found.session.keys() == agenda_of(case).by_id.keys()
    assert found.score[0] == PriorityScore(priority=0, value=1, bound=1, proved=True)
    assert found.score[1].conditional_on == ()


@pytest.mark.parametrize("loose", [False, True], ids=["wide", "district"])
def test_where_one_could_take_either_of_two_seats_one_is_open_and_not_proved(loose: bool) -> None:  # noqa: FBT001 - a column
    case = year(*away("a b c"))
    found = by_windows(case, loose=loose).plan
    assert [seat.missing for seat in found.open] == [1]
    assert found.open[0].session in {f"duty@{SECOND}", f"talk@{SECOND}"}
    assert found.score[0] == PriorityScore(priority=0, value=1, bound=0, proved=False)
    assert found.score[1].conditional_on == (0,)


def test_a_seat_that_somebody_can_take_is_filled_although_no_plan_costs_less_than_with_it_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("scheduler.solving.opened.MENDING", 1.0)  # from the beginning seats may stay open
    case = case_of(*units("a b"), series(rounds="1-4"), seats(), demand("load", role="host", most=2))
    rules, control = read_rules(case), Control(30.0)
    search = Search(case, rules, control, None)
    search.certifier = Certifier(case, rules, control)
    start = {session.id: session for session in turns(case, "a a b")}
    start |= {id_: held(case, id_) for id_ in session_ids(case) if id_ not in start}
    judge, crew = Closest(case, rules, control).judge, Crew(Here, lambda: 1, 1)
    found = LargeSearch(case, rules, control, judge, crew, Talk(enough=search.is_best)).run(start)
    assert found is not None
    assert all(session.serving() for session in found.values())


def test_what_nothing_was_built_of_in_time_is_no_plan() -> None:
    with pytest.raises(NoPlanFoundError):
        by_windows(year(), seconds=0.0)


def test_a_minimum_that_cannot_be_reached_leaves_no_plan_with_whatever_seats_open() -> None:
    case = year(demand("load", id="much", role="host", least=5))
    with pytest.raises(NoPlanFoundError):
        by_windows(case)


# When windows leave it at the seats that are empty.


@pytest.mark.parametrize(
    ("absent", "gone", "expected"),
    [("c d", 0.0, True), ("a b c", 0.0, False), ("a b c", 49.0, False), ("a b c", 51.0, True)],
    ids=["nobody could take it", "somebody could", "in the first half of the time", "in the second"],
)
def test_an_empty_seat_breaks_a_plan_until_it_cannot_be_filled_or_time_is_late(
    absent: str,
    gone: float,
    expected: bool,  # noqa: FBT001 - a column
) -> None:
    case, now = year(*away(absent)), [0.0]
    closest = Closest(case, read_rules(case), Control(seconds=100.0, now=lambda: now[0]))
    sessions = {id_: held(case, id_, host="" if id_ == f"talk@{SECOND}" else "d") for id_ in session_ids(case)}
    for id_ in sessions:
        if id_.startswith("duty"):
            sessions[id_] = held(case, id_, host="a" if absent == "c d" or SECOND not in id_ else "d")
    now[0] = gone
    verdict = closest.judge(sessions)
    assert verdict.holds == expected
    assert verdict.costs.get(0, 0) == int(expected)


def test_what_is_broken_besides_is_broken_however_late_it_is() -> None:
    case, now = year(*away("c d")), [0.0]
    closest = Closest(case, read_rules(case), Control(seconds=100.0, now=lambda: now[0]))
    now[0] = 99.0
    sessions = {id_: held(case, id_, host="" if id_ == f"talk@{SECOND}" else "c") for id_ in session_ids(case)}
    assert not closest.judge(sessions).holds


def test_a_window_with_a_seat_that_nobody_can_take_is_improved_all_the_same() -> None:
    case = case_of(
        *(*units("a b"), unit("c", groups="old")),
        series(rounds="1-4"),
        series("talk", rounds="1"),
        seats(),
        seats(activity="talk", groups="nobody"),
        demand("fair_share", id="fair", role="host", priority=1),
    )
    start = {id_: held(case, id_, host="" if id_.startswith("talk") else "a") for id_ in session_ids(case)}
    packed = {id_: pack(session) for id_, session in start.items()}
    found = improve(Task(Context.of(case, read_rules(case)), packed, Window(tuple(start)), effort=5.0))
    assert found.before[0] == found.after[0] == 1
    assert found.after[1] < found.before[1]


@pytest.mark.parametrize(
    ("who", "expected"), [(None, True), ("", True), ("a", True), ("a b", False)], ids=["missing", "none", "one", "all"]
)
def test_a_seat_can_be_filled_by_somebody_who_does_not_sit_there(who: str | None, expected: bool) -> None:  # noqa: FBT001 - a column
    case = case_of(*units("a b"), series(rounds="1"), seats(least=3, most=3))
    (occurrence,) = agenda_of(case).occurrences
    session = None if who is None else held(case, occurrence.id, host=who)
    assert can_fill(occurrence, session) == expected


# What is taken out of a plan that does not hold.


def left(case: Case, sessions: Sequence[Session]) -> list[tuple[str, str]] | None:
    """Return the sessions with their hosts that are left, once verifier and loop have come to an end."""
    found = emptied(case, read_rules(case), {session.id: session for session in sessions})
    return None if found is None else [(id_, " ".join(session.serving())) for id_, session in found.items()]


def twice(*rows: Row) -> Case:
    return case_of(*units("a b"), series(rounds="1-2"), series("talk", rounds="1-2"), *rows)


def test_of_two_seats_that_one_holds_at_once_one_is_emptied() -> None:
    case = twice(seats(), seats(activity="talk"))
    sessions = [
        held(case, id_, host="b" if id_.startswith("duty") and "01-04" in id_ else "a") for id_ in session_ids(case)
    ]
    found = left(case, sessions)
    assert found is not None
    assert sorted(who for _, who in found) == ["", "a", "a", "b"]


def test_of_turns_beyond_a_limit_those_beyond_it_are_emptied() -> None:
    case = case_of(*units("a b"), series(rounds="1-4"), seats(), demand("load", role="host", most=2))
    found = left(case, turns(case, "a a a a"))
    assert found is not None
    assert sorted(who for _, who in found) == ["", "", "a", "a"]


def test_a_seat_in_the_middle_of_two_breaches_is_the_only_one_emptied() -> None:
    rest = demand("rest_gap", role="host", cycle="weeks", rounds=2)
    case = case_of(*units("a b"), series(rounds="1-3"), seats(), rest)
    found = left(case, turns(case, "a a a"))
    assert found is not None
    assert [who for _, who in found] == ["a", "", "a"]


def test_of_two_sessions_in_one_room_one_is_left_out() -> None:
    case = case_of(
        room("red"), *units("a"), series(needs_room=True, rounds="1"), series("talk", rounds="1", needs_room=True)
    )
    found = left(case, [held(case, id_) for id_ in session_ids(case)])
    assert found is not None
    assert len(found) == 1


def test_sessions_that_are_missing_stay_so() -> None:
    case = case_of(*units("a"), series(rounds="1-2"), seats())
    assert left(case, turns(case, "- a")) == [(session_ids(case)[1], "a")]


def test_what_falls_short_of_a_minimum_is_not_mended_by_open_seats() -> None:
    case = case_of(*units("a b"), series(rounds="1-4"), seats(), demand("cover", times=2))
    assert left(case, turns(case, "a a a b")) is None


# Random cases.


def compare(case: Case, *, loose: bool) -> None:
    """Hold what windows find to the verifier, and to what the whole model proves."""
    try:
        found = by_windows(case, loose=loose).plan
    except NoPlanFoundError:
        reject()
    verdict = verify(case, read_rules(case), found)
    assert verdict.holds
    assert not false_claims(case, found, verdict)
    best = exactly(case).plan.score[0].value  # were there none, there would be no plan by windows either
    missing = sum(seat.missing for seat in found.open)
    assert found.score[0].value == missing >= best >= (found.score[0].bound or 0)


@pytest.mark.parametrize("loose", [False, True], ids=["wide", "district"])
@given(data=st.data())
@FEW
def test_no_fewer_seats_are_open_than_have_to_be(loose: bool, data: st.DataObject) -> None:  # noqa: FBT001 - a column
    compare(data.draw(sampling.cases()), loose=loose)


@pytest.mark.slow
@pytest.mark.parametrize("loose", [False, True], ids=["wide", "district"])
@given(data=st.data())
@MANY
def test_no_fewer_seats_are_open_than_have_to_be_in_many_cases(loose: bool, data: st.DataObject) -> None:  # noqa: FBT001 - a column
    compare(data.draw(sampling.cases()), loose=loose)


@pytest.mark.slow
def test_of_a_district_of_ten_stations_one_seat_that_nobody_can_take_stays_open() -> None:
    base = district(10, 7)
    once = base.activities[3].model_copy(update={"id": "once", "name": "once", "rounds": "5"})
    roles = [row.model_copy(update={"activity": "once"}) for row in base.roles if row.activity == "a3"]
    nobody = [row.model_copy(update={"groups": ("nobody",)} if row.role == "instructor" else {}) for row in roles]
    tables = {table: getattr(base, table) for table in Case.model_fields}
    tables |= {"activities": (*base.activities, once), "roles": (*base.roles, *nobody)}
    case = Case.model_validate(tables)
    filled = Event()

    def stop_once_filled(progress: Progress) -> None:
        if progress.costs.get(REQUIRED) == 1:
            filled.set()

    control = Control(seconds=30.0, stop=filled, report=stop_once_filled)
    found = solve(case, read_rules(case), control, open_seats=True)
    (id_,) = (o.id for o in agenda_of(case).occurrences if o.activity.id == "once")
    assert found.verdict.holds
    assert found.plan.open == (OpenSeat(session=id_, part=MAIN_PART, role="instructor", missing=1),)
    assert len(found.plan.sessions) == 261
    assert found.plan.score[0] == PriorityScore(priority=0, value=1, bound=1, proved=True)
