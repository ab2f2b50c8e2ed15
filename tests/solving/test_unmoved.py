"""A baseline that still holds is the smallest repair by itself, found without a search and with the same proof."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from constraints.reading import read_rules
from constraints.reverifying import Judged
from constraints.verify import verify
from rota.case import Case
from rota.difference import difference
from rota.plan import Declined, Plan
from scheduler.solving import repair as repairing
from scheduler.solving.baseline import Baseline
from scheduler.solving.control import Control
from scheduler.solving.errors import InfeasibleError
from scheduler.solving.repair import Repair, Request, repair
from scheduler.solving.unmoved import as_known, unmoved
from tests.constraints import sampling
from tests.constraints.building import case_of, demand, pin, plan_of, seats, series, session_ids, states, turns, units
from tests.thoroughness import often, sparing

FEW = settings(max_examples=sparing(3, 10), deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=often(40, 120), deadline=None, suppress_health_check=list(HealthCheck))

DUTY = (
    *units("a b c"),
    series(rounds="1-4"),
    seats(),
    demand("load", id="once", role="host", most=2),
    demand("fair_share", id="fair", role="host", priority=1),
)
CASE = case_of(*DUTY)
KEPT = plan_of(CASE, turns(CASE, "a b c a"))
EXTRA = (series("talk", rounds="2", presence="may"), seats(activity="talk"))
WITH_EXTRA = case_of(*DUTY, *EXTRA)
TALK = next(id_ for id_ in session_ids(WITH_EXTRA) if id_.startswith("talk"))
REFUSED = KEPT.model_copy(update={"declined": (Declined(session=TALK, reason=""),)})


def without_search(case: Case, request: Request) -> bool:
    baseline = Baseline(case, request)
    return unmoved(Judged(case, read_rules(case), as_known(case, baseline), baseline.past), baseline)


def searched(case: Case, request: Request) -> Repair:
    """Repair a plan the long way."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(repairing, "unmoved", lambda *_: False)
        return repair(case, read_rules(case), request, Control())


@pytest.mark.parametrize(
    ("case", "baseline", "needs_none"),
    [
        pytest.param(CASE, KEPT, True, id="nothing has changed"),
        pytest.param(case_of(*DUTY, states("b", "cannot", "2027-01-05")), KEPT, True, id="b is away on another day"),
        pytest.param(case_of(*DUTY, states("b", "avoid", "2027-01-11")), KEPT, True, id="b would rather not"),
        pytest.param(case_of(*DUTY, *units("d")), KEPT, True, id="d joins, and nobody must give way"),
        pytest.param(case_of(*DUTY, states("b", "cannot", "2027-01-11")), KEPT, False, id="b cannot come to its turn"),
        pytest.param(case_of(*DUTY, pin("duty@2027-01-18", role="host", resource="a")), KEPT, False, id="a is pinned"),
        pytest.param(WITH_EXTRA, KEPT, False, id="an extra session may take place"),
        pytest.param(WITH_EXTRA, REFUSED, True, id="the extra session was declined before"),
        pytest.param(case_of(*DUTY[:-3], seats(), seats("partner", least=0)), KEPT, False, id="there is a new role"),
    ],
)
def test_a_search_is_needed_only_where_something_is_to_be_decided(
    case: Case, baseline: Plan, needs_none: object
) -> None:
    assert without_search(case, Request(baseline)) is needs_none


def test_a_session_that_the_case_dropped_needs_no_search_and_one_that_took_place_is_kept() -> None:
    shorter = case_of(*units("a b c"), series(rounds="1-3"), seats())
    assert session_ids(shorter) == session_ids(CASE)[:3]
    found = repair(shorter, read_rules(shorter), Request(KEPT), Control())
    assert without_search(shorter, Request(KEPT))
    assert [session.id for session in found.plan.sessions] == session_ids(shorter)
    over = dt.datetime.fromisoformat("2027-06-01T00:00+08:00")
    found = repair(shorter, read_rules(shorter), Request(KEPT, over), Control())
    assert found.plan.sessions == KEPT.sessions


@pytest.mark.parametrize("request_", [Request(KEPT, budget=1), Request(KEPT, order=(1,))], ids=["budget", "order"])
def test_who_asks_for_something_better_gets_a_search(request_: Request) -> None:
    assert not without_search(CASE, request_)


def legal(data: st.DataObject) -> tuple[Case, Plan]:
    """Draw a case and a plan that holds for it: required rules that the plan breaks are left out."""
    case = data.draw(sampling.cases())
    sessions = data.draw(sampling.plans(case))
    declined = [Declined(session=id_, reason="") for id_ in session_ids(case) if id_ not in sessions]
    plan = plan_of(case, sessions.values()).model_copy(update={"declined": tuple(declined)})
    broken = {breach.rule for breach in verify(case, read_rules(case), plan).breaches}
    case = case.model_copy(update={"demands": tuple(d for d in case.demands if d.id not in broken)})
    assume(verify(case, read_rules(case), plan).holds)
    return case, plan


def compare(data: st.DataObject) -> None:
    """Change a random case, and compare what is found without a search to what is found with one."""
    case, baseline = legal(data)
    days = st.sampled_from(["2027-01-04", "2027-01-11", "2027-01-18", "2027-02-01"])
    level = data.draw(st.sampled_from(["avoid", "avoid", "cannot"]))
    away = states(data.draw(st.sampled_from("ab")), level, data.draw(days))
    case = case.model_copy(update={"availability": (*case.availability, away)})
    now = data.draw(st.sampled_from([None, *(s.start for s in baseline.sessions)]))
    request = Request(baseline, now, data.draw(st.sampled_from([0, 7])))
    known = without_search(case, request)
    try:
        long = searched(case, request)
    except InfeasibleError:
        assert not known
        return
    found = repair(case, read_rules(case), request, Control(workers=1))
    assert (len(found.changed), found.least, found.price) == (len(long.changed), long.least, long.price)
    assert (found.verdict.costs, found.proved, found.price_proved) == (long.verdict.costs, True, True)
    assert {p.priority: p.bound for p in found.levels} == {p.priority: p.bound for p in long.levels}
    if known:
        assert not difference(found.plan, long.plan)
        assert [each.session for each in found.plan.declined] == [each.session for each in long.plan.declined]
        assert (found.past, found.frozen, found.forced) == (long.past, long.frozen, long.forced)
    event("known without a search" if known else "searched")


@pytest.mark.slow
@given(st.data())
@FEW
def test_a_search_finds_the_same(data: st.DataObject) -> None:
    compare(data)


@pytest.mark.slow
@given(st.data())
@MANY
def test_a_search_finds_the_same_in_many_cases(data: st.DataObject) -> None:
    compare(data)
