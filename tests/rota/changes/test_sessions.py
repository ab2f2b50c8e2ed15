"""Sessions that come, go and move leave all others as they are: same ids, same possible starts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rota.activity import Presence, rounds_with, rounds_without, selected
from rota.agenda import agenda_of
from rota.changes import read_change
from rota.document import State
from tests.rota.small import TABLES, case_of

DAYS = ("2027-03-06", "2027-03-13", "2027-03-20", "2027-03-27")


def after(kind: str, body: dict[str, Any], state: State) -> State:
    return read_change(kind, 1, body).applied(state)


def starts(state: State) -> dict[str, list[str]]:
    occurrences = agenda_of(state.case).occurrences
    return {o.id: [f"{start:%Y-%m-%d %H:%M}" for start in o.starts] for o in occurrences}


USUAL = {f"day@{day}": [f"{day} 09:00"] for day in DAYS}


def test_an_extra_session_is_of_the_activity_and_leaves_the_others() -> None:
    body = {"id": "extra", "activity": "day", "day": "2027-03-13", "time": "14:00"}
    state = after("session_added", body, State(case=case_of()))
    assert starts(state) == USUAL | {"extra@2027-03-13": ["2027-03-13 14:00"]}
    extra = agenda_of(state.case).by_id["extra@2027-03-13"]
    assert (extra.label.say("zh"), extra.label.say("en")) == (
        "加开的服务日 2027-03-13 (周六)",
        "Service day (extra session) 2027-03-13 (Sat)",
    )
    assert (extra.activity.id, extra.round, [seats.name for seats in extra.parts[0].seats]) == ("day", 2, ["host"])


def test_a_cancelled_session_is_gone_and_the_others_keep_ids_and_rounds() -> None:
    state = after("session_cancelled", {"session": "day@2027-03-13"}, State(case=case_of()))
    assert starts(state) == {session: when for session, when in USUAL.items() if session != "day@2027-03-13"}
    assert [o.round for o in agenda_of(state.case).occurrences] == [1, 3, 4]


def test_an_activity_that_loses_its_only_session_can_still_be_ordered() -> None:
    activities = [{**TABLES["activities"][0], "rounds": "1"}, {**TABLES["activities"][0], "id": "other"}]
    state = State(case=case_of(activities=activities))
    state = after("session_cancelled", {"session": "day@2027-03-06"}, state)
    assert state.case.activity["day"].presence is Presence.ORDER
    assert "day@2027-03-06" not in agenda_of(state.case).by_id


def test_a_session_moved_outside_its_window_leaves_the_others_in_theirs() -> None:
    body = {"session": "day@2027-03-20", "start": "2027-03-24 14:30", "widen": True}
    state = after("session_moved", body, State(case=case_of()))
    assert starts(state) == USUAL | {"day@2027-03-20": ["2027-03-20 09:00", "2027-03-24 14:30"]}


def test_a_session_moved_back_into_its_window_needs_no_wider_one() -> None:
    state = State(case=case_of())
    for start in ("2027-03-24 14:30", "2027-03-20 09:00"):
        state = after("session_moved", {"session": "day@2027-03-20", "start": start, "widen": True}, state)
    assert starts(state) == USUAL
    assert [(pin.start, pin.widens) for pin in state.case.pins] == [("2027-03-20 09:00", False)]


def test_a_start_beyond_the_horizon_is_never_possible() -> None:
    pins = [{"session": "day@2027-03-20", "start": "2028-01-01 09:00", "widens": True}]
    assert starts(State(case=case_of(pins=pins))) == USUAL


def test_ordered_sessions_move_too() -> None:
    orders = [{"id": "o1", "service": "day", "requester": "居民", "days": ["2027-05-05"]}]
    body = {"session": "o1@2027-05-05", "start": "2027-05-06 15:00", "widen": True}
    state = after("session_moved", body, State(case=case_of(orders=orders)))
    assert starts(state)["o1@2027-05-05"] == ["2027-05-05 09:00", "2027-05-06 15:00"]


@pytest.mark.parametrize(
    ("cell", "dropped", "left"),
    [
        ("", 2, "1, 3-"),
        ("", 1, "2-"),
        ("", 4, "1-3"),
        ("2-", 3, "2, 4-"),
        ("1, 3", 3, "1"),
        ("2-3", 2, "3"),
        ("1-30", 2, "1, 3-30"),
        ("4", 4, ""),
    ],
)
def test_a_round_is_dropped_from_a_choice_of_four(cell: str, dropped: int, left: str) -> None:
    assert rounds_without(cell, dropped, 4) == left


@given(st.sets(st.integers(1, 12), min_size=2), st.data())
def test_dropping_a_round_drops_just_that_one(chosen: set[int], data: st.DataObject) -> None:
    dropped = data.draw(st.sampled_from(sorted(chosen)))
    cell = ", ".join(map(str, sorted(chosen)))
    assert selected(rounds_without(cell, dropped, 12), 12) == chosen - {dropped}
    assert selected(rounds_with(cell, {dropped}, 12), 12) == chosen
    assert selected(rounds_with(rounds_without(cell, dropped, 12), {dropped}, 12), 12) == chosen


@pytest.mark.parametrize(("cell", "dropped"), [("", 2), ("", 4), ("2-", 3), ("1-3", 2), ("1, 3-4", 3)])
def test_a_round_that_comes_back_leaves_the_choice_as_it_was(cell: str, dropped: int) -> None:
    assert rounds_with(rounds_without(cell, dropped, 4), {dropped}, 4) == cell


def test_keeping_settings_and_sources_leave_the_hash() -> None:
    row = {"resource": "bank", "level": "avoid", "first": "2027-03-06"}
    plain = case_of(availability=[row])
    kept = case_of({"freeze_days": 7, "approve_sessions": 3}, availability=[{**row, "source": "cal"}])
    assert kept.hash == plain.hash
    assert case_of(availability=[{**row, "level": "cannot"}]).hash != plain.hash


def test_a_pin_that_widens_is_another_question() -> None:
    pin = {"session": "day@2027-03-20", "start": "2027-03-24 14:30"}
    assert case_of(pins=[pin]).hash != case_of(pins=[{**pin, "widens": True}]).hash


def test_a_new_start_is_local_time() -> None:
    body = {"session": "day@2027-03-20", "start": "2027-03-24 14:30", "widen": True}
    state = after("session_moved", body, State(case=case_of()))
    assert agenda_of(state.case).by_id["day@2027-03-20"].starts[-1].utcoffset() == dt.timedelta(hours=8)
