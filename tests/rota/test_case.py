"""The case: its hash, its look-ups and the errors of its settings."""

from __future__ import annotations

import datetime as dt

import pytest
from pydantic import ValidationError

from rota.activity import Kind
from rota.case import Case, Settings
from rota.demand import Level
from rota.facts import Unit
from rota.problem import CaseError, Problem
from rota.text import text
from tests.rota.small import SETTINGS, TABLES, case_of

UNITS = TABLES["units"]


def test_the_same_statements_have_the_same_hash_however_the_cells_were_written() -> None:
    assert case_of({"first": "2027年1月1日"}).hash == case_of({"first": "2027-01-01"}).hash


def test_contacts_are_outside_the_hash() -> None:
    contact = {"of": "bank", "name": "王", "phone": "13800000000"}
    assert case_of(contacts=[contact]).hash == case_of().hash


def test_what_is_said_about_people_is_outside_the_hash_for_no_plan_depends_on_it() -> None:
    people = [{"id": "li", "name": "（已删除）", "name_en": "", "unit": "court", "note": "周三不便"}]
    assert case_of(people=people).hash == case_of().hash
    away = {"resource": "bank", "level": "cannot", "first": "2027-03-06"}
    assert case_of(availability=[{**away, "reason": "住院"}]).hash == case_of(availability=[away]).hash
    assert case_of(availability=[away]).hash != case_of().hash


def test_any_other_statement_changes_the_hash() -> None:
    assert case_of(units=[*UNITS, {"id": "new", "name": "新单位"}]).hash != case_of().hash
    assert case_of({"note": "改"}).hash != case_of().hash


def test_the_order_of_rows_counts_since_it_breaks_ties() -> None:
    assert case_of(units=list(reversed(UNITS))).hash != case_of().hash


def test_a_case_reads_back_from_its_own_json() -> None:
    case = case_of(
        availability=[{"resource": "bank", "level": "cannot", "first": "2027-03-06"}],
        pins=[{"session": "day@2027-03-06", "start": "2027-03-06 09:00"}],
        demands=[{"id": "d", "kind": "load", "params": {"most": "3"}}],
    )
    again = Case.model_validate_json(case.model_dump_json())
    assert (again, again.hash) == (case, case.hash)


@pytest.mark.parametrize(
    ("cells", "advice"),
    [
        ({"last": "2026-12-31"}, "the last day lies before the first"),
        ({"last": "2029-12-31"}, "longer than 800 days"),
        ({"zone": "China"}, "is not an IANA time zone"),
        ({"zone": ""}, "is not an IANA time zone"),
        ({"language": "fr"}, "'zh' or 'en'"),
        ({"calendar": "us"}, "'cn' or 'none'"),
        ({"title": " "}, "at least 1 character"),
        ({"colour": "red"}, "not permitted"),
    ],
)
def test_settings_that_cannot_be_are_refused(cells: dict[str, str], advice: str) -> None:
    with pytest.raises(ValidationError, match=advice):
        Settings.model_validate({**SETTINGS, **cells})


@pytest.mark.parametrize("day", ["2027-12-31", "2029-03-11"])
def test_a_horizon_may_span_up_to_800_days(day: str) -> None:
    assert str(Settings.model_validate({**SETTINGS, "last": day}).last) == day


def test_a_resource_belongs_from_the_day_it_joins_to_the_day_it_leaves() -> None:
    unit = Unit(id="u", name="单位", joined=dt.date(2027, 3, 1), left=dt.date(2027, 3, 3))
    assert [unit.belongs(dt.date(2027, 3, day)) for day in (1, 2, 3, 4)] == [True, True, True, False]
    assert not unit.belongs(dt.date(2027, 2, 28))
    assert Unit(id="u", name="单位").belongs(dt.date(1950, 1, 1))


def test_a_unit_weighs_as_many_as_its_members() -> None:
    assert Unit(id="u", name="单位", members=7).weight == 7
    assert case_of().resources["li"].weight == 1


def test_everything_is_found_by_its_id() -> None:
    case = case_of(equipment=[{"id": "car", "name": "健康车"}])
    assert list(case.resources) == ["bank", "court", "shop", "li", "car"]
    assert [r.id for r in case.of_kind(Kind.EQUIPMENT)] == ["car"]
    assert (case.room["loft"].site, case.site["north"].name, case.line["tax"].name) == ("north", "北站", "税务")
    assert case.label["bank"].say("en") == "Bank"
    assert case.role_label["host"].say("zh") == "轮值单位"
    assert str(case.zone) == "Asia/Shanghai"
    assert case.settings.label.say("en") == "小站"


def test_statements_are_those_of_the_one_asked_for_at_that_level_and_time() -> None:
    rows = [
        {"resource": "bank", "level": "cannot", "first": "2027-03-06"},
        {"resource": "bank", "level": "avoid", "first": "2027-03-06"},
        {"resource": "court", "level": "cannot", "first": "2027-03-06"},
        {"resource": "bank", "level": "cannot", "first": "2027-03-07"},
    ]
    case = case_of(availability=rows)
    start = dt.datetime(2027, 3, 6, 9, tzinfo=case.zone)
    found = list(case.stated("bank", Level.CANNOT, start, start + dt.timedelta(hours=1)))
    assert found == [case.availability[0]]


def test_an_error_of_a_case_says_every_problem_with_its_place() -> None:
    wrong = Problem("units", 3, "left", text("is late by {days}", "晚了 {days}", days=2))
    error = CaseError(text("{n} problems", "{n} 处错误", n=1), [wrong])
    assert str(error) == "1 problems\nunits[3].left: is late by 2"
    assert error.say("zh") == "1 处错误"
    assert error.problems == (wrong,)


def test_a_way_takes_as_long_back_unless_the_way_back_has_its_own_row() -> None:
    case = case_of(
        sites=[{"id": each, "name": each} for each in "xyz"],
        travel=[
            {"origin": "x", "destination": "y", "minutes": 20},
            {"origin": "x", "destination": "z", "minutes": 5},
            {"origin": "z", "destination": "x", "minutes": 15},
        ],
    )
    asked = [("x", "y"), ("y", "x"), ("x", "z"), ("z", "x"), ("y", "z"), ("x", "x")]
    assert [case.minutes_between(*way) for way in asked] == [20, 20, 5, 15, 0, 0]


def test_nobody_is_on_the_way_to_where_they_are_or_next_door() -> None:
    case = case_of(
        sites=[{"id": each, "name": each} for each in "xy"],
        travel=[
            {"origin": "x", "destination": "x", "minutes": 9},
            {"origin": "x", "destination": "y", "minutes": 7},
            {"origin": "y", "destination": "x", "minutes": 0},
        ],
    )
    assert case.ways == {("x", "y"): 7}


def test_a_term_says_a_word_in_both_languages_and_the_word_itself_where_nothing_is_given() -> None:
    case = case_of(terms=[{"word": "hosts", "name": "轮值组"}, {"word": "投影", "name_en": "a projector"}])
    said = {word: (case.term(word).zh, case.term(word).en) for word in ("hosts", "投影", "other")}
    assert said == {"hosts": ("轮值组", "hosts"), "投影": ("投影", "a projector"), "other": ("other", "other")}
