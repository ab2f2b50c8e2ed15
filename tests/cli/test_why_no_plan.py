"""`rota why` of a case without a plan: the conflict, the ways out and the rows to change, in both languages."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path
from typing import Any

import pytest

from console import no_plan
from scheduler.solving.question import Question
from tests.cli.asking import answer, contradict
from tests.cli.conftest import Rota


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


@pytest.mark.slow
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
