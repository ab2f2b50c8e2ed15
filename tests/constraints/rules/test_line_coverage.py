"""Line coverage in a coordinator's words: every quarter has something for every line of service."""

from __future__ import annotations

import pytest

from tests.constraints.building import amounts, breaches, case_of, demand, held, line, part, rule_of, series

LINES = (line("law", name="法律", name_en="Law"), line("health"))

# Round 4 is 25 January, round 5 is 1 February.
TINY = (
    case_of(*LINES, series(rounds="1-3", lines="law; health"), demand("line_coverage", weight=2)),
    case_of(*LINES, series(rounds="3-5", lines="law; health"), demand("line_coverage", per="month", most=1)),
    case_of(*LINES, series(rounds="1-3", lines="law; health"), demand("line_coverage", lines="law", most=2)),
    case_of(  # whatever its start, round 5 belongs to February
        *LINES,
        series(rounds="4-5", lines="law; health", presence="may", days_before=1),
        demand("line_coverage", per="month", lines="law", least=0, most=1),
    ),
    case_of(
        *LINES,
        series(rounds="1-2", lines="law; health"),
        part("duty", "p"),
        part("duty", "q", lines="health"),
        series("talk", rounds="2", lines="law; health"),
        series("walk", rounds="5"),
        demand("line_coverage", per="month", least=2, activities="duty; walk"),
    ),
)


def chosen(case_lines: str, **params: object) -> list[int]:
    """Hold rounds 1, 2, … of duty in these lines."""
    case = case_of(*LINES, series(rounds="1-4", lines="law; health"), demand("line_coverage", **params))
    days = ("04", "11", "18", "25")
    sessions = [
        held(case, f"duty@2027-01-{day}", line=each) for day, each in zip(days, case_lines.split(), strict=False)
    ]
    return amounts(case, sessions)


def test_every_line_once_is_innocent_and_a_line_left_out_is_a_breach() -> None:
    assert chosen("law health law law") == []
    assert chosen("law law law law") == [1]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [("law health", [1, 1]), ("law law health health", []), ("law law law health", [1, 1]), ("law law", [2])],
)
def test_parts_missing_and_in_excess_are_counted(lines: str, expected: list[int]) -> None:
    # 2 parts of each line are asked for, no less and no more
    assert chosen(lines, least=2, most=2) == expected


def test_a_period_without_any_session_asks_for_nothing() -> None:
    case = case_of(*LINES, series(rounds="1", lines="law; health"), demand("line_coverage", per="month", lines="law"))
    assert amounts(case, [held(case, "duty@2027-01-04", line="law")]) == []


def test_one_part_that_serves_a_line_makes_a_period() -> None:
    case = case_of(
        *LINES,
        series(rounds="1"),
        part("duty", "p"),
        part("duty", "q", lines="law"),
        demand("line_coverage"),
    )
    session = held(case, "duty@2027-01-04", parts={})
    assert [breach.message.say("en") for breach in breaches(case, [session])] == [
        "health has 0 parts in Q1 2027; at least 1"
    ]


def test_only_the_activities_named_count() -> None:
    case = case_of(
        *LINES,
        series(rounds="1", lines="law; health"),
        series("talk", rounds="1-2", lines="law; health"),
        demand("line_coverage", activities="duty", lines="law"),
    )
    duty = held(case, "duty@2027-01-04", line="health")
    talks = [held(case, f"talk@2027-01-{day}", line="law") for day in ("04", "11")]
    assert amounts(case, [duty, *talks]) == [1]
    assert amounts(case, [held(case, "duty@2027-01-04", line="law")]) == []


def test_sessions_that_serve_no_line_make_no_period() -> None:
    case = case_of(*LINES, series(rounds="1", lines=""), demand("line_coverage"))
    assert amounts(case, [held(case, "duty@2027-01-04")]) == []


def test_a_breach_says_line_period_and_limits() -> None:
    case = case_of(
        *LINES, series(rounds="4-5", lines="law; health"), demand("line_coverage", per="month", lines="law", most=2)
    )
    first, second = (held(case, f"duty@2027-{day}", line="health") for day in ("01-25", "02-01"))
    january, february = breaches(case, [first, second])
    assert january.message.say("en") == "Law has 0 parts in January 2027; 1 to 2"
    assert february.message.say("zh") == "法律在 2027年2月有 0 场；1 至 2 场"
    case = case_of(*LINES, series(rounds="4", lines="law; health"), demand("line_coverage", lines="law", least=2))
    (breach,) = breaches(case, [held(case, "duty@2027-01-25", line="law")])
    assert breach.message.say("en") == "Law has 1 part in Q1 2027; at least 2"
    assert breach.sessions == ("duty@2027-01-25",)


@pytest.mark.parametrize(
    ("params", "en", "zh"),
    [
        ({}, "Every service line: at least 1 part each quarter", "各服务线：每季度至少 1 场"),
        (
            {"per": "月", "lines": "law; health", "least": 1, "most": 3},
            "Law, health: 1 to 3 parts each month",
            "法律、health：每月1 至 3 场",
        ),
    ],
)
def test_the_rule_is_said_with_its_limits(params: dict[str, object], en: str, zh: str) -> None:
    case = case_of(*LINES, series(), demand("line_coverage", **params))
    said = rule_of(case).describe(case)
    assert (said.say("en"), said.say("zh")) == (en, zh)
