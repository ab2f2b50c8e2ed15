"""A case without the seats of some roles: a relaxation, in which every plan of the case has its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from rota.agenda import agenda_of
from rota.case import Case

if TYPE_CHECKING:
    from constraints.rule import Rule


def without_seats(case: Case, rules: Sequence[Rule], roles: Collection[str]) -> tuple[Case, tuple[Rule, ...]]:
    """Return a case without the seats of some roles, with those rules that ask and charge no more there.

    What nothing there can cost less than, nothing in the case can.
    """
    tables = {table: getattr(case, table) for table in Case.model_fields}
    tables["roles"] = tuple(row for row in case.roles if row.role not in roles)
    tables["pins"] = tuple(pin for pin in case.pins if pin.role not in roles)
    return Case.model_construct(**tables), tuple(rule for rule in rules if rule.stands_without(roles))


def candidates_by_role(case: Case) -> Mapping[str, int]:
    """Return how many candidates all seats of each role have together."""
    found: Counter[str] = Counter()
    for occurrence in agenda_of(case).occurrences:
        for part in occurrence.parts:
            for seats in part.seats:
                found[seats.name] += len(seats.candidates)
    return found
