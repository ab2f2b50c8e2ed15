"""Line balance in a coordinator's words: no line of service gets most of the quarter while another gets none."""

from __future__ import annotations

import pytest

from tests.constraints.building import amounts, breaches, case_of, demand, held, line, part, rule_of, series

LINES = (line("law", name="法律", name_en="Law"), line("health"), line("tax"))
DAYS = ("01-04", "01-11", "01-18", "01-25", "02-01")

# Round 4 is 25 January, round 5 is 1 February.
TINY = (
    case_of(*LINES, series(rounds="1-4", lines="law; health; tax"), demand("line_balance", weight=2)),
    case_of(*LINES[:2], series(rounds="2-5", lines="law; health", presence="may"), demand("line_balance", per="month")),
    case_of(  # parts that could serve none of the lines are not foreseen; lines besides are not counted
        *LINES,
        series(rounds="1-2", lines="law; health; tax"),
        part("duty", "p"),
        part("duty", "q", lines="tax"),
        series("talk", rounds="1", lines="law; tax"),
        series("walk", rounds="3"),
        demand("line_balance", lines="law; health", activities="duty; walk"),
    ),
    case_of(
        *LINES[:2],
        series(rounds="4-5", lines="law; health", days_before=1),
        series("talk", rounds="4", lines="law; health"),
        demand("line_balance", per="month"),
    ),
)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # 5 parts and 3 lines: each line has 1 or 2
        ("law law health health tax", []),
        ("law law law health tax", [1]),
        ("law law law law law", [3, 1, 1]),
        ("law law health health health", [1, 1]),
    ],
)
def test_each_line_has_the_rounded_share_of_the_parts(lines: str, expected: list[int]) -> None:
    case = case_of(*LINES, series(rounds="1-5", lines="law; health; tax"), demand("line_balance"))
    sessions = [held(case, f"duty@2027-{day}", line=each) for day, each in zip(DAYS, lines.split(), strict=True)]
    assert amounts(case, sessions) == expected


def test_a_share_that_is_whole_leaves_no_choice() -> None:
    case = case_of(*LINES[:2], series(rounds="1-4", lines="law; health"), demand("line_balance"))
    even, uneven = (
        [held(case, f"duty@2027-{day}", line=each) for day, each in zip(DAYS, lines.split(), strict=False)]
        for lines in ("law law health health", "law law law health")
    )
    assert amounts(case, even) == []
    assert amounts(case, uneven) == [1, 1]


def test_only_parts_that_could_serve_the_lines_are_shared_between_them() -> None:
    case = case_of(
        *LINES,
        series(rounds="1-4", lines="law; health"),
        part("duty", "p"),
        part("duty", "q", lines="tax"),
        demand("line_balance", lines="law; health"),
    )
    even, uneven = (
        [
            held(case, f"duty@2027-{day}", parts={"p": {"line": each}, "q": {"line": "tax"}})
            for day, each in zip(DAYS, lines.split(), strict=False)
        ]
        for lines in ("law law health health", "law law law health")
    )
    assert amounts(case, even) == []  # 4 parts and 2 lines
    assert amounts(case, uneven) == [1, 1]


def test_only_the_activities_named_are_balanced() -> None:
    case = case_of(
        *LINES[:2],
        series(rounds="1-2", lines="law; health"),
        series("talk", rounds="1-2", lines="law; health"),
        demand("line_balance", activities="duty"),
    )
    talks = [held(case, f"talk@2027-{day}", line="health") for day in DAYS[:2]]
    even, uneven = (
        [held(case, f"duty@2027-{day}", line=each) for day, each in zip(DAYS, lines.split(), strict=False)]
        for lines in ("law health", "law law")
    )
    assert amounts(case, [*even, *talks]) == []
    assert amounts(case, [*uneven, *talks]) == [1, 1]


def test_a_session_that_is_left_out_or_lacks_its_part_serves_nothing() -> None:
    case = case_of(*LINES[:2], series(rounds="1-2", lines="law; health", presence="may"), demand("line_balance"))
    only = held(case, "duty@2027-01-04", line="law")
    assert [breach.who for breach in breaches(case, [only])] == [()]
    assert amounts(case, [only, held(case, "duty@2027-01-11").model_copy(update={"parts": ()})]) == [1]


def test_where_there_are_no_lines_nothing_is_asked() -> None:
    case = case_of(series(rounds="1"), demand("line_balance"))
    assert amounts(case, [held(case, "duty@2027-01-04")]) == []


def test_a_breach_says_the_balance() -> None:
    case = case_of(*LINES[:2], series(rounds="1-3", lines="law; health"), demand("line_balance"))
    law, health = breaches(case, [held(case, f"duty@2027-{day}", line="law") for day in DAYS[:3]])
    assert law.message.say("en") == "Law has 3 parts in Q1 2027; balanced: 1 to 2"
    assert health.message.say("zh") == "health 在 2027年第1季度有 0 场；均衡为 1 至 2 场"
    assert law.sessions == tuple(f"duty@2027-{day}" for day in DAYS[:3])


def test_the_rule_is_said_with_its_period() -> None:
    case = case_of(*LINES, series(), demand("line_balance", per="month"))
    said = rule_of(case).describe(case)
    assert said.say("en") == "The service lines have about the same number of parts each month"
    assert said.say("zh") == "每月各服务线场次大致相同"
