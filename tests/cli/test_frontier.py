"""`rota frontier`: what one thing costs another, and how it is said, drawn and written."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduler.solving.frontier import Frontier, Point
from tests.cli.asking import answer, contradict
from tests.cli.conftest import Rota


@pytest.mark.slow
def test_the_frontier_says_what_its_columns_count(rota: Rota, planned: Path) -> None:
    ended = rota("frontier", planned, "--between", "1", "2")
    assert ended.code == 0
    assert ended.out.startswith("A: cost at priority 1 - Fair share [D04], Fair share [D05]\nB: cost at priority 2 - ")
    assert re.search(r"^ +A +B +C$", ended.out, re.MULTILINE)
    assert re.search(r"^( +\d+){3}  ← the present plan$", ended.out, re.MULTILINE)
    assert "proved" in ended.out


@pytest.mark.slow
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


@pytest.mark.slow
def test_the_frontier_of_a_plan_alone_finds_its_case(rota: Rota, planned: Path) -> None:
    assert rota("frontier", planned / "plan.json", "--between", "1", "改动", "--points", "2").code == 0


def test_with_no_time_there_is_no_frontier(rota: Rota, planned: Path) -> None:
    assert rota("frontier", planned, "--between", "1", "2", "--time-limit", "0.01").code == 4


def test_an_impossible_case_has_no_frontier(rota: Rota, case_folder: Path) -> None:
    contradict(case_folder)
    assert rota("frontier", case_folder, "--between", "1", "2").code == 3


@pytest.mark.slow
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


@pytest.mark.skipif(os.name == "nt", reason="Windows delivers interrupts to a console, not to a process")
def test_an_interrupt_before_the_first_point_is_said_to_be_one(
    rota: Rota, planned: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: Frontier, __: int) -> Iterator[Point]:
        os.kill(os.getpid(), signal.SIGINT)
        return iter(())

    monkeypatch.setattr(Frontier, "points", interrupted)
    ended = rota("frontier", planned, "--between", "1", "2")
    assert ended.code == 130
    assert "Interrupted before a plan was found" in ended.err
