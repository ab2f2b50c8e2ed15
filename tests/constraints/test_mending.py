"""What mends a breach: for most kinds of rules, one of the sessions that it is about, or names as able to mend it."""

from __future__ import annotations

from itertools import islice
from random import Random
from typing import TYPE_CHECKING

import pytest

from constraints import trial
from constraints.registry import RULES
from constraints.standing import Apart, Standing
from rota.agenda import agenda_of
from tests.constraints import agreement
from tests.thoroughness import sparing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constraints.breach import Breach
    from constraints.trial import Sessions

PLANS = sparing(50, 120)
"""So many plans of a tiny case are compared with each other."""
SHARES = sparing(1, 4) * (0.4,)
"""Then such shares of its sessions are past."""
MOST = 2_000
"""So many plans of a tiny case are drawn from."""
OTHERWISE = {"compactness", "full_circle", "site_rotation", "travel_cost", "turn_order"}
"""The kinds of which a breach may be mended by a session that it does not name."""


@pytest.mark.parametrize("kind", [rule.kind for rule in RULES if rule.names_all_mends])
def test_no_plan_mends_a_breach_and_leaves_all_as_it_is_that_the_breach_names(kind: str) -> None:
    assert next(mended_otherwise(kind), None) is None


@pytest.mark.parametrize("kind", sorted(OTHERWISE))
def test_of_these_some_plan_does(kind: str) -> None:
    assert next(mended_otherwise(kind), None)


def test_only_these_do_not_say_so() -> None:
    assert {rule.kind for rule in RULES if not rule.names_all_mends} == OTHERWISE


@pytest.mark.parametrize("kind", [rule.kind for rule in RULES if rule.names_all_mends])
def test_what_stands_is_mended_by_no_plan_with_the_same_past(kind: str) -> None:
    for judged, past in _judged(kind):
        keeping = [(plan, _shares(standing)) for plan, (breaches, standing) in judged if not breaches]
        for plan, (_, standing) in judged:
            left = [shares for kept, shares in keeping if _same(plan, kept, past)]
            assert all(_shares([breach]) <= shares for breach in standing for shares in left)


def mended_otherwise(kind: str) -> Iterator[str]:
    """Yield what is mended, in some plan of a tiny case, by sessions alone that the breach does not name."""
    for judged, past in _judged(kind):
        keeping = [plan for plan, (breaches, _) in judged if not breaches]
        for plan, (breaches, _) in judged:
            for breach in breaches:
                named = {*past, *breach.sessions, *breach.mends}
                if any(_same(plan, kept, named) for kept in keeping):
                    yield f"{breach.message.en}; past: {sorted(past)}"


def _judged(kind: str) -> Iterator[tuple[list[tuple[Sessions, Apart]], set[str]]]:
    """Yield plans of each tiny case, with the breaches that count and those that stand, and the sessions then past."""
    draw = Random(kind)
    for case in agreement.tiny_cases(kind):
        rule = trial.stated(case, kind).model_copy(update={"priority": 0})
        every = list(islice(trial.plans_of(case), MOST))
        for share in (0.0, *SHARES):
            past = {occurrence.id for occurrence in agenda_of(case).occurrences if draw.random() < share}
            plans = draw.sample(every, min(PLANS, len(every)))
            yield [(plan, Standing(trial.roster(case, plan), past).of_rule(rule)) for plan in plans], past


def _same(one: Sessions, other: Sessions, sessions: Iterable[str]) -> bool:
    return all(one.get(id_) == other.get(id_) for id_ in sessions)


def _shares(breaches: Iterable[Breach]) -> set[object]:
    return {key for breach in breaches for key, _ in breach.shares()}
