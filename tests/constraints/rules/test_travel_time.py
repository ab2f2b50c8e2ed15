"""Travel time in a coordinator's words: whoever serves at two sites has time for the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from constraints.board import Board
from constraints.reading import read_rules
from constraints.rules.travel_time import TravelTime
from tests.constraints.building import (
    amounts,
    breaches,
    case_of,
    cycle,
    demand,
    held,
    part,
    rule_of,
    seats,
    series,
    site,
    unit,
    units,
    way,
)

if TYPE_CHECKING:
    from rota.row import Row

DAY = "@2027-01-04"
PLACES = (site("hall"), site("yard"), site("park"))

TINY = (
    case_of(  # the way fits or not, as starts and sites are chosen
        *units("a b"),
        *PLACES,
        way("hall", "yard", 30),
        series("early", rounds="1", sites="hall"),
        series("late", rounds="1", times="09:30; 10:00; 10:29; 10:30", sites="yard; hall"),
        seats(activity="early"),
        seats(activity="late"),
        demand("travel_time", weight=2),
    ),
    case_of(  # three turns on end; the way out and the way back differ, and one way is unknown
        *units("a b"),
        *PLACES,
        way("hall", "yard", 100),
        way("yard", "hall", 10),
        way("hall", "park", 90),
        series("x", rounds="1", sites="hall; yard", presence="may"),
        series("y", rounds="1", times="10:00; 11:00", sites="hall; yard", minutes=30),
        series("z", rounds="1", times="12:00", sites="park"),
        *(seats(activity=each) for each in "xyz"),
        demand("travel_time", minutes=5),
    ),
    case_of(  # two teams of a may be anywhere; b sits in two parts
        unit("a", parallel=2),
        unit("b"),
        *PLACES,
        way("hall", "yard", 20),
        series("early", rounds="1", sites="hall"),
        part("early", "p"),
        part("early", "q"),
        series("late", rounds="1", times="10:10; 10:20", sites="yard"),
        seats(activity="early"),
        seats(activity="late", most=2),
        demand("travel_time"),
    ),
    case_of(  # all is settled but who serves; a is two teams
        unit("a", parallel=2),
        *units("b c"),
        *PLACES,
        way("hall", "yard", 20),
        way("yard", "park", 50),
        series("early", rounds="1", sites="hall"),
        series("noon", rounds="1", times="10:10", sites="yard", presence="may"),
        series("late", rounds="1", times="11:55", sites="park"),
        *(seats(activity=each) for each in ("early", "noon", "late")),
        demand("travel_time", minutes=5),
    ),
    case_of(  # past midnight, to the round of the day after
        *units("a b"),
        *PLACES,
        cycle("days", "FREQ=DAILY;COUNT=2"),
        way("hall", "yard", 60),
        series("night", cycle="days", rounds="1", times="22:30; 23:00", sites="hall"),
        series("early", cycle="days", rounds="2", times="00:00; 00:30; 01:00", sites="yard"),
        seats(activity="night"),
        seats(activity="early"),
        demand("travel_time"),
    ),
)


def two(late: str, *, minutes: int = 0, parallel: int = 1) -> list[int]:
    """Serve in the hall from nine to ten and in the yard from `late`; the amounts of what is missing."""
    case = case_of(
        unit("a", parallel=parallel),
        *PLACES,
        way("hall", "yard", 30),
        series("early", rounds="1", sites="hall"),
        series("late", rounds="1", times=late, sites="yard"),
        seats(activity="early"),
        seats(activity="late"),
        demand("travel_time", minutes=minutes),
    )
    return amounts(case, [held(case, f"early{DAY}", host="a"), held(case, f"late{DAY}", host="a")])


@pytest.mark.parametrize(
    ("late", "expected"),
    [
        ("10:00", [30]),
        ("10:20", [10]),  # 20 minutes for a way of 30
        ("10:29", [1]),
        ("10:30", []),
        ("08:00", [30]),  # the way back takes as long
        ("07:30", []),
        ("09:30", []),  # in two places at once: another rule's business
        ("09:00", []),
    ],
)
def test_the_way_fits_between_the_end_of_one_turn_and_the_start_of_the_next(late: str, expected: list[int]) -> None:
    assert two(late) == expected


def test_what_is_allowed_for_comes_on_top_of_the_way() -> None:
    assert two("10:30", minutes=15) == [15]
    assert two("10:45", minutes=15) == []


def test_a_unit_of_several_teams_is_not_bound() -> None:
    assert two("10:00", parallel=2) == []


def test_somebody_else_and_the_same_site_are_innocent() -> None:
    case = case_of(
        *units("a b"),
        *PLACES,
        way("hall", "yard", 30),
        series("early", rounds="1", sites="hall"),
        series("late", rounds="1", times="10:00", sites="yard; hall"),
        seats(activity="early"),
        seats(activity="late"),
        demand("travel_time"),
    )
    early = held(case, f"early{DAY}", host="a")
    assert amounts(case, [early, held(case, f"late{DAY}", at="yard", host="b")]) == []
    assert amounts(case, [early, held(case, f"late{DAY}", at="hall", host="a")]) == []


def test_no_way_is_known_no_time_is_asked_for_not_even_what_is_allowed_for() -> None:
    case = case_of(
        *units("a"),
        *PLACES,
        way("hall", "park", 30),
        series("early", rounds="1", sites="hall"),
        series("late", rounds="1", times="10:00", sites="yard"),
        seats(activity="early"),
        seats(activity="late"),
        demand("travel_time", minutes=15),
    )
    assert amounts(case, [held(case, f"early{DAY}", host="a"), held(case, f"late{DAY}", host="a")]) == []


def test_a_long_way_reaches_past_the_turn_between() -> None:
    case = case_of(
        *units("a"),
        *PLACES,
        way("hall", "park", 120),
        series("x", rounds="1", sites="hall"),
        series("y", rounds="1", times="10:00", sites="hall", minutes=30),
        series("z", rounds="1", times="11:00", sites="park"),
        *(seats(activity=each) for each in "xyz"),
        demand("travel_time"),
    )
    # from x 60 minutes of 120, from y 30 of 120
    assert amounts(case, [held(case, f"{each}{DAY}", host="a") for each in "xyz"]) == [60, 90]


def test_a_short_turn_far_off_does_not_hide_a_long_one_that_is_near() -> None:
    case = case_of(
        *units("a"),
        *PLACES,
        way("hall", "yard", 30),
        series("x", rounds="1", sites="hall"),
        series("y", rounds="1", times="10:10", sites="yard", minutes=120),
        series("z", rounds="1", times="11:00", sites="hall", minutes=5),
        *(seats(activity=each) for each in "xyz"),
        demand("travel_time"),
    )
    assert amounts(case, [held(case, f"{each}{DAY}", host="a") for each in "xyz"]) == [20]


def test_minutes_on_the_way_pass_also_while_clocks_change() -> None:
    case = case_of(
        *units("a"),
        *PLACES,
        cycle("days", "FREQ=DAILY;COUNT=90"),
        way("hall", "yard", 60),
        series("early", cycle="days", rounds="84", times="01:00", minutes=30, sites="hall"),
        series("late", cycle="days", rounds="84", times="03:00", sites="yard"),
        seats(activity="early"),
        seats(activity="late"),
        demand("travel_time"),
        zone="Europe/Berlin",
    )
    day = "@2027-03-28"  # the clocks go from 02:00 to 03:00: half an hour passes from 01:30 to 03:00
    assert amounts(case, [held(case, f"early{day}", host="a"), held(case, f"late{day}", host="a")]) == [30]


def test_the_rule_stands_by_itself_and_a_stated_one_takes_its_place() -> None:
    rows = (*units("a"), *PLACES, way("hall", "yard", 30), series(), seats())
    (standing,) = (rule for rule in read_rules(case_of(*rows)) if rule.kind == "travel_time")
    assert standing.required
    (stated,) = (r for r in read_rules(case_of(*rows, demand("travel_time", priority=2))) if r.kind == "travel_time")
    assert (stated.id, stated.priority) == ("rule", 2)


@pytest.mark.parametrize("rows", [(), (way("hall", "yard", 0),), (way("park", "yard", 30),)])
def test_nothing_is_posted_where_nobody_has_a_way(rows: tuple[Row, ...]) -> None:
    case = case_of(*units("a b"), *PLACES, *rows, series(sites="hall", times="09:00; 10:00"), seats())
    board, bare = Board(case), Board(case)
    board.post([TravelTime(id="travel_time")])
    assert len(board.model.proto.variables) == len(bare.model.proto.variables)
    assert len(board.model.proto.constraints) == len(bare.model.proto.constraints)


def test_a_breach_says_who_goes_where_and_how_long_it_takes() -> None:
    case = case_of(
        unit("a", name="税务局", name_en="Tax Office"),
        site("hall", name="党群中心", name_en="Center"),
        site("yard", name="乙站", name_en="Yard"),
        way("hall", "yard", 30),
        series("early", rounds="1", name="值守", name_en="Duty", sites="hall"),
        series("late", rounds="1", times="10:10", name="讲座", name_en="Talk", sites="yard"),
        seats(activity="early"),
        seats(activity="late"),
        demand("travel_time", minutes=5),
    )
    (breach,) = breaches(case, [held(case, f"early{DAY}", host="a"), held(case, f"late{DAY}", host="a")])
    assert breach.message.say("en") == (
        "Tax Office has 10 min from Duty 2027-01-04 (Mon) (Center, until 10:00)"
        " to Talk 2027-01-04 (Mon) (Yard, from 10:10); 35 min are needed"
    )
    assert breach.message.say("zh") == (
        "税务局从值守 2027-01-04 (周一)（党群中心，10:00 结束）到讲座 2027-01-04 "
        "(周一)（乙站，10:10 开始）只有 10 分钟；需要 35 分钟"
    )
    assert (breach.sessions, breach.who, breach.amount) == ((f"early{DAY}", f"late{DAY}"), ("a",), 25)


@pytest.mark.parametrize(
    ("minutes", "en", "zh"),
    [
        (0, "There is time for the way between turns at different sites", "不同站点的两次当值之间留足路程时间"),
        (
            10,
            "There is time for the way between turns at different sites, and 10 min more",
            "不同站点的两次当值之间留足路程时间，并另留 10 分钟",
        ),
    ],
)
def test_the_rule_is_said(minutes: int, en: str, zh: str) -> None:
    case = case_of(series(), demand("travel_time", minutes=minutes))
    said = rule_of(case).describe(case)
    assert (said.say("en"), said.say("zh")) == (en, zh)
