"""The rotation benchmark is said in the public vocabulary: its case costs what its judge counts, on any answer."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import pytest

from benchmarks.results import KEPT, read
from benchmarks.rotation import run as rotation
from benchmarks.rotation.adapter import INSTANCES, Answer, Instance, answer_of, benchmark, case_of, sessions_of
from benchmarks.rotation.certificate import proved
from benchmarks.rotation.run import certificate_of
from constraints.reading import read_rules, rule_problems
from constraints.registry import catalogue
from constraints.verify import Verdict, verify
from rota.plan import CaseRef, Plan
from scheduler.solving.control import Control
from scheduler.solving.executors import Crew, Here
from scheduler.solving.solve import solve
from workbook.folder import write_folder
from workbook.reading import read_case

pytestmark = pytest.mark.skipif(not INSTANCES.exists(), reason="the benchmark's program is not beside the project")


def answers(instance: Instance, seed: int) -> Answer:
    """Draw an answer in which nobody and no room is used twice in a slot, whether they are available or not."""
    draw, answer = Random(seed), Answer(host=[], partner=[], instructor=[], room=[])
    activities = instance["activities"]
    for slot in range(instance["slots"]):
        held = sum(activity["slot"] == slot for activity in activities)
        units = draw.sample(range(len(instance["units"])), 2 * held)
        answer["host"] += units[:held]
        answer["partner"] += units[held:]
        answer["instructor"] += draw.sample(range(len(instance["instructors"])), held)
        answer["room"] += draw.sample(range(len(instance["rooms"])), held)
    return answer


def verdict(instance: Instance, answer: Answer) -> Verdict:
    case = case_of(instance)
    plan = Plan(case=CaseRef(title=case.settings.title, hash=case.hash), sessions=tuple(sessions_of(instance, answer)))
    return verify(case, read_rules(case), plan)


@pytest.mark.parametrize("size", ["S", "M", "L"])
def test_every_term_costs_what_the_judge_counts(size: str) -> None:
    instance = benchmark().make(size, 7)
    for seed in range(3):
        answer = answers(instance, seed)
        judged = benchmark().judge(instance, answer)
        found = verdict(instance, answer)
        assert {score.rule: score.cost for score in found.rules} == judged["cost"]
        assert found.costs == {1: judged["total"]}


@pytest.mark.parametrize("size", ["S", "L"])
def test_what_the_judge_forbids_does_not_hold(size: str) -> None:
    instance = benchmark().make(size, 8)
    for seed in range(3):
        answer = answers(instance, seed)
        judged = benchmark().judge(instance, answer)["hard"]
        broken = [breach for breach in verdict(instance, answer).breaches if breach.rule in {"availability", "lines"}]
        assert len(broken) == judged["unavailable"] + judged["line"]


def test_whoever_is_used_twice_in_a_slot_breaks_the_case() -> None:
    instance = benchmark().make("M", 7)
    answer = answers(instance, 0)
    answer["partner"][0] = answer["host"][0]
    answer["room"][1] = answer["room"][0]
    broken = {(b.rule, b.who) for b in verdict(instance, answer).breaches if b.rule == "no_overlap"}
    assert {("no_overlap", (f"u{answer['host'][0]}",)), ("no_overlap", (f"r{answer['room'][0]}",))} <= broken


def test_a_plan_is_read_back_as_the_answer_that_it_was() -> None:
    instance = benchmark().make("S", 7)
    answer = answers(instance, 5)
    assert answer_of(sessions_of(instance, answer)) == answer


def test_an_activity_without_a_room_is_no_answer() -> None:
    instance = benchmark().make("S", 7)
    first, *others = sessions_of(instance, answers(instance, 5))
    bare = first.model_copy(update={"parts": (first.parts[0].model_copy(update={"room": None}),)})
    with pytest.raises(ValueError, match="no room"):
        answer_of([bare, *others])


@pytest.fixture(scope="module")
def certified() -> tuple[dict[str, Any], dict[str, Any]]:
    """A small instance and the certificate that it costs 186 at the least."""
    instance = benchmark().make("S", 7)
    case = case_of(instance)
    certificate = solve(case, read_rules(case), Control(seconds=60, crew=Crew(Here))).certificate
    assert certificate is not None
    return dict(instance), certificate.model_dump(mode="json")


def test_a_certificate_is_borne_out_by_a_program_that_knows_the_instance_alone(
    certified: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    assert proved(*certified) == 186


def test_the_case_is_the_same_when_it_is_read_from_a_folder(tmp_path: Path) -> None:
    case = case_of(benchmark().make("S", 7))
    write_folder(case, tmp_path, catalogue())
    assert read_case(tmp_path, catalogue(), [rule_problems]).required() == case


@pytest.mark.parametrize(
    ("claimed", "said", "ended"),
    [(186, "claimed 186, proved 186", 0), (187, "claimed 187, proved 186", 1), (None, "claimed None, refused: ", 1)],
)
def test_the_program_fails_where_prices_prove_less_than_is_claimed(
    certified: tuple[dict[str, Any], dict[str, Any]], tmp_path: Path, claimed: int | None, said: str, ended: int
) -> None:
    """What proves nothing at all, here for want of a seat of that name, is refused."""
    instance, certificate = deepcopy(certified)
    certificate["priorities"][0]["bound"] = claimed
    if claimed is None:
        certificate["priorities"][0]["seats"][0]["role"] = "nobody"
    (tmp_path / "S7.json").write_text(json.dumps(instance), encoding="utf-8")
    (tmp_path / "stated.json.gz").write_bytes(gzip.compress(json.dumps(certificate).encode()))
    command = [sys.executable, str(rotation.CHECKER), "S7.json", "stated.json.gz"]
    found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False)
    assert found.stdout.startswith(said)
    assert found.returncode == ended


@pytest.mark.slow
def test_the_published_certificates_prove_the_bounds_that_the_page_shows() -> None:
    runs = [run for run in read(KEPT / "rotation.json") if run["solver"] == "rota" and run["bound"] is not None]
    assert runs
    for run in runs:
        stated = certificate_of(KEPT / "certificates", run["size"], run["seed"], run["limit"])
        instance = dict(benchmark().make(run["size"], run["seed"]))
        assert proved(instance, json.loads(gzip.decompress(stated.read_bytes()))) >= run["bound"], stated.name


def test_each_run_has_a_certificate_of_its_own(tmp_path: Path) -> None:
    for limit in (20.0, 21.0):  # both end once the best is proved
        found = rotation.plan("S", 7, limit, tmp_path)
        packed = json.loads(gzip.decompress(certificate_of(tmp_path, "S", 7, limit).read_bytes()))
        assert found.certified == found.bound == proved(dict(benchmark().make("S", 7)), packed) == 186
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"S7-{n}s.certificate.json.gz" for n in (20, 21)]


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("echo one >&2; echo the last line >&2; exit 3", "the last line"),
        ("exit 3", "it ended with 3"),
        ("exit 0", "it left no answer"),
    ],
)
def test_a_peer_that_fails_says_why(
    program: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = tmp_path / "run.sh"
    asked.write_text(f"#!/bin/sh\n{program}\n", encoding="utf-8")
    asked.chmod(0o755)
    monkeypatch.setattr(rotation, "TIMEFOLD", asked)
    monkeypatch.setattr("shutil.which", lambda _: "java")
    found = rotation.timefold("S", 7, 1)
    assert (found.value, found.failed) == (None, expected)


def test_a_peer_without_java_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "TIMEFOLD", tmp_path)
    monkeypatch.setattr("shutil.which", lambda _: None)
    assert rotation.timefold("S", 7, 1).failed == "java is not found"


def test_runs_are_kept_before_the_others_have_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(size: str, seed: int, limit: float, **_: object) -> rotation.Result:
        if seed == 8:
            raise KeyboardInterrupt
        return rotation.Result(size, seed, limit, "rota", 5, 5)

    path = tmp_path / "rotation.json"
    monkeypatch.setattr(rotation, "rota", dies)
    monkeypatch.setattr("sys.argv", ["run", "--sizes", "S", "--seconds", "1", "--alone", "--json", str(path)])
    with pytest.raises(KeyboardInterrupt):
        rotation.main()
    assert [run["seed"] for run in read(path)] == [7]


SEAT = {"session": "a0@2027-01-04", "part": "main", "role": "host", "price": 10**9}
ROOM = {"start": "2027-01-04T09:00+08:00", "end": "2027-01-04T10:00+08:00", "room": "r0", "price": 10**9}


@pytest.mark.parametrize(
    ("seats", "rooms", "scale"),
    [
        ([{**SEAT, "role": "instructor"}], [], 10**6),
        ([{**SEAT, "role": "nobody"}], [], 10**6),
        ([{**SEAT, "part": "other"}], [], 10**6),
        ([{**SEAT, "session": "a99999@2027-01-04"}], [], 10**6),
        ([{**SEAT, "session": "a0@2027-01-11"}], [], 10**6),
        ([{**SEAT, "session": "a00@2027-01-04"}], [], 10**6),
        ([SEAT, SEAT], [], 10**6),
        ([{**SEAT, "price": 0.5}], [], 10**6),
        ([], [{**ROOM, "room": "r99999"}], 10**6),
        ([], [{**ROOM, "price": -1}], 10**6),
        ([], [ROOM, ROOM], 10**6),
        ([], [], 0),
        ([{**SEAT, "price": 2**61}], [], 10**6),
        ([{**SEAT, "price": -(2**70)}], [], 10**6),
        ([SEAT], [], 2**60),
    ],
)
def test_what_is_no_price_in_the_instance_is_refused(
    seats: list[dict[str, Any]], rooms: list[dict[str, Any]], scale: int
) -> None:
    forged = {"scale": scale, "priorities": [{"priority": 1, "bound": 10**6, "seats": seats, "rooms": rooms}]}
    with pytest.raises(ValueError):  # noqa: PT011 - whatever it says
        proved(dict(benchmark().make("S", 7)), forged)


def test_no_prices_prove_more_than_an_answer_costs(certified: tuple[dict[str, Any], dict[str, Any]]) -> None:
    instance, genuine = certified
    draw = Random(7)
    for _ in range(5):
        forged = deepcopy(genuine)
        for row in draw.sample(forged["priorities"][0]["seats"], 3):
            row["price"] += draw.randrange(10**9)
        assert proved(instance, forged) <= 186
