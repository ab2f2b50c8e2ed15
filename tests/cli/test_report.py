"""`rota report`: the month's report on the terminal and in files."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Rota
from tests.cli.test_commands import append
from workbook.output.browser import found_browser

FIRST, SECOND = "rotation@2026-01-10", "rotation@2026-01-24"


def test_report_of_a_month_counts_what_was_held(rota: Rota, planned_case: Path) -> None:
    append(planned_case, "outcomes", f"{FIRST},是,U02,30,")
    ended = rota("report", "2026-01", planned_case, "--as-of", "2026-02-01")
    assert ended.code == 0
    assert ended.out.startswith("Monthly service report: January 2026 · up to 1 Feb 2026\n")
    assert next(line for line in ended.out.splitlines() if line.startswith("Qinghe Bank")).split()[2:] == [
        "0",
        "1",
        "0",
        "30",
    ]
    assert "Past and not recorded (1), so in no figure of what was held: Fortnightly service day 24 Jan." in ended.out
    assert rota("report", "2026年1月", planned_case, "--as-of", "2026-02-01").out == ended.out


def test_report_for_programs(rota: Rota, planned_case: Path) -> None:
    append(planned_case, "outcomes", f"{FIRST},是,U02,30,", f"{SECOND},否,,0,雨")
    body = json.loads(rota("report", "2026-Q1", planned_case, "--json", "--as-of", "2026-03-01").out)
    assert (body["period"], body["until"], body["cancellations_known"]) == ("2026-Q1", "2026-03-01", False)
    assert body["now"] == {
        "planned": 2,
        "held": 1,
        "added": 0,
        "not_held": 1,
        "cancelled": 0,
        "unrecorded": 0,
        "coming": 0,
        "served": 30,
        "uncounted": 0,
        "share_held": 0.5,
    }
    hosts = {row["who"]: row["now"] for row in body["hosts"]}
    assert hosts["U02"] == {"planned": 0, "held": 1, "unrecorded": 0, "served": 30, "uncounted": 0}
    assert [(row["session"], row["state"], row["served"]) for row in body["sessions"]] == [
        (FIRST, "held", 30),
        (SECOND, "not_held", None),
    ]


def test_report_finds_the_case_of_a_plan(rota: Rota, planned_case: Path) -> None:
    ended = rota("report", "2026", "--plan", planned_case / "plan.json", "--as-of", "2026-02-01", "--json")
    assert json.loads(ended.out)["now"]["planned"] == 2


def test_report_without_a_plan_says_so(rota: Rota, case_folder: Path) -> None:
    ended = rota("report", "2026-01", case_folder)
    assert ended.code == 0
    assert "There is no plan beside the case: only sessions that have an outcome are known." in ended.out


def test_report_of_no_period_is_refused_before_anything_is_read(rota: Rota) -> None:
    ended = rota("report", "May", "nowhere")
    assert (ended.code, ended.err.split(";")[0]) == (5, '"May" is no period')


def test_report_outside_the_horizon_names_it(rota: Rota, planned_case: Path) -> None:
    ended = rota("report", "2030-05", planned_case, "--lang", "zh")
    assert ended.code == 5
    assert ended.err == "2030年5月不在本资料的排班期内：2026-01-01 (周四) 至 2026-12-31 (周四)。\n"


@pytest.mark.parametrize("form", ["xlsx", "html"])
def test_report_is_written_as_asked(rota: Rota, planned_case: Path, tmp_path: Path, form: str) -> None:
    ended = rota("report", "2026-01", planned_case, "-o", tmp_path / "out", "--to", form)
    target = tmp_path / "out" / f"report-2026-01.{form}"
    assert (ended.code, ended.out.strip()) == (0, str(target))
    assert [target] == list((tmp_path / "out").iterdir())


def test_form_alone_writes_into_the_working_directory(
    rota: Rota, planned_case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert rota("report", "2026-01", planned_case, "--to", "html").out == "report-2026-01.html\n"
    assert (tmp_path / "report-2026-01.html").is_file()


def test_report_without_a_browser_is_written_as_html_with_a_note(
    rota: Rota, planned_case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROTA_CHROMIUM", str(tmp_path / "none"))
    assert found_browser() is None
    ended = rota("report", "2026-01", planned_case, "-o", tmp_path / "out")
    assert (ended.code, len(ended.out.splitlines())) == (0, 2)
    assert ended.err.startswith("PDF and PNG need Chromium")
