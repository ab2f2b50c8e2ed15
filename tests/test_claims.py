"""What the page says of each claim follows from the runs: met, not met, or not measured."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest

from benchmarks import page
from benchmarks.district.cluster import LOCAL, above
from benchmarks.results import Run
from benchmarks.sections.claims import CLAIMS, claims
from tests.conftest import ROOT

FAILED: Run = {"failed": "it ended with -9"}


def said(benchmark: str, runs: Sequence[Run]) -> dict[str, list[str]]:
    """Return what is measured and whether it is met, by claim, where a benchmark alone has runs."""
    rows = [line.strip("| ").split(" | ") for line in [*claims({benchmark: runs})][2:]]
    return {asked: answer for asked, command, *answer in rows if f"`make bench-{benchmark}" in command}


def one(benchmark: str, runs: Sequence[Run], claim: str) -> list[str]:
    (answer,) = (answer for asked, answer in said(benchmark, runs).items() if claim in asked)
    return answer


def rotated(size: str, limit: float, solver: str, *values: int, bound: int = 100, seconds: float = 0.5) -> list[Run]:
    run = {"size": size, "limit": limit, "solver": solver, "bound": bound, "certified": bound, "seconds": seconds}
    return [{**run, "seed": seed, "value": value, "invocation": "a"} for seed, value in enumerate(values, 7)]


def failing(run: Run) -> Run:
    """Return a run of the same that failed, as benchmarks keep it: it has a time, and no value."""
    nothing = {"value": None, "bound": None, "certified": None, "judged": None, "seconds": 0.0}
    return {**run, **{name: value for name, value in nothing.items() if name in run}, **FAILED}


def test_what_was_not_measured_is_not_met() -> None:
    for benchmark in page.SECTIONS:
        assert all(answer == ["not measured", "no"] for answer in said(benchmark, []).values())
    assert {claim.benchmark for claim in CLAIMS} == page.SECTIONS.keys()


def test_each_claim_is_measured_by_the_command_that_is_cited() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for claim in CLAIMS:
        recipe = makefile.partition(f"\n{claim.command().split()[1]}:")[2].partition("\n\n")[0]
        assert recipe, claim.command()
        assert all(
            f"$({name})" in recipe or f"$({name})," in recipe or f"$(or $({name})" in recipe
            for name in re.findall(r"([A-Z]+)=", claim.command())
        ), claim.command()
    cited = {claim.asked: claim.command() for claim in CLAIMS}
    for words, option in (
        ("1,000 stations read", "STATIONS=1000"),
        ("repairs of 1,000 stations", "STATIONS=1000"),
        ("10, 100 and 1,000", 'STATIONS="10 100 1000"'),
        ("jiangning (17", "CASES=jiangning"),
    ):
        (command,) = (command for asked, command in cited.items() if words in asked)
        assert option in command


def test_what_is_timed_of_a_repair_is_said() -> None:
    asked = [claim.asked for claim in CLAIMS if claim.benchmark == "repairs"]
    assert len(asked) == 2
    assert all("case and plan in memory" in each for each in asked)


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
    found, met = one("rotation", [*mine, *theirs[3:]], "better than Timefold")
    assert met == "no", "a mark is missing"
    assert found.startswith("L 10 s: not measured; L 60 s: ")
    worse = [*mine, *theirs[:-3], *rotated("XL", 300.0, "timefold", 110, 120, 500)]
    assert one("rotation", worse, "better than Timefold")[1] == "no", "equal is not better"


def test_timefold_is_compared_over_the_same_seeds() -> None:
    mine, theirs = rotated("L", 10.0, "rota", 110, 120, 130), rotated("L", 10.0, "timefold", 100, 200, 300)
    assert beside(mine, theirs[:1]) == "L 10 s: 110 and 100 (1 seed)"
    assert beside(mine[:2], theirs[1:]) == "L 10 s: 120 and 200 (1 seed)"
    assert one("rotation", [*mine[:1], *theirs[1:]], "better than Timefold") == ["not measured", "no"]


def test_a_failed_run_of_timefold_is_no_success_of_rota_and_a_failed_one_of_rota_is_not_left_out() -> None:
    mine, theirs = rotated("L", 10.0, "rota", 110, 120, 130), rotated("L", 10.0, "timefold", 100, 200, 300)
    assert beside(mine, [theirs[0], *map(failing, theirs[1:])]) == "L 10 s: 110 and 100 (1 seed)"
    assert beside([mine[0], *map(failing, mine[1:])], theirs) == "L 10 s: no plan and 200"


def test_values_of_timefold_of_another_run_are_told() -> None:
    mine, theirs = rotated("L", 10.0, "rota", 1, 2, 3), rotated("L", 10.0, "timefold", 2, 3, 4)
    other = [{**run, "invocation": "b"} for run in theirs]
    assert beside(mine, theirs) == "L 10 s: 2 and 3"
    found = one("rotation", [*mine, *other], "better than Timefold")[0]
    assert found.endswith("; values of Timefold of another run")
    more = [*rotated("XL", 60.0, "rota", 1, 2, 3), *rotated("XL", 60.0, "timefold", 2, 3, 4)]
    found = one("rotation", [*mine, *other, *more], "better than Timefold")[0]
    assert found.endswith("; values of Timefold at L 10 s of another run")


def beside(mine: Sequence[Run], theirs: Sequence[Run]) -> str:
    """Return what is said of the only mark that was measured."""
    found = one("rotation", [*mine, *theirs], "better than Timefold")[0]
    (said,) = (each for each in found.split("; ") if not each.endswith("not measured"))
    return said


def test_a_run_that_failed_is_worse_than_any() -> None:
    small, large = rotated("S", 10.0, "rota", 100, 100, 100), rotated("L", 60.0, "rota", 100, 100, 100)
    assert one("rotation", [*small[:2], failing(small[2])], "S proved") == ["2 of 3 proved, 0.5 s", "no"]
    assert one("rotation", [small[0], *map(failing, small[1:])], "S proved") == ["1 of 3 proved, no plan", "no"]
    assert one("rotation", [*large[:2], failing(large[2])], "L within 1 %") == ["0.00%", "yes"]
    assert one("rotation", [large[0], *map(failing, large[1:])], "L within 1 %") == ["no plan", "no"]
    assert one("rotation", [*large[:2], {**large[2], "value": None}], "L within 1 %") == ["0.00%", "yes"]
    assert one("rotation", [*large[:2], failing(large[2])], "recomputed") == ["2 of 3 runs", "no"]


@pytest.mark.parametrize(("value", "expected"), [(101, ["0.99%", "yes"]), (102, ["1.96%", "no"])])
def test_a_gap_is_the_median_of_the_seeds(value: int, expected: list[str]) -> None:
    assert one("rotation", rotated("L", 60.0, "rota", 100, value, 900), "L within 1 %") == expected


def test_a_bound_that_was_not_recomputed_is_told() -> None:
    runs = rotated("L", 60.0, "rota", 100, 100)
    assert one("rotation", runs, "recomputed") == ["2 of 2 runs (2 seeds)", "yes"]
    runs[0] = {**runs[0], "certified": 99}
    assert one("rotation", runs, "recomputed") == ["1 of 2 runs (2 seeds)", "no"]


@pytest.mark.parametrize(
    ("good", "expected"),
    [
        (8, ["8 of 10; 10 of 10 runs valid (1 seed)", "yes"]),
        (7, ["7 of 10; 10 of 10 runs valid (1 seed)", "no"]),
    ],
)
def test_eight_timetables_of_ten_are_to_be_as_good_as_the_winner(good: int, expected: list[str]) -> None:
    runs: list[Run] = [
        {
            "instance": f"c{n}",
            "seed": 1,
            "limit": 300,
            "judged": 5 if n < good else 6,
            "known": {"mueller_final_2007": 5},
        }
        for n in range(10)
    ]
    assert one("courses", runs, "ITC-2007") == expected
    longer = [{**run, "limit": 3000, "judged": 0} for run in runs]
    assert one("courses", [*runs, *longer], "ITC-2007") == expected, "other limits are no answer"
    assert one("courses", longer, "ITC-2007") == ["not measured", "no"]
    assert one("courses", runs[:9], "ITC-2007")[1] == "no", "one was not measured"
    assert one("courses", [*runs[1:], failing(runs[0])], "ITC-2007")[1] == "no", "one failed"
    runs[0] = {**runs[0], "judged": None}
    assert one("courses", runs, "ITC-2007")[1] == "no", "one is not valid"


def test_the_gap_of_a_belt_is_the_largest_of_its_priorities() -> None:
    def run(seed: int, bound: int) -> dict[str, Any]:
        scores = [(1, 7, 7, True), (2, 100, bound, False)]
        return {"case": "jiangning", "seed": seed, "limit": 60.0, "scores": scores}

    runs = [run(0, 96), run(1, 90), run(2, 98)]
    expected = ["4.0% (seeds 0: 4.0%, 1: 10.0%, 2: 2.0%)", "yes"]
    assert one("stations", runs, "jiangning") == expected
    longer = [{**run(seed, 100), "limit": 600.0} for seed in range(3)]
    assert one("stations", [*runs, *longer], "jiangning") == expected, "other limits are no answer"
    assert one("stations", [*runs[:2], {**run(2, 98), "scores": []}], "jiangning") == [
        "10.0% (seeds 0: 4.0%, 1: 10.0%, 2: no plan)",
        "no",
    ]
    assert one("stations", [run(0, 96), *({**run(n, 98), "scores": [], **FAILED} for n in (1, 2))], "jiangning") == [
        "no plan (seeds 0: 4.0%, 1: no plan, 2: no plan)",
        "no",
    ]
    assert one("stations", [run(0, 90), run(1, 90), run(2, 98)], "jiangning")[1] == "no"


def sized(stations: int, first: float, seed: int = 7, limit: float = 60.0) -> dict[str, Any]:
    run = {"stations": stations, "seed": seed, "limit": limit, "read": 1.0, "plan": limit, "verify": 4.0}
    return {**run, "holds": True, "curve": [(0.5, 1, None, 0), (first, 1, 9, 0)]}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, ["29.9 min (1 seed)", "yes"]),
        ({"verify": 9.0}, ["30.0 min (1 seed)", "no"]),
        ({"holds": False}, ["no plan, 0 of 1 hold (1 seed)", "no"]),
        (FAILED, ["no plan, 0 of 1 hold (1 seed)", "no"]),
    ],
)
def test_a_thousand_stations_are_read_planned_and_verified_in_half_an_hour(
    changed: dict[str, Any], expected: list[str]
) -> None:
    run = {**sized(1000, 500.0), "plan": 1790.0} | changed
    assert one("district", [run], "half an hour") == expected


def test_districts_of_other_limits_and_failed_ones_are_not_mixed_in() -> None:
    runs = [sized(1000, 9.0, seed, 1620.0) for seed in (7, 8)]
    shorter = sized(1000, 9.0, 7, 60.0)
    assert one("district", [*runs, shorter], "half an hour") == ["27.1 min (2 seeds)", "yes"]
    assert one("district", [runs[0], shorter], "half an hour") == ["27.1 min (1 seed)", "yes"], "the longest of equals"
    failed = {**sized(1000, 9.0, 9, 1620.0), **FAILED, "read": 0.0, "plan": 0.0, "verify": 0.0, "holds": False}
    assert one("district", [*runs, failed], "half an hour") == ["27.1 min, 2 of 3 hold", "no"]


def test_the_first_plan_of_a_larger_district_takes_at_most_twice_as_long_for_each_station() -> None:
    runs = [sized(10, 10.0), sized(100, 200.0), sized(1000, 4000.0)]
    seconds = "10: 1.00 s (1 seed); 100: 2.00 s (1 seed); 1,000: 4.00 s (1 seed)"
    assert one("district", runs, "size before") == [seconds, "yes"]
    assert one("district", [*runs[:2], sized(1000, 4010.0)], "size before")[1] == "no"
    assert one("district", [runs[0], sized(100, 210.0), runs[2]], "size before")[1] == "no"
    assert one("district", runs[:2], "size before") == [seconds[: seconds.index("1,000")] + "1,000: not measured", "no"]
    failed = {**runs[0], **FAILED, "curve": [], "plan": 0.0, "holds": False}
    found = one("district", [failed, *runs[1:]], "size before")
    assert found == [seconds.replace("1.00 s", "no plan"), "no"]
    three = [sized(10, first, seed) for seed, first in enumerate((10.0, 2.0, 30.0), 7)]
    assert one("district", [*three, *runs[1:]], "size before") == [seconds.replace("1.00 s (1 seed)", "1.00 s"), "yes"]


def way(name: str, *values: int, seed: int = 7, stations: int = 10, limit: float = 60.0) -> dict[str, Any]:
    """Return a run that came to these values; local processes came to 1,000 and 200."""
    here = [(priority, value, None) for priority, value in enumerate(values or LOCALLY, 1)]
    compared = above(here, [(priority, value, None) for priority, value in enumerate(LOCALLY, 1)])
    run = {"way": name, "seed": seed, "stations": stations, "limit": limit, "values": here, "holds": True}
    return {**run, "above": [] if name == LOCAL else compared, "killed": name.endswith("killed")}


LOCALLY = (1000, 200)
TWO = "two workers of a cluster:"


def test_each_way_of_a_cluster_is_a_claim_of_its_own() -> None:
    local = way(LOCAL)
    for name, claim in (("one worker", "one worker of"), ("two workers", TWO), ("two workers, one killed", "midway")):
        found = said("cluster", [local, way(name)])
        assert len(found) == 3
        assert [asked for asked, (_, met) in found.items() if met == "yes"] == [each for each in found if claim in each]
        assert sum(answer == ["not measured", "no"] for answer in found.values()) == 2


def test_a_cluster_is_held_to_what_all_wishes_cost_together_and_each_priority_is_told() -> None:
    """12 of 1,200 are one percent; of the 200 of a priority alone they are six."""
    assert one("cluster", [way(LOCAL), way("two workers", 1000, 212)], TWO) == [
        "10 stations, 60 s: +1.0 % (by priority +0.0 %, +6.0 %) (1 seed)",
        "yes",
    ]
    assert one("cluster", [way(LOCAL), way("two workers", 1013, 200)], TWO)[1] == "no"
    nothing = {**way(LOCAL), "values": [(1, 0, None), (2, 0, None)]}
    assert one("cluster", [nothing, way("two workers")], TWO)[0].startswith("10 stations, 60 s: no comparison (")
    assert one("cluster", [nothing, way("two workers")], TWO)[1] == "no"


def test_a_cluster_is_compared_by_the_medians_of_all_seeds() -> None:
    local = [way(LOCAL, seed=seed) for seed in (7, 8, 9)]
    runs = [way("two workers", 1000, value, seed=seed) for seed, value in ((7, 260), (8, 170), (9, 206))]
    assert one("cluster", [*local, *runs], TWO) == ["10 stations, 60 s: +0.5 % (by priority +0.0 %, +3.0 %)", "yes"]
    failed = {**runs[1], **FAILED, "above": [], "values": [], "holds": False}
    without = {**runs[1], "holds": False}
    for other, why in ((failed, "failed"), (without, "without a plan that holds")):
        assert one("cluster", [*local, runs[0], other, runs[2]], TWO) == [
            f"10 stations, 60 s: +5.0 %, 1 of 3 {why} (by priority +0.0 %, +30.0 %)",
            "no",
        ]
    better = {**runs[0], "values": runs[1]["values"], "above": runs[1]["above"]}
    found = one("cluster", [*local, failed, better, runs[2]], TWO)
    assert found == ["10 stations, 60 s: +0.5 %, 1 of 3 failed (by priority +0.0 %, +3.0 %)", "no"], "every run counts"
    broken = [local[0], {**local[1], "holds": False}, local[2]]
    for those in (local[::2], broken):
        assert one("cluster", [*those, *runs], TWO) == [
            "10 stations, 60 s: +5.0 %, 1 of 3 without local processes to compare with (by priority +0.0 %, +30.0 %)",
            "no",
        ]


def test_a_worker_is_to_be_killed_where_that_is_the_way() -> None:
    local, run = way(LOCAL), way("two workers, one killed")
    assert one("cluster", [local, run], "killed midway")[1] == "yes"
    answer, met = one("cluster", [local, {**run, "killed": False}], "killed midway")
    assert answer.startswith("10 stations, 60 s: no comparison, 1 of 1 had ended before a worker was killed (")
    assert met == "no"


def test_one_worker_is_judged_by_the_way_that_has_as_much_of_the_processor() -> None:
    local, short = way(LOCAL), way("one worker", 1084, 200)
    longer = way("one worker, half as long again", 1000, 206, limit=90.0)
    assert one("cluster", [local, short, longer], "one worker of") == [
        (
            "10 stations, 60 s: one worker: +7.0 % (by priority +8.4 %, +0.0 %) (1 seed);"
            " half as long again: +0.5 % (by priority +0.0 %, +3.0 %) (1 seed)"
        ),
        "yes",
    ]
    answer, met = one("cluster", [local, short], "one worker of")
    assert answer.endswith("; half as long again: not measured")
    assert met == "no"
    worse = way("one worker, half as long again", 1013, 200, limit=90.0)
    assert one("cluster", [local, way("one worker"), worse], "one worker of")[1] == "no"


def test_a_cluster_is_compared_at_one_size_and_limit_that_with_the_most_seeds() -> None:
    ten = [run for seed in (7, 8) for run in (way(LOCAL, seed=seed), way("two workers", 1006, 200, seed=seed))]
    forty = [way(LOCAL, stations=40), way("two workers", 1108, 200, stations=40)]
    longer = [way(LOCAL, limit=600.0), way("two workers", 1060, 200, limit=600.0)]
    said = "10 stations, 60 s: +0.5 % (by priority +0.6 %, +0.0 %) (2 seeds)"
    assert one("cluster", [*ten, *forty, *longer], TWO) == [said, "yes"]
    found = one("cluster", [*ten[:2], *forty], TWO)
    assert found == ["40 stations, 60 s: +9.0 % (by priority +10.8 %, +0.0 %) (1 seed)", "no"]


@pytest.mark.parametrize(("last", "expected"), [(4.9, ["4.90 s (1 seed)", "yes"]), (5.1, ["5.10 s (1 seed)", "no"])])
def test_of_a_hundred_repairs_one_may_take_longer(last: float, expected: list[str]) -> None:
    clock = [*[1.0] * 98, last, 60.0]
    run = {"name": "1,000 stations", "seed": 7, "clock": clock, "together": 1}
    others = {**run, "together": 5, "clock": [99.0] * 100}, {**run, "clock": [1.0] * 99}
    assert one("repairs", [run, *others], "1,000 stations") == expected


def test_repairs_that_failed_or_found_no_plan_have_no_end() -> None:
    run: Run = {"name": "jiangning", "seed": 7, "clock": [0.5] * 100, "proved": {"all": 99, "InfeasibleError": 1}}
    assert one("repairs", [run], "jiangning") == ["0.50 s (1 seed)", "yes"]
    lost = {**run, "proved": {"all": 99, "NoPlanFoundError": 1}}
    assert one("repairs", [lost], "jiangning") == ["0.50 s (1 seed)", "yes"]
    lost = {**run, "proved": {"all": 98, "NoPlanFoundError": 2}}
    assert one("repairs", [lost], "jiangning") == ["no plan (1 seed)", "no"]
    failed: Run = {"name": "jiangning", "seed": 8, "changes": 100, **FAILED}
    assert one("repairs", [run, failed], "jiangning") == ["no plan (2 seeds)", "no"]


@pytest.mark.parametrize(("clock", "expected"), [(0.2, ["0.20 s", "yes"]), (0.31, ["0.31 s", "no"])])
def test_the_help_is_to_be_there_at_once(clock: float, expected: list[str]) -> None:
    runs = [{"command": "rota --help", "times": times, "clock": took} for times, took in ((1, 0.25), (11, clock))]
    assert one("start", runs, "--help") == expected
