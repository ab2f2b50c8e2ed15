"""Hours of rest in a coordinator's words: who closes in the evening does not open the next morning."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from tests.constraints.building import (
    amounts,
    breaches,
    case_of,
    cycle,
    demand,
    part,
    rule_of,
    seats,
    series,
    site,
    turn,
    turns,
    unit,
    units,
)

if TYPE_CHECKING:
    from rota.case import Case

DAILY = cycle("days", "FREQ=DAILY;COUNT=7")

TINY = (
    case_of(  # evening and morning: 18:00-20:00 and 09:00-10:00 the next day are 13 hours apart
        *units("a b"),
        DAILY,
        series("late", rounds="1", cycle="days", times="18:00", minutes=120),
        series("early", rounds="1-2", cycle="days"),
        seats(activity="late"),
        seats(activity="early"),
        demand("duty_rest", role="host", hours=14, weight=2),
    ),
    case_of(  # the start is open too, one of them at exactly the rest asked for
        *units("a b"),
        DAILY,
        series("late", rounds="1", cycle="days", times="18:00"),
        series("early", rounds="2", cycle="days", times="07:00; 09:00; 10:30"),
        seats(activity="late"),
        seats(activity="early"),
        demand("duty_rest", hours=14),
    ),
    case_of(  # three turns, each taking the rest of the one before
        unit("a"),
        series("one", rounds="1", times="09:00"),
        series("two", rounds="1", times="11:00", minutes=300),
        series("three", rounds="1", times="12:00; 17:00", minutes=30),
        *(seats(activity=each, least=0) for each in ("one", "two", "three")),
        demand("duty_rest", hours=3),
    ),
    case_of(  # a unit with two teams
        unit("a", parallel=2),
        series("one", rounds="1", times="09:00"),
        series("two", rounds="1", times="09:30", minutes=300),
        series("three", rounds="1", times="10:00; 11:00", minutes=30),
        series("four", rounds="1", times="11:30", minutes=30),
        *(seats(activity=each, least=0) for each in ("one", "two", "three", "four")),
        demand("duty_rest", hours=1),
    ),
    case_of(  # only turns in one role, of one group, in some activities; last year's have no time
        unit("a", groups="old"),
        unit("b"),
        site("hall"),
        site("yard"),
        series("one", rounds="1", times="09:00"),
        series("two", rounds="1", times="11:00", presence="may", sites="hall; yard"),
        seats(activity="one"),
        seats("partner", activity="one"),
        seats(activity="two"),
        turn("a", "2027-01-04", activity="one"),
        demand("duty_rest", role="host", groups="old", activities="one; two", hours=2),
    ),
    case_of(  # several seats in one session are one turn
        *units("a b"),
        series(rounds="1"),
        series("two", rounds="1", times="11:00"),
        part("duty", "p"),
        part("duty", "q"),
        seats(),
        seats(activity="two"),
        demand("duty_rest", hours=2),
    ),
)


def nights(hours: int, **cells: object) -> Case:
    """An evening of two hours from 18:00 and the morning after it at 09:00; `cells` are the first unit's."""
    return case_of(
        unit("a", name="税务局", name_en="Tax Office", **cells),
        unit("b"),
        DAILY,
        series("late", rounds="1", cycle="days", times="18:00", minutes=120, name="晚班", name_en="Evening"),
        series("early", rounds="2", cycle="days", name="早班", name_en="Morning"),
        seats(activity="late"),
        seats(activity="early"),
        demand("duty_rest", hours=hours),
    )


def test_who_closes_in_the_evening_does_not_open_in_the_morning() -> None:
    case = nights(14)
    assert amounts(case, turns(case, "a b")) == []
    (breach,) = breaches(case, turns(case, "a a"))
    assert (breach.amount, breach.who) == (60, ("a",))  # 20:00 to 09:00 are 13 hours
    assert breach.sessions == ("late@2027-01-04", "early@2027-01-05")


def test_the_rest_asked_for_is_enough_to_the_minute() -> None:
    assert amounts(nights(13), turns(nights(13), "a a")) == []


