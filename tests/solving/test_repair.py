"""The smallest repair: the fewest sessions change, then the cheapest way, then as good a plan as that leaves."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constraints.reading import read_rules
from rota.case import Case
from rota.demand import REQUIRED, Availability, Level
from rota.plan import OpenSeat, Plan
from scheduler.solving.control import Control
from scheduler.solving.errors import InfeasibleError
from scheduler.solving.repair import Request, purchases, why_none
from tests.constraints.building import (
    case_of,
    demand,
    held,
    pin,
    plan_of,
    seats,
    series,
    states,
    units,
)
from tests.solving.brute import smallest
from tests.solving.repairing import (
    BASE,
    CHANGES,
    FEW,
    IN_RED,
    KEPT,
    MANY,
    ROOMS,
    changed,
    day,
    drawn,
    repaired,
    same_as_by_brute_force,
)
from tests.suzhou import suzhou

if TYPE_CHECKING:
    from rota.row import Row

EVERYWHERE = [
    None,
    pytest.param("2027-01-01", marks=pytest.mark.slow),
    pytest.param("2027-01-08", marks=pytest.mark.slow),
    "2027-01-20",
]
MORE: list[dict[str, Any]] = [{}, {"budget": 1}, {"order": (1,)}, {"order": (2, 1), "budget": 2}]


@pytest.mark.parametrize(("case", "baseline"), CHANGES)
@pytest.mark.parametrize("now", EVERYWHERE)
def test_the_repair_is_the_best_of_all_plans(case: Case, baseline: Plan, now: str | None) -> None:
    same_as_by_brute_force(case, Request(baseline, day(now) if now else None))


@pytest.mark.slow
@pytest.mark.parametrize(("case", "baseline"), CHANGES)
@pytest.mark.parametrize("now", EVERYWHERE)
@pytest.mark.parametrize("more", MORE[1:], ids=str)
def test_so_it_is_with_a_budget_and_another_order(
    case: Case, baseline: Plan, now: str | None, more: dict[str, Any]
) -> None:
    same_as_by_brute_force(case, Request(baseline, day(now) if now else None, **more))


@given(st.data())
@FEW
def test_random_repairs_are_those_of_brute_force(data: st.DataObject) -> None:
    same_as_by_brute_force(*drawn(data))


@pytest.mark.slow
@given(st.data())
@MANY
def test_many_random_repairs_are_those_of_brute_force(data: st.DataObject) -> None:
    same_as_by_brute_force(*drawn(data))


def test_nothing_is_moved_before_now_and_what_is_past_stays_even_if_it_breaks_something() -> None:
    case = changed(ROOMS, states("red", "cannot", "2027-01-04", last="2027-01-11"))
    found = same_as_by_brute_force(case, Request(IN_RED, dt.datetime.fromisoformat("2027-01-11T08:00+08:00")))
    assert found is not None
    assert found.plan.session["duty@2027-01-04"] == IN_RED.session["duty@2027-01-04"]
    assert [breach.sessions for breach in found.verdict.standing] == [("duty@2027-01-04",)]
    assert found.changed == ("duty@2027-01-11",)
    at_noon = same_as_by_brute_force(
        changed(ROOMS, states("hall", "cannot", "2027-01-11", start="14:00")),
        Request(IN_RED, dt.datetime.fromisoformat("2027-01-11T09:30+08:00")),
    )
    assert at_noon is not None
    assert at_noon.changed == ()


def test_a_session_that_took_place_stays_in_the_plan_although_the_case_knows_it_no_more() -> None:
    case = BASE.model_copy(update={"activities": (series(rounds="2-4"),)})
    found = repaired(case, Request(KEPT, day("2027-01-06")))
    assert found.plan.session["duty@2027-01-04"] == KEPT.session["duty@2027-01-04"]
    assert found.changed == ()
    assert found.verdict.holds


def test_a_round_that_is_over_without_having_been_held_is_not_made_up_for() -> None:
    case = BASE.model_copy(update={"activities": (series(rounds="1-4"), series("talk", rounds="1-3"))})
    found = repaired(case, Request(KEPT, day("2027-01-06")))
    assert "talk@2027-01-04" not in found.plan.session
    assert {"talk@2027-01-11", "talk@2027-01-18"} <= found.plan.session.keys()
    assert found.changed == ()


AWAY = changed(BASE, states("b", "cannot", "2027-01-11"))
NEVER_LATE = states("a", "cannot", "2027-01-04", start="10:00", end="11:00")


def test_frozen_sessions_stay_and_later_ones_are_changed() -> None:
    fair = changed(BASE, demand("load", id="new", role="host", most=1, per="month"), *units("d"))
    request = Request(KEPT, day("2027-01-02"), freeze_days=10)
    found = repaired(fair, request)
    assert found.frozen == {"duty@2027-01-04", "duty@2027-01-11"}
    assert found.changed == ("duty@2027-01-25",)
    assert found.forced == ()
    assert found.plan.session["duty@2027-01-25"].serving("host") == ("d",)


def test_a_frozen_seat_that_cannot_be_kept_is_opened_alone_and_its_candidates_are_ranked() -> None:
    found = repaired(AWAY, Request(KEPT, day("2027-01-02"), freeze_days=10))
    (opened,) = found.forced
    assert (opened.session, opened.what, opened.role) == ("duty@2027-01-11", "seat", "host")
    assert (opened.before, opened.after) == (("b",), found.plan.session[opened.session].serving("host"))
    assert {candidate.who for candidate in opened.candidates} == {"a", "c"}
    assert opened.breaches[0].who == ("b",)
    assert "duty@2027-01-04" not in found.changed
    assert "duty@2027-01-11" in found.changed


def test_of_a_frozen_session_nothing_moves_that_need_not() -> None:
    case = changed(ROOMS, states("red", "cannot", "2027-01-04"))
    found = repaired(case, Request(IN_RED, day("2027-01-02"), freeze_days=3))
    assert [(opened.what, opened.before, opened.after) for opened in found.forced] == [("room", ("red",), ("blue",))]
    before, after = IN_RED.session["duty@2027-01-04"], found.plan.session["duty@2027-01-04"]
    assert (after.start, after.site, after.parts[0].roles) == (before.start, before.site, before.parts[0].roles)


def test_where_one_seat_does_not_suffice_the_whole_frozen_session_is_opened() -> None:
    """Both units are away in the morning: the seat cannot be filled, but the session can move to the afternoon."""
    case = changed(
        ROOMS, states("a", "cannot", "2027-01-04", end="12:00"), states("b", "cannot", "2027-01-04", end="12:00")
    )
    found = repaired(case, Request(IN_RED, day("2027-01-02"), freeze_days=3))
    assert found.plan.session["duty@2027-01-04"].start.hour == 14
    assert [opened.what for opened in found.forced] == ["seat"]


@pytest.mark.parametrize(
    ("rows", "changes", "forced"),
    [
        pytest.param([], ("late@2027-01-04",), [], id="the open session gives company"),
        pytest.param([NEVER_LATE], ("early@2027-01-04",), [("early@2027-01-04", "session")], id="it cannot"),
    ],
)
def test_a_frozen_session_that_an_open_one_may_mend_stays_if_it_does(
    rows: list[Row], changes: tuple[str, ...], forced: list[tuple[str, str]]
) -> None:
    days = [series("early", rounds="1"), series("late", rounds="1", times="10:00")]
    before = case_of(*units("a b"), *days, seats(activity="early"), seats(activity="late"))
    hosts = {"early@2027-01-04": "a", "late@2027-01-04": "b"}
    baseline = plan_of(before, [held(before, id_, host=who) for id_, who in hosts.items()])
    company = demand("compactness", id="company", role="host")
    request = Request(baseline, dt.datetime.fromisoformat("2027-01-03T09:30+08:00"), freeze_days=1)
    found = repaired(changed(before, company, *rows), request)
    assert (found.changed, found.proved) == (changes, True)
    assert [(each.session, each.what) for each in found.forced] == forced


def test_a_frozen_start_that_is_gone_is_opened_with_the_starts_that_are_left() -> None:
    later = series(rounds="1-2", times="10:00; 14:00", needs_room=True, lines="law; tea")
    case = ROOMS.model_copy(update={"activities": (later,)})
    found = repaired(case, Request(IN_RED, day("2027-01-02"), freeze_days=3))
    (opened,) = found.forced
    assert opened.what == "time"
    assert [other.start.hour for other in opened.starts] == [10, 14]


def test_each_further_change_buys_what_brute_force_says() -> None:
    rows = (states("a", "cannot", "2027-01-04", last="2027-01-20"),)
    case = changed(BASE, *rows)
    bought = list(purchases(case, read_rules(case), Request(KEPT), Control(), 3))
    assert [row.budget for row in bought] == [0, 1, 2, 3]
    for row in bought:
        expected = smallest(case, Request(KEPT, budget=row.budget))
        assert expected is not None
        assert (row.number, row.price, dict(row.costs)) == expected[1]
        assert row.proved
    again = repaired(case, Request(KEPT, budget=2))
    assert (len(again.changed), again.price) == (bought[2].number, bought[2].price)


def test_what_forbids_every_repair_is_named() -> None:
    case = changed(AWAY, pin("duty@2027-01-11", role="host", resource="b"))
    with pytest.raises(InfeasibleError):
        repaired(case, Request(KEPT, day("2027-01-06")))
    conflict = why_none(case, read_rules(case), Request(KEPT, day("2027-01-06")), Control())
    assert conflict is not None
    assert conflict.minimal
    assert {instance.about[-1] for instance in conflict.instances} == {"duty@2027-01-11", "b"}


def test_open_seats_of_the_baseline_may_stay_open() -> None:
    case = changed(BASE, *(states(who, "cannot", "2027-01-11") for who in "abc"))
    sessions = [session for session in KEPT.sessions if session.id != "duty@2027-01-11"]
    baseline = plan_of(BASE, sessions).model_copy(update={"open": (OpenSeat(session="duty@2027-01-11", missing=2),)})
    found = repaired(case, Request(baseline))
    assert found.changed == ()
    assert found.verdict.costs[REQUIRED] == 1  # it takes place, with nobody in its seat
    assert found.verdict.holds


@pytest.mark.slow
def test_suzhou_without_the_tax_office_on_its_day_changes_one_session_or_two_and_never_more_than_is_proved(
    best_of_suzhou: Plan,
) -> None:
    case, plan = suzhou(), best_of_suzhou
    turn = next(session for session in plan.sessions if "U01" in session.serving("host"))
    day = turn.start.date()
    case = changed(case, Availability(resource="U01", level=Level.CANNOT, first=day, last=day))
    found = repaired(case, Request(plan))
    assert turn.id in found.changed
    assert 1 <= len(found.changed) == found.least <= 2
    assert (found.proved, found.price_proved) == (True, True)
    assert all(level.proved for level in found.levels)
    assert repaired(case, Request(plan)).plan == found.plan
