"""`rota next`: from one year's case to the next."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from constraints.registry import catalogue
from tests.cli.conftest import Rota
from tests.cli.test_commands import append
from tests.conftest import ROOT
from workbook.reading import read_case

EXAMPLES = {"suzhou": 2024, "hengdu": 2025, "baoshan": 2024, "fuzhou": 2024, "jiangning": 2022}
FIRST = "rotation@2026-01-10"


@pytest.mark.parametrize("name", EXAMPLES)
def test_next_year_of_an_example_passes_the_check(rota: Rota, tmp_path: Path, name: str) -> None:
    target = tmp_path / "next"
    ended = rota("next", EXAMPLES[name], ROOT / "examples" / name, "-o", target)
    assert ended.code == 0
    checked = rota("check", target)
    assert (checked.code, checked.out.splitlines()[-1].split(",")[0]) == (0, "0 errors")


def test_next_year_lies_beside_this_one_and_overwrites_nothing(rota: Rota, case_folder: Path) -> None:
    assert rota("next", 2027, case_folder).code == 0
    assert (case_folder.parent / "rota-2027" / "rotation.toml").is_file()
    ended = rota("next", 2027, case_folder)
    assert ended.code == 1
    assert "rota-2027 is there already" in ended.err


def test_next_year_of_the_case_here_lies_beside_it(
    rota: Rota, case_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(case_folder)
    assert rota("next", 2027).code == 0
    assert rota("next", 2028, ".").code == 0
    assert (case_folder.parent / "rota-2027" / "rotation.toml").is_file()
    assert (case_folder.parent / "rota-2028" / "rotation.toml").is_file()


@pytest.mark.slow
def test_next_year_of_a_workbook_without_a_year_in_its_name_gets_one(
    rota: Rota, case_folder: Path, tmp_path: Path
) -> None:
    assert rota("convert", case_folder, tmp_path / "small.xlsx").code == 0
    assert rota("next", 2027, tmp_path / "small.xlsx").code == 0
    assert (tmp_path / "small-2027.xlsx").is_file()


def test_next_year_carries_over_who_there_is_and_what_was_held(rota: Rota, planned_case: Path, tmp_path: Path) -> None:
    append(planned_case, "outcomes", f"{FIRST},是,,30,")
    target = tmp_path / "2027.xlsx"
    ended = rota("next", 2027, planned_case, "-o", target, "--as-of", "2027-01-01")
    assert "2 turns in the history, 2 of them from this year" in ended.out
    assert "Past sessions without an outcome, not counted (1)" in ended.out
    made = read_case(target, catalogue()).required()
    assert made.settings.id == "rota-2027"
    assert [(turn.resource, turn.role) for turn in made.history] == [("U01", "host"), ("P01", "instructor")]
    assert len(made.contacts) == 1
    assert all(day.provisional for day in made.holidays)  # there is no notice for 2027 yet
    assert made.holidays


def test_next_year_made_too_early_says_what_is_still_to_come(rota: Rota, planned_case: Path, tmp_path: Path) -> None:
    said = rota("next", 2027, planned_case, "-o", tmp_path / "n", "--as-of", "2026-01-20").out
    assert "Sessions still to come, not in the history (1): Fortnightly service day 2026-01-24" in said


def test_next_year_for_programs(rota: Rota, case_folder: Path, tmp_path: Path) -> None:
    body = json.loads(rota("next", 2027, case_folder, "-o", tmp_path / "n", "--json").out)
    assert (body["first"], body["last"], body["history"]) == ("2027-01-01", "2027-12-31", 0)
    assert body["notes"]


def test_year_that_does_not_come_after_this_one_is_refused_in_both_languages(rota: Rota, case_folder: Path) -> None:
    english, chinese = (rota("next", 2026, case_folder, "--lang", language) for language in ("en", "zh"))
    assert (english.code, chinese.code) == (5, 5)
    assert "Name a later year, e.g. 2027." in english.err
    assert "请改用更晚的年份，例如 2027。" in chinese.err
    assert not (case_folder.parent / "rota-2026-2026").exists()


def test_a_session_cancelled_this_year_takes_place_again_in_the_next(rota: Rota, publish: Callable[..., Path]) -> None:
    published_case = publish()
    before = read_case(published_case, catalogue()).required().activity["rotation"].rounds
    assert rota("change", "session_cancelled", FIRST, "--case", published_case).code == 0
    assert read_case(published_case, catalogue()).required().activity["rotation"].rounds != before
    assert rota("next", 2027, published_case).code == 0
    made = read_case(published_case.parent / "rota-2027", catalogue()).required()
    assert made.activity["rotation"].rounds == before


@pytest.mark.slow
def test_next_year_of_suzhou_is_planned_with_proof(rota: Rota, tmp_path: Path) -> None:
    target = tmp_path / "suzhou-2024"
    rota("next", 2024, ROOT / "examples" / "suzhou", "-o", target)
    ended = rota("plan", target, "--time-limit", 300, "--require-optimal")
    assert ended.code == 0
    assert rota("verify", target).code == 0
