"""The engine and the simulated year on the command line."""

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rota.plan import load_plan
from tests.cli.conftest import Rota


@pytest.fixture
def published(rota: Rota, planned: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The starter case with its plan published, a few days into its year."""
    for module in ("console.desk", "console.engine"):
        monkeypatch.setattr(f"{module}.now", lambda: dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC))
    assert rota("apply", "--case", planned).code == 0
    return planned


def last_host_is_away(rota: Rota, case: Path) -> None:
    plan = load_plan((case / "plan.json").read_text("utf-8"))
    session = max(plan.sessions, key=lambda each: each.start)
    ended = rota("away", session.serving("host")[0], session.start.date(), "--case", case)
    assert ended.code == 0, ended.err


def test_the_engine_says_where_there_is_nothing_to_answer(rota: Rota, published: Path) -> None:
    ended = rota("engine", published, "--once")
    assert (ended.code, ended.out) == (0, "There is nothing to answer.\n")


@pytest.mark.slow
def test_the_engine_proposes_a_draft_which_is_shown_compared_and_published(rota: Rota, published: Path) -> None:
    assert "No draft waits" in rota("apply", "@draft", "--case", published).err
    last_host_is_away(rota, published)
    said = rota("engine", published, "--once").out
    assert "draft 1 waits for approval; sessions that differ: 1, of which 1 had to change (the least, proved)" in said
    assert "第 1 号草案待批准" not in said
    shown = json.loads(rota("show", "@draft", "--case", published, "--json").out)
    assert len(shown["sessions"]) == len(load_plan((published / "plan.json").read_text("utf-8")).sessions)
    lines = rota("diff", "@", "@draft", "--case", published).out
    assert rota("apply", "@draft", "--case", published, "--dry-run").out == lines
    assert "Revision 2 is published" in rota("apply", "@draft", "--case", published).out
    assert "No draft waits" in rota("apply", "@draft", "--case", published).err
    assert "There is nothing to answer" in rota("engine", published, "--once").out


def test_an_engine_needs_something_published(rota: Rota, planned: Path) -> None:
    ended = rota("engine", planned, "--once")
    assert ended.code == 5
    assert "rota apply" in ended.err


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal that asks a process to end")
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_the_engine_answers_as_changes_come_until_it_is_told_to_end(
    root: Path, rota: Rota, planned: Path, ending: signal.Signals
) -> None:
    assert rota("apply", "--case", planned).code == 0
    command = [
        sys.executable,
        "-m",
        "cli",
        "--lang",
        "en",
        "engine",
        str(planned),
        "--every",
        "0.2",
        "--debounce",
        "0.2",
    ]
    program = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert program.stderr is not None
        assert program.stdout is not None
        assert program.stderr.readline() == "The engine runs; Ctrl-C ends it.\n"
        last_host_is_away(rota, planned)
        answer = program.stdout.readline()  # a proposal, or where the session is over by now, nothing to change
        assert "draft 1 waits for approval" in answer or "nothing has to change" in answer
        begun = time.monotonic()
        program.send_signal(ending)
        out, err = program.communicate(timeout=60)
    finally:
        program.kill()
        program.communicate()
    assert (program.returncode, out, err) == (0, "", "The engine has stopped.\n")
    assert time.monotonic() - begun < 60


@pytest.mark.slow
def test_a_simulated_year_reports_what_moved_and_leaves_the_case_alone(
    rota: Rota, planned: Path, tmp_path: Path
) -> None:
    before = {path.name: path.read_bytes() for path in planned.iterdir()}
    ended = rota("simulate", planned, "--changes", 3, "--seed", 1, "-o", tmp_path / "year")
    assert ended.code == 0, ended.err
    assert "Sessions changed: " in ended.out
    assert "beyond the proved least: 0" in ended.out
    assert "revisions holds" in ended.out
    assert "audited, as it was written" in ended.out
    assert {path.name: path.read_bytes() for path in planned.iterdir()} == before
    page = (tmp_path / "year" / "simulation.html").read_text("utf-8")
    assert page.count("<circle") == 3
    again = rota("simulate", planned, "--changes", 3, "--seed", 1, "-o", tmp_path / "year")
    assert again.code == 5
    assert "is there already" in again.err


def test_a_simulated_year_is_told_to_programs(rota: Rota, planned: Path) -> None:
    said = json.loads(rota("simulate", planned, "--changes", 2, "--seed", 1, "--json").out)
    assert (said["needless"], said["unproved"], said["unsound"], said["audit"]) == (0, 0, [], [])
    assert len(said["steps"]) == sum(said["changes"].values()) == 2
