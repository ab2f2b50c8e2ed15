"""A rule that does not tell sessions of one activity apart finds the same whichever of them is held when and where."""

from __future__ import annotations

from itertools import combinations, islice
from typing import TYPE_CHECKING

import pytest

from constraints.registry import OURS
from constraints.trial import plans_of, roster, stated
from rota.agenda import agenda_of
from tests.constraints.agreement import tiny_cases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constraints.rule import Rule
    from rota.case import Case
    from rota.plan import Session

SAMPLED = 60
"""So many plans of a case are looked at, spread over all of them."""
BLIND = {
    *("availability", "membership", "no_overlap", "travel_time", "eligibility", "staffing_sites", "room_fit"),
    *("opening_hours", "pins", "compactness", "room_stability", "minimum_days"),
}


def test_rules_tell_sessions_apart_unless_they_say_otherwise() -> None:
    assert {rule.kind for rule in OURS if "tells_apart" in vars(rule)} == BLIND


@pytest.mark.parametrize("kind", sorted(BLIND))
def test_exchanging_two_sessions_of_an_activity_breaks_nothing_else(kind: str) -> None:
    for case in tiny_cases(kind):
        rule = stated(case, kind)
        if not rule.tells_apart(case):
            for sessions, exchanged in _exchanges(case):
                assert _broken(rule, case, sessions) == _broken(rule, case, exchanged)


def _exchanges(case: Case) -> Iterator[tuple[dict[str, Session], dict[str, Session]]]:
    """Yield some plans, each with another in which two sessions of one activity have changed places."""
    occurrences = agenda_of(case).occurrences
    for sessions in islice(plans_of(case), 0, None, max(1, sum(1 for _ in plans_of(case)) // SAMPLED)):
        for one, other in combinations(occurrences, 2):
            if one.activity.id == other.activity.id and one.id in sessions and other.id in sessions:
                here, there = sessions[one.id], sessions[other.id]
                moved = {
                    one.id: there.model_copy(update={"id": one.id}),
                    other.id: here.model_copy(update={"id": other.id}),
                }
                yield sessions, sessions | moved


def _broken(rule: Rule, case: Case, sessions: dict[str, Session]) -> int:
    return sum(breach.amount for breach in rule.check(roster(case, sessions)))
