"""`rota why` of a session: how it is named, what else it could be, and what is said where there is none such."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rota.plan import dump_plan, load_plan
from tests.cli.asking import add_talk, answer, contradict
from tests.cli.conftest import Rota


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


@pytest.mark.slow
def test_a_round_of_two_activities_is_ambiguous_until_the_activity_is_said(rota: Rota, planned: Path) -> None:
    add_talk(planned, "must")
    assert rota("plan", planned).code == 0
    assert "could be more than one session" in rota("why", planned, "--session", "第3轮").err
    assert rota("why", planned, "--session", "双周 第3轮").code == 0
