"""Questions about what is required: every answer rests on solving, and one that did not come in time is none."""

from __future__ import annotations

import pytest

from constraints.instances import Instance
from constraints.reading import read_rules
from constraints.structure import LEAST, TAKES_PLACE
from rota.case import Case
from scheduler.solving.conflict import conflict_of, prices
from scheduler.solving.control import Control
from scheduler.solving.question import Question
from scheduler.solving.ways_out import ways_out
from tests.constraints.building import case_of, demand, pin, seats, series, session_ids, states, units

# Three sessions, two units; a is away at the first and pinned there: two facts that conflict, and all else is innocent.
CASE = case_of(
    *units("a b"),
    series(rounds="1-3"),
    seats(),
    states("a", "cannot", "2027-01-04"),
    pin("duty@2027-01-04", role="host", resource="a"),
    demand("cover", role="host", times=1),
)
AWAY = Instance("availability", ("a", "duty@2027-01-04"))
PINNED = Instance("pins", ("duty@2027-01-04", "a"))


def question(case: Case = CASE, control: Control | None = None) -> Question:
    return Question(case, read_rules(case), control or Control())


def test_everything_required_is_there_instance_by_instance() -> None:
    first = session_ids(CASE)[0]
    instances = set(question().instances)
    assert {AWAY, PINNED, Instance(TAKES_PLACE, (first,)), Instance(LEAST, (first, "main", "host"))} <= instances
    assert Instance("rule", ("b",)) in instances


def test_two_that_exclude_each_other_conflict_and_neither_does_alone() -> None:
    asked = question()
    assert asked.conflict([AWAY, PINNED]) is True
    assert asked.conflict([AWAY]) is False
    assert asked.conflict([PINNED]) is False
    assert asked.conflict([i for i in asked.instances if i != AWAY]) is False
    assert asked.always_answered


def test_a_guess_is_a_conflict_of_what_was_asked_about() -> None:
    asked = question()
    guess = asked.guess(asked.instances)
    assert guess is not None
    assert {AWAY, PINNED} <= set(guess) <= set(asked.instances)
    assert asked.conflict(guess)


def test_where_nothing_conflicts_nothing_is_guessed() -> None:
    asked = question()
    assert asked.guess([i for i in asked.instances if i != PINNED]) is None


def test_the_cheapest_is_given_up() -> None:
    asked = question()
    dear = dict.fromkeys(asked.instances, 5)
    for cheap, other in ((AWAY, PINNED), (PINNED, AWAY)):
        relaxed = asked.relax({**dear, cheap: 2}, (), ())
        assert relaxed is not None
        assert relaxed.given_up == (cheap,)
        assert relaxed.cheapest
        kept = asked.relax({**dear, cheap: 2}, {cheap}, ())
        assert kept is not None
        assert kept.given_up == (other,)


def test_what_was_given_up_once_is_not_given_up_again() -> None:
    asked = question()
    price = dict.fromkeys(asked.instances, 1)
    first = asked.relax(price, (), ())
    assert first is not None
    second = asked.relax(price, not_again=[[first.given_up]])
    assert second is not None
    assert {first.given_up, second.given_up} == {(AWAY,), (PINNED,)}
    assert asked.relax(price, {AWAY, PINNED}, ()) is None


def test_no_time_is_no_answer() -> None:
    asked = question(control=Control(seconds=0))
    assert asked.conflict([]) is None
    assert asked.guess([]) is None
    assert asked.relax({}, (), ()) is None
    assert not asked.always_answered


def test_facts_and_structure_are_harder_to_give_up_than_what_somebody_decided() -> None:
    price = prices(question(), read_rules(CASE))
    first = session_ids(CASE)[0]
    order = [
        Instance("rule", ("b",)),
        PINNED,
        AWAY,
        Instance(LEAST, (first, "main", "host")),
        Instance(TAKES_PLACE, (first,)),
    ]
    assert [price[i] for i in order] == sorted({price[i] for i in order})


def test_the_conflict_is_these_two_and_there_are_two_ways_out() -> None:
    asked, rules = question(), read_rules(CASE)
    conflict = conflict_of(asked, CASE, rules)
    assert conflict is not None
    assert set(conflict.instances) == {AWAY, PINNED}
    assert conflict.minimal
    ways = list(ways_out(asked, CASE, rules, Control()))
    assert [way.instances for way in ways] == [(PINNED,), (AWAY,)]
    assert [(way.price, way.cheapest) for way in ways] == [(2, True), (3, True)]
    assert [[breach.rule for breach in way.breaches] for way in ways] == [["pins"], ["availability"]]


def test_an_exception_to_a_comparison_of_counts_is_a_way_out() -> None:
    pins = (pin(session, role="host", resource="a") for session in session_ids(CASE))
    case = case_of(*units("a b"), series(rounds="1-3"), seats(), *pins, demand("full_circle", role="host"))
    found = list(ways_out(question(case), case, read_rules(case), Control()))
    assert {"rule"} in [{breach.rule for breach in way.breaches} for way in found]


@pytest.mark.parametrize("names", ["a b c", "a b c d"])
def test_where_no_other_rule_can_be_given_up_the_same_one_is_for_others(names: str) -> None:
    """Everybody hosts twice, and there are as many sessions as units: two units at the least go without."""
    whole = case_of(
        *units(names), series(rounds=f"1-{len(names.split())}"), seats(), demand("cover", role="host", times=2)
    )
    found = list(ways_out(question(whole), whole, read_rules(whole), Control()))
    assert [({instance.demand for instance in way.instances}, way.price) for way in found] == [({"rule"}, 2)] * 3
    assert len({way.instances for way in found}) == 3
    assert all(way.cheapest for way in found)
    if names == "a b c d":
        first, second, _ = (set(way.instances) for way in found)
        assert not first & second  # as far from the first as can be


@pytest.mark.parametrize("most", [0, 1])
def test_no_more_ways_out_are_looked_for_than_asked_for(most: int) -> None:
    assert len(list(ways_out(question(), CASE, read_rules(CASE), Control(), most))) == most
