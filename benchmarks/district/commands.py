"""What a coordinator's commands take for one change, each as a process of its own: say it, repair the plan, publish."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.processes import Took, timed
from constraints.registry import catalogue
from rota.case import Case
from rota.demand import Availability
from rota.plan import Plan, dump_plan
from scheduler.solving.repair import Request
from workbook.folder import write_folder

PROGRAM = Path(sys.executable).with_name("rota")
NAMES = ("away", "replan", "apply")


@contextmanager
def published(case: Case, plan: Plan) -> Iterator[Path]:
    """Give a folder of a case with a journal in which a plan is published."""
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "case"
        folder.mkdir()
        write_folder(case, folder, catalogue())
        (folder / "plan.json").write_text(dump_plan(plan), encoding="utf-8")
        run(folder, "apply")
        yield folder


def answered(folder: Path, away: Availability, request: Request) -> dict[str, Took]:
    """Return what each command takes for one change, in a copy of the folder: from what is said to the revision."""
    if request.now is None:
        raise ValueError(request)
    with tempfile.TemporaryDirectory() as parent:
        copy = Path(shutil.copytree(folder, Path(parent) / "case"))
        said = ("away", away.resource, f"{away.first}")
        repaired = ("replan", "--today", f"{request.now.date()}", "--freeze", f"{request.freeze_days}")
        return {name: run(copy, *asked) for name, asked in zip(NAMES, (said, repaired, ("apply",)), strict=True)}


def run(folder: Path, *asked: str) -> Took:
    """Run one command of Rota in a folder.

    Raises:
        subprocess.CalledProcessError: it did not end well.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ROTA_")}
    return timed([PROGRAM, *asked], folder, environment)


def kept(took: Sequence[dict[str, Took]]) -> dict[str, dict[str, list[float]]]:
    """Return the seconds by command, as they are kept."""
    return {
        measure: {name: [round(getattr(each[name], measure), 3) for each in took] for name in NAMES}
        for measure in Took._fields
    }
