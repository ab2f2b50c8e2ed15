"""`rota rules`: the catalogue on the terminal."""

from __future__ import annotations

import json

import pytest

from constraints.registry import RULES
from rota.width import display_width
from tests.cli.conftest import Rota


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_rule_stands_in_one_line_with_both_its_names(rota: Rota, language: str) -> None:
    lines = rota("rules", "--lang", language).out.splitlines()
    assert len(lines) == len(RULES)
    starts = set()
    for rule, line in zip(RULES, lines, strict=True):
        assert line.startswith(f"{rule.kind} ")
        assert f" {rule.label.zh} " in line
        assert f" {rule.label.en} " in line
        summary = rule.summary.say("zh" if language == "zh" else "en")
        assert line.endswith(summary)
        starts.add(display_width(line.removesuffix(summary)))
    assert len(starts) == 1  # the last column begins at the same place in all lines


@pytest.mark.parametrize("said", ["rest_gap", "轮空间隔", "Rest between turns", " REST BETWEEN turns "])
def test_a_rule_is_found_by_its_code_and_by_its_names(rota: Rota, said: str) -> None:
    assert rota("rules", said).out.splitlines()[0] == "rest_gap  轮空间隔  Rest between turns"


def test_a_rule_is_shown_with_its_parameters_and_an_example(rota: Rota) -> None:
    shown = rota("rules", "load", "--lang", "zh").out
    assert "代价单位：" in shown
    assert "常设规则" not in shown
    (per,) = [line for line in shown.splitlines() if line.startswith("per ")]
    assert per.split()[:3] == ["per", "周期", "全期"]
    assert per.endswith("日、周、月、季度、年、全期")
    assert "例如：任“轮值单位”（轮值组）：每月至多 2 次。" in shown
    assert "违反：税务局在 2027年3月任“轮值单位”" in shown


def test_a_standing_rule_says_so_and_what_is_needed_is_marked(rota: Rota) -> None:
    assert "It holds without being stated." in rota("rules", "membership").out
    (cycle,) = [line for line in rota("rules", "rest_gap").out.splitlines() if line.startswith("cycle ")]
    assert "(needed)" in cycle


@pytest.mark.parametrize(
    ("said", "near"),
    [("rest_gab", "Rest between turns (rest_gap)"), ("轮空", "Rest between turns (rest_gap)"), ("Fair", "Fair share")],
)
def test_an_unknown_name_ends_with_5_and_the_nearest_ones(rota: Rota, said: str, near: str) -> None:
    ended = rota("rules", said)
    assert (ended.code, ended.out) == (5, "")
    assert near in ended.err


def test_a_name_like_none_leads_to_the_list(rota: Rota) -> None:
    assert rota("rules", "qqqq", "--lang", "zh").err == "没有规则“qqqq”；`rota rules` 可列出全部规则。\n"


def test_json_says_everything_in_both_languages(rota: Rota) -> None:
    body = json.loads(rota("rules", "--json").out)
    assert [rule["kind"] for rule in body["rules"]] == [rule.kind for rule in RULES]
    (load,) = [rule for rule in body["rules"] if rule["kind"] == "load"]
    assert load["label"] == {"zh": "工作量", "en": load["label"]["en"]}
    assert load["examples"]["breach"]["en"].startswith("Tax Office has")
    one = json.loads(rota("rules", "load", "--json").out)
    assert one["rule"] == load


def test_columns_are_named_in_english_as_the_sheet_has_them(rota: Rota) -> None:
    assert "岗位 role" in rota("rules", "rest_gap").out
    assert "岗位 role" not in rota("rules", "rest_gap", "--lang", "zh").out
