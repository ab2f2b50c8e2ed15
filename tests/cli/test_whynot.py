"""`rota whynot`: the price of a choice, or what forbids it; whom and what the question names."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path
from typing import Any

import pytest

from console import whynot
from rota.plan import Plan, dump_plan, load_plan
from scheduler.solving.forcing import Forced, force
from tests.cli.asking import add, add_talk, answer
from tests.cli.conftest import Rota


def test_a_choice_has_its_price_and_a_plan_that_holds(rota: Rota, planned: Path, tmp_path: Path) -> None:
    target = tmp_path / "other.json"
    ended = rota("whynot", planned, "清河", "第3场", "--as", "host", "-o", target)
    assert ended.code == 0
    assert ended.out.startswith("That can be")
    assert "Qinghe Bank" in ended.out
    assert str(target) in ended.out
    plan = load_plan(target.read_text("utf-8"))
    assert "U02" in plan.session["rotation@2026-02-07"].serving("host")
    assert rota("verify", planned, target).code in {0, 1}


@pytest.mark.slow
def test_a_choice_that_costs_says_what_in_the_unit_of_the_rule(rota: Rota, planned: Path) -> None:
    add(planned, "availability", resource="U02", level="avoid", first="2026-02-07")
    rota("plan", planned)
    ended = rota("whynot", planned, "Qinghe", "2026-02-07", "--as", "host")
    assert "That can be. Its price:\n  - priority 2 +" in ended.out
    assert re.search(r"nominal date and time \[D08\] \(days: \+1\)", ended.out)


def test_a_choice_that_cannot_be_names_the_conflict(rota: Rota, planned: Path) -> None:
    add(planned, "availability", resource="U02", level="cannot", first="2026-02-01", last="2026-02-28")
    ended = rota("whynot", planned, "清河", "第3场", "--as", "host", "--lang", "zh")
    assert ended.code == 0
    assert ended.out.startswith("无法这样安排，因为以下各项同时成立：")
    assert "清河银行支行（双周轮值服务日 2026-02-07 (周六)）" in ended.out
    assert "锁定" not in ended.out
    body = answer(rota("whynot", planned, "清河", "第3场", "--as", "host", "--json"))
    assert body["possible"] is False
    assert {instance[0] for instance in body["instances"]} == {"pins", "availability"}


def test_what_is_so_already_is_said_to_be(rota: Rota, planned: Path, solved: Plan) -> None:
    (host,) = solved.session["rotation@2026-02-07"].serving("host")
    ended = rota("whynot", planned, host, "第3场", "--as", "host")
    assert ended.out == "That is so in this plan.\n"
    assert answer(rota("whynot", planned, host, "第3场", "--as", "host", "--json"))["so"]


def test_somebody_who_could_take_several_roles_is_asked_which(rota: Rota, planned: Path) -> None:
    ended = rota("whynot", planned, "清河", "第3场")
    assert ended.code == 5
    assert "could take several roles there: Host, Partner. Say which with --as." in ended.err


def test_somebody_who_is_no_candidate_is_said_to_be_none(rota: Rota, planned: Path) -> None:
    ended = rota("whynot", planned, "林老师", "第3场", "--as", "host")
    assert ended.code == 5
    assert "Ms Lin is not among those who may serve so" in ended.err


def test_nobody_of_that_name_is_said_with_those_there_are(rota: Rota, planned: Path) -> None:
    ended = rota("whynot", planned, "Nobody", "第3场")
    assert ended.code == 5
    assert 'There is no unit, person or equipment "Nobody" here; there are: ' in ended.err


@pytest.mark.parametrize(
    ("said", "near"),
    [
        ("税物所", "晨光税务所〔U01〕"),
        ("U9", "U0"),
        ("Qingh Bnk", "清河银行支行〔U02〕"),
        ("林老帅", "林老师〔P01〕"),
    ],
)
def test_a_name_with_a_slip_is_answered_with_what_may_be_meant(rota: Rota, planned: Path, said: str, near: str) -> None:
    ended = rota("whynot", planned, said, "第3场", "--lang", "zh")
    assert ended.code == 5
    assert f"“{said}”；是否应为" in ended.err
    assert near in ended.err


def test_a_role_with_a_slip_too(rota: Rota, planned: Path) -> None:
    ended = rota("why", planned, "第3场", "--as", "Partnr")
    assert 'There is no role "Partnr" here; did you mean Partner?' in ended.err


def test_of_two_people_of_one_name_the_question_has_to_say_which(rota: Rota, planned: Path) -> None:
    for id_, unit in (("P11", "U01"), ("P12", "U02")):
        add(planned, "people", id=id_, name="王芳", unit=unit)
    ended = rota("whynot", planned, "王芳", "第3场", "--lang", "zh")
    assert ended.code == 5
    assert (
        "可指多个单位、人员或设备：王芳〔P11，晨光税务所〕；王芳〔P12，清河银行支行〕。请改写括号中的编号。"
        in ended.err
    )
    checked = rota("check", planned, "--lang", "zh")
    assert checked.code == 0
    assert "P11 也叫“王芳”；提问时须写编号才能区分。" in checked.out


def test_whynot_needs_somebody_and_a_session(rota: Rota) -> None:
    ended = rota("whynot", "税务")
    assert ended.code == 2


@pytest.mark.slow
def test_why_with_not_asks_the_same(rota: Rota, planned: Path) -> None:
    said = rota("whynot", planned, "清河", "第3场", "--as", "host").out
    assert rota("why", planned, "--not", "清河", "--on", "第3场", "--as", "host").out == said


@pytest.mark.slow
def test_a_session_that_may_take_place_and_was_declined_has_the_price_of_holding_it(rota: Rota, planned: Path) -> None:
    add_talk(planned)
    add(planned, "roles", activity="talk", role="instructor", kind="person", least="1", most="1")
    assert rota("plan", planned).code == 0
    assert "talk@2026-02-07" not in load_plan((planned / "plan.json").read_text("utf-8")).session
    ended = rota("why", planned, "talk@2026-02-07")
    assert ended.code == 0
    assert ended.out.startswith("That can be")
    assert "Talk 2026-02-07 (Sat)" in ended.out


@pytest.mark.slow
def test_a_plan_with_open_seats_is_asked_about_with_open_seats(rota: Rota, planned: Path) -> None:
    for who in ("P01", "P02"):
        add(planned, "availability", resource=who, level="cannot", first="2026-01-01", last="2026-01-31")
    assert "open seats: 1" in rota("plan", planned, "--open-seats").out
    ended = rota("whynot", planned, "清河", "第3场", "--as", "host")
    assert ended.out.startswith("That can be")


@pytest.mark.slow
def test_a_choice_comes_with_the_whole_plan_for_programs(rota: Rota, planned: Path) -> None:
    body = answer(rota("whynot", planned, "清河", "第3场", "--as", "host", "--json"))
    plan = Plan.model_validate(body["plan"])
    assert "U02" in plan.session["rotation@2026-02-07"].serving("host")
    assert len(plan.sessions) == 12


@pytest.mark.slow
def test_of_a_plan_that_is_not_proved_the_difference_is_not_called_a_price(
    rota: Rota, planned: Path, solved: Plan
) -> None:
    unproved = tuple(score.model_copy(update={"proved": False, "bound": 0}) for score in solved.score)
    (planned / "plan.json").write_text(dump_plan(solved.model_copy(update={"score": unproved})), "utf-8")
    ended = rota("whynot", planned, "新桥", "第3场", "--as", "host", "--lang", "zh")
    assert "求得的方案与现有安排代价相同" in ended.out or "不能单看作代价" in ended.out
    assert "代价为：" not in ended.out


@pytest.mark.slow
def test_a_long_list_of_changes_is_cut(rota: Rota, planned: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whynot, "MOST_LINES", 2)
    ended = rota("whynot", planned, "清河", "第3场", "--as", "host")
    assert re.search(r"and \d+ more lines; --json or -o shows all", ended.out)


@pytest.mark.skipif(os.name == "nt", reason="Windows delivers interrupts to a console, not to a process")
@pytest.mark.parametrize("first", [False, True], ids=["after the search", "before it"])
def test_an_interrupted_whynot_tells_what_it_knows(
    rota: Rota, planned: Path, monkeypatch: pytest.MonkeyPatch, *, first: bool
) -> None:
    def interrupted(*arguments: Any) -> Forced:
        if first:
            os.kill(os.getpid(), signal.SIGINT)
        found = force(*arguments)
        if not first:
            os.kill(os.getpid(), signal.SIGINT)
        return found

    monkeypatch.setattr(whynot, "force", interrupted)
    ended = rota("whynot", planned, "清河", "第3场", "--as", "host")
    assert ended.code == 130
    assert ended.out.startswith("That can be")
