"""A repair near the change: what is proved there is so for all of the case."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from rota.plan import OpenSeat
from scheduler.solving.errors import NoPlanFoundError
from scheduler.solving.repair import Repair, Request
from tests.constraints.building import case_of, demand, held, plan_of, seats, series, session_ids, states, turns, unit
from tests.solving.repairing import CHANGES, changed, repaired

if TYPE_CHECKING:
    from rota.case import Case
    from rota.plan import Plan
    from rota.row import Row


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


DAY = "@2027-01-04"


def _in_company(activities: str, *rows: Row) -> Case:
    """Make a day on which nobody of group x comes for one turn alone; at three o'clock only who is not there at ten."""
    return case_of(
        *(unit(who, groups=groups) for who, groups in (("a", "x; z"), ("b", "z"), ("c", "z"))),
        *(series(id_, rounds="1", times=at) for id_, at in (("early", "09:00"), ("middle", "10:00"))),
        *(series(id_, rounds="1", times=at) for id_, at in (("late", "11:00; 10:00"), ("evening", "15:00"))),
        seats(activity="early", groups="x"),
        *(seats(activity=id_, groups="z") for id_ in ("middle", "late", "evening")),
        *rows,
        demand("compactness", id="company", role="host", groups="x", activities=activities),
        demand("load", id="one", role="host", activities="middle; evening", most=1, per="day"),
    )


def test_a_session_that_no_breach_names_may_be_the_smallest_repair(monkeypatch: pytest.MonkeyPatch) -> None:
    extra = (series("extra", rounds="1", times="10:00"), seats(activity="extra", groups="x"))
    before, after = _in_company("early; middle; late; extra", *extra), _in_company("early; middle; late")
    hosts = {"early": "a", "extra": "a", "middle": "c", "evening": "a"}
    sessions = [held(before, id_ + DAY, host=who) for id_, who in hosts.items()]
    sessions.append(held(before, "late" + DAY, start="11:00", host="b"))
    found = _near(after, plan_of(before, sessions), monkeypatch)
    assert found is not None
    assert (found.changed, found.least, found.proved) == (("late" + DAY,), 1, True)


def _as_long_as(minutes: int, *rows: Row) -> Case:
    return case_of(unit("a"), unit("b"), series(rounds="1-4", minutes=minutes), seats(), *rows)


def test_sessions_that_last_longer_are_no_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = _as_long_as(60), _as_long_as(90, states("a", "cannot", "2027-01-04"))
    found = _near(after, plan_of(before, turns(before, "a b a b")), monkeypatch)
    assert found is not None
    assert (found.changed, found.least, found.proved) == (("duty" + DAY,), 1, True)


def test_that_more_seats_stay_open_is_no_change(monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = (case_of(unit("a"), series(rounds="1-4"), seats(least=least, most=2)) for least in (1, 2))
    first, *others = session_ids(before)
    left = OpenSeat(session=first, part="main", role="host", missing=1)
    plan = plan_of(before, [held(before, first), *(held(before, id_, host="a") for id_ in others)])
    found = _near(after, plan.model_copy(update={"open": (left,)}), monkeypatch)
    assert found is not None
    assert found.changed == (first,)
    assert found.least <= 1


def test_what_stays_around_a_neighbourhood_and_breaks_a_rule_is_opened_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    people = [*(unit(who, groups="g") for who in "abc"), *(unit(who, groups="h") for who in "pqrst")]
    before = case_of(*people, series(rounds="1-5"), seats(groups="g"), seats("partner", groups="h"))
    apart = demand("rest_gap", id="apart", role="partner", cycle="weeks", rounds=2)
    twice = demand("load", id="twice", role="host", most=2)
    who = zip(session_ids(before), "baaaa", "ppqrs", strict=True)
    baseline = plan_of(before, [held(before, id_, host=host, partner=partner) for id_, host, partner in who])
    found = _near(changed(before, apart, twice), baseline, monkeypatch)
    assert found is not None
    assert (len(found.changed), found.least, found.proved) == (2, 2, True)


def _near(case: Case, baseline: Plan, monkeypatch: pytest.MonkeyPatch) -> Repair | None:
    monkeypatch.setattr("scheduler.solving.repair.is_wide", lambda _: True)
    try:
        return repaired(case, Request(baseline))
    except NoPlanFoundError:
        return None
