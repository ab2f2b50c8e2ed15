"""Several programs at once, and programs that are killed: what was acknowledged is there, and nothing by halves."""

from __future__ import annotations

import datetime as dt
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from scheduler.keeping.journal import Journal
from scheduler.keeping.pending import pending
from scheduler.keeping.publication import Revision
from tests.keeping.conftest import Ticking
from tests.keeping.station import DAYS, ROTATION, STREAM, WHO, away, hosted, station
from tests.thoroughness import kills, often

WRITERS = 4
CHANGES = 12
KILLS = kills(6)
"""So many writers are killed; a hundred take minutes."""


def writer(root: Path, where: str, *words: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.keeping.writer", where, *map(str, words)]
    return subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_four_programs_write_at_once_and_nothing_is_lost(root: Path, journal: Journal, where: str) -> None:
    journal.begin(station(), actor=WHO)
    programs = [writer(root, where, name, CHANGES) for name in "abcd"]
    said = []
    for program in programs:
        out, err = program.communicate(timeout=300)
        assert program.returncode == 0, err
        said += [line.split() for line in out.splitlines()]
    sequences = sorted(int(words[1]) for words in said if words[0] == "change")
    assert sequences == list(range(2, 2 + WRITERS * CHANGES))
    units = {unit.id for unit in journal.state(STREAM).case.units}
    assert units >= {f"{name}{number}" for name in "abcd" for number in range(CHANGES)}
    assert journal.audit() == ()


@pytest.mark.slow
def test_what_was_acknowledged_survives_the_killing_of_its_writer(
    root: Path, journal: Journal, where: str, clock: Ticking
) -> None:
    journal.begin(station(), actor=WHO)
    chance = random.Random(7)
    changes, revisions = 1, 0
    for kill in range(KILLS):
        said = killed_at_some_moment(writer(root, where, f"w{kill}-"), chance)
        changes = max([changes, *(int(number) for what, number in said if what == "change")])
        revisions = max([revisions, *(int(number) for what, number in said if what == "revision")])
        with Journal.open(where, clock=clock) as survivor:
            assert survivor.audit() == (), f"kill {kill}"
            assert survivor.head(STREAM).sequence >= changes
            newest = survivor.newest(STREAM)
            assert (newest.number if newest else 0) >= revisions
    assert revisions


OPENING = """
import datetime, sys
from scheduler.keeping.journal import Journal
with Journal.open(sys.argv[1], clock=lambda: datetime.datetime.now(datetime.UTC), create=True) as journal:
    print(journal.alliance)
"""


@pytest.mark.slow
def test_programs_that_make_a_journal_at_once_make_one(root: Path, where: str) -> None:
    command = [sys.executable, "-c", OPENING, where]
    programs = [
        subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(WRITERS * 2)
    ]
    said = [program.communicate(timeout=120) for program in programs]
    assert [err for _, err in said] == [""] * len(programs)
    assert len({out for out, _ in said}) == 1


def killed_at_some_moment(program: subprocess.Popen[str], chance: random.Random) -> list[tuple[str, str]]:
    """Let a writer acknowledge a few things, kill it a little later, and return all that it had acknowledged."""
    assert program.stdout
    lines = [program.stdout.readline() for _ in range(chance.randint(1, 4))]
    time.sleep(chance.uniform(0, 0.05))
    program.kill()
    rest, err = program.communicate(timeout=60)
    assert all(lines), err
    whole = [line for line in ("".join(lines) + rest).splitlines(keepends=True) if line.endswith("\n")]
    return [(what, number) for what, number in map(str.split, whole)]


ENGINES = 3
ANSWERED = often(6, 10)


def engine(root: Path, where: str, name: str, shift: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.keeping.answering", where, name, str(shift)]
    return subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_several_engines_answer_each_change_once_also_where_they_are_killed(root: Path, where: str) -> None:
    ahead = dt.datetime(2027, 1, 4, 9, tzinfo=dt.UTC) - dt.datetime.now(dt.UTC)
    chance = random.Random(3)
    with Journal.open(where, clock=lambda: dt.datetime.now(dt.UTC) + ahead, create=True) as journal:
        case = station({"approve_sessions": 4})
        journal.begin(case, actor=WHO)
        journal.publish(STREAM, hosted(case, *ROTATION), base=None, actor=WHO)
        engines = {f"e{n}": engine(root, where, f"e{n}", ahead.total_seconds()) for n in range(ENGINES)}
        try:
            for number in range(ANSWERED):
                host = journal.plan(newest(journal).number).session[f"day@{DAYS[0]}"].serving("host")[0]
                made = journal.record(STREAM, away(who=host), actor=WHO)
                if number % 3 == 2:  # kill whoever works on it, in the middle
                    await_(lambda: journal.leases.holder(f"engine:{STREAM}"))
                    time.sleep(chance.uniform(0, 0.4))
                    killed = journal.leases.holder(f"engine:{STREAM}") or next(iter(engines))
                    engines[killed].kill()
                    engines.pop(killed).communicate(timeout=60)
                    engines[f"n{number}"] = engine(root, where, f"n{number}", ahead.total_seconds())
                await_(lambda: newest(journal).case_sequence >= made.sequence)  # noqa: B023 - called at once
                journal.undo(STREAM, made.sequence, actor=WHO)
            await_(lambda: pending(journal.store, STREAM) is None)
        finally:
            for each in engines.values():
                each.kill()
                each.communicate(timeout=60)
        published = [revision.case_sequence for revision in journal.revisions(STREAM)]
        assert len(published) == len(set(published)), "a change was answered twice"
        assert len(published) > ANSWERED
        assert journal.audit() == ()


def newest(journal: Journal) -> Revision:
    found = journal.newest(STREAM)
    assert found is not None
    return found


def await_(reached: Callable[[], object], seconds: float = 90) -> None:
    until = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < until, "it was not reached in time"
        time.sleep(0.02)
