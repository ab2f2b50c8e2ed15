"""Inspection: each finding stands at its row and field, is said in both languages, and spares the innocent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from rota.case import Case
from rota.holidays import notice_years
from rota.inspection import REFERENCES, UNIQUE, inspect, inspect_agenda, inspect_tables, sound_activities
from rota.problem import Problem
from tests.rota.small import TABLES, case_of, with_activity

# The small case lies in a year without a notice; its own calendar is none of what is looked for here.
QUIET = {"calendar": "none"}
ACTIVITY = TABLES["activities"][0]
HOST = TABLES["roles"][0]
DAY = "day@2027-03-06"
ORDER = {"id": "o", "service": "day", "requester": "商户", "days": "2027-03-09"}


def found(**tables: object) -> list[Problem]:
    return inspect(case_of(QUIET, **tables))


def place(problem: Problem) -> tuple[str, int | None, str | None]:
    return problem.table, problem.row, problem.field


def only(problems: list[Problem]) -> tuple[tuple[str, int | None, str | None], str, str]:
    (problem,) = problems
    return place(problem), problem.message.say("en"), problem.message.say("zh")


def test_a_sound_case_has_no_problem() -> None:
    assert found() == []


# Ids that stand twice.

TWICE: Mapping[str, tuple[list[Mapping[str, Any]], str, str]] = {
    "a unit and a unit": ([{"id": "x", "name": "甲"}, {"id": "x", "name": "乙"}], "units", "id"),
    "a line": ([{"id": "x", "name": "甲"}, {"id": "x", "name": "乙"}], "lines", "id"),
    "a cycle": ([TABLES["cycles"][0], TABLES["cycles"][0]], "cycles", "id"),
    "a demand": ([{"id": "x", "kind": "load"}, {"id": "x", "kind": "rest"}], "demands", "id"),
    "a part of an activity": ([{"activity": "day", "id": "p"}, {"activity": "day", "id": "p"}], "parts", "id"),
    "a role of an activity": ([HOST, HOST], "roles", "role"),
    "a holiday": ([{"day": "2027-05-20", "kind": "off"}, {"day": "2027-05-20", "kind": "work"}], "holidays", "day"),
    "an order": ([ORDER, ORDER], "orders", "id"),
    "a term": ([{"word": "hosts"}, {"word": "hosts"}], "terms", "word"),
    "an outcome": ([{"session": DAY, "held": "是"}, {"session": DAY, "held": "否"}], "outcomes", "session"),
    "a way": (
        [{"origin": "center", "destination": "north", "minutes": n} for n in (5, 6)],
        "travel",
        "destination",
    ),
    "a person's home sites": ([{"person": "li", "sites": ["center"]}] * 2, "staffing", "person"),
}


@pytest.mark.parametrize(("rows", "table", "field"), TWICE.values(), ids=TWICE)
def test_what_may_stand_once_is_found_where_it_stands_again(
    rows: list[Mapping[str, Any]], table: str, field: str
) -> None:
    more = {"roles": [], "units": rows} if table == "units" else {table: rows}
    twice = [p for p in found(**more) if "second time" in p.message.say("en")]
    assert [place(p) for p in twice] == [(table, 1, field)]
    assert "重复出现" in twice[0].message.say("zh")
    once = {"roles": [], "units": rows[:1]} if table == "units" else {table: rows[:1]}
    assert [p for p in found(**once) if "second time" in p.message.say("en")] == []


def test_ids_that_availability_names_differ_between_tables_too() -> None:
    where, en, zh = only(found(people=[{"id": "bank", "name": "班克"}]))
    assert where == ("people", 0, "id")
    assert en == '"bank" stands here a second time; each may stand once'
    assert zh == "“bank”重复出现；每个只能出现一次"


def test_an_order_may_not_bear_the_id_of_an_activity() -> None:
    where, en, _ = only(found(orders=[ORDER, {**ORDER, "id": "day"}]))
    assert where == ("orders", 1, "id")
    assert en == '"day" stands here a second time; each may stand once'


def test_the_same_id_in_tables_that_are_never_mixed_is_innocent() -> None:
    assert found(cycles=[*TABLES["cycles"], {**TABLES["cycles"][0], "id": "day"}]) == []


def test_the_same_part_or_role_of_another_activity_is_innocent() -> None:
    activities = [ACTIVITY, {**ACTIVITY, "id": "other"}]
    parts = [{"activity": "day", "id": "p"}, {"activity": "other", "id": "p"}]
    assert found(activities=activities, parts=parts, roles=[HOST, {**HOST, "activity": "other"}]) == []


def test_every_table_and_field_that_is_looked_at_exists() -> None:
    named = [(table, field) for table, field, _ in REFERENCES]
    named += [(table, field) for tables, fields in UNIQUE for table in tables for field in fields]
    for table, field in named:
        (row,) = Case.model_fields[table].annotation.__args__[:1]  # type: ignore[union-attr]  # tuple[Row, ...]
        assert field in row.model_fields, (table, field)


# References that lead nowhere.

NOWHERE: Mapping[str, tuple[str, list[Mapping[str, Any]], str]] = {
    "the site of a room": ("rooms", [*TABLES["rooms"], {"id": "r", "name": "室", "site": "nowhere"}], "site"),
    "the line of a unit": ("units", [*TABLES["units"], {"id": "u", "name": "甲", "lines": "tax; nowhere"}], "lines"),
    "the unit of a person": ("people", [{"id": "p", "name": "甲", "unit": "nowhere"}], "unit"),
    "the owner of a contact": ("contacts", [{"of": "nowhere", "name": "甲"}], "of"),
    "the end of a way": ("travel", [{"origin": "center", "destination": "nowhere", "minutes": 1}], "destination"),
    "a home site": ("staffing", [{"person": "li", "sites": "center; nowhere"}], "sites"),
    "the cycle of an activity": ("activities", [{**ACTIVITY, "cycle": "nowhere"}], "cycle"),
    "a room of an activity": ("activities", [{**ACTIVITY, "rooms": "nowhere"}], "rooms"),
    "the activity of a part": ("parts", [{"activity": "nowhere", "id": "p"}], "activity"),
    "the activity of a role": ("roles", [HOST, {**HOST, "activity": "nowhere"}], "activity"),
    "the service of an order": ("orders", [ORDER, {**ORDER, "id": "o2", "service": "nowhere"}], "service"),
    "a site of an order": ("orders", [{**ORDER, "sites": "north; nowhere"}], "sites"),
    "who is away": ("availability", [{"resource": "nowhere", "level": "cannot", "first": "2027-03-06"}], "resource"),
    "a pinned room": ("pins", [{"session": DAY, "room": "nowhere"}], "room"),
    "the host of an outcome": ("outcomes", [{"session": DAY, "held": "是", "host": "nowhere"}], "host"),
}


@pytest.mark.parametrize(("table", "rows", "field"), NOWHERE.values(), ids=NOWHERE)
def test_a_name_that_no_row_bears_is_found(table: str, rows: list[Mapping[str, Any]], field: str) -> None:
    where, en, zh = only(inspect_tables(case_of(QUIET, **{table: rows})))
    assert where == (table, len(rows) - 1, field)
    assert en.startswith('"nowhere" is not in ')
    assert zh.startswith("“nowhere”不在表“")


def test_a_name_typed_for_an_id_is_answered_with_the_id() -> None:
    contact = {"of": "银行", "name": "王"}
    _, en, zh = only(found(contacts=[contact]))
    assert en == '"银行" is not in units, people, sites; did you mean bank?'
    assert zh == "“银行”不在表“单位、人员、站点”中；是否应为 bank？"


def test_an_id_in_other_capitals_is_answered_with_the_right_ones() -> None:
    assert "did you mean bank?" in only(found(contacts=[{"of": "BANK", "name": "王"}]))[1]


def test_availability_may_name_whatever_has_an_agenda_of_its_own() -> None:
    rows = [{"resource": who, "level": "avoid", "first": "2027-03-06"} for who in ("bank", "li", "hall", "center")]
    assert found(availability=rows) == []


# Membership, parts and roles.


def test_who_leaves_before_joining_is_found_and_who_leaves_on_the_same_day_is_not() -> None:
    culprit = {"id": "late", "name": "甲", "joined": "2027-03-02", "left": "2027-03-01"}
    innocent = {"id": "brief", "name": "乙", "joined": "2027-03-02", "left": "2027-03-02"}
    where, en, zh = only(found(people=[innocent, culprit]))
    assert where == ("people", 1, "left")
    assert (en, zh) == ("the last day lies before the day of joining", "退出日期早于加入日期")


def test_a_role_of_a_part_that_the_activity_lacks_is_found() -> None:
    parts = [{"activity": "day", "id": "p1"}]
    culprit, innocent = {**HOST, "part": "p2"}, {**HOST, "part": "p1"}
    where, en, zh = only(found(parts=parts, roles=[innocent, culprit]))
    assert where == ("roles", 1, "part")
    assert (en, zh) == ('activity day has no part "p2"', "活动项目 day 没有分场“p2”")


def test_an_activity_without_parts_has_only_the_main_one() -> None:
    assert only(found(roles=[{**HOST, "part": "p1"}]))[0] == ("roles", 0, "part")
    assert found(roles=[{**HOST, "part": "main"}]) == []


def test_a_role_for_every_part_and_again_for_one_is_found() -> None:
    parts = [{"activity": "day", "id": "p1"}]
    where, en, zh = only(found(parts=parts, roles=[HOST, {**HOST, "part": "p1"}]))
    assert where == ("roles", 1, "part")
    assert "already stated for every part" in en
    assert "所有分场" in zh


def test_one_role_draws_from_one_kind() -> None:
    activities = [ACTIVITY, {**ACTIVITY, "id": "other"}]
    culprit = {"activity": "other", "role": "host", "kind": "person"}
    where, en, zh = only(found(activities=activities, roles=[HOST, culprit]))
    assert where == ("roles", 1, "kind")
    assert "filled from unit elsewhere" in en
    assert "在别处来自“单位”" in zh
    assert found(activities=activities, roles=[HOST, {**culprit, "role": "guide"}]) == []


# What shows once the rounds are laid out.


def test_a_session_that_must_take_place_and_has_no_start_is_found() -> None:
    off = {"holidays": [{"day": "2027-03-13", "kind": "off"}]}
    where, en, zh = only(inspect(with_activity(QUIET, tables=off)))
    assert where == ("activities", 0, "holidays")
    assert en.startswith("Service day 2027-03-13 (Sat) has no possible start")
    assert zh.startswith("服务日 2027-03-13 (周六) 没有可用的开始时间")
    assert inspect(with_activity(QUIET, tables=off, presence="may")) == []
    assert inspect(with_activity(QUIET, tables=off, days_after=1)) == []


def test_a_case_without_any_session_is_found() -> None:
    where, en, zh = only(inspect(case_of({**QUIET, "first": "2027-06-01"})))
    assert where == ("activities", None, None)
    assert (en, zh) == ("no session falls into the horizon", "排班期内没有任何场次")


PINS: Mapping[str, tuple[Mapping[str, str], str, str]] = {
    "a session that is none": ({"session": "day@2027-03-07", "room": "hall"}, "session", "day@2027-03-06"),
    "a part that is none": ({"session": DAY, "part": "p9", "room": "hall"}, "part", "p9"),
    "a role that is none": ({"session": DAY, "role": "cook", "resource": "bank"}, "role", "cook"),
}


@pytest.mark.parametrize(("pin", "field", "said"), PINS.values(), ids=PINS)
def test_a_pin_on_what_is_not_there_is_found(pin: Mapping[str, str], field: str, said: str) -> None:
    innocent = {"session": DAY, "part": "main", "role": "host", "resource": "bank"}
    where, en, zh = only(found(pins=[innocent, pin]))
    assert where == ("pins", 1, field)
    assert said in en
    assert said in zh


def test_an_outcome_of_a_session_that_is_none_is_found() -> None:
    outcomes = [{"session": DAY, "held": "是"}, {"session": "day@2027-03-07", "held": "是"}]
    assert only(found(outcomes=outcomes))[0] == ("outcomes", 1, "session")


def test_a_turn_of_the_past_in_a_role_that_is_none_is_found() -> None:
    history = [{"resource": "bank", "role": role, "day": "2026-03-07"} for role in ("host", "cook")]
    where, en, zh = only(found(history=history))
    assert where == ("history", 1, "role")
    assert (en, zh) == ('no activity has the role "cook"', "没有活动项目设有岗位“cook”")


def test_sound_activities_are_laid_out_even_where_others_cannot_be() -> None:
    off = [{"day": "2027-03-13", "kind": "off"}]
    broken = {**ACTIVITY, "id": "broken", "cycle": "nowhere"}
    case = case_of(QUIET, activities=[broken, ACTIVITY], holidays=off, pins=[{"session": "broken@x", "room": "hall"}])
    assert sound_activities(case) == [1]
    assert [place(problem) for problem in inspect_agenda(case)] == [("activities", 1, "holidays")]


def test_orders_are_laid_out_with_their_services() -> None:
    broken = {**ACTIVITY, "id": "broken", "cycle": "nowhere"}
    orders = [{**ORDER, "service": "broken"}, {**ORDER, "id": "o2"}]
    pins = [{"session": f"{order}@2027-03-10", "room": "hall"} for order in ("o", "o2")]
    case = case_of(QUIET, activities=[broken, ACTIVITY], orders=orders, pins=pins)
    assert [place(problem) for problem in inspect_agenda(case)] == [("pins", 1, "session")]


def test_an_activity_without_a_cycle_is_sound() -> None:
    service = {**ACTIVITY, "id": "aid", "cycle": "", "presence": "order"}
    case = case_of(QUIET, activities=[ACTIVITY, service], orders=[{**ORDER, "service": "aid"}])
    assert sound_activities(case) == [0, 1]
    assert inspect(case) == []


# Warnings.


def test_an_order_whose_days_all_lie_outside_the_horizon_is_warned_of() -> None:
    settings = {**QUIET, "last": "2027-03-31"}
    innocent = {**ORDER, "days": "2027-04-01; 2027-03-31"}
    (problem,) = inspect(case_of(settings, orders=[innocent, {**ORDER, "id": "o2", "days": "2027-04-01; 2026-12-31"}]))
    assert (place(problem), problem.severity) == (("orders", 1, "days"), "warning")
    assert problem.message.say("en") == (
        "none of these days lies in the horizon from 2027-01-01 (Fri) to 2027-03-31 (Wed); the order is left out"
    )
    assert (
        problem.message.say("zh")
        == "这些日期都不在排班期内（2027-01-01 (周五) 至 2027-03-31 (周三)）；该点单不参与安排"
    )


def test_a_round_that_the_cycle_lacks_is_warned_of() -> None:
    (problem,) = inspect(with_activity(QUIET, rounds="3-6"))
    assert (place(problem), problem.severity) == (("activities", 0, "rounds"), "warning")
    assert problem.message.say("en") == "round 5 does not exist: cycle weeks has 4 rounds"
    assert problem.message.say("zh") == "没有第 5 轮：轮次表 weeks 共 4 轮"
    assert inspect(with_activity(QUIET, rounds="3-")) == []


def test_a_term_for_a_word_that_nothing_uses_is_warned_of() -> None:
    (problem,) = inspect(case_of(QUIET, terms=[{"word": "hosts"}, {"word": "host"}]))
    assert (place(problem), problem.severity) == (("terms", 1, "word"), "warning")
    assert problem.message.say("en") == 'nothing here is called "host"'
    assert problem.message.say("zh") == "没有任何表用到“host”"


USES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "a group": ("units", {"groups": ["w"]}),
    "a skill": ("people", {"skills": ["w"]}),
    "a group of a role": ("roles", {"groups": ["w"]}),
    "a skill of a role": ("roles", {"skills": ["w"]}),
    "a feature of a room": ("rooms", {"features": ["w"]}),
    "a feature that is asked for": ("activities", {"features": ["w"]}),
    "a choice set": ("activities", {"choice": "w"}),
    "a requester": ("activities", {"requester": "w"}),
}


@pytest.mark.parametrize(("table", "cells"), USES.values(), ids=USES)
def test_a_term_is_used_wherever_such_words_stand(table: str, cells: Mapping[str, Any]) -> None:
    first, *rest = TABLES[table]
    case = case_of(QUIET, **{table: [{**first, **cells}, *rest]}, terms=[{"word": "w"}])
    assert [problem for problem in inspect(case) if problem.table == "terms"] == []


def test_known_groups_are_listed_as_they_are_typed_and_as_they_are_said() -> None:
    terms = [{"word": "hosts", "name": "轮值组", "name_en": "Hosts"}]
    _, en, zh = only(found(roles=[{**HOST, "groups": ["host"]}], terms=terms))
    assert en.endswith("known are: hosts (Hosts), partners")
    assert zh.endswith("已有：hosts（轮值组）、partners")


def test_a_year_without_a_notice_is_warned_of() -> None:
    year = notice_years()[1] + 1
    cycle = {"id": "weeks", "name": "每周", "first": f"{year}-03-06", "rrule": "FREQ=WEEKLY;COUNT=4"}
    (problem,) = inspect(case_of({"first": f"{year}-01-01", "last": f"{year}-12-31"}, cycles=[cycle]))
    assert (place(problem), problem.severity) == (("holidays", None, None), "warning")
    assert f"rota holidays {year}" in problem.message.say("en")
    assert f"尚无 {year} 年放假安排的正式通知" in problem.message.say("zh")


def test_errors_come_before_warnings() -> None:
    problems = inspect(case_of(contacts=[{"of": "nowhere", "name": "王"}]))
    assert [problem.severity for problem in problems] == ["error", "warning"]
