"""No overlap in a coordinator's words: nobody is in two places, no room holds two sessions, unless it can."""

from __future__ import annotations

import pytest

from tests.constraints.building import (
    amounts,
    breaches,
    case_of,
    demand,
    held,
    part,
    room,
    rule_of,
    seats,
    series,
    unit,
    units,
)

DAY = "@2027-01-04"

TINY = (
    case_of(  # half an hour in common
        *units("a b"),
        series("early", rounds="1"),
        series("late", rounds="1", times="09:30"),
        series("after", rounds="1", times="10:00"),
        *(seats(activity=each) for each in ("early", "late", "after")),
        demand("no_overlap", weight=2),
    ),
    case_of(  # what overlaps depends on the starts that are chosen
        *units("a b"),
        series("short", rounds="1", times="09:00; 10:00; 10:30", minutes=30),
        series("long", rounds="1", times="09:15; 10:15", minutes=75, presence="may"),
        seats(activity="short"),
        seats("partner", activity="long"),
        demand("no_overlap"),
    ),
    case_of(  # a serves twice at once, b does not; three at once are too many for either
        unit("a", parallel=2),
        unit("b"),
        *(series(each, rounds="1", times=at) for each, at in (("x", "09:00"), ("y", "09:20"), ("z", "09:40"))),
        *(seats(activity=each) for each in "xyz"),
        demand("no_overlap"),
    ),
    case_of(  # rooms: the red one holds two parts, the blue one a single one
        room("red", parallel=2),
        room("blue"),
        series(rounds="1", needs_room=True),
        part("duty", "p"),
        part("duty", "q"),
        series("talk", rounds="1", times="09:45; 10:00", needs_room=True),
        demand("no_overlap"),
    ),
    case_of(  # two seats in one part, or in two parts at once, of one who may serve twice and one who may not
        unit("a", parallel=2),
        unit("b"),
        series(rounds="1"),
        part("duty", "p"),
        part("duty", "q"),
        seats(),
        seats("partner", part="q"),
        seats("guide", part="q"),
        demand("no_overlap", weight=3),
    ),
    case_of(  # a long session spans two others and the break between them
        unit("a"),
        unit("b"),
        series("long", rounds="1", minutes=180, presence="may"),
        series("first", rounds="1", times="09:30", minutes=30),
        series("second", rounds="1", times="11:00", minutes=90),
        seats(activity="long", least=0, most=2),
        seats(activity="first"),
        seats(activity="second"),
        demand("no_overlap"),
    ),
    case_of(  # two long sessions with a short one in the middle: what is in common before and after it adds up
        *units("a b"),
        series("x", rounds="1", minutes=180),
        series("y", rounds="1", minutes=120),
        series("z", rounds="1", times="10:00", minutes=30),
        *(seats(activity=each) for each in "xyz"),
        demand("no_overlap"),
    ),
    case_of(  # two seats in one part, in one of two sessions
        unit("a", parallel=2),
        *units("b c"),
        series(rounds="1-2"),
        seats(),
        seats("partner"),
        demand("no_overlap"),
    ),
    case_of(  # candidates that nothing happens to
        *units("a b"),
        room("red"),
        series(rounds="1-2", needs_room=True, presence="may", times="09:00; 09:30"),
        series("open", rounds="1", needs_room=True),
        seats(least=0),
        demand("no_overlap"),
    ),
)


@pytest.mark.parametrize(("at", "expected"), [("10:00", []), ("09:59", [1]), ("09:15", [45]), ("09:00", [60])])
def test_minutes_in_common_count(at: str, expected: list[int]) -> None:
    case = case_of(
        unit("a"),
        series("early", rounds="1"),
        series("late", rounds="1", times=at, minutes=90),
        seats(activity="early"),
        seats(activity="late"),
        demand("no_overlap"),
    )
    sessions = [held(case, f"early{DAY}", host="a"), held(case, f"late{DAY}", host="a")]
    assert amounts(case, sessions) == expected


@pytest.mark.parametrize(("parallel", "expected"), [(1, [120]), (2, [60]), (3, [])])
def test_every_seat_too_many_counts_its_minutes(parallel: int, expected: list[int]) -> None:
    case = case_of(
        unit("a", parallel=parallel),
        *(series(each, rounds="1") for each in "xyz"),
        *(seats(activity=each) for each in "xyz"),
        demand("no_overlap"),
    )
    assert amounts(case, [held(case, f"{each}{DAY}", host="a") for each in "xyz"]) == expected


