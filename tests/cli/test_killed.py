"""Commands that are killed at any moment: nothing is half recorded, half published or half written."""

from __future__ import annotations

import csv
import os
import random
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from shutil import copytree

import pytest

from console.desk import now
from rota.plan import Plan, load_plan
from scheduler.keeping.journal import Journal

KILLS = int(os.environ.get("ROTA_KILLS", "6"))
"""So often each command is killed; ROTA_KILLS=100 takes an hour."""
PATIENCE = 300
"""Seconds after which a command that nobody kills is taken to hang."""
EARLIEST = 0.4
"""The share of a command's time before which it only starts up."""


class Program:
    """`rota …` in a process of its own, in a copy of a case."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root, self.folder = root, folder

    def begun(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command."""
        apart = {"ROTA_LANG": "en", "ROTA_ACTOR": "小李", "PYTHONPATH": str(self.root)}
        kept = {name: value for name, value in os.environ.items() if name != "ROTA_JOURNAL"}
        command = [sys.executable, "-m", "cli", *arguments]
        return subprocess.Popen(
            command, cwd=self.folder, env={**kept, **apart}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def ended(self, *arguments: str) -> float:
        """Let a command end, and return how many seconds that took."""
        began = time.monotonic()
        program = self.begun(*arguments)
        _, err = program.communicate(timeout=PATIENCE)
        assert program.returncode == 0, err
        return time.monotonic() - began

    def killed(self, *arguments: str, after: float) -> None:
        """Kill a command so many seconds after it began, unless it has ended."""
        program = self.begun(*arguments)
        try:
            program.wait(timeout=after)
        except subprocess.TimeoutExpired:
            program.kill()
        program.communicate(timeout=PATIENCE)


def moments(seconds: float, seed: int) -> list[float]:
    """Return when to kill a command that takes so long."""
    chance = random.Random(seed)
    return [chance.uniform(EARLIEST * seconds, 1.05 * seconds) for _ in range(KILLS)]


def copy_of(folder: Path, name: str) -> Path:
    return copytree(folder, folder.parent / name)


def plans(folder: Path) -> Mapping[str, Plan]:
    """Read every plan file that a reader may come upon; a file that is being written bears another name."""
    return {path.name: load_plan(path.read_text("utf-8")) for path in folder.glob("plan*.json")}


def recorded(folder: Path) -> list[str]:
    """Return the kinds of the changes in the journal of a folder, which is sound."""
    with Journal.open(folder / "journal.db", clock=now) as journal:
        assert journal.audit() == ()
        (stream,) = journal.streams()
        return [change.kind for change in journal.changes(stream)]


def edit(folder: Path, table: str, edits: Sequence[tuple[int, str, str]], *more: Mapping[str, str]) -> None:
    """Type into cells of a table, by number of the row and column, and add rows."""
    path = folder / f"{table}.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *body = list(csv.reader(file))
    names = [title.split()[-1] for title in header]
    for number, column, value in edits:
        body[number][names.index(column)] = value
    rows = [header, *body, *([row.get(name, "") for name in names] for row in more)]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)


@pytest.fixture
def published(root: Path, planned: Path) -> Path:
    """A folder whose plan is published, which nobody touches: the commands are killed in copies of it."""
    Program(root, planned).ended("apply")
    return planned


@pytest.mark.slow
def test_a_first_publication_is_whole_or_is_made_whole_by_the_next(root: Path, planned: Path) -> None:
    whole = copy_of(planned, "whole")
    seconds = Program(root, whole).ended("apply")
    for number, after in enumerate(moments(seconds, 1)):
        folder = copy_of(planned, f"apply-{number}")
        Program(root, folder).killed("apply", after=after)
        assert plans(folder).keys() == {"plan.json"}
        published_before = _revisions(folder)
        assert published_before in (0, 1), f"killed after {after:.2f} s"
        if not published_before:
            Program(root, folder).ended("apply")
        assert (_revisions(folder), recorded(folder)) == (1, recorded(whole)), f"killed after {after:.2f} s"


def _revisions(folder: Path) -> int:
    """Return how many revisions are published, each with its plan; a journal that was only begun has none."""
    if not (folder / "journal.db").exists():
        return 0
    with Journal.open(folder / "journal.db", clock=now, create=True) as journal:
        assert journal.audit() == ()
        found = [revision for stream in journal.streams() for revision in journal.revisions(stream)]
        assert all(journal.plan(revision.number).sessions for revision in found)
        return len(found)


@pytest.mark.slow
def test_a_sync_records_all_edits_or_none(root: Path, published: Path) -> None:
    edit(published, "units", [(0, "name", "税务分局"), (1, "name_en", "Bank branch")])
    days = ("2026/5/9", "2026/5/16", "2026/5/23", "2026/6/6")
    away = [{"resource": "U02", "level": "不能", "first": day, "reason": "出差"} for day in days]
    edit(published, "availability", [], *away)
    before = recorded(published)
    whole = copy_of(published, "whole")
    seconds = Program(root, whole).ended("sync")
    after_all = recorded(whole)
    assert len(after_all) >= len(before) + len(days)
    for number, after in enumerate(moments(seconds, 2)):
        folder = copy_of(published, f"sync-{number}")
        Program(root, folder).killed("sync", after=after)
        assert recorded(folder) in (before, after_all), f"killed after {after:.2f} s"
        Program(root, folder).ended("sync")
        assert recorded(folder) == after_all, f"killed after {after:.2f} s"


@pytest.mark.slow
def test_a_replan_leaves_whole_plans_and_the_journal_as_it_was(root: Path, published: Path, solved: Plan) -> None:
    host = solved.sessions[-1].serving("host")[0]
    Program(root, published).ended("away", host, f"{solved.sessions[-1].start:%Y-%m-%d}")
    before, known = recorded(published), load_plan((published / "plan.json").read_text("utf-8"))
    replan = ("replan", "--today", "2026-01-01")
    whole = copy_of(published, "whole")
    seconds = Program(root, whole).ended(*replan)
    repaired = plans(whole)["plan.json"].sessions
    assert repaired != known.sessions
    for number, after in enumerate(moments(seconds, 3)):
        folder = copy_of(published, f"replan-{number}")
        Program(root, folder).killed(*replan, after=after)
        found = plans(folder)
        assert found["plan.json"].sessions == known.sessions or found.keys() == plans(whole).keys(), f"{after:.2f} s"
        assert recorded(folder) == before
        Program(root, folder).ended(*replan)
        at_host = {who for session in plans(folder)["plan.json"].sessions[-1:] for who in session.serving("host")}
        assert host not in at_host
