"""The benchmark of clusters: each size is planned in every way, and compared with local processes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.district.cluster import LOCAL, WAYS, Planned, _crew, above, main
from benchmarks.results import read
from benchmarks.sections.districts import cluster
from tests.components import extra

MACHINE = {"machine": {"cores": "2", "load": "0.0, 0.0, 0.0", "python": "3.11", "ortools": "9.15"}}


def test_what_a_cluster_comes_to_is_compared_with_local_processes(tmp_path: Path) -> None:
    """804 of 800 is half a percent more, 198 of 200 one percent less; nothing is a share of 0."""
    local, there = [(1, 0, 0), (2, 0, 0), (3, 800, 0), (4, 200, 0)], [(1, 0, 0), (2, 7, 0), (3, 804, 0), (4, 198, 0)]
    compared = above(there, local)
    assert compared == [0.0, None, 0.5, -1.0]
    run = {**MACHINE, "way": "one worker", "stations": 10, "limit": 60.0, "seconds": 9.0, "holds": True, "seed": 7}
    *_, row = cluster([{**run, "killed": False, "values": there, "above": compared}], tmp_path)
    assert row.endswith("804 (0); 198 (0) | +0.0 %; it is 0 there; +0.5 %; -1.0 % |")


def test_medians_over_the_seeds_are_told_of_each_way(tmp_path: Path) -> None:
    run = {
        **MACHINE,
        "way": "one worker",
        "stations": 10,
        "limit": 60.0,
        "seconds": 9.0,
        "holds": True,
        "killed": False,
    }
    above = {7: [0.0, 3.0], 8: [None, -1.0], 9: [None, 1.5]}
    runs = [{**run, "seed": seed, "values": [(1, 0, 0), (2, 5, 0)], "above": each} for seed, each in above.items()]
    *_, row = cluster(runs, tmp_path)
    assert row == "| one worker | 10 | 7, 8, 9 | 60 s | it is 0 there; +1.5 % |"


def measured(monkeypatch: pytest.MonkeyPatch, file: Path, failing: str = "") -> list[dict[str, Any]]:
    """Run the benchmark with searches that come to 2,000 and 8,000 here, and to 1.5 % more elsewhere."""

    def came_to(way: str, stations: int, seed: int, seconds: float) -> Planned:
        if way == failing:
            return Planned(way, stations, seed, seconds, failed="it ended with -9")
        value = 200 if way == LOCAL else 203
        return Planned(way, stations, seed, seconds, 9.0, 9.0, holds=True, values=((1, value * stations, None),))

    monkeypatch.setattr("benchmarks.district.cluster._apart", came_to)
    monkeypatch.setattr("sys.argv", ["cluster", "--stations", "10", "40", "--seeds", "7", "8", "--json", str(file)])
    main()
    return read(file)


def test_several_sizes_are_planned_in_every_way(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = measured(monkeypatch, tmp_path / "cluster.json")
    asked = [(run["stations"], run["seed"], run["way"]) for run in runs]
    assert asked == [(stations, seed, way) for stations in (10, 40) for seed in (7, 8) for way in WAYS]
    assert all(run["above"] == ([] if run["way"] == LOCAL else [1.5]) for run in runs)
    assert {run["way"]: run["limit"] for run in runs} == {way: 60.0 * WAYS[way].times for way in WAYS}
    assert capsys.readouterr().out.count("+1.5 %") == 4 * (len(WAYS) - 1)


def test_where_local_processes_failed_nothing_is_compared_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = measured(monkeypatch, tmp_path / "cluster.json", failing=LOCAL)
    assert len(runs) == 4 * len(WAYS)
    assert all(run["above"] == [] for run in runs)
    assert capsys.readouterr().out.count("failed: it ended with -9") == 4


@pytest.mark.slow
@pytest.mark.parametrize("way", [name for name, way in WAYS.items() if way.workers])
def test_a_cluster_has_as_many_workers_as_its_line_says(way: str) -> None:
    extra("distributed")
    with _crew(way, 600.0, []) as crew:
        assert crew is not None
        assert crew.width() == WAYS[way].workers
