"""Room fit in a coordinator's words: forty people do not sit in a room for thirty."""

from __future__ import annotations

import pytest

from tests.constraints.building import amounts, breaches, case_of, demand, held, part, room, rule_of, series, site

DUTY = "duty@2027-01-04"

TINY = (
    case_of(
        room("big", capacity=40, features="screen"),
        room("small", capacity=30, features="screen; water"),
        room("any"),
        series(rounds="1-2", needs_room=True, attendance=31, features="screen; water"),
        demand("room_fit", weight=2),
    ),
    case_of(
        site("hall"),
        site("yard"),
        room("red", capacity=10),
        room("blue", at="yard", capacity=20),
        series(rounds="1", needs_room=True, presence="may"),
        part("duty", "p", attendance=20),
        part("duty", "q", attendance=11, rooms="blue; red"),
        demand("room_fit"),
    ),
    case_of(
        room("red", capacity=10),
        series(rounds="1-2", needs_room=True, attendance=11, presence="may"),
        series("walk", rounds="1", attendance=99, features="screen"),
        demand("room_fit"),
    ),
)


@pytest.mark.parametrize(("attendance", "expected"), [(30, []), (31, [1]), (40, [10])])
def test_people_who_find_no_space_are_counted(attendance: int, expected: list[int]) -> None:
    case = case_of(
        room("red", capacity=30), series(rounds="1", needs_room=True, attendance=attendance), demand("room_fit")
    )
    assert amounts(case, [held(case, DUTY)]) == expected


def test_a_room_without_a_stated_capacity_holds_everybody() -> None:
    case = case_of(room("red"), series(rounds="1", needs_room=True, attendance=999), demand("room_fit"))
    assert amounts(case, [held(case, DUTY)]) == []


def test_features_that_are_missing_count_one_each() -> None:
    case = case_of(
        room("red", features="screen"),
        series(rounds="1", needs_room=True, features="screen; water; stage"),
        demand("room_fit"),
    )
    assert amounts(case, [held(case, DUTY)]) == [2]


def test_rooms_and_parts_that_the_case_does_not_have_are_another_matter() -> None:
    case = case_of(room("red", capacity=1), series(rounds="1", needs_room=True, attendance=9), demand("room_fit"))
    elsewhere = held(case, DUTY, room="cellar")
    another = elsewhere.model_copy(
        update={"parts": (elsewhere.parts[0].model_copy(update={"id": "p", "room": "red"}),)}
    )
    assert amounts(case, [elsewhere]) == []
    assert amounts(case, [another]) == []


def test_a_breach_says_room_and_need() -> None:
    case = case_of(
        room("red", name="红厅", name_en="Red Room", capacity=30),
        series(rounds="1", needs_room=True, attendance=32, features="stage; screen", name="讲座", name_en="Talk"),
        demand("room_fit"),
    )
    (breach,) = breaches(case, [held(case, DUTY)])
    assert breach.amount == 4  # 2 people and 2 features
    assert breach.message.say("en") == (
        "Red Room does not fit Talk 2027-01-04 (Mon): 32 people are expected, it holds 30; it lacks screen, stage"
    )
    assert breach.message.say("zh") == (
        "红厅不适合讲座 2027-01-04 (周一)：预计 32 人，可容纳 30 人；缺少设施“screen、stage”"
    )
    assert (breach.sessions, breach.who) == ((DUTY,), ("red",))


def test_the_rule_is_said() -> None:
    case = case_of(series(), demand("room_fit"))
    said = rule_of(case).describe(case)
    assert said.say("en") == "Rooms have space and features enough"
    assert said.say("zh") == "场地容量与设施满足需要"
