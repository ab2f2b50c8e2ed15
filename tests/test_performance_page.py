"""The figures of the page about performance are those that benchmarks have kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import page
from benchmarks.results import Runs, Trace, read, write
from scheduler.solving.control import Progress

MACHINE = {"machine": {"cores": "2", "load": "0.0, 0.0, 0.0", "python": "3.11", "ortools": "9.15"}}
CURVE = [[1.0, 1, None, 5], [2.0, 1, 20, 5], [9.0, 1, 12, 10]]


def rotated(size: str, seed: int, solver: str, value: int | None) -> dict[str, object]:
    bound = 10 if solver == "rota" else None
    curve = CURVE if solver == "rota" else []
    run = {**MACHINE, "size": size, "seed": seed, "limit": 10.0, "solver": solver, "value": value, "bound": bound}
    return {**run, "seconds": 9.0 + seed, "cpu": 3.0, "curve": curve, "certified": bound if seed != 3 else None}


def test_the_page_shows_what_is_kept() -> None:
    now = page.PAGE.read_text(encoding="utf-8")
    assert page.written(now) == now, "run `python -m benchmarks.page`"


def test_medians_are_shown_beside_the_peer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "KEPT", tmp_path)
    monkeypatch.setattr(page, "FIGURES", tmp_path)
    mine = [rotated("L", seed, "rota", value) for seed, value in ((1, 12), (2, 20), (3, None))]
    write(tmp_path / "rotation.json", [*mine, rotated("L", 1, "timefold", 15)])
    begin, end = "<!-- rotation: made by `python -m benchmarks.page` -->", "<!-- end of rotation -->"
    shown = page.written(f"before\n{begin}\nformer figures\n{end}\nafter\n")
    assert "| L | 10 s | 1, 2, 3 | 20 | 10 | 2 of 3 | 33.33% | 11.0 | 3.0 | 15 | 10.0 |" in shown
    assert "former" not in shown
    assert shown.startswith("before\n")
    assert shown.endswith("\nafter\n")
    drawn = (tmp_path / "rotation.svg").read_bytes()
    page.written(shown)
    assert (tmp_path / "rotation.svg").read_bytes() == drawn, "the same results give the same picture"


def test_large_medians_are_shown_to_the_last_digit() -> None:
    assert page._median([{"value": 1_021_026}], "value") == "1,021,026"
    assert page._median([{"value": 36_537}, {"value": 36_538}], "value") == "36,537.5"


def timetabled(instance: str, judged: int | None, seed: int = 1, won: int = 16) -> dict[str, object]:
    known = {"mueller_final_2007": won, "best_known": 4}
    run = {
        **MACHINE,
        "instance": instance,
        "seed": seed,
        "limit": 300.0,
        "judged": judged,
        "bound": 2,
        "cpu": 600.0,
        "known": known,
    }
    return {**run, "megabytes": 230, "curve": CURVE if judged else []}


def test_timetables_are_shown_beside_the_winner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "KEPT", tmp_path)
    monkeypatch.setattr(page, "FIGURES", tmp_path)
    three = [timetabled("a", judged, seed) for seed, judged in enumerate((16, 30, 9), 1)]
    others = [timetabled("b", 17), timetabled("c", None), timetabled("d", 0, won=0)]
    write(tmp_path / "courses.json", [*three, *others])
    begin, end = "<!-- courses: made by `python -m benchmarks.page` -->", "<!-- end of courses -->"
    shown = page.written(f"{begin}\n{end}\n")
    assert "| a | 300 s | 1, 2, 3 | **16** | 16, 30, 9 | 2 | 600 s | 230 | 4 | 16 | – | – | – | – |" in shown
    assert "| b | 300 s | 1 | 17 | 17 | 2 |" in shown
    assert "| c | 300 s | 1 | no plan | no plan | 2 |" in shown
    assert "| d | 300 s | 1 | **0** | 0 | 2 | 600 s | 230 | 4 | 0 |" in shown
    assert "5 of 6 runs are valid; 2 of 4 medians are no worse than the winner" in shown
    assert (tmp_path / "courses.svg").exists()


def measured(stations: int, *values: tuple[int, int, int | None, bool], limit: float = 60.0) -> dict[str, object]:
    times = {"limit": limit, "read": 0.5, "plan": 26.0, "verify": 0.25, "processor": 50.0}
    sizes = {"stations": stations, "sessions": 26 * stations, "memory": 1234, "holds": True}
    return {**MACHINE, **sizes, **times, "seed": 7, "values": values, "curve": CURVE}


def test_districts_show_gap_and_speed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "KEPT", tmp_path)
    monkeypatch.setattr(page, "FIGURES", tmp_path)
    values = (1, 0, 0, True), (2, 1000, 750, False), (3, 7, None, False)
    peers: list[list[tuple[int, int, int | None, bool]]] = [
        [(1, 0, 0, True), (2, 2000, 100, False), (3, 50, None, False)],
        [],
        [(1, 100, 0, False)],
    ]
    runs = [{**measured(10, *values), "seed": seed, "peer": peer} for seed, peer in enumerate(peers, 7)]
    write(tmp_path / "district.json", [*runs, measured(100, *values), {**measured(200, *values), "peer": []}])
    begin, end = "<!-- district: made by `python -m benchmarks.page` -->", "<!-- end of district -->"
    shown = page.written(f"{begin}\n{end}")
    times = "0.5 s | 2.0 s | 130.0 | 26.0 s | 0.2 s | 50.0 s"
    mine = f"{times} | 1,234 | yes | 0; 1,000 (750, 25.0%); 7 (0, 100.0%)"
    assert f"| 10 | 260 | 60 s | 7, 8, 9 | {mine} | 100 (0) |" in shown
    assert f"| {mine.replace('130.0', '1300.0')} |  |" in shown, "CP-SAT was not asked by itself"
    assert f"| {mine.replace('130.0', '2600.0')} | no plan |" in shown


def test_runs_of_other_limits_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "KEPT", tmp_path)
    monkeypatch.setattr(page, "FIGURES", tmp_path)
    write(tmp_path / "district.json", [measured(10, (1, 5, 0, False), limit=v) for v in (60.0, 600.0)])
    stations = {**MACHINE, "case": "suzhou", "seed": 0, "sessions": 55, "megabytes": 9, "curve": CURVE, "cpu": 3.0}
    times = {"search": 1.0, "settling": 0.0}
    scored = [{**stations, **times, "limit": v, "scores": [(1, int(v), 0, False)]} for v in (60.0, 600.0)]
    write(tmp_path / "stations.json", scored)
    begin, end = "<!-- {}: made by `python -m benchmarks.page` -->", "<!-- end of {} -->"
    shown = page.written("\n".join(each.format(name) for name in ("district", "stations") for each in (begin, end)))
    for limit in (60, 600):
        assert f"| 10 | 260 | {limit} s | 7 |" in shown
        assert f"| suzhou | 55 | {limit} s | 0 | {limit} (0) |" in shown


def test_a_worker_that_was_not_killed_is_not_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "KEPT", tmp_path)
    run = {**MACHINE, "way": "two workers, one killed", "stations": 10, "limit": 60.0, "seconds": 9.0, "holds": True}
    runs = [{**run, "seed": seed, "killed": killed, "values": [(1, 5, 0)]} for seed, killed in ((7, True), (8, False))]
    write(tmp_path / "cluster.json", runs)
    begin, end = "<!-- cluster: made by `python -m benchmarks.page` -->", "<!-- end of cluster -->"
    shown = page.written(f"{begin}\n{end}\n")
    assert "| two workers, one killed | 10 | 7 | 60 s | 9.0 | yes | 5 (0) |" in shown
    assert "| two workers, one killed (it had ended before) | 10 | 8 | 60 s | 9.0 | yes | 5 (0) |" in shown


def test_a_trace_keeps_few_points_and_the_last(tmp_path: Path) -> None:
    trace = Trace()
    trace.begun -= 100
    for value in range(1000, 0, -1):
        trace(Progress("search", 1, value, 0))
    assert len(trace.points) < 5
    assert trace.points[-1][1:] == (1, 1, 0)
    write(tmp_path / "runs.json", [{"curve": trace.points}])
    assert read(tmp_path / "runs.json")[0]["curve"][-1][2] == 1


def test_how_long_repairs_take_is_shown_with_what_is_proved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "KEPT", tmp_path)
    times = {"processor": [0.1, 0.3, 0.2], "clock": [0.2, 0.5, 0.4]}
    run = {
        **MACHINE,
        "name": "a belt",
        "seed": 7,
        "read": 0.05,
        "proved": {"all": 1, "number": 1, "InfeasibleError": 1},
        **times,
        "commands": {"processor": {"replan": [1.0, 3.0, 2.0]}, "clock": {"replan": [4.0, 6.0, 5.0]}},
    }
    write(tmp_path / "repairs.json", [run])
    begin, end = "<!-- repairs: made by `python -m benchmarks.page` -->", "<!-- end of repairs -->"
    shown = page.written(f"{begin}\n{end}\n")
    assert (
        "| a belt | 0.05 | 3 | 1; the number of changes alone 1; that there is no plan 1 | 0.20 | – | 0.30 |" in shown
    ), "of three changes, 99 % are all: nothing is said of them"
    assert "| 0.40 | – | 0.50 |" in shown
    assert "| a belt | `rota replan` | 3 | 2.00 | 3.00 | 5.00 | 6.00 |" in shown


def test_ninety_nine_per_cent_are_said_of_a_hundred_repairs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "KEPT", tmp_path)
    seconds = [n / 10 for n in range(1, 101)]
    run = {**MACHINE, "name": "a belt", "read": 0.05, "proved": {"all": 100}, "processor": seconds, "clock": seconds}
    write(tmp_path / "repairs.json", [run])
    begin, end = "<!-- repairs: made by `python -m benchmarks.page` -->", "<!-- end of repairs -->"
    shown = page.written(f"{begin}\n{end}\n")
    assert "| a belt | 0.05 | 100 | 100 | 5.00 | 9.90 | 10.00 | 5.00 | 9.90 | 10.00 |" in shown
    assert "by commands" not in shown


def test_a_run_takes_the_place_of_the_one_that_was_asked_the_same(tmp_path: Path) -> None:
    path = tmp_path / "runs.json"
    for seed, value in ((1, 10), (2, 20), (1, 30)):
        Runs(path, "seed").add({"seed": seed, "value": value})
    assert [(run["seed"], run["value"]) for run in read(path)] == [(1, 30), (2, 20)]
    assert all(run["machine"]["cores"] for run in read(path))
