"""Runs of benchmarks are kept with all that they depend on, and processes are measured with their children."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
import time
from itertools import count
from pathlib import Path

import pytest

from benchmarks import processes, results
from benchmarks.processes import Peak, processor, timed, used, why
from benchmarks.results import Runs, commit, gap, is_borne_out, read, write

HERE = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a"}


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree under git with one commit."""
    for name, value in HERE.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "program.py").write_text("pass\n", encoding="utf-8")
    for asked in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "first"]):
        subprocess.run(["git", *asked], cwd=tmp_path, check=True)
    return tmp_path


def test_a_commit_is_marked_where_files_are_not_as_it_has_them(tree: Path) -> None:
    name = commit(tree)
    assert subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=tree, text=True).startswith(name)
    kept = tree / "benchmarks" / "results" / "stations.json"
    write(kept, [{"seed": 1}])
    assert commit(tree) == name, "what benchmarks write is no other program"
    (tree / "program.py").write_text("fail\n", encoding="utf-8")
    assert commit(tree) == f"{name}+"


def test_outside_git_there_is_no_commit(tmp_path: Path) -> None:
    assert not commit(tmp_path)


def test_a_run_takes_the_place_of_the_one_that_was_asked_the_same(tmp_path: Path) -> None:
    path = tmp_path / "runs.json"
    for seed, value in ((1, 10), (2, 20), (1, 30)):
        Runs(path, "seed").add({"seed": seed, "value": value})
    assert [(run["seed"], run["value"]) for run in read(path)] == [(1, 30), (2, 20)]
    assert all(run["machine"]["cores"] for run in read(path))


def test_each_run_says_when_it_began_of_which_commit_and_how_busy_the_machine_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads, commits = count(), count()
    monkeypatch.setattr(results, "machine", lambda: {"load": f"{next(loads)}.0, 0.0, 0.0"})
    monkeypatch.setattr(results, "commit", lambda: f"abc{next(commits)}")
    path = tmp_path / "runs.json"
    for invocation in (1, 2):
        kept = Runs(path, "seed")
        for seed in (1, 2):
            kept.add({"seed": 10 * invocation + seed})
    runs = read(path)
    assert [run["machine"]["load"][0] for run in runs] == ["0", "1", "3", "4"], "looked up before each of them"
    assert [run["commit"] for run in runs] == ["abc0", "abc1", "abc3", "abc4"]
    assert [len(run["begun"]) for run in runs] == [len("2026-11-23T13:45Z")] * 4
    ids = [run["invocation"] for run in runs]
    assert ids[0] == ids[1] != ids[2] == ids[3]


def test_an_older_run_gives_way_to_one_that_agrees_in_what_it_says(tmp_path: Path) -> None:
    path = tmp_path / "runs.json"
    write(path, [{"name": "a", "seed": 1}, {"name": "b", "seed": 1}, {"name": "a", "seed": 1, "freeze": 7}])
    Runs(path, "name", "seed", "freeze").add({"name": "a", "seed": 1, "freeze": 14})
    assert [(run["name"], run.get("freeze")) for run in read(path)] == [("a", 14), ("b", None), ("a", 7)]


def test_runs_that_another_process_kept_meanwhile_stay(tmp_path: Path) -> None:
    path = tmp_path / "runs.json"
    one, other = Runs(path, "seed"), Runs(path, "seed")
    one.add({"seed": 1})
    other.add({"seed": 2})
    assert [run["seed"] for run in read(path)] == [1, 2]


@pytest.mark.parametrize(
    ("value", "bound", "expected"), [(100, 75, 0.25), (100, None, 1.0), (0, 0, 0.0), (0, None, 0.0), (8, 8, 0.0)]
)
def test_a_gap_is_the_share_of_the_value_that_lies_above_its_bound(
    value: int, bound: int | None, expected: float
) -> None:
    assert gap(value, bound) == expected


@pytest.mark.parametrize(
    ("bound", "certified", "expected"), [(5, 5, True), (5, 6, True), (5, 4, False), (5, None, False), (None, 0, True)]
)
def test_a_bound_is_borne_out_by_a_certificate_that_proves_as_much(
    bound: int | None,
    certified: int | None,
    expected: bool,  # noqa: FBT001
) -> None:
    assert is_borne_out(bound, certified) is expected


def spin() -> None:
    """Use the processor without end."""
    while True:
        pass


def test_the_processor_time_of_a_killed_child_counts() -> None:
    before = used()
    child = multiprocessing.get_context("spawn").Process(target=spin)
    child.start()
    deadline = time.monotonic() + 30
    while processor(child.pid or 0) < 0.5 and time.monotonic() < deadline:
        time.sleep(0.05)
    child.kill()
    assert used() - before >= 0.5


HOLDS = "import sys; held = b'x' * (100 << 20); print('ready', flush=True); sys.stdin.read()"


def test_the_memory_of_children_counts() -> None:
    alone = Peak().end()
    peak = Peak()
    with subprocess.Popen([sys.executable, "-c", HOLDS], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        most = peak.end()
    assert alone + 90 < most < alone + 160


def test_looking_at_the_memory_takes_little_of_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = []

    def slow(process: int) -> int:
        looks.append(process)
        until = time.thread_time() + 0.05
        while time.thread_time() < until:
            pass
        return 1

    monkeypatch.setattr(processes, "_held", slow)
    monkeypatch.setattr(processes, "_tree", lambda process: iter([process]))
    peak = Peak()
    time.sleep(1)
    assert len(looks) <= 1, "a look of 0.05 s is followed by a pause of 5 s"
    peak.end()


def test_a_command_that_fails_says_why_in_its_last_line() -> None:
    def ended(program: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert why(ended("raise ValueError('so it is')")) == "ValueError: so it is"
    assert why(ended("raise SystemExit(3)")) == "it ended with 3"
    assert not why(ended("import sys; sys.stderr.write('a warning')"))


def test_a_command_takes_time_of_the_processor_and_of_the_clock(tmp_path: Path) -> None:
    took = timed([sys.executable, "-c", "import time; time.sleep(0.4)"], tmp_path)
    assert took.clock >= 0.4 > took.processor > 0
