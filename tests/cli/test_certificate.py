"""Certificates of bounds on the command line: written with a plan, and computed anew."""

import json
from pathlib import Path
from shutil import copytree

import pytest

from console.certifying import _without_prices
from rota.certificate import Certificate, PriorityCertificate
from rota.demand import REQUIRED
from rota.plan import CaseRef, Plan, PriorityScore
from scheduler.solving.bounding.certifier import Certifier
from tests.cli.conftest import Rota
from tests.cli.test_commands import append


@pytest.fixture
def charged(
    rota: Rota, case_folder: Path, made_once: dict[tuple[str, ...], Path], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The starter case, in which every turn has its price, with its plan and certificate: made once."""
    if ("charged",) not in made_once:
        append(case_folder, "demands", "load,rising_load,1,1")
        assert rota("plan", case_folder, "--certificate", case_folder / "bounds.json").code == 0
        made_once["charged",] = copytree(case_folder, tmp_path_factory.mktemp("charged") / "case")
    return copytree(made_once["charged",], case_folder, dirs_exist_ok=True)


@pytest.mark.slow
def test_the_certificate_of_a_plan_proves_its_bounds_anew(rota: Rota, charged: Path) -> None:
    certificate = charged / "bounds.json"
    told = rota("verify", charged, "--certificate", certificate)
    assert told.code == 0, told.err
    claimed = {each["priority"]: each["bound"] for each in json.loads(certificate.read_text("utf-8"))["priorities"]}
    assert claimed
    body = json.loads(rota("verify", charged, "--certificate", certificate, "--json").out)
    assert {int(priority): bound for priority, bound in body["bounds"].items()} == claimed
    score = json.loads((charged / "plan.json").read_text("utf-8"))["score"]
    assert all(claimed[each["priority"]] <= each["value"] for each in score if each["priority"] in claimed)


@pytest.mark.slow
def test_a_certificate_that_claims_more_than_its_prices_prove_is_refused(rota: Rota, charged: Path) -> None:
    certificate = charged / "bounds.json"
    body = json.loads(certificate.read_text("utf-8"))
    body["priorities"][0]["bound"] += 1
    certificate.write_text(json.dumps(body), "utf-8")
    told = rota("verify", charged, "--certificate", certificate, "--lang", "en")
    assert told.code == 1
    assert "its prices prove only" in told.out


@pytest.mark.slow
def test_a_certificate_of_another_case_is_refused(rota: Rota, charged: Path) -> None:
    certificate = charged / "bounds.json"
    body = json.loads(certificate.read_text("utf-8"))
    certificate.write_text(json.dumps({**body, "case": {"title": "", "hash": "0"}}), "utf-8")
    told = rota("verify", charged, "--certificate", certificate, "--lang", "en")
    assert told.code == 5
    assert "another case" in told.err
    certificate.write_text("[]", "utf-8")
    assert "not a certificate" in rota("verify", charged, "--certificate", certificate, "--lang", "en").err


@pytest.mark.parametrize(("priced", "told"), [(10, []), (7, ["certificate proves 7"]), (0, ["certificate proves 0"])])
def test_a_bound_that_no_prices_prove_is_told(priced: int, told: list[str]) -> None:
    """Open seats have no prices; what is only bounded by 0 has none to prove."""
    scores = {REQUIRED: (2, 1), 1: (12, 10), 2: (5, 0)}
    score = tuple(PriorityScore(priority=p, value=v, bound=b, proved=False) for p, (v, b) in scores.items())
    plan = Plan(case=CaseRef(title="", hash=""), sessions=(), score=score)
    priorities = (PriorityCertificate(priority=1, bound=priced, seats=(), rooms=()),) if priced else ()
    said = [note.say("en") for note in _without_prices(plan, Certificate(case=plan.case, priorities=priorities))]
    assert [note.endswith(end) for note, end in zip(said, told, strict=True)] == [True] * len(told)


@pytest.mark.slow
def test_prices_are_sought_no_longer_than_the_search_was_given(
    rota: Rota, case_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float | None] = []
    monkeypatch.setattr(Certifier, "run", lambda certifier: asked.append(certifier.control.seconds))
    monkeypatch.setattr(Certifier, "certificate", lambda _: Certificate(case=CaseRef(title="", hash=""), priorities=()))
    told = rota("plan", case_folder, "--certificate", case_folder / "b.json", "--time-limit", "9", "--lang", "en")
    assert asked[-1] == 9
    assert "looking for prices that prove the bounds, 9 s at the most" in told.err
    assert "was found without prices" in told.err
