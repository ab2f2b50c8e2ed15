"""The figures of the page about performance are those that benchmarks have kept."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks import page
from benchmarks.results import Trace, read, write
from benchmarks.sections import cells
from benchmarks.sections.courses import courses
from benchmarks.sections.districts import cluster, district, repairs
from benchmarks.sections.rotation import rotation
from benchmarks.sections.start import start
from benchmarks.sections.stations import stations
from scheduler.solving.control import Progress
from tests.conftest import ROOT

MACHINE = {"machine": {"cores": "2", "load": "0.0, 0.0, 0.0", "python": "3.11", "ortools": "9.15"}}
CURVE = [[1.0, 1, None, 5], [2.0, 1, 20, 5], [9.0, 1, 12, 10]]


def rotated(size: str, seed: int, solver: str, value: int | None) -> dict[str, object]:
    bound = 10 if solver == "rota" else None
    curve = CURVE if solver == "rota" else []
    run = {**MACHINE, "size": size, "seed": seed, "limit": 10.0, "solver": solver, "value": value, "bound": bound}
    return {**run, "seconds": 9.0 + seed, "cpu": 3.0, "curve": curve, "certified": bound if seed != 3 else None}


def test_the_page_shows_what_is_kept(tmp_path: Path) -> None:
    now = page.PAGE.read_text(encoding="utf-8")
    new = page.written(now, tmp_path)
    assert not [*page.differences(now, new, tmp_path, page.FIGURES)], "run `make bench-page`"


def test_figures_that_are_stale_missing_or_of_no_table_are_found(tmp_path: Path) -> None:
    drawn, there = tmp_path / "drawn", tmp_path / "there"
    for folder, figures in ((drawn, {"a": 1, "b": 1, "c": 1}), (there, {"a": 1, "b": 2, "d": 1})):
        folder.mkdir()
        for name, body in figures.items():
            (folder / f"{name}.svg").write_text(str(body), encoding="utf-8")
    found = [*page.differences("same", "same", drawn, there)]
    assert found == ["c.svg is missing", "d.svg belongs to no table", "b.svg is stale"]
    assert [*page.differences("one", "other", drawn, drawn)] == ["performance.md is stale"]


def test_a_check_touches_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, figures = tmp_path / "kept", tmp_path / "figures"
    figures.mkdir()
    monkeypatch.setattr(page, "KEPT", kept)
    monkeypatch.setattr(page, "FIGURES", figures)
    monkeypatch.setattr(page, "PAGE", tmp_path / "performance.md")
    begin, end = "<!-- rotation: made by `python -m benchmarks.page` -->", "<!-- end of rotation -->"
    page.PAGE.write_text(f"{begin}\n{end}\n", encoding="utf-8")
    (figures / "old.svg").write_text("a figure of no table", encoding="utf-8")
    write(kept / "rotation.json", [rotated("L", 1, "rota", 12)])
    monkeypatch.setattr("sys.argv", ["page", "--check"])
    with pytest.raises(SystemExit, match=r"performance\.md is stale; rotation\.svg is missing; old\.svg belongs"):
        page.main()
    assert [path.name for path in figures.iterdir()] == ["old.svg"]
    monkeypatch.setattr("sys.argv", ["page"])
    page.main()
    assert [path.name for path in figures.iterdir()] == ["rotation.svg"]
    monkeypatch.setattr("sys.argv", ["page", "--check"])
    with pytest.raises(SystemExit) as ended:
        page.main()
    assert ended.value.code == 0


def test_each_table_is_made_by_a_target_that_is_cited() -> None:
    makefile, readme = ((ROOT / name).read_text(encoding="utf-8") for name in ("Makefile", "benchmarks/README.md"))
    targets = set(re.findall(r"^(bench-[a-z]+):", makefile, re.MULTILINE))
    cited = set(re.findall(r"make\s+(bench-[a-z]+)", page.PAGE.read_text(encoding="utf-8")))
    assert cited <= targets
    assert {f"bench-{name}" for name in page.SECTIONS} <= cited
    assert set(re.findall(r"make\s+(bench-[a-z]+)", readme)) == targets
    for name in page.SECTIONS:
        assert f"--json $(RESULTS)/{name}.json" in makefile


def test_results_without_a_place_on_the_page_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "KEPT", tmp_path)
    write(tmp_path / "rotation.json", [rotated("L", 1, "rota", 12)])
    with pytest.raises(LookupError, match="rotation: made by"):
        page.written("a page", tmp_path)


def test_medians_are_shown_beside_the_peer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "KEPT", tmp_path)
    mine = [rotated("L", seed, "rota", value) for seed, value in ((1, 12), (2, 20), (3, None))]
    write(tmp_path / "rotation.json", [*mine, rotated("L", 1, "timefold", 15)])
    begin, end = "<!-- rotation: made by `python -m benchmarks.page` -->", "<!-- end of rotation -->"
    shown = page.written(f"before\n{begin}\nformer figures\n{end}\nafter\n", tmp_path)
    assert "| L | 10 s | 1, 2, 3 | 20 | 10 | 2 of 3 | 33.33% | 11.0 | 3.0 | – | 15 | 10.0 | 3.0 |" in shown
    assert "former" not in shown
    assert shown.startswith("before\n")
    assert shown.endswith("\nafter\n")
    drawn = (tmp_path / "rotation.svg").read_bytes()
    page.written(shown, tmp_path)
    assert (tmp_path / "rotation.svg").read_bytes() == drawn, "the same results give the same picture"


def test_large_medians_are_shown_to_the_last_digit() -> None:
    assert cells.median_of([{"value": 1_021_026}], "value") == "1,021,026"
    assert cells.median_of([{"value": 36_537}, {"value": 36_538}], "value") == "36,537.5"


def rotations(runs: list[dict[str, object]], folder: Path) -> list[str]:
    return [*rotation(runs, folder)]


def test_a_plan_without_a_bound_has_the_whole_of_its_value_as_gap(tmp_path: Path) -> None:
    run = {**rotated("S", 1, "rota", 12), "bound": None, "certified": None}
    assert "| S | 10 s | 1 | 12 | 0 | 0 of 1 | 100.00% | 10.0 | 3.0 | – |  |  |  |" in rotations([run], tmp_path)


def test_a_peer_that_failed_is_not_said_to_have_no_plan(tmp_path: Path) -> None:
    mine = [rotated("S", seed, "rota", 12) for seed in (1, 2)]
    failed = {**rotated("S", 1, "timefold", None), "failed": "java is not found"}
    said = rotations([*mine, failed], tmp_path)[2]
    assert said.endswith("| failed |  |  |")
    said = rotations([*mine, failed, rotated("S", 2, "timefold", 15)], tmp_path)[2]
    assert said.endswith("| 15 (1 failed) | 11.0 | 3.0 |")
    said = rotations([*mine, {**failed, "failed": ""}], tmp_path)[2]
    assert said.endswith("| no plan | 10.0 | 3.0 |")


def test_a_run_that_failed_is_told_and_left_out(tmp_path: Path) -> None:
    runs = [rotated("S", 1, "rota", 12), {**rotated("S", 2, "rota", None), "failed": "it ended with -9"}]
    assert "| S | 10 s | 1, 2 (failed) | 12 | 10 | 1 of 1 |" in rotations(runs, tmp_path)[2]
    assert rotations(runs[1:], tmp_path)[2].startswith("| S | 10 s | 2 (failed) | failed |  |")


OF = {"rota": {"invocation": "a", "begun": "2026-11-23T13:45Z"}, "timefold": {"invocation": "b"}}


def test_values_of_a_peer_from_another_run_are_told(tmp_path: Path) -> None:
    mine = [{**rotated(size, 1, "rota", 12), **OF["rota"]} for size in ("S", "M")]
    theirs = [{**rotated(size, 1, "timefold", 12), **OF["timefold"]} for size in ("S", "M")]
    assert "Timefold's values are of another run, of an unknown day; Rota's are of 2026-11-23." in rotations(
        [*mine, *theirs], tmp_path
    )
    dated = [{**run, "begun": f"2026-11-2{day}T09:00Z"} for day, run in enumerate(theirs)]
    assert "Timefold's values are of another run, of 2026-11-20 to 2026-11-21; Rota's are of 2026-11-23." in rotations(
        [*mine, *dated], tmp_path
    )
    one = [theirs[0], {**theirs[1], "invocation": "a"}]
    assert "Timefold's values at S 10 s are of another run, of an unknown day; Rota's are of 2026-11-23." in (
        rotations([*mine, *one], tmp_path)
    )
    assert not any("another run" in line for line in rotations([*mine, one[1]], tmp_path))


def test_older_runs_are_of_one_invocation_where_the_load_before_them_is_the_same(tmp_path: Path) -> None:
    mine, theirs = rotated("S", 1, "rota", 12), rotated("S", 1, "timefold", 12)
    assert not any("another run" in line for line in rotations([mine, theirs], tmp_path))
    other = {**theirs, "machine": {**MACHINE["machine"], "load": "0.2, 0.1, 0.0"}}
    assert "Timefold's values are of another run." in rotations([mine, other], tmp_path)


def test_a_table_says_its_commits_and_how_busy_the_machine_was() -> None:
    runs = [
        {**MACHINE, "commit": commit, "machine": {**MACHINE["machine"], "load": f"{load}, 0, 0"}}
        for commit, load in (("abc1234", 0.5), ("def5678+", 10.0), ("abc1234", 2.0))
    ]
    machine = "2 cores, Python 3.11, OR-Tools 9.15"
    assert page._made(runs) == f"{machine}; commits abc1234, def5678+; load before the runs 0.5 to 10."
    assert page._made([runs[0]]) == f"{machine}; commit abc1234; load before the runs 0.5."
    assert page._made([runs[0], MACHINE]) == (
        f"{machine}; commit abc1234, 1 of 2 runs without one; load before the runs 0 to 0.5."
    )
    assert page._made([MACHINE]) == f"{machine}; load before the runs 0."
    assert page._made([{"machine": {**MACHINE["machine"], "load": ""}}]) == f"{machine}."


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
    three = [timetabled("a", judged, seed) for seed, judged in enumerate((16, 30, 9), 1)]
    others = [timetabled("b", 17), timetabled("c", None), timetabled("d", 0, won=0)]
    write(tmp_path / "courses.json", [*three, *others])
    begin, end = "<!-- courses: made by `python -m benchmarks.page` -->", "<!-- end of courses -->"
    shown = page.written(f"{begin}\n{end}\n", tmp_path)
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
    values = (1, 0, 0, True), (2, 1000, 750, False), (3, 7, None, False)
    peers: list[list[tuple[int, int, int | None, bool]]] = [
        [(1, 0, 0, True), (2, 2000, 100, False), (3, 50, None, False)],
        [],
        [(1, 100, 0, False)],
    ]
    asked = [[{"workers": 2, "scores": peer, "failed": ""}] for peer in peers]
    runs = [{**measured(10, *values), "seed": seed, "peers": peer} for seed, peer in enumerate(asked, 7)]
    write(tmp_path / "district.json", [*runs, measured(100, *values)])
    begin, end = "<!-- district: made by `python -m benchmarks.page` -->", "<!-- end of district -->"
    shown = page.written(f"{begin}\n{end}", tmp_path)
    times = "0.5 s | 2.0 s | 130.0 | 26.0 s | 0.2 s | 50.0 s"
    mine = f"{times} | 1,234 | yes | 0; 1,000 (750, 25.0%); 7 (0, 100.0%)"
    assert "| CP-SAT by itself, 2 workers |" in shown
    assert f"| 10 | 260 | 60 s | 7 | {mine} | 0; 2,000 (100); 50 (–) |" in shown
    assert f"| 10 | 260 | 60 s | 8 | {mine} | no plan |" in shown
    assert f"| 10 | 260 | 60 s | 9 | {mine} | 100 (0) |" in shown
    assert f"| {mine.replace('130.0', '1300.0')} |  |" in shown, "CP-SAT was not asked by itself"


def test_runs_of_other_limits_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "KEPT", tmp_path)
    write(tmp_path / "district.json", [measured(10, (1, 5, 0, False), limit=v) for v in (60.0, 600.0)])
    station = {**MACHINE, "case": "suzhou", "seed": 0, "sessions": 55, "megabytes": 9, "curve": CURVE, "cpu": 3.0}
    times = {"search": 1.0, "settling": 0.0}
    scored = [{**station, **times, "limit": v, "scores": [(1, int(v), 0, False)]} for v in (60.0, 600.0)]
    write(tmp_path / "stations.json", scored)
    begin, end = "<!-- {}: made by `python -m benchmarks.page` -->", "<!-- end of {} -->"
    shown = page.written(
        "\n".join(each.format(name) for name in ("district", "stations") for each in (begin, end)), tmp_path
    )
    for limit in (60, 600):
        assert f"| 10 | 260 | {limit} s | 7 |" in shown
        assert f"| suzhou | 55 | {limit} s | 0 | {limit} (0) |" in shown


def test_a_worker_that_was_not_killed_is_not_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "KEPT", tmp_path)
    run = {**MACHINE, "way": "two workers, one killed", "stations": 10, "limit": 60.0, "seconds": 9.0, "holds": True}
    runs = [{**run, "seed": seed, "killed": killed, "values": [(1, 5, 0)]} for seed, killed in ((7, True), (8, False))]
    write(tmp_path / "cluster.json", runs)
    begin, end = "<!-- cluster: made by `python -m benchmarks.page` -->", "<!-- end of cluster -->"
    shown = page.written(f"{begin}\n{end}\n", tmp_path)
    assert "| two workers, one killed | 10 | 7 | 60 s | 9.0 | yes | 5 (0) | – |" in shown
    assert "| two workers, one killed (it had ended before) | 10 | 8 | 60 s | 9.0 | yes | 5 (0) | – |" in shown


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
    shown = page.written(f"{begin}\n{end}\n", tmp_path)
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
    shown = page.written(f"{begin}\n{end}\n", tmp_path)
    assert "| a belt | 0.05 | 100 | 100 | 5.00 | 9.90 | 10.00 | 5.00 | 9.90 | 10.00 |" in shown
    assert "by commands" not in shown


def test_repairs_of_one_name_are_told_apart_by_what_was_asked(tmp_path: Path) -> None:
    run = {"name": "a belt", "seed": 7, "read": 0.05, "proved": {}, "processor": [0.1], "clock": [0.1], "freeze": 14}
    said = [*repairs([{**run, "seconds": 60}, {**run, "seconds": 200}, {**run, "name": "b"}], tmp_path)]
    assert [line.split(" | ")[0] for line in said[2:]] == ["| a belt, seconds 60", "| a belt, seconds 200", "| b"]


def test_what_failed_is_told_in_every_table(tmp_path: Path) -> None:
    failed = {"seed": 7, "limit": 60.0, "failed": "it ended with -9"}
    asked = "60 s | 7 (failed)"
    assert f"| suzhou |  | {asked} | failed |  |  |  |  |" in [*stations([{**failed, "case": "suzhou"}], tmp_path)]
    assert [*district([{**failed, "stations": 1000}], tmp_path)][
        2
    ] == f"| 1,000 |  | 60 s | 7 |{'  |' * 7} no | failed |"
    assert [*courses([{**failed, "instance": "a", "known": {}}], tmp_path)][2].startswith(f"| a | {asked} | failed |")
    assert [*repairs([{**failed, "name": "a"}], tmp_path)][2].startswith("| a |  | failed |")
    assert [*cluster([{**failed, "stations": 10, "way": "one worker"}], tmp_path)][2].endswith("| failed |  |")
    assert not [*tmp_path.iterdir()]


def test_a_peer_of_districts_that_failed_is_not_said_to_have_no_plan(tmp_path: Path) -> None:
    peers = [{"workers": 2, "scores": [], "failed": "it ended with -9"}, {"workers": 8, "scores": [], "failed": ""}]
    run = {**measured(10, (1, 5, 0, False)), "peers": peers}
    assert [*district([run], tmp_path)][2].endswith("| 5 (0, 100.0%) | failed | no plan |")


def test_what_commands_take_is_shown(tmp_path: Path) -> None:
    run = {"command": "rota --help", "times": 11, "processor": 0.1034, "clock": 0.2}
    assert [*start([run], tmp_path)][2] == "| `rota --help` | 11 | 0.10 s | 0.20 s |"
