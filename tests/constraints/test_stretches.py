"""Stretches of time: what could be used at once, from moment to moment and where it is most."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from constraints.stretches import Use, crowds, stretches

NINE = dt.datetime(2027, 1, 4, 9, tzinfo=dt.UTC)


def use(number: int, start: int, end: int) -> Use:
    """Make a use from `start` to `end`, in minutes after nine."""
    span = NINE + dt.timedelta(minutes=start), NINE + dt.timedelta(minutes=end)
    return Use((str(number),), *span, decisions=(True,), is_open=False)


def names(uses: list[Use]) -> frozenset[str]:
    return frozenset(use.of[0] for use in uses)


USES = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 10))).map(
    lambda spans: [use(number, start, start + length) for number, (start, length) in enumerate(spans)]
)


def test_stretches_of_the_same_uses_are_added_up() -> None:
    long, short = use(0, 0, 60), use(1, 10, 30)
    assert {names(uses): minutes for minutes, uses in stretches([long, short])} == {
        frozenset("0"): 10 + 30,
        frozenset("01"): 20,
    }
    assert [names(uses) for uses in crowds([long, short])] == [frozenset("01")]


def test_uses_that_follow_each_other_at_once_are_no_crowd() -> None:
    assert [names(uses) for uses in crowds([use(0, 0, 10), use(1, 10, 20)])] == [frozenset("0"), frozenset("1")]


def test_nothing_is_no_crowd() -> None:
    assert list(crowds([])) == []


@given(USES)
def test_the_minutes_of_all_stretches_are_those_of_all_uses(uses: list[Use]) -> None:
    expected = sum(int((each.end - each.start).total_seconds() // 60) for each in uses)
    assert sum(minutes * len(together) for minutes, together in stretches(uses)) == expected


@given(USES)
def test_crowds_are_the_stretches_that_no_other_contains(uses: list[Use]) -> None:
    found = {names(together) for _, together in stretches(uses)}
    largest = {each for each in found if not any(each < other for other in found)}
    assert {names(together) for together in crowds(uses)} == largest - {frozenset()}
