"""`rota why`, `rota whynot` and `rota frontier`: what they answer, in both languages, and how they end."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from console import no_plan, whynot
from rota.plan import Plan, dump_plan, load_plan
from scheduler.solving.forcing import Forced, force
from scheduler.solving.frontier import Frontier, Point
from scheduler.solving.question import Question
from tests.cli.conftest import Rota


def add(case: Path, table: str, **cells: str) -> None:
    """Write one more row into a table."""
    with (case / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        columns = [name.split()[-1] for name in next(csv.reader(file))]
    with (case / f"{table}.csv").open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, columns, lineterminator="\r\n").writerow(cells)


def contradict(case: Path) -> None:
    """Pin a unit to a session on a day on which it is away: the two alone conflict."""
    add(case, "pins", session="rotation@2026-02-07", role="host", resource="U02")
    add(case, "availability", resource="U02", level="cannot", first="2026-02-01", last="2026-02-28")


def add_talk(case: Path, presence: str = "may") -> None:
    """Add an activity with one session, in the third round."""
    cells = {"id": "talk", "name": "讲座", "name_en": "Talk", "cycle": "fortnight", "rounds": "3", "times": "16:00"}
    add(case, "activities", **cells, minutes="60", presence=presence, sites="S01", needs_room="no")


def answer(ended: Any) -> dict[str, Any]:
    body = json.loads(ended.out)
    assert body["format_version"] == 1
    return dict(body)


# No plan.


def test_why_there_is_no_plan_names_the_conflict_the_ways_out_and_the_rows_to_change(
    rota: Rota, case_folder: Path
) -> None:
    contradict(case_folder)
    ended = rota("why", case_folder)
    assert ended.code == 3
    assert "These cannot all hold together; without any one of them this conflict is gone:" in ended.out
    assert "Way out 1 (difficulty 2): make an exception to" in ended.out
    assert "Way out 2 (difficulty 3): make an exception to" in ended.out
    assert re.search(r"pins\.csv:2 change or delete this pin", ended.out)
    assert re.search(r"availability\.csv:\d+ take 2026-02-07 \(Sat\) out of this statement", ended.out)
    assert "Difficulty is counted in points, for each exception from 1 to 9" in ended.out
    assert ended.out.rstrip().endswith("or leave seats open: `rota plan --open-seats`.")


def test_a_way_out_leads_to_a_plan_when_the_row_it_names_is_deleted(rota: Rota, case_folder: Path) -> None:
    contradict(case_folder)
    (way, *_) = answer(rota("why", case_folder, "--json"))["ways_out"]
    source, row = re.fullmatch(r"(\w+\.csv):(\d+) .*", way["change"][0]).groups()  # type: ignore[union-attr]
    lines = (case_folder / source).read_text("utf-8-sig").splitlines()
    del lines[int(row) - 1]
    (case_folder / source).write_text("\r\n".join(lines) + "\r\n", "utf-8")
    assert rota("plan", case_folder).code == 0


def test_why_there_is_no_plan_is_said_in_chinese_without_an_english_word(rota: Rota, case_folder: Path) -> None:
    contradict(case_folder)
    out = rota("why", case_folder, "--lang", "zh").out
    assert "以下各项不能同时满足，去掉任何一项，这处冲突即可解除：" in out
    assert "办法 1（难度 2 分）：放宽" in out
    assert "修改或删除此条锁定" in out
    said = re.sub(r"〔\w+〕|\w+\.csv:\d+|`[^`]*`", "", out)
    assert not re.search("[A-Za-z]{2,}", said)


def test_why_there_is_no_plan_as_json(rota: Rota, case_folder: Path) -> None:
    contradict(case_folder)
    body = answer(rota("why", case_folder, "--json"))
    assert body["minimal"]
    assert {instance[0] for instance in body["instances"]} == {"pins", "availability"}
    assert [way["price"] for way in body["ways_out"]] == [2, 3]
    assert [way["points"] for way in body["ways_out"]] == [[2], [3]]
    assert all(way["cheapest"] and way["breaches"] and way["change"] for way in body["ways_out"])


def test_why_of_a_case_that_has_a_plan_says_so(rota: Rota, case_folder: Path) -> None:
    assert "What is required can all hold: there is a plan." in rota("why", case_folder).out
    assert answer(rota("why", case_folder, "--json"))["feasible"]


def test_with_no_time_it_is_not_known_whether_there_is_a_plan(rota: Rota, case_folder: Path) -> None:
    contradict(case_folder)
    ended = rota("why", case_folder, "--time-limit", "0.01")
    assert ended.code == 4
    assert answer(rota("why", case_folder, "--time-limit", "0.01", "--json"))["feasible"] is None
    assert "not found out" in ended.out
    assert "cannot all hold" not in ended.out
    assert "can all hold:" not in ended.out


# A session.


@pytest.mark.parametrize(
    "said",
    [
        *("第3场", "3", "#3", "No. 3", "2026-02-07", "rotation@2026-02-07", "fortnightly 2026-02-07"),
        *("第3轮", "第 3 轮", "round 3", "Fortnightly round 3", "双周第3轮"),
    ],
)
def test_a_session_is_known_by_its_number_its_round_its_date_its_id_or_name_and_date(
    rota: Rota, planned: Path, said: str
) -> None:
    ended = rota("why", planned, said, "--as", "host")
    assert ended.code == 0
    assert ended.out.startswith("No. 3: Fortnightly service day 2026-02-07 (Sat)")
    assert "Host: " in ended.out
    assert "Instructor: " not in ended.out


def test_starts_and_seats_are_answered_with_names_and_units(rota: Rota, planned: Path) -> None:
    ended = rota("why", planned, "第3场")
    assert "2026-02-14 (Sat) 09:30: priority 2 +7: Date preference [D08] (days: +7)" in ended.out
    assert "at no cost" in ended.out
    assert "not possible: " in ended.out
    assert not re.search(r"\b[UP]0\d\b", ended.out)
    assert "`rota whynot" in ended.err


def test_the_same_in_chinese(rota: Rota, planned: Path) -> None:
    ended = rota("why", planned, "第3场", "--lang", "zh")
    assert "可改的开始时间：" in ended.out
    assert "优先级 2 +7：日期偏好〔D08〕（天：+7）" in ended.out
    assert not re.search("[A-Za-z]{4,}", re.sub(r"--json", "", ended.out))


def test_cheaper_candidates_come_first(rota: Rota, planned: Path) -> None:
    body = answer(rota("why", planned, "第3场", "--json"))
    assert body["session"] == "rotation@2026-02-07"
    (host,) = (seats for seats in body["seats"] if seats["role"] == "host")
    assert {c["who"] for c in host["candidates"]} | set(host["holds"]) == {f"U0{n}" for n in range(1, 7)}
    ranks = [(len(c["breaches"]), *(c["by_priority"].get(str(p), 0) for p in (1, 2, 3))) for c in host["candidates"]]
    assert ranks == sorted(ranks)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (
            "2026-02-08",
            'no session "2026-02-08" here; did you mean Fortnightly service day 2026-02-07 (Sat) [rotation@',
        ),
        ("Fortnigtly 2026-02-07", "did you mean Fortnightly service day 2026-02-07 (Sat) [rotation@2026-02-07]"),
        ("rotaton@2026-02-07", "did you mean Fortnightly service day 2026-02-07 (Sat) [rotation@2026-02-07]"),
        ("第99场", "The plan has 12 sessions, and no number 99."),
        ("nonsense", 'There is no session "nonsense" here'),
    ],
)
def test_a_session_that_is_not_there_is_said_not_to_be(rota: Rota, planned: Path, said: str, message: str) -> None:
    ended = rota("why", planned, said)
    assert ended.code == 5
    assert message in ended.err


def test_nonsense_is_no_session_also_where_one_does_not_take_place(rota: Rota, planned: Path) -> None:
    path = planned / "plan.json"
    plan = load_plan(path.read_text("utf-8"))
    path.write_text(dump_plan(plan.model_copy(update={"sessions": plan.sessions[1:]})), "utf-8")
    ended = rota("why", planned, "--session", "nonsense")
    assert ended.code == 5
    assert "There is no session" in ended.err


def test_a_case_that_is_named_and_not_there_is_said_not_to_be(rota: Rota, planned: Path) -> None:
    assert rota("why", "--case", planned, "第3场").code == 0
    for words in (
        ("why", "--case", planned / "nosuch", "第3场"),
        ("whynot", "--case", planned / "nosuch", "U01", "第3场"),
    ):
        ended = rota(*words)
        assert ended.code == 5
        assert "nosuch" in ended.err


def test_a_plan_of_another_case_is_refused(rota: Rota, planned: Path) -> None:
    path = planned / "plan.json"
    path.write_text(path.read_text("utf-8").replace("rotation@", "elsewhere@"), "utf-8")
    for words in (("why", planned, "第3场"), ("ledger", planned), ("next", "2031", planned), ("show", path)):
        ended = rota(*words)
        assert ended.code == 5, words
        assert "plan of another case" in ended.err


def test_a_date_with_two_sessions_is_ambiguous_until_the_activity_is_said(rota: Rota, planned: Path) -> None:
    add_talk(planned)
    ended = rota("why", planned, "2026-02-07")
    assert ended.code == 5
    assert (
        "could be more than one session: Fortnightly service day 2026-02-07 (Sat) [rotation@2026-02-07]; " in ended.err
    )
    assert rota("why", planned, "Fortnightly 2026-02-07", "--as", "host").code == 0


def test_a_role_that_the_session_does_not_have_is_an_error(rota: Rota, planned: Path) -> None:
    ended = rota("why", planned, "第3场", "--as", "cook")
    assert ended.code == 5
    assert 'There is no role "cook" here' in ended.err


def test_without_a_plan_a_session_cannot_be_asked_about(rota: Rota, case_folder: Path) -> None:
    ended = rota("why", case_folder, "第3场")
    assert ended.code == 5
    assert "make one with `rota plan`" in ended.err


def test_a_plan_that_no_longer_holds_is_said_not_to(rota: Rota, planned: Path) -> None:
    contradict(planned)
    assert "does not hold" in rota("why", planned, "第3场").err


def test_no_proof_is_claimed_for_a_plan_of_a_case_that_has_changed(rota: Rota, planned: Path) -> None:
    assert "proved: no better plan exists" in rota("show", planned / "plan.json").out
    contradict(planned)
    ended = rota("show", planned / "plan.json")
    assert "proved" not in ended.out
    assert "priority 1: cost 0; priority 2: cost 21" in ended.out
    assert "does not hold" in ended.err


def test_the_number_in_the_table_is_the_one_that_is_asked_about(rota: Rota, planned: Path) -> None:
    path = planned / "plan.json"
    plan = load_plan(path.read_text("utf-8"))
    path.write_text(dump_plan(plan.model_copy(update={"sessions": plan.sessions[1:]})), "utf-8")  # rounds 2 to 12
    rows = [row.split() for row in rota("show", path).out.splitlines() if re.match(r"\d+ +\d+ +2026-", row)]
    assert [row[:2] for row in rows] == [[str(n), str(n + 1)] for n in range(1, 12)]
    number, _, day, *_ = rows[4]
    assert rota("why", planned, f"第{number}场", "--as", "host").out.startswith(f"No. {number}: ")
    assert answer(rota("why", planned, day, "--json"))["number"] == int(number)


def test_a_number_of_a_session_that_the_case_has_no_more_is_said_so(rota: Rota, planned: Path) -> None:
    path = planned / "plan.json"
    path.write_text(path.read_text("utf-8").replace("rotation@2026-01-10", "rotation@2026-01-09"), "utf-8")
    ended = rota("why", planned, "第1场")
    assert ended.code == 5
    assert "No. 1 of the plan, rotation@2026-01-09, is no session of the case as it is now." in ended.err
    assert rota("why", planned, "第2场", "--as", "host").out.startswith("No. 2: ")


def test_a_round_of_two_activities_is_ambiguous_until_the_activity_is_said(rota: Rota, planned: Path) -> None:
    add_talk(planned, "must")
    assert rota("plan", planned).code == 0
    assert "could be more than one session" in rota("why", planned, "--session", "第3轮").err
    assert rota("why", planned, "--session", "双周 第3轮").code == 0


# Why not.


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


def test_why_with_not_asks_the_same(rota: Rota, planned: Path) -> None:
    said = rota("whynot", planned, "清河", "第3场", "--as", "host").out
    assert rota("why", planned, "--not", "清河", "--on", "第3场", "--as", "host").out == said


def test_a_session_that_may_take_place_and_was_declined_has_the_price_of_holding_it(rota: Rota, planned: Path) -> None:
    add_talk(planned)
    add(planned, "roles", activity="talk", role="instructor", kind="person", least="1", most="1")
    assert rota("plan", planned).code == 0
    assert "talk@2026-02-07" not in load_plan((planned / "plan.json").read_text("utf-8")).session
    ended = rota("why", planned, "talk@2026-02-07")
    assert ended.code == 0
    assert ended.out.startswith("That can be")
    assert "Talk 2026-02-07 (Sat)" in ended.out


def test_a_plan_with_open_seats_is_asked_about_with_open_seats(rota: Rota, planned: Path) -> None:
    for who in ("P01", "P02"):
        add(planned, "availability", resource=who, level="cannot", first="2026-01-01", last="2026-01-31")
    assert "open seats: 1" in rota("plan", planned, "--open-seats").out
    ended = rota("whynot", planned, "清河", "第3场", "--as", "host")
    assert ended.out.startswith("That can be")


def test_a_choice_comes_with_the_whole_plan_for_programs(rota: Rota, planned: Path) -> None:
    body = answer(rota("whynot", planned, "清河", "第3场", "--as", "host", "--json"))
    plan = Plan.model_validate(body["plan"])
    assert "U02" in plan.session["rotation@2026-02-07"].serving("host")
    assert len(plan.sessions) == 12


def test_of_a_plan_that_is_not_proved_the_difference_is_not_called_a_price(
    rota: Rota, planned: Path, solved: Plan
) -> None:
    unproved = tuple(score.model_copy(update={"proved": False, "bound": 0}) for score in solved.score)
    (planned / "plan.json").write_text(dump_plan(solved.model_copy(update={"score": unproved})), "utf-8")
    ended = rota("whynot", planned, "新桥", "第3场", "--as", "host", "--lang", "zh")
    assert "求得的方案与现有安排代价相同" in ended.out or "不能单看作代价" in ended.out
    assert "代价为：" not in ended.out


def test_a_long_list_of_changes_is_cut(rota: Rota, planned: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whynot, "MOST_LINES", 2)
    ended = rota("whynot", planned, "清河", "第3场", "--as", "host")
    assert re.search(r"and \d+ more lines; --json or -o shows all", ended.out)


# The frontier.


def test_the_frontier_says_what_its_columns_count(rota: Rota, planned: Path) -> None:
    ended = rota("frontier", planned, "--between", "1", "2")
    assert ended.code == 0
    assert ended.out.startswith("A: cost at priority 1 - Fair share [D04], Fair share [D05]\nB: cost at priority 2 - ")
    assert re.search(r"^ +A +B +C$", ended.out, re.MULTILINE)
    assert re.search(r"^( +\d+){3}  ← the present plan$", ended.out, re.MULTILINE)
    assert "proved" in ended.out


def test_the_frontier_as_json_page_and_plans(rota: Rota, planned: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    body = answer(rota("frontier", planned, "--between", "2", "changes", "--points", "4", "--json"))
    assert body["axes"] == [2, "changes"]
    assert body["weaker"] == [3]
    assert all(point["proved"] and not point["unproved"] and "3" in point["costs"] for point in body["points"])
    assert [point["second"] for point in body["points"] if point["present"]] == [0]
    ended = rota("frontier", planned, "--between", "2", "changes", "--points", "4", "-o", page)
    assert ended.code == 0
    assert "<table" in page.read_text("utf-8")
    for point in body["points"]:
        plan = tmp_path / f"page-{point['first']}-{point['second']}.json"
        assert str(plan) in ended.out
        assert rota("verify", planned, plan).code == 0


@pytest.mark.parametrize(
    ("axes", "message"),
    [
        (("1", "9"), '"9" cannot be weighed; there are: 1, 2, 3, changes'),
        (("2", "2"), "Weigh two different things."),
        (("cost", "1"), '"cost" cannot be weighed'),
    ],
)
def test_what_cannot_be_weighed_is_said(rota: Rota, planned: Path, axes: tuple[str, str], message: str) -> None:
    ended = rota("frontier", planned, "--between", *axes)
    assert ended.code == 5
    assert message in ended.err


def test_changes_are_counted_from_a_plan(rota: Rota, case_folder: Path) -> None:
    ended = rota("frontier", case_folder, "--between", "1", "changes")
    assert ended.code == 5
    assert "name one" in ended.err


def test_the_frontier_of_a_plan_alone_finds_its_case(rota: Rota, planned: Path) -> None:
    assert rota("frontier", planned / "plan.json", "--between", "1", "改动", "--points", "2").code == 0


def test_with_no_time_there_is_no_frontier(rota: Rota, planned: Path) -> None:
    assert rota("frontier", planned, "--between", "1", "2", "--time-limit", "0.01").code == 4


def test_an_impossible_case_has_no_frontier(rota: Rota, case_folder: Path) -> None:
    contradict(case_folder)
    assert rota("frontier", case_folder, "--between", "1", "2").code == 3


# Interrupts.


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


@pytest.mark.skipif(os.name == "nt", reason="Windows delivers interrupts to a console, not to a process")
def test_an_interrupted_why_says_that_it_does_not_know(
    rota: Rota, case_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*arguments: Any) -> Question:
        os.kill(os.getpid(), signal.SIGINT)
        return Question(*arguments)

    monkeypatch.setattr(no_plan, "Question", interrupted)
    contradict(case_folder)
    ended = rota("why", case_folder)
    assert ended.code == 130
    assert "not found out" in ended.out


@pytest.mark.skipif(os.name == "nt", reason="Windows delivers interrupts to a console, not to a process")
def test_an_interrupted_frontier_ends_with_130(rota: Rota, planned: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Frontier.points

    def interrupted(self: Frontier, most: int) -> Iterator[Point]:
        for point in whole(self, most):
            yield point
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(Frontier, "points", interrupted)
    ended = rota("frontier", planned, "--between", "1", "2")
    assert ended.code == 130
    assert re.search(r"^ +\d+ +\d+", ended.out, re.MULTILINE)
