"""The command line: what each command prints, writes and ends with."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rota.plan import load_plan
from scheduler.solving import solve as solving
from tests.cli.conftest import Rota


def append(case: Path, table: str, *rows: str) -> None:
    with (case / f"{table}.csv").open("a", encoding="utf-8", newline="") as file:
        file.writelines(f"{row}\r\n" for row in rows)


def everybody_away(case: Path) -> None:
    append(case, "availability", *(f"U0{n},cannot,2026-01-01,2026-12-31" for n in range(1, 7)))


def test_help_and_version_need_no_case(rota: Rota) -> None:
    assert "Usage" in rota("--help").out
    assert "0.1.0" in rota("--version").out


def test_help_speaks_the_readers_language(rota: Rota) -> None:
    assert "排出最优安排" in rota("--lang", "zh", "plan", "--help").out
    assert "排出最优安排" not in rota("plan", "--help", "--lang", "en").out


def test_every_paragraph_of_the_help_is_in_the_readers_language(rota: Rota) -> None:
    english, chinese = (rota("apply", "--help", "--lang", language).out for language in ("en", "zh"))
    assert "the journal is the truth" in " ".join(english.split())
    assert "变更记录为准" not in english
    assert "变更记录为准" in chinese
    assert "the truth" not in chinese


def test_help_that_cites_words_of_the_other_language_is_divided_where_its_sentence_ends(rota: Rota) -> None:
    english, chinese = (rota("away", "--help", "--lang", language).out for language in ("en", "zh"))
    assert "rota away 税务局" in english
    assert "登记不能参加" not in english
    assert "登记不能参加" in chinese
    assert "Record that" not in chinese


def test_commands_are_listed_by_their_first_paragraph_in_the_readers_language(rota: Rota) -> None:
    english, chinese = (" ".join(rota("--help", "--lang", language).out.split()) for language in ("en", "zh"))
    assert "another choice would cost. whynot" in english
    assert "why 说明原因与代价。" in chinese


def test_a_wrong_option_ends_with_2(rota: Rota) -> None:
    assert rota("plan", "--no-such-option").code == 2


def test_new_check_plan_verify_show_and_export_lead_from_nothing_to_files(rota: Rota, tmp_path: Path) -> None:
    case = tmp_path / "rota-2026"
    assert rota("new", case).code == 0
    assert rota("check", case).out == "0 errors, 0 warnings\n"

    planned = rota("plan", case)
    assert planned.code == 0, planned.err
    assert "2026-" in planned.out
    assert str(case / "plan.json") in planned.out

    verified = rota("verify", case, case / "plan.json")
    assert verified.code == 0
    assert verified.out.startswith("The plan holds.")
    assert "[D09]" in rota("show", case / "plan.json", "--score").out

    exported = rota("export", case / "plan.json", tmp_path / "out", "--to", "ics", "--to", "xlsx", "--to", "csv")
    assert exported.code == 0, exported.err
    for line in exported.out.splitlines():
        assert Path(line.split("  ")[0]).is_file(), line


@pytest.mark.slow
def test_the_case_is_found_above_the_working_directory(
    rota: Rota, case_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = case_folder / "notes"
    inside.mkdir()
    monkeypatch.chdir(inside)

    assert rota("plan").code == 0
    assert (case_folder / "plan.json").is_file()
    assert rota("show").code == 0


def test_without_a_case_it_says_where_it_looked(rota: Rota, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ended = rota("plan")
    assert ended.code == 5
    assert "rotation.toml" in ended.err
    assert "rota new" in ended.err


def test_a_faulty_case_prints_every_error_and_ends_with_5(rota: Rota, case_folder: Path) -> None:
    append(case_folder, "availability", "U09,cannot,2026-01-10", "U01,perhaps,2026-01-10", "U01,cannot,2026-13-45")

    checked = rota("check", case_folder)

    assert checked.code == 5
    assert checked.out.count("error:") == 3
    assert "availability.csv" in checked.out
    assert rota("plan", case_folder).code == 5


def test_a_session_that_nobody_can_host_is_seen_without_solving(rota: Rota, case_folder: Path) -> None:
    everybody_away(case_folder)
    checked = rota("check", case_folder)
    assert checked.code == 5
    assert "0 of 6 candidates can be Host" in checked.out


def test_an_impossible_case_ends_with_3_and_says_why(rota: Rota, case_folder: Path) -> None:
    everybody_away(case_folder)
    ended = rota("plan", case_folder)
    assert ended.code == 3
    assert "0 of 6 candidates can be Host" in ended.out
    assert "this is proved" in ended.err
    assert not (case_folder / "plan.json").exists()


@pytest.mark.slow
def test_demands_that_conflict_with_each_other_are_named(rota: Rota, case_folder: Path) -> None:
    demands = case_folder / "demands.csv"
    header, *rows = demands.read_text("utf-8-sig").splitlines()
    columns = [name.split()[-1] for name in header.split(",")]
    cells = dict.fromkeys(columns, "") | {"id": "long", "kind": "rest_gap", "role": "host"}
    cells |= {"priority": "0", "cycle": "fortnight", "rounds": "7"}
    demands.write_text("\r\n".join([header, *rows, ",".join(cells[name] for name in columns)]) + "\r\n", "utf-8-sig")

    ended = rota("plan", case_folder, "--lang", "zh")

    assert ended.code == 3
    assert "至少相隔 7 轮（按双周）〔long〕" in ended.out
    assert not (case_folder / "plan.json").exists()


@pytest.mark.slow
def test_two_plans_away_from_their_case_are_compared_by_ids(
    rota: Rota, case_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = tmp_path / "old.json", tmp_path / "elsewhere" / "new.json"
    new.parent.mkdir()
    rota("plan", case_folder, "-o", old)
    host = load_plan(old.read_text("utf-8")).sessions[4].serving("host")[0]
    append(case_folder, "availability", f"{host},cannot,2026-01-01,2026-04-15,,,,,away")
    rota("plan", case_folder, "-o", new)
    monkeypatch.chdir(tmp_path)

    shown = rota("diff", old, new)

    assert shown.code == 0, shown.err
    assert f"{host} leaves (host)" in shown.out


def test_a_plan_that_does_not_hold_is_not_exported(rota: Rota, planned: Path, tmp_path: Path) -> None:
    append(planned, "availability", *(f"U0{n},cannot,2026-01-01,2026-02-28" for n in range(1, 7)))
    ended = rota("export", planned / "plan.json", tmp_path / "out", "--to", "csv")
    assert ended.code == 5
    assert "not exported" in ended.err
    assert not (tmp_path / "out").exists()
    assert "does not hold" in rota("show", planned / "plan.json").err


def test_a_missing_roster_is_one_sentence(rota: Rota, tmp_path: Path) -> None:
    ended = rota("new", tmp_path / "x", "--from", tmp_path / "none.xlsx")
    assert ended.code == 5
    assert "none.xlsx" in ended.err


def test_construction_and_solver_empty_handed_end_with_4(
    rota: Rota, case_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(solving, "construct", lambda *_: {})
    ended = rota("plan", case_folder, "--time-limit", "0.01")
    assert ended.code == 4
    assert "--time-limit" in ended.err
    assert not (case_folder / "plan.json").exists()


def test_a_plan_that_is_not_proved_ends_with_6_where_that_is_required(
    rota: Rota, planned: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = load_plan((planned / "plan.json").read_text("utf-8")).session
    monkeypatch.setattr(solving, "construct", lambda *_: held)
    assert rota("plan", planned, "--time-limit", "0.01", "--require-optimal").code == 6


@pytest.mark.slow
def test_dry_run_writes_nothing(rota: Rota, case_folder: Path) -> None:
    before = sorted(case_folder.iterdir())
    assert rota("plan", case_folder, "--dry-run").code == 0
    assert sorted(case_folder.iterdir()) == before


@pytest.mark.slow
def test_json_is_one_object_with_a_version_and_nothing_else(rota: Rota, case_folder: Path) -> None:
    for arguments in (("check", case_folder), ("plan", case_folder), ("show", case_folder / "plan.json")):
        body = json.loads(rota(*arguments, "--json").out)
        assert body["format_version"] == 1


def test_a_plan_with_an_absent_host_is_refused_with_the_breach(rota: Rota, planned: Path) -> None:
    plan = planned / "plan.json"
    append(planned, "availability", *(f"U0{n},cannot,2026-01-01,2026-02-28,,,,,busy" for n in range(1, 7)))

    ended = rota("verify", planned, plan)

    assert ended.code == 1
    assert "busy" in ended.out
    assert "the case has changed" in ended.err


def test_a_plan_that_claims_another_cost_is_refused(rota: Rota, planned: Path) -> None:
    plan = planned / "plan.json"
    plan.write_text(plan.read_text("utf-8").replace('"priority": 1, "value": 0', '"priority": 1, "value": 1'), "utf-8")
    ended = rota("verify", planned, plan)
    assert ended.code == 1
    assert "claims cost 1 at priority 1; it is 0" in ended.out


def test_what_is_no_plan_is_said_to_be_none(rota: Rota, case_folder: Path, tmp_path: Path) -> None:
    broken = tmp_path / "plan.json"
    broken.write_text("{", "utf-8")
    assert rota("verify", case_folder, broken).code == 5
    assert rota("verify", case_folder, tmp_path / "none.json").code == 5


@pytest.mark.slow
def test_planning_again_keeps_the_previous_plan_and_diff_shows_the_change(rota: Rota, planned: Path) -> None:
    host = load_plan((planned / "plan.json").read_text("utf-8")).sessions[4].serving("host")[0]
    append(planned, "availability", f"{host},cannot,2026-01-01,2026-04-15,,,,,away")

    again = rota("plan", planned)
    assert again.code == 0
    assert "differ from the previous plan" in again.err

    shown = rota("diff", "--case", planned, "--exit-code")
    assert shown.code == 10
    assert shown.out
    same = rota("diff", planned / "plan.json", planned / "plan.json", "--exit-code")
    assert same.code == 0


@pytest.mark.slow
def test_folder_and_workbook_give_the_same_plan(rota: Rota, case_folder: Path, tmp_path: Path) -> None:
    book = tmp_path / "case.xlsx"
    assert rota("convert", case_folder, book).code == 0
    assert rota("plan", case_folder, "-o", tmp_path / "a.json").code == 0
    assert rota("plan", book, "-o", tmp_path / "b.json").code == 0
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


@pytest.mark.slow
def test_verify_works_where_or_tools_is_not_installed(planned: Path, tmp_path: Path, root: Path) -> None:
    blocked = tmp_path / "blocked"
    (blocked / "ortools").mkdir(parents=True)
    (blocked / "ortools" / "__init__.py").write_text("raise ImportError('blocked')", "utf-8")
    ended = subprocess.run(
        [sys.executable, root / "cli.py", "verify", planned, planned / "plan.json", "--lang", "en"],
        env={**os.environ, "PYTHONPATH": f"{blocked}{os.pathsep}{root}"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("The plan holds.")


@pytest.mark.slow
def test_open_seats_are_marked(rota: Rota, case_folder: Path) -> None:
    append(case_folder, "availability", *(f"P0{n},cannot,2026-01-01,2026-01-31" for n in (1, 2)))
    assert rota("plan", case_folder).code == 3
    ended = rota("plan", case_folder, "--open-seats", "--json")
    assert ended.code == 0
    assert {seat["role"] for seat in json.loads(ended.out)["open"]} == {"instructor"}


def test_holidays_without_a_notice_are_drafted_and_written_as_the_sheet(rota: Rota, case_folder: Path) -> None:
    ended = rota("holidays", "2027", "-o", case_folder / "holidays.csv")
    assert ended.code == 0, ended.err
    assert "drafted" in ended.out
    assert "2027-02-06" in ended.out
    assert rota("check", case_folder).out == "0 errors, 0 warnings\n"


def test_holidays_with_a_notice_name_the_make_up_workdays(rota: Rota) -> None:
    ended = rota("holidays", "2023", "--lang", "zh")
    assert "2023-06-25 (周日)  调休上班  端午" in ended.out


def test_a_survey_becomes_the_audience_and_says_what_people_want(rota: Rota, case_folder: Path) -> None:
    answers = case_folder / "survey.csv"
    answers.write_text("id,weekdays,start,end,services\n1,Mon,14:00,16:00,rotation\n2,Mon,14:00,16:00,\n", "utf-8")
    before = (case_folder / "audience.csv").read_bytes()

    tried = rota("survey", answers, "--dry-run")
    assert "2 answered; rows of the audience: 1 added, 0 withdrawn" in tried.out
    assert (case_folder / "audience.csv").read_bytes() == before

    taken = rota("survey", answers)
    assert taken.code == 0, taken.err
    assert "wanted by 1" in taken.out
    assert "survey.1400-1600.1" in (case_folder / "audience.csv").read_text("utf-8-sig")
    assert rota("check", case_folder).out == "0 errors, 0 warnings\n"
    assert "rows of the audience: 0 added, 0 withdrawn" in rota("survey", answers).out


def test_a_survey_with_a_wrong_cell_ends_with_5_and_writes_nothing(rota: Rota, case_folder: Path) -> None:
    answers = case_folder / "survey.csv"
    answers.write_text("id,weekdays,start,end\n1,Someday,14:00,16:00\n2,Mon,14:00,16:00\n", "utf-8")
    before = (case_folder / "audience.csv").read_bytes()
    ended = rota("survey", answers, "--lang", "zh")
    assert ended.code == 5
    assert "错误：survey.csv:2 (B, 星期)" in ended.out
    assert (case_folder / "audience.csv").read_bytes() == before
    assert json.loads(rota("survey", answers, "--json").out)["people"] == 1


def test_the_case_is_named_as_an_argument_or_by_its_option(rota: Rota, planned: Path) -> None:
    assert rota("check", "--case", planned).out == rota("check", planned).out
    plan = planned / "plan.json"
    ways = [("verify", planned, plan), ("verify", "--case", planned, plan), ("verify", plan, "--case", planned)]
    assert len({rota(*words).out for words in ways}) == 1
    for words in (("check", planned, "--case", planned), ("verify", planned, plan, "--case", planned)):
        ended = rota(*words)
        assert (ended.code, "--case" in ended.err) == (2, True)
