"""Demands that cannot be read: every error stands at its cell and says in both languages what would be accepted."""

from __future__ import annotations

from typing import Any

import pytest

from constraints.reading import read_rules, rule_problems, standing_rules
from constraints.registry import RULES, catalogue
from rota.case import Case
from rota.demand import Demand
from rota.problem import CaseError, Problem
from tests.constraints.building import case_of, demand, line, seats, series, unit


def misread(kind: str, **params: Any) -> Problem:
    """Return the only problem of one demand."""
    case = case_of(unit("a", groups="old"), line("law"), series(choice="n"), seats(), demand(kind, **params))
    (problem,) = rule_problems(case)
    assert (problem.table, problem.row, problem.severity) == ("demands", 0, "error")
    return problem


def said(problem: Problem) -> tuple[str | None, str, str]:
    return problem.field, problem.message.say("en"), problem.message.say("zh")


def test_an_unknown_rule_is_answered_with_the_nearest_known_one() -> None:
    assert said(misread("lod")) == (
        "kind",
        'there is no rule "lod"; did you mean load?',
        "没有规则“lod”；是否应为 load？",
    )


def test_what_every_rule_has_is_no_parameter_beside() -> None:
    twice = Demand.model_validate({"id": "rule", "kind": "membership", "weight": 2, "params": {"weight": "5"}})
    (problem,) = rule_problems(case_of(twice))
    assert said(problem) == (
        "weight",
        "the rule membership has no parameter weight; it has: none",
        "规则“成员期”没有参数 weight；可用参数：无",
    )


def test_a_rule_like_no_other_is_answered_with_all_there_are() -> None:
    field, en, zh = said(misread("太极"))
    assert field == "kind"
    assert en.startswith('there is no rule "太极"; known are: availability, membership, no_overlap, ')
    assert zh.startswith("没有规则“太极”；已有规则：时间意向（availability）、成员期（membership）、")
    assert all(rule.kind in en and rule.label.zh in zh for rule in RULES)


@pytest.mark.parametrize(
    ("kind", "params", "expected"),
    [
        (
            "load",
            {"maximum": 3},
            (
                "maximum",
                "the rule load has no parameter maximum; it has: role, groups, activities, least, most, per, measure",
                "规则“工作量”没有参数 maximum；可用参数：role、groups、activities、least、most、per、measure",
            ),
        ),
        (
            "membership",
            {"role": "host"},
            (
                "role",
                "the rule membership has no parameter role; it has: none",
                "规则“成员期”没有参数 role；可用参数：无",
            ),
        ),
        (
            "rest_gap",
            {"cycle": "weeks"},
            ("rounds", "the rule rest_gap needs rounds", "规则“轮空间隔”必须填写 rounds"),
        ),
        (
            "load",
            {"most": "many"},
            ("most", '"many" is not a whole number; e.g. 3', "“many”不是整数；例如 3"),
        ),
        ("cover", {"times": 0}, ("times", '"0" is less than 1', "“0”小于 1")),
        ("load", {"least": -1}, ("least", '"-1" is less than 0', "“-1”小于 0")),
        (
            "load",
            {"per": "fortnight"},
            (
                "per",
                '"fortnight" is not accepted; write one of day, week, month, quarter, year, horizon',
                "“fortnight”不可用；请填日、周、月、季度、年、全期之一",
            ),
        ),
        (
            "load",
            {"least": 3, "most": 2},
            ("most", '"2" is less than the minimum', "“2”小于最少"),
        ),
        (
            "choose",
            {"choice": "n", "least": 3, "most": 2},
            ("most", '"2" is less than the minimum', "“2”小于最少"),
        ),
        (
            "line_coverage",
            {"most": 0},
            ("most", '"0" is less than the minimum', "“0”小于最少"),
        ),
        (
            "fair_share",
            {"weighted": "perhaps"},
            (
                "weighted",
                '"perhaps" is neither yes nor no; write 是 or 否',
                "“perhaps”既不是“是”也不是“否”；请填写 是 或 否",
            ),
        ),
        (
            "date_preference",
            {"weekdays": "someday"},
            ("weekdays", '"someday" names no weekdays; e.g. Sat-Sun', "“someday”不是星期；例如 周六、周日"),
        ),
        (
            "rest_gap",
            {"cycle": "two words", "rounds": 1},
            ("cycle", '"two words" is not an id', "“two words”不能作编号"),
        ),
    ],
)
def test_a_parameter_that_cannot_be_read_says_why(
    kind: str, params: dict[str, Any], expected: tuple[str, str, str]
) -> None:
    assert said(misread(kind, **params)) == expected


