"""`rota ledger`: who did what, on the terminal and in files."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Rota
from tests.cli.test_commands import append

FIRST = "rotation@2026-01-10"


def test_ledger_counts_what_was_held_and_names_what_nobody_recorded(rota: Rota, planned_case: Path) -> None:
    append(planned_case, "outcomes", f"{FIRST},是,U02,30,")
    ended = rota("ledger", planned_case, "--as-of", "2026-03-01")
    assert ended.code == 0
    assert "Host: 1 turn" in ended.out
    assert next(line for line in ended.out.splitlines() if "Qinghe Bank" in line).split()[2:4] == ["1", "1"]
    assert ended.err.startswith("Past sessions without an outcome, not counted (1): Fortnightly service day 2026-01-24")


def test_ledger_counts_past_sessions_where_that_is_assumed(rota: Rota, planned_case: Path) -> None:
    assert "Host: 1 turn" in rota("ledger", planned_case, "--as-of", "2026-01-11", "--assume-held").out
    assert "Host: 2 turns" in rota("ledger", planned_case, "--as-of", "2026-02-01", "--assume-held").out


def test_ledger_of_one_role_by_its_name(rota: Rota, planned_case: Path) -> None:
    ended = rota("ledger", planned_case, "--role", "讲师", "--as-of", "2026-02-01", "--assume-held")
    assert "Instructor: 2 turns" in ended.out
    assert "Host" not in ended.out


def test_ledger_of_an_unknown_role_names_those_there_are(rota: Rota, case_folder: Path) -> None:
    assert rota("ledger", case_folder, "--role", "驾驶员", "--lang", "zh").code == 5
    assert "已有：" in rota("ledger", case_folder, "--role", "驾驶员", "--lang", "zh").err


def test_ledger_without_a_plan_says_what_it_lacks(rota: Rota, case_folder: Path) -> None:
    ended = rota("ledger", case_folder)
    assert ended.code == 0
    assert "There is no plan beside the case" in ended.err


def test_ledger_finds_the_case_beside_a_plan(rota: Rota, planned_case: Path) -> None:
    assert "Host: 2 turns" in rota("ledger", planned_case / "plan.json", "--assume-held", "--as-of", "2026-02-01").out


def test_ledger_for_programs(rota: Rota, planned_case: Path) -> None:
    append(planned_case, "outcomes", f"{FIRST},是,,30,", "rotation@2026-01-24,否,,0,雨")
    body = json.loads(rota("ledger", planned_case, "--json", "--role", "host", "--as-of", "2026-03-01").out)
    assert body["until"] == "2026-03-01"
    assert body["not_held"] == ["rotation@2026-01-24"]
    assert body["turns"] == [
        {
            "who": "U01",
            "role": "host",
            "day": "2026-01-10",
            "activity": "rotation",
            "minutes": 120,
            "session": FIRST,
        }
    ]
    first = body["standings"][-1]
    assert (first["who"], first["turns"], first["by_year"]) == ("U01", 1, {"2026": 1})
    assert first["ahead"] == pytest.approx(5 / 6, abs=1e-4)


@pytest.mark.parametrize("form", ["csv", "xlsx", "html"])
def test_ledger_is_written_in_three_forms(rota: Rota, planned_case: Path, tmp_path: Path, form: str) -> None:
    target = tmp_path / f"ledger.{form}"
    ended = rota("ledger", planned_case, "--assume-held", "-o", target)
    assert (ended.code, ended.out.strip()) == (0, str(target))
    assert target.stat().st_size > 500


def test_ledger_in_no_known_form_is_refused_before_anything_is_read(rota: Rota, case_folder: Path) -> None:
    ended = rota("ledger", case_folder, "-o", "ledger.pdf")
    assert ended.code == 5
    assert ended.err == "ledger.pdf: write a name that ends in .csv, .xlsx, .html.\n"
