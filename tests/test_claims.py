"""What the page says of each claim follows from the runs: met, not met, or not measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from benchmarks import page
from benchmarks.results import Run
from benchmarks.sections.claims import CLAIMS, claims


def said(benchmark: str, runs: Sequence[Run]) -> dict[str, list[str]]:
    """Return what is measured and whether it is met, by claim, where a benchmark alone has runs."""
    rows = [line.strip("| ").split(" | ") for line in [*claims({benchmark: runs})][2:]]
    return {asked: answer for asked, command, *answer in rows if command == f"`make bench-{benchmark}`"}


def one(benchmark: str, runs: Sequence[Run], claim: str) -> list[str]:
    (answer,) = (answer for asked, answer in said(benchmark, runs).items() if claim in asked)
    return answer


def rotated(size: str, limit: float, solver: str, *values: int, bound: int = 100, seconds: float = 0.5) -> list[Run]:
    run = {"size": size, "limit": limit, "solver": solver, "bound": bound, "certified": bound, "seconds": seconds}
    return [{**run, "seed": seed, "value": value} for seed, value in enumerate(values, 7)]


def test_what_was_not_measured_is_not_met() -> None:
    for benchmark in page.SECTIONS:
        assert all(answer == ["not measured", "no"] for answer in said(benchmark, []).values())
    assert {claim.benchmark for claim in CLAIMS} == page.SECTIONS.keys()


@pytest.mark.parametrize(
    ("values", "seconds", "expected"),
    [
        ((100, 100, 100), 0.5, ["3 of 3 proved, 0.5 s", "yes"]),
        ((100, 101, 100), 0.5, ["2 of 3 proved, 0.5 s", "no"]),
        ((100, 100, 100), 1.5, ["3 of 3 proved, 1.5 s", "no"]),
    ],
)
def test_a_proof_counts_in_time_and_with_every_seed(
    values: tuple[int, ...], seconds: float, expected: list[str]
) -> None:
    assert one("rotation", rotated("S", 10.0, "rota", *values, seconds=seconds), "S proved") == expected


def test_timefold_is_to_be_beaten_at_every_mark() -> None:
    marks = [(size, mark) for size in ("L", "XL") for mark in (10.0, 60.0, 300.0)]
    mine = [run for mark in marks for run in rotated(*mark, "rota", 110, 120, 500)]
    theirs = [run for mark in marks for run in rotated(*mark, "timefold", 90, 121, 600)]
    found, met = one("rotation", [*mine, *theirs], "better than Timefold")
    assert met == "yes"
    assert found.startswith("L 10 s: 120 and 121; L 60 s: 120 and 121; ")
    assert one("rotation", [*mine, *theirs[3:]], "better than Timefold")[1] == "no", "a mark is missing"
    worse = [*mine, *theirs[:-3], *rotated("XL", 300.0, "timefold", 110, 120, 500)]
    assert one("rotation", worse, "better than Timefold")[1] == "no", "equal is not better"


@pytest.mark.parametrize(("value", "expected"), [(101, ["0.99%", "yes"]), (102, ["1.96%", "no"])])
def test_a_gap_is_the_median_of_the_seeds(value: int, expected: list[str]) -> None:
    assert one("rotation", rotated("L", 60.0, "rota", 100, value, 900), "L within 1 %") == expected


def test_a_bound_that_was_not_recomputed_is_told() -> None:
    runs = rotated("L", 60.0, "rota", 100, 100)
    assert one("rotation", runs, "recomputed") == ["2 of 2 runs", "yes"]
    runs[0] = {**runs[0], "certified": 99}
    assert one("rotation", runs, "recomputed") == ["1 of 2 runs", "no"]


@pytest.mark.parametrize(
    ("good", "expected"), [(8, ["8 of 10; 10 of 10 runs valid", "yes"]), (7, ["7 of 10; 10 of 10 runs valid", "no"])]
)
def test_eight_timetables_of_ten_are_to_be_as_good_as_the_winner(good: int, expected: list[str]) -> None:
    runs: list[Run] = [
        {"instance": f"c{n}", "seed": 1, "judged": 5 if n < good else 6, "known": {"mueller_final_2007": 5}}
        for n in range(10)
    ]
    assert one("courses", runs, "ITC-2007") == expected
    runs[0] = {**runs[0], "judged": None}
    assert one("courses", runs, "ITC-2007")[1] == "no", "one is not valid"


def test_the_gap_of_a_belt_is_the_largest_of_its_priorities() -> None:
    def run(seed: int, bound: int) -> dict[str, Any]:
        return {"case": "jiangning", "seed": seed, "scores": [(1, 7, 7, True), (2, 100, bound, False)]}

    assert one("stations", [run(0, 96), run(1, 90), run(2, 98)], "jiangning") == [
        "4.0% (seeds 0: 4.0%, 1: 10.0%, 2: 2.0%)",
        "yes",
    ]
    assert one("stations", [run(0, 90), run(1, 90), run(2, 98)], "jiangning")[1] == "no"


@pytest.mark.parametrize(
    ("run", "met"), [({}, "yes"), ({"verify": 9.0}, "no"), ({"holds": False}, "no"), ({"failed": "it died"}, "no")]
)
def test_a_thousand_stations_are_read_planned_and_verified_in_half_an_hour(run: dict[str, Any], met: str) -> None:
    measured = {"stations": 1000, "read": 1.0, "plan": 1790.0, "verify": 4.0, "holds": True} | run
    assert one("district", [measured], "half an hour")[1] == met


def test_only_workers_with_as_much_of_the_processor_are_compared_with_local_processes() -> None:
    local: Run = {"way": "local processes", "seed": 7, "processor": 100.0, "above": []}
    slow: Run = {"way": "one worker", "seed": 7, "processor": 66.0, "above": [0.0, 7.0]}
    same: Run = {"way": "two workers", "seed": 7, "processor": 99.0, "above": [0.0, 1.0]}
    assert one("cluster", [local, slow, same], "cluster") == ["two workers: +0.0 %, +1.0 %", "yes"]
    assert one("cluster", [local, {**same, "above": [None, 1.0]}], "cluster")[1] == "no"
    assert one("cluster", [local, slow], "cluster") == ["not measured", "no"]


@pytest.mark.parametrize(("last", "expected"), [(4.9, ["4.90 s", "yes"]), (5.1, ["5.10 s", "no"])])
def test_of_a_hundred_repairs_one_may_take_longer(last: float, expected: list[str]) -> None:
    clock = [*[1.0] * 98, last, 60.0]
    run = {"name": "1,000 stations", "clock": clock, "together": 1}
    assert one("repairs", [run, {**run, "together": 5, "clock": [99.0]}], "1,000 stations") == expected


@pytest.mark.parametrize(("clock", "expected"), [(0.2, ["0.20 s", "yes"]), (0.31, ["0.31 s", "no"])])
def test_the_help_is_to_be_there_at_once(clock: float, expected: list[str]) -> None:
    assert one("start", [{"command": "rota --help", "clock": clock}], "--help") == expected
