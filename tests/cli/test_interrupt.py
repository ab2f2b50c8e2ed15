"""Ctrl-C in the middle of a search: the best plan known is written, verified, and said to be not proved."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from console import planning
from rota.plan import load_plan
from scheduler.solving.control import Progress
from tests.cli.conftest import Rota


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows delivers interrupts to a console, not to a process")
def test_an_interrupt_leaves_a_plan_that_verifies(
    rota: Rota, tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def interrupting(_language: str) -> Iterator[Callable[[Progress], None]]:
        sent: list[Progress] = []

        def report(progress: Progress) -> None:
            if not sent:
                sent.append(progress)
                os.kill(os.getpid(), signal.SIGINT)

        yield report

    monkeypatch.setattr(planning, "progress_line", interrupting)
    case, target = root / "examples" / "suzhou", tmp_path / "plan.json"

    ended = rota("plan", case, "-o", target)

    assert ended.code == 130
    plan = load_plan(target.read_text("utf-8"))
    assert not plan.proved
    assert not plan.solver.reproducible
    assert rota("verify", case, target).code == 0
