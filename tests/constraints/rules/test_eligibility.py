"""Eligibility in a coordinator's words: a lawyer sits in the lawyer's seat, and offers the line of service."""

from __future__ import annotations

import pytest

from constraints.rules.eligibility import Eligibility
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
    units,
)

DUTY = "duty@2027-01-04"
LINES = (line("law"), line("health"))

TINY = (
    case_of(
        unit("a", skills="law; talk"),
        unit("b", skills="law"),
        unit("c"),
        series(rounds="1-2"),
        seats(skills="law; talk"),
        seats("partner"),
        demand("eligibility"),
    ),
    case_of(  # the line is open; a offers one, b both, c said none and so may do any
        *LINES,
        unit("a", lines="law"),
        unit("b", lines="law; health"),
        unit("c"),
        series(rounds="1-2", lines="law; health"),
        seats(),
        demand("eligibility", weight=2),
    ),
    case_of(  # only partners must offer the line; b lacks the skill as well
        *LINES,
        unit("a", lines="law", skills="talk"),
        unit("b", lines="health"),
        series(rounds="1", lines="law; health", presence="may"),
        seats(),
        seats("partner", skills="talk", most=2),
        demand("eligibility", roles="partner"),
    ),
    case_of(  # each part has its line; the second role sits in the second part only
        *LINES,
        unit("a", lines="law"),
        unit("b", lines="health"),
        series(rounds="1-2"),
        part("duty", "p", lines="law"),
        part("duty", "q", lines="health"),
        seats(),
        seats("partner", part="q", skills="none has it", least=0),
        demand("eligibility"),
    ),
    case_of(
        *LINES,
        unit("a", lines="law"),
        *units("b"),
        series(rounds="1-3", lines="health", presence="may"),
        seats(),
        demand("eligibility"),
    ),
)


@pytest.mark.parametrize(("skills", "expected"), [("law; talk", []), ("law", [1]), ("", [1])])
def test_all_skills_of_the_role_are_needed_and_lacking_some_is_one_breach(skills: str, expected: list[int]) -> None:
    case = case_of(unit("a", skills=skills), series(rounds="1"), seats(skills="law; talk"), demand("eligibility"))
    assert amounts(case, [held(case, DUTY, host="a")]) == expected


@pytest.mark.parametrize(("lines", "expected"), [("law", []), ("health", [1]), ("", [])])
def test_who_names_lines_offers_only_these(lines: str, expected: list[int]) -> None:
    case = case_of(*LINES, unit("a", lines=lines), series(rounds="1", lines="law"), seats(), demand("eligibility"))
    assert amounts(case, [held(case, DUTY, host="a")]) == expected


def test_the_line_binds_the_roles_named_and_the_skills_bind_all() -> None:
    case = case_of(
        *LINES,
        *units("a"),
        unit("b", lines="health", skills="talk"),
        series(rounds="1", lines="law"),
        seats(skills="talk"),
        seats("partner"),
        demand("eligibility", roles="partner"),
    )
    assert amounts(case, [held(case, DUTY, host="b", partner="a")]) == []
    found = breaches(case, [held(case, DUTY, host="a", partner="b")])
    assert [breach.message.en.partition(" {role}")[0] for breach in found] == [
        "{who} lacks {skills}, needed as",
        "{who} does not offer the service line {line} of {session}",
    ]


def test_people_roles_and_parts_that_the_case_does_not_have_are_another_matter() -> None:
    case = case_of(unit("a"), series(rounds="1"), seats(skills="talk"), demand("eligibility"))
    stranger, guide = held(case, DUTY, host="nobody"), held(case, DUTY, guide="a")
    elsewhere = guide.model_copy(
        update={"parts": (guide.parts[0].model_copy(update={"id": "p", "roles": {"host": ("a",)}}),)}
    )
    assert [amounts(case, [each]) for each in (stranger, guide, elsewhere)] == [[], [], []]


@pytest.mark.parametrize(
    ("skills", "lines", "served", "expected"),
    [
        ("talk", "law", ("law",), "admitted"),
        ("talk; drive", "", (), "admitted"),
        ("", "law", ("law",), "turned away"),
        ("talk", "law", ("health",), "turned away"),
        ("talk", "law", ("health", "law"), "admitted"),
        ("talk", "law", (), "admitted"),
    ],
)
def test_whoever_may_sit_in_some_line_of_the_part_is_admitted(
    skills: str, lines: str, served: tuple[str, ...], expected: str
) -> None:
    case = case_of(*LINES, unit("a", skills=skills, lines=lines), series(), seats(skills="talk"), demand("eligibility"))
    rule = rule_of(case)
    assert isinstance(rule, Eligibility)
    assert rule.admits(case.units[0], case.roles[0], served) is (expected == "admitted")


def test_a_part_without_a_line_takes_everybody() -> None:
    case = case_of(*LINES, unit("a", lines="law"), series(rounds="1"), seats(), demand("eligibility"))
    assert amounts(case, [held(case, DUTY, host="a")]) == []


def test_a_breach_says_what_is_lacking() -> None:
    case = case_of(
        line("law", name="法律", name_en="Law"),
        line("health"),
        unit("a", name="税务局", name_en="Tax Office", lines="health", skills="talk"),
        series(rounds="1", lines="law", name="值守", name_en="Duty"),
        seats(skills="talk; first aid; drive"),
        demand("eligibility"),
    )
    skill, service = breaches(case, [held(case, DUTY, host="a")])
    assert skill.message.say("en") == "Tax Office lacks first aid, drive, needed as Host in Duty 2027-01-04 (Mon)"
    assert skill.message.say("zh") == "税务局在值守 2027-01-04 (周一) 任“轮值单位”，但缺少技能“first aid、drive”"
    assert service.message.say("en") == "Tax Office does not offer the service line Law of Duty 2027-01-04 (Mon)"
    assert service.message.say("zh") == "税务局不提供值守 2027-01-04 (周一) 的服务线“法律”"
    assert (skill.who, service.sessions) == (("a",), (DUTY,))


@pytest.mark.parametrize(
    ("params", "en", "zh"),
    [
        (
            {},
            "Whoever takes a seat has the skills of the role and offers the service line",
            "当值者具备岗位技能，并提供该服务线",
        ),
        (
            {"roles": "host"},
            "Whoever takes a seat has the skills of the role; Host offer the service line",
            "当值者具备岗位技能；轮值单位须提供该服务线",
        ),
    ],
)
def test_the_rule_is_said(params: dict[str, object], en: str, zh: str) -> None:
    case = case_of(unit("a"), series(), seats(), demand("eligibility", **params))
    said = rule_of(case).describe(case)
    assert (said.say("en"), said.say("zh")) == (en, zh)
