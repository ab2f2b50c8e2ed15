"""Every rule encodes what it checks: on all plans of its tiny cases, whole and in windows, in both modes."""

from __future__ import annotations

from itertools import islice

import pytest

from constraints import trial
from constraints.reading import rule_problems
from constraints.registry import RULES
from tests.constraints import agreement

KINDS = [rule.kind for rule in RULES]
FIFTH = [pytest.param(5, marks=pytest.mark.slow, id="fifth"), pytest.param(97, id="some")]
"""Each so-many-th plan is tried."""


@pytest.mark.parametrize("kind", KINDS)
def test_board_and_check_agree_on_some_plans_of_the_tiny_cases(kind: str) -> None:
    for case in agreement.tiny_cases(kind):
        trial.compare(case, trial.stated(case, kind), every=59)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_board_and_check_agree_on_every_plan_of_the_tiny_cases(kind: str) -> None:
    verdicts = [trial.compare(case, trial.stated(case, kind)) for case in agreement.tiny_cases(kind)]
    assert any(verdict.kept for verdict in verdicts), f"no plan keeps {kind}: its tiny cases say nothing"
    assert any(verdict.broken for verdict in verdicts), f"no plan breaks {kind}: its tiny cases say nothing"


@pytest.mark.parametrize("every", FIFTH)
@pytest.mark.parametrize("kind", KINDS)
def test_a_window_of_one_session_agrees_with_the_whole(kind: str, every: int) -> None:
    for case in agreement.tiny_cases(kind):
        trial.compare_windows(case, trial.stated(case, kind), every)


@pytest.mark.parametrize("kind", KINDS)
def test_a_window_that_touches_nothing_is_asked_for_nothing(kind: str) -> None:
    for case in agreement.tiny_cases(kind):
        trial.compare_untouched(case, trial.stated(case, kind))


@pytest.mark.parametrize("every", FIFTH)
@pytest.mark.parametrize("kind", KINDS)
def test_an_exception_lets_through_what_its_instance_forbids_and_nothing_else(kind: str, every: int) -> None:
    for case in agreement.tiny_cases(kind):
        rule = trial.stated(case, kind).model_copy(update={"priority": 0})
        instances = [i for i in trial.posted(case, rule, "explain").instances if i.demand == rule.id]
        for exempt in (instances, instances[::2], instances[1::2]):
            allowed, explained = agreement.with_exceptions(case, rule, exempt)
            for sessions in islice(trial.plans_of(case), 0, None, every):
                assert allowed.admits(sessions) == explained.admits(sessions), trial.describe(sessions)


@pytest.mark.parametrize("every", FIFTH)
@pytest.mark.parametrize("kind", KINDS)
def test_an_exception_costs_nothing_exactly_where_it_is_not_made_use_of(kind: str, every: int) -> None:
    for case in agreement.tiny_cases(kind):
        rule = trial.stated(case, kind).model_copy(update={"priority": 0})
        instances = list(trial.posted(case, rule, "explain").instances)
        priced, _ = agreement.with_exceptions(case, rule, instances)
        for sessions in islice(trial.plans_of(case), 0, None, every):
            kept = not list(rule.check(trial.roster(case, sessions)))
            cost = priced.least_cost(sessions)
            assert cost is not None
            assert (cost == 0) == kept, trial.describe(sessions)


@pytest.mark.parametrize("kind", KINDS)
def test_the_bare_board_has_exactly_the_plans_that_the_case_foresees(kind: str) -> None:
    for case in agreement.tiny_cases(kind):
        solved, enumerated = agreement.structural_solutions(case)
        assert len(set(enumerated)) == len(enumerated)
        assert sorted(solved) == sorted(enumerated)


@pytest.mark.parametrize("kind", KINDS)
def test_tiny_cases_are_tiny_and_state_the_rule_that_they_try(kind: str) -> None:
    for case in agreement.tiny_cases(kind):
        assert rule_problems(case) == []
        assert trial.stated(case, kind).kind == kind
        plans = list(islice(trial.plans_of(case), trial.MOST_PLANS + 1))
        assert 1 < len(plans) <= trial.MOST_PLANS


def test_a_rule_without_tiny_cases_is_not_taken_for_tried() -> None:
    with pytest.raises(LookupError, match="has no example tests"):
        agreement.tiny_cases("unheard_of")
