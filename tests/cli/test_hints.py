"""Hints after a change: slips are said at once, and what comes next only where something is to be planned."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Rota

NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
"""A Monday on which four rounds of the starter case are over."""


pytestmark = pytest.mark.usefixtures("published")


@pytest.fixture
def published(publish: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The starter case with its plan published, a few weeks into its year; the working directory is the case."""
    for module in ("console.desk", "console.making"):
        monkeypatch.setattr(f"{module}.now", lambda: NOW)
    case = publish()
    monkeypatch.chdir(case)
    return case


def change(rota: Rota, *words: str) -> tuple[str, str]:
    ended = rota("change", *words)
    assert ended.code == 0, ended.err
    return ended.out, ended.err


def test_an_outcome_says_what_was_counted_and_asks_for_no_repair(rota: Rota, published: Path) -> None:
    first = "Fortnightly service day 2026-01-10 (Sat) was held"
    assert change(rota, "outcome_recorded", "第1场")[0] == f"{first}; the people served were not counted\n"
    assert change(rota, "outcome_recorded", "第1场", "--served", "0")[0] == f"{first}; 0 served\n"
    row = (published / "outcomes.csv").read_text("utf-8-sig").splitlines()[1]
    assert row.startswith("rotation@2026-01-10,是,,0,")
    assert rota("audit").code == 0


def test_an_outcome_of_a_session_to_come_is_said_to_be_one(rota: Rota) -> None:
    ahead = "begins only at 2026-06-13 (Sat) 09:30"
    assert ahead in change(rota, "outcome_recorded", "2026-06-13", "--served", "9")[1]
    assert ahead not in change(rota, "outcome_recorded", "第1场")[1]  # what was said once is not said again


@pytest.mark.parametrize(
    "words",
    [
        ("swap", "第1场", "第2场"),
        ("change", "swap_asked", "第1场", "第2场"),
        ("change", "pinned", "第2场", "--room", "R01"),
        ("change", "session_cancelled", "第1场"),
    ],
)
def test_decisions_about_what_is_over_are_said_to_come_too_late(rota: Rota, words: tuple[str, ...]) -> None:
    ended = rota(*words, "--force") if words[0] == "swap" else rota(*words)
    assert ended.code == 0, ended.err
    assert "Over already: Fortnightly service day 2026-01-" in ended.err
    assert "`rota change outcome_recorded`" in ended.err


def test_a_decision_about_what_is_to_come_is_not_too_late(rota: Rota) -> None:
    assert "Over already" not in change(rota, "session_cancelled", "2026-06-13")[1]


def test_an_order_that_no_rule_looks_at_is_said_to_be_one(rota: Rota) -> None:
    _, err = change(rota, "order_placed", "rotation", "街道", "2026-06-06")
    assert 'no rule asks that orders be accepted, so none will be; state the rule "Wanted sessions" (wanted)' in err
    change(rota, "rule_changed", "wanted", "--kind", "wanted", "--priority", "1")
    assert "no rule asks" not in change(rota, "order_placed", "rotation", "居委会", "2026-06-13")[1]


def test_a_unit_in_a_group_of_no_role_is_said_to_be_in_one(rota: Rota) -> None:
    _, err = change(rota, "unit_joined", "U21", "河畔医院", "--groups", "轮职")
    assert "河畔医院 is in a group that is new (轮职), and no role asks for it. Roles ask for: " in err
    assert "is new" not in change(rota, "unit_joined", "U22", "湖畔医院", "--groups", "轮值")[1]
