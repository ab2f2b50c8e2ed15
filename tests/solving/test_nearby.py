"""A repair near the change: what is proved there is so for all of the case."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from scheduler.solving.errors import NoPlanFoundError
from scheduler.solving.repair import Repair, Request
from tests.solving.repairing import CHANGES, repaired

if TYPE_CHECKING:
    from rota.case import Case
    from rota.plan import Plan


@pytest.mark.parametrize(("case", "baseline"), CHANGES)
def test_a_number_that_is_proved_near_the_change_is_that_of_the_whole(
    case: Case, baseline: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = repaired(case, Request(baseline))
    near = _near(case, baseline, monkeypatch)
    if near is not None:
        assert near.verdict.holds
        assert near.least <= len(whole.changed) <= len(near.changed)
        assert not near.proved or len(near.changed) == len(whole.changed)
        assert not (near.price_proved and whole.price_proved) or near.price == whole.price
        for found, best in zip(near.levels, whole.levels, strict=True):
            assert not (found.proved and best.proved) or found.value == best.value


@pytest.mark.slow
def test_most_of_these_are_proved_there(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = [cast("tuple[Case, Plan]", change.values) for change in CHANGES]
    found = [_near(case, baseline, monkeypatch) for case, baseline in pairs]
    assert sum(repair is not None and repair.proved for repair in found) > len(found) / 2
    assert sum(repair is not None and repair.price_proved for repair in found) > len(found) / 3


def _near(case: Case, baseline: Plan, monkeypatch: pytest.MonkeyPatch) -> Repair | None:
    monkeypatch.setattr("scheduler.solving.repair.is_wide", lambda _: True)
    try:
        return repaired(case, Request(baseline))
    except NoPlanFoundError:
        return None
