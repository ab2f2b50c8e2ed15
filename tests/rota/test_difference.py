"""The difference between two plans: each kind of change, and none where nothing changed."""

from __future__ import annotations

from collections.abc import Mapping

from console.difference_by_ids import difference_by_ids
from rota.difference import Change, Difference, difference
from tests.rota.small import plan_of

DAY = "2027-03-06"
ID = f"day@{DAY}"
PART = {"id": "main", "room": "hall", "line": "legal", "roles": {"host": ["bank"]}}


def changes(old: Mapping[str, object] | None, new: Mapping[str, object] | None) -> list[Change]:
    before = plan_of({"day": DAY, **old}) if old is not None else plan_of()
    after = plan_of({"day": DAY, **new}) if new is not None else plan_of()
    return list(difference(before, after).changes)


def test_equal_plans_do_not_differ() -> None:
    assert changes({}, {}) == []
    assert not difference(plan_of({"day": DAY}), plan_of({"day": DAY}))


def test_the_same_moment_in_another_zone_is_no_change() -> None:
    assert changes({}, {"start": f"{DAY}T01:00Z", "end": f"{DAY}T03:00Z"}) == []


def test_a_session_that_comes_brings_those_who_serve() -> None:
    added, joined = changes(None, {})
    assert (added.session, added.what, str(added.after)) == (ID, "added", f"{DAY} 09:00:00+08:00")
    assert joined == Change(ID, "joined", part="main", role="host", who="bank")


def test_a_session_that_goes_takes_them_along() -> None:
    dropped, left = changes({}, None)
    assert (dropped.what, str(dropped.before), dropped.after) == ("dropped", f"{DAY} 09:00:00+08:00", None)
    assert left == Change(ID, "left", part="main", role="host", who="bank")


def test_another_start_is_a_move() -> None:
    (moved,) = changes({}, {"start": f"{DAY}T10:00+08:00"})
    assert (moved.what, str(moved.before), str(moved.after)) == (
        "moved",
        f"{DAY} 09:00:00+08:00",
        f"{DAY} 10:00:00+08:00",
    )


def test_another_end_is_a_move_too() -> None:
    (moved,) = changes({}, {"end": f"{DAY}T12:00+08:00"})
    assert moved.what == "moved"


def test_another_site_is_a_room_without_part() -> None:
    assert changes({}, {"site": "north"}) == [Change(ID, "room", "center", "north")]


def test_another_room_and_another_line_name_their_part() -> None:
    assert changes({}, {"parts": [{**PART, "room": "corner", "line": "tax"}]}) == [
        Change(ID, "room", "hall", "corner", "main"),
        Change(ID, "line", "legal", "tax", "main"),
    ]


def test_a_part_that_comes_or_goes_brings_or_takes_its_room_its_line_and_its_seats() -> None:
    second = {"id": "second", "room": "corner", "line": "tax", "roles": {"host": ["court"]}}
    assert changes({}, {"parts": [PART, second]}) == [
        Change(ID, "room", None, "corner", "second"),
        Change(ID, "line", None, "tax", "second"),
        Change(ID, "joined", part="second", role="host", who="court"),
    ]
    assert changes({"parts": [PART, second]}, {}) == [
        Change(ID, "room", "corner", None, "second"),
        Change(ID, "line", "tax", None, "second"),
        Change(ID, "left", part="second", role="host", who="court"),
    ]


def test_a_replacement_is_one_who_left_and_one_who_joined() -> None:
    found = difference(plan_of({"day": DAY}), plan_of({"day": DAY, "host": "court"}))
    assert [(change.what, change.who) for change in found.changes] == [("left", "bank"), ("joined", "court")]
    assert (found.sessions, found.people) == ((ID,), ("bank", "court"))
    assert found


def test_the_order_of_those_in_one_role_is_no_change() -> None:
    two, turned = ({"parts": [{**PART, "roles": {"host": who}}]} for who in (["bank", "court"], ["court", "bank"]))
    assert changes(two, turned) == []


def test_changes_are_in_order_of_the_sessions() -> None:
    old, new = plan_of({"day": "2027-03-13"}), plan_of({"day": "2027-03-06"})
    assert difference(old, new).sessions == ("day@2027-03-06", "day@2027-03-13")


def test_one_session_and_one_unit_are_counted_in_the_singular() -> None:
    *_, line = difference_by_ids(Difference((Change("duty@2027-01-04", "joined", role="host", who="a"),)))
    assert line.say("en") == "1 session differs; 1 gains or loses turns"
