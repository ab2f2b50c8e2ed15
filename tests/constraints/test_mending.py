"""What mends a breach: for most kinds of rules, one of the sessions that it is about, or names as able to mend it."""

from __future__ import annotations

from itertools import islice
from random import Random
from typing import TYPE_CHECKING

import pytest

from constraints import trial
from constraints.registry import RULES
from constraints.standing import Standing
from rota.agenda import agenda_of
from tests.constraints import agreement
from tests.thoroughness import sparing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rota.case import Case

PLANS = sparing(50, 200)
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


def mended_otherwise(kind: str) -> Iterator[str]:
    """Yield what is mended, in some plan of a tiny case, by sessions alone that the breach does not name."""
    draw = Random(kind)
    for case in agreement.tiny_cases(kind):
        ids = [occurrence.id for occurrence in agenda_of(case).occurrences]
        for share in (0.0, *SHARES):
            yield from _mended_otherwise(case, kind, {id_ for id_ in ids if draw.random() < share}, draw)


def _mended_otherwise(case: Case, kind: str, past: set[str], draw: Random) -> Iterator[str]:
    """Compare each breach of each plan with every plan that keeps the rule and has the same past."""
    rule = trial.stated(case, kind).model_copy(update={"priority": 0})
    every = list(islice(trial.plans_of(case), MOST))
    plans = draw.sample(every, min(PLANS, len(every)))
    judged = [(plan, Standing(trial.roster(case, plan), past).of_rule(rule)[0]) for plan in plans]
    keeping = [plan for plan, breaches in judged if not breaches]
    for plan, breaches in judged:
        for breach in breaches:
            named = {*past, *breach.sessions, *breach.mends}
            if any(all(plan.get(id_) == kept.get(id_) for id_ in named) for kept in keeping):
                yield f"{breach.message.en}; past: {sorted(past)}"
