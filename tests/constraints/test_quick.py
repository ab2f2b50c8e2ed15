"""What can be seen about sessions and orders without a solver."""

from __future__ import annotations

import pytest

from constraints.quick import Facts, shortcomings, unweighed_orders
from constraints.reading import read_rules
from rota.agenda import agenda_of
from tests.constraints.building import case_of, demand, order, person, seats, series, service, states

LESSON = (service("aid"), seats("teacher", "aid", kind="person"), person("li"))
ORDER = order("o", "aid", "2027-01-04; 2027-01-05")


def missing(*away: str) -> list[str]:
    """Return what is missing for the order where the only teacher is away on these days."""
    case = case_of(*LESSON, ORDER, *(states("li", "cannot", day) for day in away))
    (occurrence,) = agenda_of(case).occurrences
    return [message.say("en") for message in shortcomings(Facts(case, read_rules(case)), occurrence)]


def test_something_is_missing_where_it_is_missing_at_every_start() -> None:
    assert missing() == []
    assert missing("2027-01-04") == []
    assert missing("2027-01-04", "2027-01-05") == [
        "at each of 2 possible starts 0 of 1 candidate can be teacher; it takes 1"
    ]


@pytest.mark.parametrize(
    ("rule", "warned"),
    [
        (demand("wanted", priority=1), False),
        (demand("order_share", least=1), False),
        (demand("date_preference", priority=1), True),
    ],
)
def test_orders_that_no_rule_asks_for_are_warned_of(rule: object, warned: bool) -> None:  # noqa: FBT001 - a case of the table
    case = case_of(*LESSON, ORDER, rule)  # type: ignore[arg-type]  # a row
    problems = unweighed_orders(case, read_rules(case))
    assert [(p.table, p.row, p.severity) for p in problems] == [("orders", None, "warning")] * warned


def test_without_orders_there_is_nothing_to_ask_for() -> None:
    case = case_of(series())
    assert unweighed_orders(case, read_rules(case)) == []
