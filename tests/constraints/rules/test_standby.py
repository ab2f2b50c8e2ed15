"""Standby in a coordinator's words: the reserve can teach what the teacher was to teach, and is not the teacher."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from constraints.reading import rule_problems
from tests.constraints.building import (
    amounts,
    breaches,
    case_of,
    demand,
    held,
    line,
    part,
    rule_of,
    seats,
    series,
    unit,
)

if TYPE_CHECKING:
    from rota.case import Case
    from rota.row import Row

LINES = (line("law", name="法律", name_en="Law"), line("tea", name="茶艺", name_en="Tea"))
LI = unit("li", name="李", groups="able", skills="talk", lines="law")
MA = unit("ma", name="马", groups="able", skills="talk", lines="tea")
WU = unit("wu", name="吴", groups="able", lines="tea")
XU = unit("xu", name="徐", skills="talk")
EVERYBODY = (*LINES, LI, MA, WU, XU)

TEACHER = seats("teacher", groups="able", skills="talk", name="主讲", name_en="Teacher")
RESERVE = seats("reserve", name="候补", name_en="Reserve")
RULE = {"role": "reserve", "with_role": "teacher"}

TINY = (
    case_of(*EVERYBODY, series(rounds="1", lines="law; tea"), TEACHER, RESERVE, demand("standby", **RULE, weight=2)),
    case_of(  # two in reserve, perhaps nobody teaches, the session may be dropped; lines are asked of others
        *EVERYBODY,
        series(rounds="1", lines="law; tea", presence="may"),
        seats("teacher", groups="able", least=0),
        seats("reserve", least=1, most=2),
        demand("standby", **RULE, roles="reserve"),
    ),
    case_of(  # two parts: the reserve of one part teaches in the other, and a part without teachers needs none
        LI,
        MA,
        XU,
        series(rounds="1"),
        part("duty", "p"),
        part("duty", "q"),
        part("duty", "r"),
        seats("teacher", groups="able", part="p"),
        seats("teacher", groups="able", part="r"),
        seats("reserve", part="p"),
        seats("reserve", part="q", most=2),
        demand("standby", **RULE),
    ),
    case_of(  # in two parts the same two may take either role
        LI,
        MA,
        series(rounds="1"),
        part("duty", "p"),
        part("duty", "q"),
        seats("teacher", most=2),
        seats("reserve"),
        demand("standby", **RULE),
    ),
    case_of(
        *EVERYBODY[2:5],
        series(rounds="1"),
        series("talk", rounds="1"),
        TEACHER,
        RESERVE,
        seats("reserve", "talk"),
        seats("teacher", "talk", skills="talk"),
        demand("standby", **RULE, activities="talk"),
    ),
)


def lesson(*rows: Row, **params: object) -> Case:
    """Return a case with one lesson, in law or tea, with a teacher and a reserve."""
    return case_of(
        *EVERYBODY,
        series(rounds="1", lines="law; tea", name="课", name_en="Lesson"),
        TEACHER,
        RESERVE,
        demand("standby", **{**RULE, **params}),
        *rows,
    )


@pytest.mark.parametrize(
    ("reserve", "taught", "missing"),
    [
        ("li", "law", []),
        ("ma", "law", [1]),  # serves tea alone
        ("ma", "tea", []),
        ("wu", "tea", [1]),  # cannot talk
        ("wu", "law", [1]),  # nor serve law: still one seat
        ("xu", "tea", [1]),  # is none of those who could be teacher; that they name no lines does not help
    ],
)
def test_the_reserve_has_the_group_the_skills_and_the_line_of_the_teacher(
    reserve: str, taught: str, missing: list[int]
) -> None:
    teacher = "ma" if reserve == "li" else "li"
    case = lesson()
    assert amounts(case, [held(case, "duty@2027-01-04", line=taught, teacher=teacher, reserve=reserve)]) == missing


def test_lines_may_be_asked_of_certain_roles_alone_as_in_eligibility() -> None:
    case = lesson(roles="reserve")
    assert amounts(case, [held(case, "duty@2027-01-04", line="law", teacher="li", reserve="ma")]) == []
    case = lesson(roles="teacher")
    assert amounts(case, [held(case, "duty@2027-01-04", line="law", teacher="li", reserve="ma")]) == [1]


def test_nobody_stands_by_for_themselves() -> None:
    case = lesson()
    assert amounts(case, [held(case, "duty@2027-01-04", line="law", teacher="li", reserve="li")]) == [1]


def test_who_teaches_in_one_part_does_not_stand_by_in_another() -> None:
    case = case_of(
        *EVERYBODY,
        series(rounds="1"),
        part("duty", "p"),
        part("duty", "q"),
        TEACHER,
        RESERVE,
        demand("standby", **RULE),
    )
    crossed = {"p": {"teacher": "li", "reserve": "ma"}, "q": {"teacher": "ma", "reserve": "li"}}
    assert amounts(case, [held(case, "duty@2027-01-04", parts=crossed)]) == [1, 1]
    # One reserve may stand by in both parts.
    apart = {"p": {"teacher": "li", "reserve": "ma"}, "q": {"teacher": "wu", "reserve": "ma"}}
    assert amounts(case, [held(case, "duty@2027-01-04", parts=apart)]) == []


def test_a_part_without_the_other_role_needs_no_reserve() -> None:
    case = case_of(
        *EVERYBODY, series(rounds="1"), RESERVE, series("talk"), seats("teacher", "talk"), demand("standby", **RULE)
    )
    assert amounts(case, [held(case, "duty@2027-01-04", reserve="xu")]) == []


def test_what_is_no_part_of_the_case_is_left_to_the_structure() -> None:
    case = lesson()
    stranger = held(case, "duty@2027-01-04", line="law", teacher="li", reserve="nobody")
    assert amounts(case, [stranger]) == []
    assert amounts(case, [stranger.model_copy(update={"parts": ()})]) == []


def test_other_activities_are_not_meant() -> None:
    case = lesson(series("talk", rounds="1"), activities="talk")
    assert amounts(case, [held(case, "duty@2027-01-04", line="law", teacher="li", reserve="li")]) == []


def test_breaches_say_who_and_for_whom() -> None:
    case = lesson()
    unable, both = breaches(case, [held(case, "duty@2027-01-04", line="tea", teacher="wu", reserve="wu")])
    assert unable.message.say("en") == "吴 is Reserve in Lesson 2027-01-04 (Mon), but could not step in as Teacher"
    assert unable.message.say("zh") == "吴在课 2027-01-04 (周一) 任“候补”，但不能顶替“主讲”"
    assert both.message.say("en") == "吴 is both Reserve and Teacher in Lesson 2027-01-04 (Mon)"
    assert both.message.say("zh") == "吴在课 2027-01-04 (周一) 同时任“候补”和“主讲”"
    assert (both.sessions, both.who) == (unable.sessions, unable.who) == (("duty@2027-01-04",), ("wu",))


def test_nobody_can_be_the_reserve_of_the_reserve() -> None:
    (problem,) = rule_problems(lesson(with_role="reserve"))
    assert problem.field == "with_role"
    assert problem.message.say("en").endswith("is the role of the reserve itself")
    assert problem.message.say("zh").endswith("与候补的岗位相同")


def test_the_rule_is_said() -> None:
    case = lesson()
    said = rule_of(case).describe(case)
    assert said.say("en") == (
        "Whoever is Reserve could step in as Teacher of the same session, and is not Teacher there"
    )
    assert said.say("zh") == "“候补”须能在同一场次顶替“主讲”，且不兼任"
