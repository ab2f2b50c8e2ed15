"""Commands that are killed at any moment: nothing is half recorded, half published or half written."""

from __future__ import annotations

import csv
import logging
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree, rmtree

import pytest

from console.desk import now
from rota.plan import Plan, load_plan
from scheduler.keeping.journal import Journal
from tests.cli.conftest import Rota
from tests.keeping.conftest import Databases, databases, postgresql
from tests.thoroughness import kills

__all__ = ["databases", "postgresql"]  # fixtures

pytestmark = pytest.mark.slow

KILLS = kills(3)
"""So often each command is killed with a journal in each database; a hundred times take an hour."""
PATIENCE = 300
"""Seconds after which a command that nobody kills is taken to hang."""
MEASURED_EVERY = 10
"""After so many kills it is measured anew how long the command takes: other programs make it faster or slower."""

LOG = logging.getLogger(__name__)
"""Says how the kills came out: `--log-file FILE --log-file-level INFO`."""


@dataclass(frozen=True)
class Station:
    """A case in a folder; its journal is a file in there, or the database at a URL."""

    root: Path
    folder: Path
    databases: Databases | None
    url: str | None

    def copied(self, name: str) -> Station:
        """Return a copy of the case, its plans and its journal."""
        folder = copytree(self.folder, self.folder.parent / name)
        return Station(self.root, folder, self.databases, self.databases(self.url) if self.databases else None)

    def begun(self, *arguments: str) -> subprocess.Popen[str]:
        """Start `rota …` in a process of its own; what it says is written at once."""
        apart = {"ROTA_LANG": "en", "ROTA_ACTOR": "小李", "PYTHONPATH": str(self.root), "PYTHONUNBUFFERED": "1"}
        kept = {name: value for name, value in os.environ.items() if name != "ROTA_JOURNAL"}
        journal = {"ROTA_JOURNAL": self.url} if self.url else {}
        return subprocess.Popen(
            [sys.executable, "-m", "cli", *arguments],
            cwd=self.folder,
            env={**kept, **apart, **journal},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ended(self, *arguments: str) -> float:
        """Let a command end, and return how many seconds that took."""
        began = time.monotonic()
        program = self.begun(*arguments)
        _, err = program.communicate(timeout=PATIENCE)
        assert program.returncode == 0, err
        return time.monotonic() - began

    def killed(self, *arguments: str, after: float) -> tuple[str, bool]:
        """Kill a command so many seconds after it began; return what it had said, and whether it still ran."""
        program = self.begun(*arguments)
        try:
            program.wait(timeout=after)
        except subprocess.TimeoutExpired:
            program.kill()
        out, _ = program.communicate(timeout=PATIENCE)
        if self.databases and self.url:
            self.databases.settle(self.url)
        return out, program.returncode < 0

    def journal(self) -> Journal:
        """Open the journal, which is sound; a database that holds none yet gets its tables."""
        opened = Journal.open(self.url or self.folder / "journal.db", clock=now, create=True)
        assert opened.audit() == ()
        return opened

    @property
    def recorded(self) -> list[str]:
        """The kinds of the changes in the journal."""
        with self.journal() as journal:
            return [change.kind for stream in journal.streams() for change in journal.changes(stream)]

    @property
    def revisions(self) -> int:
        """How many revisions are published, each with its plan; a journal that was only begun has none."""
        with self.journal() as journal:
            found = [revision for stream in journal.streams() for revision in journal.revisions(stream)]
            assert all(journal.plan(revision.number).sessions for revision in found)
            return len(found)

    @property
    def plans(self) -> Mapping[str, Plan]:
        """Every plan file that a reader may come upon; a file that is being written bears another name."""
        return {path.name: load_plan(path.read_text("utf-8")) for path in self.folder.glob("plan*.json")}

    def edit(self, table: str, edits: Sequence[tuple[int, str, str]], *more: Mapping[str, str]) -> None:
        """Type into cells of a table, by number of the row and column, and add rows."""
        path = self.folder / f"{table}.csv"
        with path.open(encoding="utf-8-sig", newline="") as file:
            header, *body = list(csv.reader(file))
        names = [title.split()[-1] for title in header]
        for number, column, value in edits:
            body[number][names.index(column)] = value
        rows = [header, *body, *([row.get(name, "") for name in names] for row in more)]
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(rows)


@dataclass(frozen=True)
class Killed:
    """A copy of a station in which a command was killed."""

    station: Station
    out: str
    where: str


def killings(untouched: Station, *command: str, times: int) -> Iterator[Killed]:
    """Kill a command again and again, each time in another copy, at moments all over the time that it takes."""
    chance, seconds, counts = random.Random(" ".join(command)), 0.0, Counter[str]()
    for number in range(times):
        if number % MEASURED_EVERY == 0:
            whole = untouched.copied(f"whole-{number}")
            seconds = whole.ended(*command)
            rmtree(whole.folder)
        after = seconds * (number + chance.random()) / times
        copy = untouched.copied(f"killed-{number}")
        out, running = copy.killed(*command, after=after)
        counts.update({"killed": running, "ended before": not running, "killed after it spoke": running and bool(out)})
        yield Killed(copy, out, f"killed after {after:.2f} s of {seconds:.2f} s")
        rmtree(copy.folder)
    LOG.info("%s (%s): %s", " ".join(command), "PostgreSQL" if untouched.url else "SQLite", dict(counts))
    assert counts["killed"]


@pytest.fixture(params=["sqlite", "postgresql"])
def planned_station(root: Path, planned: Path, request: pytest.FixtureRequest) -> Station:
    """A case with its plan beside it, whose journal will be a file or a database."""
    if request.param == "sqlite":
        return Station(root, planned, None, None)
    made: Databases = request.getfixturevalue("databases")
    return Station(root, planned, made, made())


@pytest.fixture
def published(planned_station: Station) -> Station:
    """A case whose plan is published, which nobody touches: the commands are killed in copies of it."""
    planned_station.ended("apply")
    return planned_station


@pytest.fixture
def mended(rota: Rota, published: Station, solved: Plan, monkeypatch: pytest.MonkeyPatch) -> Station:
    """A published case in which the host of the last session is away then."""
    host = solved.sessions[-1].serving("host")[0]
    assert run(rota, monkeypatch, published, "away", host, f"{solved.sessions[-1].start:%Y-%m-%d}") == 0
    return published


def run(rota: Rota, monkeypatch: pytest.MonkeyPatch, station: Station, *arguments: str) -> int:
    """Let a command end in this process, which is faster."""
    monkeypatch.chdir(station.folder)
    if station.url:
        monkeypatch.setenv("ROTA_JOURNAL", station.url)
    else:
        monkeypatch.delenv("ROTA_JOURNAL", raising=False)
    return rota(*arguments).code


REPLAN = ("replan", "--today", "2026-01-01")


@pytest.mark.parametrize("number", [1, 2], ids=["the first", "the next"])
def test_a_publication_is_whole_or_is_made_whole_by_the_next(
    rota: Rota,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    planned_station: Station,
    number: int,
) -> None:
    if number > 1:
        request.getfixturevalue("mended").ended(*REPLAN)
    files = planned_station.plans.keys()
    whole = planned_station.copied("whole")
    whole.ended("apply")
    after_all = whole.recorded
    for killed in killings(planned_station, "apply", times=(KILLS + 1) // 2):
        station, where = killed.station, killed.where
        assert station.plans.keys() == files
        known = station.revisions
        assert known in {number - 1, number}, where
        assert known == number or f"Revision {number} is published" not in killed.out, where
        if known < number:
            assert run(rota, monkeypatch, station, "apply") == 0, where
        assert (station.revisions, station.recorded) == (number, after_all), where


def test_a_sync_records_all_edits_or_none(rota: Rota, monkeypatch: pytest.MonkeyPatch, published: Station) -> None:
    published.edit("units", [(0, "name", "税务分局"), (1, "name_en", "Bank branch")])
    days = ("2026/5/9", "2026/5/16", "2026/5/23", "2026/6/6")
    away = [{"resource": "U02", "level": "不能", "first": day, "reason": "出差"} for day in days]
    published.edit("availability", [], *away)
    before = published.recorded
    whole = published.copied("whole")
    whole.ended("sync")
    after_all = whole.recorded
    assert len(after_all) >= len(before) + len(days)
    for killed in killings(published, "sync", times=KILLS):
        station, where = killed.station, killed.where
        known = station.recorded
        assert known == after_all or (known == before and "cannot serve" not in killed.out), where
        assert run(rota, monkeypatch, station, "sync") == 0, where
        assert station.recorded == after_all, where


def test_a_replan_leaves_whole_plans_and_the_journal_as_it_was(
    rota: Rota, monkeypatch: pytest.MonkeyPatch, mended: Station
) -> None:
    before, known = mended.recorded, mended.plans["plan.json"]
    host = known.sessions[-1].serving("host")[0]
    whole = mended.copied("whole")
    whole.ended(*REPLAN)
    assert whole.plans["plan.json"].sessions != known.sessions
    for killed in killings(mended, *REPLAN, times=KILLS):
        station, where = killed.station, killed.where
        found = station.plans
        assert found["plan.json"].sessions == known.sessions or found.keys() == whole.plans.keys(), where
        assert station.recorded == before, where
        assert run(rota, monkeypatch, station, *REPLAN) == 0, where
        assert host not in station.plans["plan.json"].sessions[-1].serving("host"), where
