"""Opening hours in a coordinator's words: nothing begins before the doors open or ends after they close."""

from __future__ import annotations

import pytest

from tests.constraints.building import amounts, breaches, case_of, demand, held, part, room, rule_of, series, site

DUTY = "duty@2027-01-04"

TINY = (
    case_of(
        site("hall", hours="周一 09:00-12:00; 周二 14:00-18:00"),
        series(rounds="1", times="08:30; 09:00; 11:00; 11:30", days_after=1),
        demand("opening_hours"),
    ),
    case_of(  # the red room opens late, the yard on Tuesdays only
        site("hall", hours="09:00-18:00"),
        site("yard", hours="Tue 09:00-18:00"),
        room("red", hours="10:00-12:00"),
        room("blue"),
        room("shed", at="yard"),
        series(rounds="1", times="08:00; 09:00; 10:00", needs_room=True, days_after=1),
        demand("opening_hours", weight=2),
    ),
    case_of(
        site("hall"),
        room("red", hours="10:00-12:00"),
        room("blue", hours="09:00-11:00"),
        series(rounds="1", times="09:00; 10:00; 11:00", needs_room=True, presence="may"),
        part("duty", "p"),
        part("duty", "q"),
        demand("opening_hours"),
    ),
    case_of(  # a site that states no hours is open at midnight
        site("hall"),
        site("yard", hours="18:00-24:00"),
        series(rounds="1-2", times="23:00; 23:30"),
        demand("opening_hours"),
    ),
)


@pytest.mark.parametrize(
    ("start", "expected"), [("08:59", [1]), ("09:00", []), ("11:00", []), ("11:01", [1]), ("13:00", [1])]
)
def test_a_session_lies_wholly_within_the_hours(start: str, expected: list[int]) -> None:
    case = case_of(site("hall", hours="周一 09:00-12:00"), series(rounds="1", times=start), demand("opening_hours"))
    assert amounts(case, [held(case, DUTY)]) == expected


def test_two_spans_with_a_break_between_do_not_make_one() -> None:
    case = case_of(
        site("hall", hours="09:00-12:00 13:00-17:00"),
        series(rounds="1", times="11:30", minutes=120),
        demand("opening_hours"),
    )
    assert amounts(case, [held(case, DUTY)]) == [1]


def test_room_and_site_count_each() -> None:
    case = case_of(
        site("hall", hours="10:00-12:00"),
        room("red", hours="10:00-12:00"),
        series(rounds="1", needs_room=True),
        demand("opening_hours"),
    )
    assert [breach.who for breach in breaches(case, [held(case, DUTY)])] == [("hall",), ("red",)]


def test_a_site_that_states_no_hours_is_open_past_midnight() -> None:
    case = case_of(series(rounds="1", times="23:30"), demand("opening_hours"))
    assert amounts(case, [held(case, DUTY)]) == []


def test_sites_and_rooms_that_the_case_does_not_have_are_another_matter() -> None:
    case = case_of(
        site("hall", hours="10:00-12:00"),
        room("red", hours="10:00-12:00"),
        series(rounds="1", needs_room=True),
        demand("opening_hours"),
    )
    elsewhere = held(case, DUTY, room="cellar").model_copy(update={"site": "roof"})
    assert amounts(case, [elsewhere]) == []


def test_a_breach_says_when_what_is_closed() -> None:
    case = case_of(
        site("hall", name="大厅", name_en="Hall", hours="10:00-12:00"),
        series(rounds="1", name="值守", name_en="Duty"),
        demand("opening_hours"),
    )
    (breach,) = breaches(case, [held(case, DUTY)])
    assert breach.message.say("en") == "Hall is not open for all of Duty 2027-01-04 (Mon) 09:00 to 10:00"
    assert breach.message.say("zh") == "值守 2027-01-04 (周一) 09:00 至 10:00 不全在大厅的开放时间内"
    assert breach.sessions == (DUTY,)


def test_the_rule_is_said() -> None:
    case = case_of(series(), demand("opening_hours"))
    said = rule_of(case).describe(case)
    assert said.say("en") == "Sessions run while their site and rooms are open"
    assert said.say("zh") == "活动在站点和场地开放时间内举行"
