"""Each benchmark runs, in its shortest form, and what it keeps is read back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks import start, stations
from benchmarks.courses import run as courses
from benchmarks.courses.instance import FOLDER
from benchmarks.district import repairs
from benchmarks.district import run as district
from benchmarks.results import read
from benchmarks.rotation import run as rotation
from benchmarks.rotation.adapter import INSTANCES
from rota.text import text
from scheduler.solving.errors import InfeasibleError, NoPlanFoundError

Kept = list[dict[str, Any]]
Ran = Callable[..., Kept]


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ran:
    """Run a benchmark as a command, and return what it has kept."""

    def runs(main: Callable[[], None], *asked: str) -> Kept:
        path = tmp_path / "runs" / "kept.json"
        monkeypatch.setattr("sys.argv", ["benchmark", *asked, "--json", str(path)])
        main()
        kept = read(path)
        assert all(run["begun"] and run["invocation"] and run["machine"]["cores"] for run in kept)
        return kept

    return runs


@pytest.mark.slow
def test_stations(ran: Ran) -> None:
    (run,) = ran(stations.main, "fuzhou", "--seconds", "6")
    assert (run["case"], run["limit"], run["sessions"], run["failed"]) == ("fuzhou", 6, 185, "")
    assert len(run["scores"]) == 4
    assert [len(peer["scores"]) in {0, 4} for peer in run["peers"]] == [True, True], "with a plan or without"
    assert [peer["failed"] for peer in run["peers"]] == ["", ""]
    assert 50 < run["memory"] < 4000
    assert run["cpu"] > 0


@pytest.mark.slow
@pytest.mark.skipif(not INSTANCES.exists(), reason="the benchmark's program is not beside the project")
def test_rotation(ran: Ran, tmp_path: Path) -> None:
    (run,) = ran(
        rotation.main, "--sizes", "S", "--seeds", "7", "--seconds", "20", "--alone"
    )  # ends once the best is proved
    assert (run["value"], run["bound"], run["certified"], run["failed"]) == (186, 186, 186, "")
    assert 50 < run["memory"] < 4000
    assert [path.name for path in (tmp_path / "runs" / "certificates").iterdir()] == ["S7-20s.certificate.json.gz"]


@pytest.mark.slow
@pytest.mark.skipif(not FOLDER.exists(), reason="the instances are not beside the project")
def test_courses(ran: Ran) -> None:
    (run,) = ran(courses.main, "--instances", "comp01", "--seconds", "5")
    assert (run["instance"], run["failed"]) == ("comp01", "")
    assert run["judged"] == run["value"] >= run["bound"]
    assert 50 < run["memory"] < 4000


@pytest.mark.slow
def test_districts(ran: Ran) -> None:
    (run,) = ran(district.main, "--stations", "4", "--seconds", "10", "--alone")
    assert (run["stations"], run["sessions"], run["holds"], run["failed"]) == (4, 104, True, "")
    assert 50 < run["memory"] < 4000


@pytest.mark.slow
def test_repairs(ran: Ran) -> None:
    (run,) = ran(repairs.main, "--stations", "4", "--changes", "3", "--commands", "1")
    assert run["name"] == "4 stations"
    assert [run[name] for name in repairs.ASKED] == [7, 3, 1, 14, 60, False]
    assert (len(run["clock"]), sum(run["proved"].values())) == (3, 3)
    assert all(len(run["commands"]["clock"][name]) == 1 for name in ("away", "replan", "apply"))


@pytest.mark.slow
def test_start(ran: Ran) -> None:
    took = {run["command"]: run["processor"] for run in ran(start.main, "--times", "1")}
    assert took.keys() == start.COMMANDS.keys()
    assert 0 < took["python -c pass"] < took["rota --help"] < took["rota check examples/suzhou"]


def test_a_series_goes_on_where_a_case_cannot_be_planned(ran: Ran, monkeypatch: pytest.MonkeyPatch) -> None:
    def answered(name: str, *_: object) -> tuple[dict[str, Any], list[str]]:
        if name == "4 stations":
            raise NoPlanFoundError(text("Out of time.", "没有时间了。"))
        return {"read": 0.1}, [name]

    monkeypatch.setattr(repairs, "_answered", answered)
    kept = ran(repairs.main, "--stations", "4", "5")
    assert [(run["name"], run.get("failed")) for run in kept] == [("4 stations", "Out of time."), ("5 stations", None)]


def test_a_district_without_a_plan_is_kept_as_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    def infeasible(*_: object) -> None:
        raise InfeasibleError

    monkeypatch.setattr(district, "solve", infeasible)
    found = district.measure(4, 7, 5.0)
    assert (found.stations, found.limit, found.values) == (4, 5.0, ())
    assert "this is proved" in found.failed


def test_a_district_that_dies_is_kept_with_its_last_words(ran: Ran, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    kept = ran(district.main, "--stations", "4", "5", "--seconds", "1", "1")
    assert [(run["stations"], run["failed"]) for run in kept] == [(4, "it ended with 1"), (5, "it ended with 1")]


def test_a_station_that_dies_is_kept_with_its_last_words(ran: Ran, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    kept = ran(stations.main, "suzhou", "fuzhou", "--seconds", "1")
    assert [(run["case"], run["failed"]) for run in kept] == [
        (name, "it ended with 1") for name in ("suzhou", "fuzhou")
    ]


@pytest.mark.parametrize("said", ["0", "1", "2", "-3", "few"])
@pytest.mark.parametrize("main", [district.main, repairs.main])
def test_too_few_stations_are_refused_in_one_sentence(
    main: Callable[[], None], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["benchmark", f"--stations={said}"])
    with pytest.raises(SystemExit, match="2"):
        main()
    assert f"{said} stations make no district" in capsys.readouterr().err.splitlines()[-1]