@pytest.mark.parametrize(("parallel", "expected"), [(1, [30]), (2, [])])
def test_a_room_holds_as_many_parts_at_once_as_it_can(parallel: int, expected: list[int]) -> None:
    case = case_of(
        room("red", parallel=parallel),
        series("early", rounds="1", needs_room=True),
        series("late", rounds="1", times="09:30", needs_room=True),
        demand("no_overlap"),
    )
    assert amounts(case, [held(case, f"early{DAY}"), held(case, f"late{DAY}")]) == expected


def test_a_second_seat_in_one_part_counts_even_for_those_who_may_serve_twice_at_once() -> None:
    case = case_of(
        unit("a", parallel=2), series(rounds="1", minutes=45), seats(), seats("partner"), demand("no_overlap")
    )
    assert amounts(case, [held(case, f"duty{DAY}", host="a", partner="a")]) == [45]


def test_a_second_seat_in_one_part_is_also_a_second_use_at_once_for_those_who_may_serve_once() -> None:
    case = case_of(unit("a"), series(rounds="1", minutes=45), seats(), seats("partner"), demand("no_overlap"))
    assert amounts(case, [held(case, f"duty{DAY}", host="a", partner="a")]) == [45, 45]


def test_seats_in_two_parts_of_a_session_are_innocent_for_those_who_may_serve_twice_at_once() -> None:
    rows = (series(rounds="1"), part("duty", "p"), part("duty", "q"), seats(), demand("no_overlap"))
    parts = {"p": {"host": "a"}, "q": {"host": "a"}}
    twice, once = case_of(unit("a", parallel=2), *rows), case_of(unit("a"), *rows)
    assert amounts(twice, [held(twice, f"duty{DAY}", parts=parts)]) == []
    assert amounts(once, [held(once, f"duty{DAY}", parts=parts)]) == [60]


def test_whoever_the_case_does_not_know_is_another_matter() -> None:
    case = case_of(unit("a"), series(rounds="1"), seats(), seats("partner"), demand("no_overlap"))
    assert amounts(case, [held(case, f"duty{DAY}", host="nobody", partner="nobody")]) == []


def test_a_breach_says_who_is_used_how_often_and_when() -> None:
    case = case_of(
        unit("a", name="税务局", name_en="Tax Office"),
        series("early", rounds="1", name="值守", name_en="Duty"),
        series("late", rounds="1", times="09:30", name="讲座", name_en="Talk"),
        seats(activity="early"),
        seats(activity="late"),
        demand("no_overlap"),
    )
    (breach,) = breaches(case, [held(case, f"early{DAY}", host="a"), held(case, f"late{DAY}", host="a")])
    assert breach.message.say("en") == (
        "Tax Office is used 2 times at once from 2027-01-04 (Mon) 09:30 to "
        "10:00 (Duty 2027-01-04 (Mon), Talk 2027-01-04 (Mon)); at most 1"
    )
    assert breach.message.say("zh") == (
        "税务局在 2027-01-04 (周一) 09:30 至 10:00 同时被使用 2 次（值守 "
        "2027-01-04 (周一)、讲座 2027-01-04 (周一)）；至多 1 次"
    )
    assert (breach.sessions, breach.who) == ((f"early{DAY}", f"late{DAY}"), ("a",))


def test_a_breach_says_who_has_two_seats_in_one_part() -> None:
    case = case_of(
        unit("a", name="税务局", name_en="Tax Office", parallel=2),
        series(rounds="1", name="值守", name_en="Duty"),
        seats(),
        seats("partner"),
        demand("no_overlap"),
    )
    (breach,) = breaches(case, [held(case, f"duty{DAY}", host="a", partner="a")])
    assert breach.message.say("en") == "Tax Office has 2 seats in one part of Duty 2027-01-04 (Mon)"
    assert breach.message.say("zh") == "税务局在值守 2027-01-04 (周一) 的同一分场占了 2 个岗位"
    assert (breach.sessions, breach.who) == ((f"duty{DAY}",), ("a",))


def test_the_rule_is_said() -> None:
    case = case_of(series(), demand("no_overlap"))
    said = rule_of(case).describe(case)
    assert said.say("en") == "Nobody and no room is used in more sessions at once than it can serve"
    assert said.say("zh") == "人员、单位、场地不同时超额使用"
