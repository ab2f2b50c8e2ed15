"""Two coordinators at the same moment: independent facts are both recorded, the same fact is not recorded twice."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from console.exits import Exit
from rota.change import Change
from rota.changes import read_change
from scheduler.keeping.journal import Journal
from tests.cli.conftest import Rota


@pytest.fixture
def somebody_is_faster(monkeypatch: pytest.MonkeyPatch) -> Callable[[Change], None]:
    """Let another coordinator record a change between the moment a command looks and the one in which it writes."""

    def faster(change: Change) -> None:
        real, waiting = Journal.record_all, [change]

        def record_all(self: Journal, stream: str, changes: Any, **told: Any) -> Any:
            if waiting:
                real(self, stream, [waiting.pop()], actor="老王")
            return real(self, stream, changes, **told)

        monkeypatch.setattr(Journal, "record_all", record_all)

    return faster


@pytest.fixture
def published(publish: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    case = publish()
    monkeypatch.chdir(case)
    return case


CLOSED = read_change("unavailable", 1, {"resource": "U02", "first": "2026-05-05"})
HELD = read_change("outcome_recorded", 2, {"session": "rotation@2026-01-10", "held": True, "served": 40})
ORDER = {"id": "order-1", "service": "rotation", "requester": "居委会", "days": ["2026-06-20"]}


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (CLOSED, ["away", "U03", "2026-05-05"]),
        pytest.param(CLOSED, ["change", "outcome_recorded", "第1场", "--served", "41"], marks=pytest.mark.slow),
        pytest.param(CLOSED, ["swap", "2026-05-09", "2026-05-30", "--force"], marks=pytest.mark.slow),
        (HELD, ["away", "U03", "2026-05-05"]),
        (read_change("order_placed", 1, {"row": ORDER}), ["change", "order_placed", "rotation", "街道", "2026-06-20"]),
    ],
)
def test_what_is_about_other_facts_is_recorded_as_well(
    rota: Rota, published: Path, somebody_is_faster: Callable[[Change], None], other: Change, words: list[str]
) -> None:
    somebody_is_faster(other)
    ended = rota(*words)
    assert ended.code == 0, ended.err
    history = rota("history").out.splitlines()
    assert "老王" in history[2]
    assert len(history) > 3, "both are recorded"
    assert rota("sync").out == "Nothing was edited.\n"
    assert "edits of its own" not in ended.err
    assert (published / "plan.json").is_file()


@pytest.mark.usefixtures("published")
def test_the_same_fact_is_not_recorded_over_another_one(
    rota: Rota, somebody_is_faster: Callable[[Change], None]
) -> None:
    somebody_is_faster(HELD)
    ended = rota("change", "outcome_recorded", "第1场", "--served", "41")
    assert ended.code == Exit.BAD_INPUT
    assert ended.err == (
        "Nothing of yours was recorded: others have just changed the same (Fortnightly service day 2026-01-10 (Sat) "
        "was held; 40 served). Look whether it is still wanted, then do it again.\n"
    )
    assert "41 served" not in rota("history").out
