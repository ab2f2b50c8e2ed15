"""What stands: breaches that the past alone brings about do not count, all others do."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constraints.board import Board
from constraints.reading import read_rules
from constraints.trial import Trial, describe
from constraints.verify import Verdict, verify
from rota.agenda import agenda_of
from rota.case import Case
from tests.constraints import sampling
from tests.constraints.building import (
    case_of,
    demand,
    held,
    pin,
    plan_of,
    seats,
    series,
    session_ids,
    states,
    turns,
    unit,
    units,
)
from tests.thoroughness import often, sparing

FEW = settings(max_examples=sparing(6, 20), deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=often(80, 200), deadline=None, suppress_health_check=list(HealthCheck))


def judged(case: Case, who: str, past: int) -> Verdict:
    """Judge the plan in which the sessions have these hosts, the first `past` of them being over."""
    return verify(case, read_rules(case), plan_of(case, turns(case, who)), session_ids(case)[:past])


def duty(kind: str, **params: object) -> Case:
    rule = demand(kind, role="host", **params)
    return case_of(*units("a b c"), series(rounds="1-4"), seats(), rule, last="2027-01-31")


AT_MOST_ONE = duty("load", most=1)
EVERYBODY = duty("cover")
REST = duty("rest_gap", cycle="weeks", rounds=2)
MONTHLY = duty("load", least=1, per="month")
CIRCLE = duty("full_circle")


@pytest.mark.parametrize(
    ("case", "who", "past", "standing", "counting"),
    [
        pytest.param(AT_MOST_ONE, "a a b c", 2, 1, 0, id="a had a second turn, which nobody can take back"),
        pytest.param(AT_MOST_ONE, "a a b c", 1, 0, 1, id="a's second turn is still to come"),
        pytest.param(AT_MOST_ONE, "a a a b", 2, 0, 1, id="a had two turns and gets a third"),
        pytest.param(AT_MOST_ONE, "a a b b", 2, 1, 1, id="a's two turns are over, b's are not"),
        pytest.param(REST, "a a b c", 2, 1, 0, id="a came twice in a row, and that is over"),
        pytest.param(REST, "b a a c", 2, 0, 1, id="a comes again the week after"),
        pytest.param(EVERYBODY, "a a a b", 4, 1, 0, id="c never came, and nothing is left"),
        pytest.param(EVERYBODY, "a a a b", 3, 0, 1, id="c has not come, and one session is left"),
        pytest.param(MONTHLY, "a a b b", 4, 1, 0, id="January is over, and c had no turn in it"),
        pytest.param(CIRCLE, "a a b c", 2, 2, 0, id="a came twice before b and c; they come now"),
        pytest.param(CIRCLE, "a a a b", 2, 1, 2, id="a came twice before b and c, and comes again"),
    ],
)
def test_what_is_over_stands_and_what_is_still_to_come_counts(
    case: Case, who: str, past: int, standing: int, counting: int
) -> None:
    verdict = judged(case, who, past)
    assert (len(verdict.standing), len(verdict.breaches)) == (standing, counting)
    assert verdict.holds == (not counting)


def test_what_a_session_that_is_over_breaks_by_itself_stands() -> None:
    case = case_of(
        *(unit(id_, left="2027-01-10" if id_ == "a" else "") for id_ in "abc"),
        series(rounds="1-3"),
        seats(),
        states("b", "cannot", "2027-01-04"),
    )
    rules, first = read_rules(case), session_ids(case)[:1]
    assert verify(case, rules, plan_of(case, turns(case, "b c c")), first).holds
    assert not verify(case, rules, plan_of(case, turns(case, "b a c")), first).holds
    assert not verify(case, rules, plan_of(case, turns(case, "b c c"))).holds


def test_a_session_that_is_over_and_was_not_held_is_not_missed_any_more() -> None:
    case = case_of(*units("a b"), series(rounds="1-3"), seats())
    first, *others = session_ids(case)
    plan = plan_of(case, [held(case, id_, host="a") for id_ in others])
    assert verify(case, read_rules(case), plan, [first]).holds
    assert not verify(case, read_rules(case), plan, [others[0]]).holds


def test_a_pin_counts_as_long_as_its_session_is_open() -> None:
    case = case_of(
        *units("a b"),
        series(rounds="1-2", presence="may"),
        seats(),
        pin("duty@2027-01-04", role="host", resource="a"),
    )
    first, second = session_ids(case)
    plan = plan_of(case, [held(case, second, host="b")])
    assert verify(case, read_rules(case), plan, [first]).holds
    assert not verify(case, read_rules(case), plan, [second]).holds


def compare(data: st.DataObject) -> None:
    """Compare the board, with some sessions fixed as in a random plan and some over, to the verifier."""
    case = data.draw(sampling.cases())
    ids = [occurrence.id for occurrence in agenda_of(case).occurrences]
    past = data.draw(st.sets(st.sampled_from(ids), max_size=len(ids) - 1))
    before = data.draw(sampling.plans(case))
    fixed = {id_: session for id_, session in before.items() if id_ in past and data.draw(st.integers(0, 9))}
    board = Board(case, set(ids) - past, fixed)
    board.post([rule for rule in read_rules(case) if rule.required])
    trial = Trial(board)
    for _ in range(3):
        now = data.draw(sampling.plans(case))
        sessions = fixed | {id_: session for id_, session in now.items() if id_ not in past}
        verdict = verify(case, read_rules(case), plan_of(case, sessions.values()), past)
        possible = trial.least_cost(sessions) is not None
        complete = all(o.id in sessions or o.id in past or not o.must for o in agenda_of(case).occurrences)
        shown = f"past {past}: {describe(sessions)}: {[breach.message.en for breach in verdict.breaches]}"
        assert (possible and complete) == verdict.holds, shown


@given(st.data())
@FEW
def test_the_verifier_passes_exactly_what_can_be_decided_beside_a_random_past(data: st.DataObject) -> None:
    compare(data)


@pytest.mark.slow
@given(st.data())
@MANY
def test_the_verifier_passes_exactly_what_can_be_decided_beside_many_random_pasts(data: st.DataObject) -> None:
    compare(data)