def one_day(*starts: str, minutes: int = 60, teams: int = 1, hours: int = 2) -> Case:
    """One unit that serves on one Monday, once from each of `starts`."""
    sessions = [series(f"at{n}", rounds="1", times=start, minutes=minutes) for n, start in enumerate(starts)]
    return case_of(
        unit("a", parallel=teams),
        *sessions,
        *(seats(activity=s.id) for s in sessions),
        demand("duty_rest", hours=hours),
    )


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (one_day("09:00", "10:30", "12:00"), [90, 90]),  # half an hour each time; the first and the last are far apart
        (one_day("09:00", "10:30", "11:00"), [90, 150]),  # then 2 hours of rest, and 30 minutes at the same time
        (one_day("09:00", "09:30"), [150]),  # 2 hours of rest, and 30 minutes at the same time
        (one_day("09:00", "09:00"), [180]),
        (one_day("09:00", "09:00", teams=2), []),  # two teams
        (one_day("09:00", "09:30", "11:00", teams=2), [60]),  # the first team has an hour
        (one_day("09:00", "09:30", "12:00", teams=2), []),  # the first team has two
        (one_day("09:00", "09:30", "10:00", "12:00", teams=2), [120, 30]),  # and the second half an hour
    ],
)
def test_every_turn_lacks_what_the_team_that_is_first_to_be_free_lacks(case: Case, expected: list[int]) -> None:
    assert amounts(case, turns(case, "a a a a")) == expected


def test_a_short_turn_within_a_long_one_takes_no_more_than_its_own_time_and_rest() -> None:
    case = case_of(
        unit("a"),
        series("long", rounds="1", minutes=600),
        series("short", rounds="1", times="10:00", minutes=30),
        seats(activity="long"),
        seats(activity="short"),
        demand("duty_rest", hours=2),
    )
    assert amounts(case, turns(case, "a a")) == [150]  # 10:00 to 12:30


def test_hours_are_counted_while_clocks_change() -> None:
    case = case_of(  # in Berlin clocks go from 02:00 to 03:00 on 28 March 2027
        unit("a"),
        cycle("days", "FREQ=DAILY;COUNT=2", first=dt.date(2027, 3, 27)),
        series("late", rounds="1", cycle="days", times="23:00"),
        series("early", rounds="2", cycle="days", times="08:00"),
        seats(activity="late"),
        seats(activity="early"),
        demand("duty_rest", hours=8),
        zone="Europe/Berlin",
    )
    assert amounts(case, turns(case, "a a")) == [60]  # midnight to eight are seven hours


@pytest.mark.parametrize(
    ("second", "en", "zh"),
    [
        ("10:30", "30 min after the end of", "时距 at0 2027-01-04 (周一) 结束仅 30 分钟"),
        ("11:30", "1 h 30 min after the end of", "时距 at0 2027-01-04 (周一) 结束仅 1 小时 30 分钟"),
        ("10:00", "0 h after the end of", "时距 at0 2027-01-04 (周一) 结束仅 0 小时"),
        ("09:30", "before the end of", "时 at0 2027-01-04 (周一) 尚未结束"),
    ],
)
def test_a_breach_says_how_long_the_rest_was(second: str, en: str, zh: str) -> None:
    case = one_day("09:00", second)
    (breach,) = breaches(case, turns(case, "a a"))
    assert breach.message.say("en") == (
        f"a begins at1 2027-01-04 (Mon) {en} at0 2027-01-04 (Mon); 2 h of rest are asked for"
    )
    assert breach.message.say("zh") == f"a 开始 at1 2027-01-04 (周一) {zh}；要求休息 2 小时"


def test_the_rule_is_said_with_its_hours() -> None:
    case = case_of(unit("a"), series(), seats(), demand("duty_rest", role="host", hours=11))
    said = rule_of(case).describe(case)
    assert said.say("en") == "At least 11 h of rest from the end of one turn as Host to the next"
    assert said.say("zh") == "同一对象两次任“轮值单位”之间至少休息 11 小时"
