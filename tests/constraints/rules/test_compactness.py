"""Compactness in a coordinator's words: nobody comes all the way for one turn that stands alone in the day."""

from __future__ import annotations

import pytest

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
    unit,
    units,
)

DAY = "@2027-01-04"

TINY = (
    case_of(  # the middle one joins the others, or leaves them alone
        *units("a b"),
        *(series(x, rounds="1", times=at) for x, at in (("x", "09:00"), ("y", "10:00"), ("z", "11:00"))),
        *(seats(activity=x) for x in "xyz"),
        demand("compactness", role="host", weight=2),
    ),
    case_of(  # starts are chosen, a session may not take place, and 30 minutes between are still next to each other
        *units("a b"),
        series("x", rounds="1", times="09:00; 10:00"),
        series("y", rounds="1", times="10:30; 10:31; 11:30", minutes=30, presence="may"),
        series("z", rounds="1", times="08:00; 12:30", minutes=30),
        *(seats(activity=x, least=0) for x in "xyz"),
        demand("compactness", minutes=30),
    ),
    case_of(  # three at the very same time, of one who may serve at once
        unit("a", parallel=2),
        unit("b"),
        *(series(x, rounds="1", presence="may") for x in "xyz"),
        *(seats(activity=x) for x in "xyz"),
        demand("compactness"),
    ),
    case_of(  # one within the other, and one half within
        *units("a b"),
        series("x", rounds="1", minutes=180),
        series("y", rounds="1", times="10:00; 11:30"),
        series("z", rounds="1", times="13:30; 13:00", minutes=30),
        *(seats(activity=x) for x in "xyz"),
        demand("compactness"),
    ),
    case_of(  # past midnight is another day; two parts are one turn; another group and activity beside
        unit("a", groups="old"),
        unit("b"),
        cycle("days", "FREQ=DAILY;COUNT=2"),
        series("x", cycle="days", rounds="1", times="23:00"),
        series("y", cycle="days", rounds="2", times="00:00; 01:00"),
        series("z", cycle="days", rounds="2", times="02:00"),
        series("w", cycle="days", rounds="2", times="03:00"),
        part("z", "p"),
        part("z", "q", theme="q"),
        *(seats(activity=x) for x in "xyw"),
        seats(activity="z", part="p"),
        seats("partner", activity="z", part="q"),
        demand("compactness", groups="old", activities="x; y; z"),
    ),
)


@pytest.mark.parametrize(
    ("times", "minutes", "expected"),
    [
        (("09:00", "10:00"), 0, []),
        (("10:00", "09:00"), 0, []),
        (("09:00", "10:15"), 0, [1, 1]),  # both stand alone
        (("09:00", "10:15"), 15, []),
        (("09:00", "10:15"), 14, [1, 1]),
        (("09:00", "10:00", "14:00"), 0, [1]),  # the one in the afternoon
        (("09:00", "09:30"), 0, []),  # they overlap
        (("09:00", "09:00"), 0, []),
        (("09:00",), 0, [1]),
    ],
)
def test_a_turn_is_alone_unless_another_of_the_day_is_near(
    times: tuple[str, ...], minutes: int, expected: list[int]
) -> None:
    case = case_of(
        *units("a"),
        *(series(x, rounds="1", times=at) for x, at in zip("xyz", times, strict=False)),
        *(seats(activity=x) for x, _ in zip("xyz", times, strict=False)),
        demand("compactness", minutes=minutes),
    )
    assert amounts(case, [held(case, f"{x}{DAY}", host="a") for x, _ in zip("xyz", times, strict=False)]) == expected


def test_company_of_somebody_else_or_in_what_does_not_count_is_none() -> None:
    case = case_of(
        *units("a b"),
        series("x", rounds="1"),
        series("y", rounds="1", times="10:00"),
        seats(activity="x"),
        seats(activity="y"),
        seats("partner", activity="y"),
        demand("compactness", role="host"),
    )
    one, other = held(case, f"x{DAY}", host="a"), held(case, f"y{DAY}", host="b", partner="a")
    assert amounts(case, [one, other]) == [1, 1]


def test_a_turn_after_midnight_belongs_to_another_day() -> None:
    case = case_of(
        *units("a"),
        cycle("days", "FREQ=DAILY;COUNT=2"),
        series("x", cycle="days", rounds="1", times="23:00"),
        series("y", cycle="days", rounds="2", times="00:00"),
        seats(activity="x"),
        seats(activity="y"),
        demand("compactness"),
    )
    assert amounts(case, [held(case, f"x{DAY}", host="a"), held(case, "y@2027-01-05", host="a")]) == [1, 1]


def test_minutes_between_turns_pass_also_while_clocks_change() -> None:
    case = case_of(
        *units("a"),
        cycle("days", "FREQ=DAILY;COUNT=90"),
        series("x", cycle="days", rounds="84", times="01:00"),
        series("y", cycle="days", rounds="84", times="03:00"),
        seats(activity="x"),
        seats(activity="y"),
        demand("compactness"),
        zone="Europe/Berlin",
    )
    day = "@2027-03-28"  # one hour after one o'clock it is three
    assert amounts(case, [held(case, f"x{day}", host="a"), held(case, f"y{day}", host="a")]) == []


def test_a_breach_says_who_comes_for_what() -> None:
    case = case_of(
        unit("a", name="税务局", name_en="Tax Office"),
        series(rounds="1", name="值守", name_en="Duty"),
        seats(),
        demand("compactness"),
    )
    (breach,) = breaches(case, [held(case, f"duty{DAY}", host="a")])
    assert breach.message.say("en") == "Tax Office comes for Duty 2027-01-04 (Mon) 09:00 alone"
    assert breach.message.say("zh") == "税务局单独为值守 2027-01-04 (周一) 09:00 跑一趟"
    assert (breach.sessions, breach.who) == ((f"duty{DAY}",), ("a",))


@pytest.mark.parametrize(
    ("minutes", "en", "zh"),
    [
        (
            0,
            "As Host: no turn stands alone in its day; turns follow each other at once",
            "任“轮值单位”：同一天的当值首尾相连，不单独跑一趟",
        ),
        (
            30,
            "As Host: no turn stands alone in its day; turns follow each other within 30 min",
            "任“轮值单位”：同一天的当值间隔不超过 30 分钟，不单独跑一趟",
        ),
    ],
)
def test_the_rule_is_said(minutes: int, en: str, zh: str) -> None:
    case = case_of(series(), seats(), demand("compactness", role="host", minutes=minutes))
    said = rule_of(case).describe(case)
    assert (said.say("en"), said.say("zh")) == (en, zh)