@pytest.mark.parametrize(
    ("kind", "params", "field", "known"),
    [
        ("load", {"role": "guest"}, "role", "host"),
        ("load", {"groups": "young"}, "groups", "old"),
        ("load", {"activities": "party"}, "activities", "duty"),
        ("rest_gap", {"cycle": "months", "rounds": 1}, "cycle", "weeks"),
        ("eligibility", {"roles": "host; guest"}, "roles", "host"),
        ("fresh_partners", {"role": "host", "with_role": "guest"}, "with_role", "host"),
        ("line_balance", {"lines": "health"}, "lines", "law"),
        ("pairing", {"who": "z", "with_whom": "a"}, "who", "a"),
        ("pairing", {"who": "a", "with_whom": "z"}, "with_whom", "a"),
        ("choose", {"choice": "m"}, "choice", "n"),
    ],
)
def test_a_name_that_the_case_does_not_have_is_answered_with_those_it_has(
    kind: str, params: dict[str, Any], field: str, known: str
) -> None:
    wrong = next(name for name in str(params[field]).split("; ") if name != known)
    assert said(misread(kind, **params)) == (
        field,
        f'"{wrong}" is not known here; known are: {known}',
        f"“{wrong}”在本排班中不存在；已有：{known}",
    )


def test_where_there_is_nothing_to_name_it_says_so() -> None:
    case = case_of(series(), demand("line_balance", lines="law"))
    (problem,) = rule_problems(case)
    assert problem.message.say("en") == '"law" is not known here; known are: none'
    assert problem.message.say("zh") == "“law”在本排班中不存在；已有：无"


def faulty() -> Case:
    return case_of(
        unit("a"),
        series(),
        seats(),
        demand("lod", id="first"),
        demand("load", id="second", most="x", least="y"),
        demand("cover", id="third"),
        demand("cover", id="fourth", role="guest"),
    )


def test_all_errors_come_at_once_each_with_its_row() -> None:
    found = [(problem.row, problem.field) for problem in rule_problems(faulty())]
    assert found == [(0, "kind"), (1, "least"), (1, "most"), (3, "role")]


def test_rules_are_read_all_or_not_at_all() -> None:
    with pytest.raises(CaseError) as caught:
        read_rules(faulty())
    assert len(caught.value.problems) == 4
    assert caught.value.say("en") == "The rules of the case cannot be read."
    assert caught.value.say("zh") == "无法读取本排班的规则。"


def test_what_a_coordinator_types_is_understood_in_either_language() -> None:
    case = case_of(unit("a"), series(), seats(), demand("load", per="月", measure="分钟", most="90"))
    rule = next(rule for rule in read_rules(case) if rule.id == "rule")
    assert rule.model_dump(include={"per", "measure", "most"}) == {"per": "month", "measure": "minutes", "most": 90}


def test_priority_and_weight_come_from_the_demand() -> None:
    case = case_of(unit("a"), series(), seats(), demand("cover", priority=2, weight=5))
    rule = next(rule for rule in read_rules(case) if rule.id == "rule")
    assert (rule.priority, rule.weight, rule.required) == (2, 5, False)


def test_what_holds_in_every_case_holds_unstated_and_stating_it_replaces_it() -> None:
    standing = [rule.kind for rule in standing_rules()]
    assert standing == [rule.kind for rule in RULES if rule.standing]
    assert [rule.id for rule in read_rules(case_of(series()))] == standing
    relaxed = read_rules(case_of(series(), demand("room_fit", priority=3)))
    assert [rule.priority for rule in relaxed if rule.kind == "room_fit"] == [3]


def test_every_rule_is_presented_with_names_in_both_languages() -> None:
    assert len(catalogue()) == len(RULES)
    for entry in catalogue():
        spoken = (entry.label, entry.summary, entry.unit, *(param.summary for param in entry.params))
        assert all(message.en and message.zh and message.en != message.zh for message in spoken)
        assert all(param.title != param.name for param in entry.params)


def test_parameters_of_one_name_have_one_title_and_no_other_has_it() -> None:
    pairs = {(param.name, param.title) for entry in catalogue() for param in entry.params}
    assert len({name for name, _ in pairs}) == len({title for _, title in pairs}) == len(pairs)


def test_the_catalogue_says_which_parameters_are_needed_and_what_they_accept() -> None:
    load = {param.name: param for param in next(e for e in catalogue() if e.kind == "load").params}
    assert load["per"].choices == ("day", "week", "month", "quarter", "year", "horizon")
    assert (load["per"].default, load["least"].default, load["most"].default) == ("horizon", "0", "")
    rest = {param.name: param for param in next(e for e in catalogue() if e.kind == "rest_gap").params}
    assert [name for name, param in rest.items() if param.needed] == ["cycle", "rounds"]
    share = {param.name: param for param in next(e for e in catalogue() if e.kind == "fair_share").params}
    assert (share["weighted"].choices, share["weighted"].default, share["history"].default) == (
        ("是", "否"),
        "否",
        "是",
    )
