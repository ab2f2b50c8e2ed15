"""Running the command line inside the test's own process."""

import datetime as dt
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree

import pytest

import cli
from constraints.reading import read_rules
from constraints.registry import catalogue
from rota.plan import CaseRef, Plan, PlanPart, Session, dump_plan
from scheduler.solving.control import Control
from scheduler.solving.solve import solve
from workbook.folder import write_folder
from workbook.starter import starter_case


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code and what it printed."""

    code: int
    out: str
    err: str


Rota = Callable[..., Ended]

LATE = dt.datetime(2026, 11, 22, 1, tzinfo=dt.UTC)
"""When most sessions of the starter case are over: what is decided about these is not judged."""


@pytest.fixture
def rota(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Rota:
    """Run `rota …` in English, unless --lang says otherwise."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("ROTA_LANG", "en")

    def run(*arguments: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["rota", *map(str, arguments)])
        capsys.readouterr()
        try:
            cli.main()
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
        printed = capsys.readouterr()
        return Ended(code, printed.out, printed.err)

    return run


@pytest.fixture(scope="session")
def written_case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("starter")
    write_folder(starter_case(2026), folder, catalogue())
    return folder


@pytest.fixture
def case_folder(written_case: Path, tmp_path: Path) -> Path:
    """The starter case as a folder of the test's own."""
    return copytree(written_case, tmp_path / "rota-2026")


@pytest.fixture(scope="session")
def solved() -> Plan:
    case = starter_case(2026)
    return solve(case, read_rules(case), Control()).plan


@pytest.fixture
def planned(case_folder: Path, solved: Plan) -> Path:
    """The starter case with its plan beside it."""
    (case_folder / "plan.json").write_text(dump_plan(solved), "utf-8")
    return case_folder


@pytest.fixture(scope="session")
def made_once() -> dict[tuple[str, ...], Path]:
    """What several tests begin with, by how it came about: the starter case published, a working copy of it."""
    return {}


@pytest.fixture
def publish(
    rota: Rota, planned: Path, made_once: dict[tuple[str, ...], Path], tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Path]:
    """Publish the plan of the starter case, with options: once for all tests, and copied from then on."""

    def run(*options: str) -> Path:
        if options in made_once:
            return copytree(made_once[options], planned, dirs_exist_ok=True)
        assert rota("apply", "--case", planned, *options).code == 0
        made_once[options] = copytree(planned, tmp_path_factory.mktemp("published") / "case")
        return planned

    return run


@pytest.fixture
def published(publish: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The starter case with its plan published, late in its year; the working directory is the case."""
    monkeypatch.delenv("ROTA_JOURNAL", raising=False)
    monkeypatch.setenv("ROTA_ACTOR", "小李")
    monkeypatch.setattr("console.making.now", lambda: LATE)
    case = publish("--actor", "小李", "--note", "第1版")
    monkeypatch.chdir(case)
    return case


@pytest.fixture
def planned_case(case_folder: Path) -> Path:
    """The starter case with a plan of two rounds beside it: the tax office and the clinic host."""
    sessions = [
        Session.model_validate(
            {
                "id": f"rotation@{day}",
                "activity": "rotation",
                "start": f"{day}T09:30+08:00",
                "end": f"{day}T11:30+08:00",
                "site": "S01",
                "parts": [PlanPart(id="main", room="R01", roles={"host": (host,), "instructor": ("P01",)})],
            }
        )
        for day, host in (("2026-01-10", "U01"), ("2026-01-24", "U03"))
    ]
    plan = Plan(case=CaseRef(title="", hash=""), sessions=tuple(sessions))
    (case_folder / "plan.json").write_text(dump_plan(plan), encoding="utf-8")
    return case_folder
