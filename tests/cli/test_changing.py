"""Changes of a published case: said in names, tried, judged by the rules, recorded."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from rota.plan import Plan
from tests.cli.conftest import Rota
from tests.cli.copies import kinds, rows

SAID: list[tuple[list[str], str]] = [
    (["away", "税务", "2026-03-01..2026-03-10", "--reason", "盘点"], "(盘点)"),
    (
        ["change", "unit_joined", "U09", "河畔医院", "--groups", "轮值", "--contact", "王芳", "--phone", "021-1"],
        "joins",
    ),
    (["change", "unit_left", "税务", "2026-06-30"], "leaves; the last day is 2026-06-30"),
    (["change", "person_joined", "P09", "赵老师", "--unit", "税务"], "赵老师 joins"),
    (["change", "person_left", "P01", "2026-06-30"], "leaves"),
    (["change", "unavailable", "多功能厅", "2026-03-07"], "is closed on 2026-03-07"),
    (["change", "session_added", "rotation", "2026-04-01", "14:00", "--requester", "街道"], "An extra"),
    (["change", "session_cancelled", "第3场", "--reason", "台风"], "is cancelled (台风)"),
    (["change", "session_moved", "第3场", "2026-02-10 10:00", "--widen"], "starts at 2026-02-10"),
    (["change", "outcome_recorded", "第1场", "--served", "172"], "was held; 172 served"),
    (["change", "outcome_recorded", "第1场", "--not-held", "--note", "停电"], "was not held (停电)"),
    (["change", "room_set", "第2场", "会客角"], "takes place in"),
    (["change", "pinned", "第2场"], "Fixed"),
    (["change", "holiday_moved", "--off", "2026-05-06", "--name", "调休"], "2026-05-06 (Wed) off (调休)"),
    (
        ["change", "rule_changed", "extra", "most=3", "--kind", "load", "--priority", "2"],
        "A new rule: Load [extra]: how strongly priority 2; most 3",
    ),
    (["change", "rule_changed", "D04", "weight=5"], "weight 1 → 5"),
    (["change", "settings_changed", "freeze_days=7"], "freeze_days = 7"),
    (["change", "settings_changed", "冻结天数=7"], "freeze_days = 7"),
    (["swap", "第1场", "第2场"], "Confirmed"),
]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [  # each second one is left to the slow tests
        pytest.param(arguments, told, id=" ".join(arguments[:2]), marks=pytest.mark.slow if number % 2 else ())
        for number, (arguments, told) in enumerate(SAID)
    ],
)
def test_a_change_is_said_in_names_and_kept(rota: Rota, published: Path, arguments: list[str], told: str) -> None:
    before = kinds()
    ended = rota(*arguments)
    assert (ended.code, ended.err.replace(str(published), "").count("error")) == (0, 0), ended.err
    assert told in ended.out
    assert len(kinds()) > len(before)
    assert rota("sync").out == "Nothing was edited.\n"  # the working copy was taken along


def test_an_order_goes_from_its_placing_to_its_withdrawal(rota: Rota, published: Path) -> None:
    activities = rows(published, "activities")
    assert activities[0]["id"] == "rotation"
    assert "orders" in rota("change", "order_placed", "rotation", "居民", "2026-05-20").out
    assert rows(published, "orders")[0]["id"] == "order-1"
    assert rota("change", "order_withdrawn", "order-1").code == 0
    assert rows(published, "orders") == []


def test_a_swap_is_asked_for_answered_and_confirmed(rota: Rota, published: Path) -> None:
    asked = rota("change", "swap_asked", "第1场", "第2场")
    assert (asked.code, "Request swap-1, asked: " in asked.out) == (0, True), asked.out
    assert rota("history").out.splitlines()[-1].startswith("Request swap-1, asked: ")
    early = rota("change", "swap_confirmed", "swap-1")
    assert (early.code, "has not answered yet" in early.err) == (5, True), early.err
    assert rota("change", "swap_answered", "swap-1", "yes").code == 0
    assert [each["stage"] for each in json.loads(rota("history", "--json").out)["requests"]] == ["agreed"]
    assert rota("history").out.splitlines()[-1] == "Next: `rota change swap_confirmed swap-1`."
    assert rota("change", "swap_confirmed", "swap-1").code == 0
    assert json.loads(rota("history", "--json").out)["requests"] == []
    assert len(rows(published, "pins")) == 4
    assert kinds()[-3:] == ["swap_asked", "swap_answered", "swap_confirmed"]


def test_confirmed_turns_are_counted_where_the_plan_is_shown(rota: Rota, published: Path, solved: Plan) -> None:
    first, second = solved.sessions[:2]
    host = next(iter(first.parts[0].roles.values()))[0]
    assert "Turns confirmed" not in rota("show", "@").out
    ended = rota("change", "accepted", "第1场", host, "--case", str(published))
    assert (ended.code, ended.out.startswith("Confirmed: ")) == (0, True), ended.err
    assert "Turns confirmed: 1 of " in rota("show", "@").out
    elsewhere = rota("change", "accepted", "第2场", host)
    assert elsewhere.code == 5, elsewhere.out
    assert "according to the newest plan" in elsewhere.err, second.id


def test_a_coordinator_may_confirm_without_an_answer_and_says_so(rota: Rota, published: Path) -> None:
    assert rota("change", "swap_asked", "第1场", "第2场").code == 0
    ended = rota("change", "swap_confirmed", "swap-1", "--without-answer")
    assert (ended.code, "Confirmed without an answer: " in ended.out) == (0, True), ended.err
    assert len(rows(published, "pins")) == 4


def test_an_everyday_swap_notes_that_both_agree(rota: Rota, published: Path) -> None:  # noqa: ARG001 - it is published
    ended = rota("swap", "第1场", "第2场")
    assert "(both agree, as the coordinator notes)" in ended.out
    assert kinds()[-3:] == ["swap_asked", "swap_answered", "swap_confirmed"]


BEGINNING = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
"""When all sessions of the year are still to come."""


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(["swap", "第1场", "第2场"], id="swap"),
        pytest.param(["change", "swap_confirmed", "swap-1"], id="confirmed", marks=pytest.mark.slow),
        pytest.param(["change", "seat_set", "第1场", "{second}"], id="set"),
        pytest.param(
            ["change", "seat_set", "第1场", "{second}", "--instead-of", "{first}"],
            id="set instead",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_a_decision_that_breaks_a_rule_is_refused_with_the_rule(
    rota: Rota, published: Path, solved: Plan, monkeypatch: pytest.MonkeyPatch, said: list[str]
) -> None:
    monkeypatch.setattr("console.making.now", lambda: BEGINNING)
    first, second = (session.serving("host")[0] for session in solved.sessions[:2])
    arguments = [word.format(first=first, second=second) for word in said]
    if "swap-1" in arguments:
        assert rota("change", "swap_asked", "第1场", "第2场").code == 0
        assert rota("change", "swap_answered", "swap-1", "yes").code == 0
    assert rota("away", second, f"{solved.sessions[0].start:%Y-%m-%d}").code == 0
    before = kinds()
    for more in ([], ["--dry-run"]):
        ended = rota(*arguments, *more, "--lang", "zh")
        assert (ended.code, ended.out, ended.err.startswith("时间意向：")) == (5, "", True), ended.err
    assert kinds() == before
    ended = rota(*arguments, "--force", "--lang", "zh")
    assert (ended.code, "--force" in ended.err) == (0, True), ended.err
    assert len(kinds()) > len(before)
    assert len(rows(published, "pins")) > 0


@pytest.mark.slow
@pytest.mark.usefixtures("published")
def test_a_session_is_moved_by_hand_where_another_can_host_and_not_put_where_it_does_not_fit(
    rota: Rota, solved: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.making.now", lambda: BEGINNING)
    host = solved.sessions[2].serving("host")[0]
    assert rota("away", host, "2026-02-10").code == 0
    moved = ["change", "session_moved", "第3场", "2026-02-10 10:00", "--widen", "--lang", "zh"]
    ended = rota(*moved)
    assert (ended.code, ended.err.startswith("时间意向：")) == (0, True), ended.err
    assert "`rota replan` 会寻找改动最少的修复办法" in ended.err
    for fixed in (["room_set", "第5场", "会客角"], ["pinned", "第5场", "--room", "会客角"]):
        before = kinds()
        ended = rota("change", *fixed, "--lang", "zh")
        said = ended.err.splitlines()
        assert (ended.code, said[0][:5], said[1].partition("不可能安排")[2][:3]) == (5, "场地适配：", "会客角"), (
            ended.err
        )
        assert kinds() == before
    assert rota("change", "room_set", "第5场", "会客角", "--force").code == 0


def test_a_decision_about_what_is_past_is_not_judged(
    rota: Rota, published: Path, solved: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.making.now", lambda: BEGINNING.replace(month=12))
    second = solved.sessions[1].serving("host")[0]
    assert rota("away", second, f"{solved.sessions[0].start:%Y-%m-%d}").code == 0
    assert rota("change", "seat_set", "第1场", second).code == 0
    assert rows(published, "pins")[0]["resource"] == second


def test_a_change_that_is_only_tried_changes_nothing(rota: Rota, published: Path) -> None:
    before = kinds()
    assert rota("away", "税务", "2026-03-01", "--dry-run").code == 0
    assert kinds() == before
    assert rows(published, "availability")[-1]["first"] != "2026-03-01"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["away", "税务", "2026-13-01"], "is not a date"),
        (["away", "税务", "2026-03-09..2026-03-01"], 'last "2026-03-01" ends before it begins'),
        (
            ["change", "order_placed", "rotation", "居民", "2026-02-30"],
            'days "2026-02-30" is not a date; e.g. 2027-01-08\n',
        ),
        (["away", "税物所所", "2026-03-01"], "税物所所"),
        (["away", "税务", "2026-03-01", "--reason", "会\x07议"], "reason: holds a character that cannot be printed"),
        (["away", "税务", "2026-03-01", "--reason", "会" * 33_000], "reason: is longer than 32767 characters"),
        (["away", "税务", "2026-03-01", "--note", "会\x07议"], "The note: holds a character that cannot be printed"),
        (["change", "outcome_recorded", "第1场", "--not-held", "--served", "50"], "leave out the host"),
        (["change", "outcome_recorded", "第1场", "--not-held", "--host", "U06"], "leave out the host"),
        (["away", "税务", "2031-03-01"], "lies outside the horizon"),
        (["change", "settings_changed", "freeze_days"], "not in the form KEY=VALUE"),
        (["change", "rule_changed", "x", "--kind", "lode"], 'there is no rule "lode"'),
        (["change", "rule_changed", "D04", "weight=heavy"], 'weight "heavy" is not a whole number'),
        (["change", "session_moved", "第3场", "2026-11-30 10:00"], "cannot start at"),
        (["change", "swap_confirmed", "s9"], 'There is no request "s9"'),
    ],
)
def test_what_cannot_be_changed_is_refused_with_the_reason(
    rota: Rota, published: Path, arguments: list[str], told: str
) -> None:
    before = kinds()
    ended = rota(*arguments)
    assert (ended.code, told in ended.err) == (5, True), ended.err
    assert kinds() == before
    assert not (published / ".rota.json").exists()


@pytest.mark.parametrize("arguments", [["away", "", "2026-03-01"], ["change", "pinned", " "], ["swap", "第1场", ""]])
def test_an_empty_argument_is_a_slip_of_usage(rota: Rota, published: Path, arguments: list[str]) -> None:
    ended = rota(*arguments, "--case", published, "--lang", "zh")
    assert (ended.code, "缺少参数" in ended.err) == (2, True), ended.err


def test_before_anything_is_published_the_files_are_edited(rota: Rota, planned: Path) -> None:
    ended = rota("away", "税务", "2026-03-01", "--case", planned)
    assert (ended.code, "rota apply" in ended.err) == (5, True)


@pytest.mark.usefixtures("published")
def test_a_new_rule_without_a_kind_is_asked_for_one(rota: Rota) -> None:
    ended = rota("change", "rule_changed", "neu", "most=3", "--lang", "zh")
    assert (ended.code, ended.out) == (5, "")
    assert ended.err.startswith(
        "尚无规则“neu”；如为新增，请写明规则种类：--kind 种类（可用 `rota rules` 查看）。已有规则："
    )
