"""Room stability in a coordinator's words: people find an activity where it was the last time."""

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
    series,
    site,
)

FIRST, SECOND, THIRD = "@2027-01-04", "@2027-01-11", "@2027-01-18"
ROOMS = (room("red"), room("blue"), room("green"))

TINY = (
    case_of(*ROOMS, series(needs_room=True), demand("room_stability", weight=2)),
    case_of(*ROOMS, series(rounds="1-4", needs_room=True), demand("room_stability", most=2)),
    case_of(  # each part by itself; one may need no more than its only room
        *ROOMS,
        series(rounds="1-2", needs_room=True, presence="may"),
        part("duty", "p"),
        part("duty", "q", rooms="red"),
        series("talk", rounds="1-2", needs_room=True),
        series("walk", rounds="1-2"),
        demand("room_stability"),
    ),
    case_of(  # January has four rounds, February the fifth; rooms at two sites, and an activity besides
        room("red"),
        room("blue"),
        room("shed", at="yard"),
        site("hall"),
        site("yard"),
        series(rounds="1-2,5", needs_room=True, rooms="red; shed", presence="may"),
        series("talk", rounds="1-2", needs_room=True, sites="hall"),
        demand("room_stability", per="month", activities="duty"),
    ),
)


def series_in(*rooms: str, **params: object) -> list[int]:
    """Hold the sessions of one activity in the rooms; the amounts."""
    case = case_of(*ROOMS, series(needs_room=True, rounds="1-5"), demand("room_stability", **params))
    days = (FIRST, SECOND, THIRD, "@2027-01-25", "@2027-02-01")
    return amounts(case, [held(case, f"duty{day}", room=each) for day, each in zip(days, rooms, strict=False)])


@pytest.mark.parametrize(
    ("rooms", "params", "expected"),
    [
        (("red", "red", "red"), {}, []),
        (("red", "blue", "red"), {}, [1]),
        (("red", "blue", "green"), {}, [2]),
        (("red", "blue", "green"), {"most": 2}, [1]),
        (("red", "blue"), {"most": 2}, []),
        (("red", "blue"), {"per": "week"}, []),
        (("red", "red", "red", "red", "blue"), {"per": "month"}, []),  # the fifth is in February
        (("red", "blue", "red", "red", "blue"), {"per": "month"}, [1]),
        (("red", "blue"), {"activities": "duty"}, [1]),
    ],
)
def test_rooms_beyond_the_limit_are_counted(
    rooms: tuple[str, ...], params: dict[str, object], expected: list[int]
) -> None:
    assert series_in(*rooms, **params) == expected


def test_each_part_stays_in_a_room_of_its_own() -> None:
    case = case_of(
        *ROOMS,
        series(rounds="1-2", needs_room=True),
        part("duty", "p"),
        part("duty", "q"),
        demand("room_stability"),
    )
    first = held(case, f"duty{FIRST}", parts={"p": {"room": "red"}, "q": {"room": "blue"}})
    same = held(case, f"duty{SECOND}", parts={"p": {"room": "red"}, "q": {"room": "blue"}})
    changed = held(case, f"duty{SECOND}", parts={"p": {"room": "blue"}, "q": {"room": "red"}})
    assert amounts(case, [first, same]) == []
    assert amounts(case, [first, changed]) == [1, 1]


def test_two_activities_may_have_two_rooms() -> None:
    case = case_of(
        *ROOMS,
        series(rounds="1", needs_room=True),
        series("talk", rounds="1", needs_room=True),
        demand("room_stability"),
    )
    assert amounts(case, [held(case, f"duty{FIRST}", room="red"), held(case, f"talk{FIRST}", room="blue")]) == []


def test_an_activity_that_is_not_named_may_move() -> None:
    case = case_of(
        *ROOMS,
        series(rounds="1-2", needs_room=True),
        series("talk", rounds="1-2", needs_room=True),
        demand("room_stability", activities="talk"),
    )
    rooms = {FIRST: "red", SECOND: "blue"}
    assert amounts(case, [held(case, f"duty{day}", room=each) for day, each in rooms.items()]) == []
    assert amounts(case, [held(case, f"talk{day}", room=each) for day, each in rooms.items()]) == [1]


def test_a_breach_names_the_rooms_and_the_part_by_its_theme() -> None:
    case = case_of(
        room("red", name="红厅", name_en="Red Room"),
        room("blue", name="蓝厅", name_en="Blue Room"),
        series(rounds="1-2", name="集市", name_en="Fair", needs_room=True),
        part("duty", "p", theme="便民", theme_en="Everyday"),
        part("duty", "q", theme="文旅", theme_en="Culture"),
        series("talk", rounds="1-2", name="讲座", name_en="Talk", needs_room=True, theme="法律"),
        demand("room_stability", per="month"),
    )
    here, there = {"room": "blue"}, {"room": "red"}
    sessions = [
        held(case, f"duty{FIRST}", parts={"p": here, "q": here}),
        held(case, f"duty{SECOND}", parts={"p": there, "q": here}),
        held(case, f"talk{FIRST}", room="red"),
        held(case, f"talk{SECOND}", room="blue"),
    ]
    fair, talk = breaches(case, sessions)
    assert fair.message.say("en") == (
        "Fair (Everyday) is held in 2 rooms in January 2027: Blue Room, Red Room; at most 1"
    )
    assert talk.message.say("zh") == "讲座在 2027年1月使用了 2 个场地：红厅、蓝厅；至多 1 个"
    assert fair.sessions == (f"duty{FIRST}", f"duty{SECOND}")


def test_a_breach_over_the_whole_horizon_says_so() -> None:
    case = case_of(*ROOMS, series(rounds="1-2", needs_room=True), demand("room_stability"))
    (breach,) = breaches(case, [held(case, f"duty{FIRST}", room="red"), held(case, f"duty{SECOND}", room="blue")])
    assert breach.message.say("en") == "duty is held in 2 rooms in the whole horizon: red, blue; at most 1"


@pytest.mark.parametrize(
    ("params", "en", "zh"),
    [
        ({}, "An activity stays in one room in the whole horizon", "全期同一活动固定在一个场地"),
        ({"most": 2, "per": "month"}, "An activity uses at most 2 rooms each month", "每月同一活动至多使用 2 个场地"),
    ],
)
def test_the_rule_is_said(params: dict[str, object], en: str, zh: str) -> None:
    case = case_of(series(), demand("room_stability", **params))
    said = rule_of(case).describe(case)
    assert (said.say("en"), said.say("zh")) == (en, zh)
