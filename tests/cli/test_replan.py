"""`rota replan`: what changes, for whom, how they are reached, and what it costs."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from console.repairing import moment_of
from console.screen import Screen
from constraints.registry import catalogue
from rota.case import Case
from rota.demand import Pin
from rota.facts import Contact
from rota.plan import dump_plan, load_plan
from tests.cli.conftest import Rota
from tests.constraints.building import case_of, demand, plan_of, seats, series, states, turns, unit
from workbook.folder import write_folder

CASE = case_of(
    unit("a", name="Arts"),
    unit("b", name="Books"),
    unit("c", name="Crafts"),
    series(rounds="1-4", name="Duty"),
    seats(),
    demand("fair_share", id="fair", role="host", priority=1),
).model_copy(update={"contacts": (Contact(of="c", name="Chen", phone="021-1", email="c@example.com"),)})
KEPT = plan_of(CASE, turns(CASE, "a b c a"))
AWAY = CASE.model_copy(update={"availability": (states("b", "cannot", "2027-01-11"),)})


def written(folder: Path, case: Case) -> Path:
    """Write a case with the plan that was made before it changed."""
    write_folder(case, folder, catalogue())
    (folder / "plan.json").write_text(dump_plan(KEPT), encoding="utf-8")
    return folder


def test_it_says_what_changes_for_whom_and_how_they_are_reached(rota: Rota, tmp_path: Path) -> None:
    ended = rota("replan", written(tmp_path, AWAY), "--today", "2027-01-01")
    assert ended.code == 0
    assert "Changed: 1, the least (proved), at a price of 6, the least too." in ended.out
    assert "Host: Books → Crafts" in ended.out
    assert "Books: no contact known" in ended.out
    assert "Crafts: Chen, 021-1, c@example.com" in ended.out
    assert load_plan((tmp_path / "plan.json").read_text()).session["duty@2027-01-11"].serving() == ("c",)
    assert load_plan((tmp_path / "plan.previous.json").read_text()) == KEPT


def test_a_frozen_seat_that_cannot_be_kept_is_shown_with_its_candidates(rota: Rota, tmp_path: Path) -> None:
    ended = rota("replan", written(tmp_path, AWAY), "--today", "2027-01-05", "--freeze", "14", "--dry-run")
    assert "Frozen, but it cannot stay: Duty 2027-01-11 (Mon), Host: Books → Crafts" in ended.out
    assert "Crafts for Books" in ended.out
    assert "[Chen, 021-1, c@example.com]" in ended.out
    assert load_plan((tmp_path / "plan.json").read_text()) == KEPT


def test_a_year_that_is_over_is_tried_as_if_nothing_of_it_were_past(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen("en")
    within, after = (dt.datetime(year, 6, 1, tzinfo=dt.UTC) for year in (2027, 2028))
    assert moment_of(CASE, None, within, screen) == within
    assert capsys.readouterr().err == ""
    assert moment_of(CASE, None, after, screen) is None
    assert "all of tiny lies in the past" in capsys.readouterr().err
    morning = dt.datetime(2027, 1, 12, tzinfo=CASE.zone)
    assert moment_of(CASE, dt.date(2027, 1, 12), after, screen) == morning


def test_what_is_past_and_broken_is_said_to_stand(rota: Rota, tmp_path: Path) -> None:
    ended = rota("replan", written(tmp_path, AWAY), "--today", "2027-01-12", "--dry-run")
    assert ended.code == 0
    assert "Nothing has to change (proved): the plan before holds as it is." in ended.out
    assert "what is past breaks 1 of what must hold; that stands: Books is used" in ended.err


def test_a_priority_that_no_rule_has_cannot_go_first(rota: Rota, tmp_path: Path) -> None:
    case = written(tmp_path, AWAY)
    ended = rota("replan", case, "--today", "2027-01-01", "--order", "9", "--order", "1", "--dry-run")
    assert (ended.code, ended.out) == (5, "")
    assert ended.err == "No rule has the priority 9 (--order); there are: 1.\n"
    assert rota("replan", case, "--today", "2027-01-01", "--order", "1", "--dry-run").code == 0


def test_a_budget_shows_what_more_changes_buy(rota: Rota, tmp_path: Path) -> None:
    folder = written(tmp_path, AWAY)
    ended = rota("replan", folder, "--today", "2027-01-01", "--budget", "1", "--dry-run")
    assert "What more changes buy:" in ended.out
    assert ended.out.count(" more: changed ") == 2
    body = json.loads(rota("replan", folder, "--today", "2027-01-01", "--budget", "1", "--json", "--dry-run").out)
    assert [row["budget"] for row in body["purchases"]] == [0, 1]
    assert body["least"] == 1
    assert body["affected"][0]["contacts"] == []


def test_where_few_changes_cost_something_it_is_said_how_to_ask_for_more(rota: Rota, tmp_path: Path) -> None:
    folder = written(tmp_path, AWAY)
    ended = rota("replan", folder, "--today", "2027-01-01", "--dry-run")
    assert ("priority 1: " in ended.out, "`rota replan --budget 3` shows" in ended.err) == (True, True), ended
    bought = rota("replan", folder, "--today", "2027-01-01", "--dry-run", "--budget", "1")
    assert "`rota replan --budget 3` shows" not in bought.err


@pytest.mark.parametrize(("language", "said"), [("en", "These cannot all hold together"), ("zh", "不能同时满足")])
def test_why_there_is_no_repair_is_said(rota: Rota, tmp_path: Path, language: str, said: str) -> None:
    pins = (Pin(session="duty@2027-01-11", role="host", resource="b"),)
    ended = rota("replan", written(tmp_path, AWAY.model_copy(update={"pins": pins})), "--lang", language)
    assert ended.code == 3
    assert said in ended.out


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Not counted as changed: 1 that the case itself adds or drops."),
        ("zh", "另有 1 场因资料本身增减而变动，不计入改动。"),
    ],
)
def test_why_fewer_sessions_count_as_changed_than_differ_is_said(
    rota: Rota, tmp_path: Path, language: str, said: str
) -> None:
    shorter = CASE.model_copy(update={"activities": (CASE.activities[0].model_copy(update={"rounds": "1-3"}),)})
    ended = rota("replan", written(tmp_path, shorter), "--today", "2027-01-01", "--lang", language)
    assert said in ended.out
    assert "duty@" not in ended.out
    unchanged = rota("replan", written(tmp_path, AWAY), "--today", "2027-01-01", "--lang", language)
    assert said not in unchanged.out
