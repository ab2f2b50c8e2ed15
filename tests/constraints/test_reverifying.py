"""Verifying again says what verifying anew says, whichever sessions differ."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from random import Random

import pytest

from constraints import trial
from constraints.breach import Breach
from constraints.reading import read_rules
from constraints.registry import RULES
from constraints.reverifying import Judged
from constraints.verify import Verdict, verify
from rota.agenda import agenda_of
from rota.case import Case
from rota.plan import Plan, Session
from tests.constraints import agreement
from tests.constraints.building import case_of, held, plan_of, seats, series, unit
from tests.thoroughness import sparing

PAIRS = sparing(5, 40)
MOST = 2_000
"""So many plans of a tiny case are drawn from."""


@pytest.fixture(autouse=True)
def any_number_may_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("constraints.reverifying.FEW", 1.0)


@pytest.mark.parametrize("kind", [rule.kind for rule in RULES])
def test_a_plan_that_differs_is_judged_as_if_it_were_judged_anew(kind: str) -> None:
    draw = Random(kind)
    for case in agreement.tiny_cases(kind):
        plans = list(islice(trial.plans_of(case), MOST))
        for _ in range(PAIRS):
            before, after = draw.sample(plans, 2)
            past = [o.id for o in agenda_of(case).occurrences if draw.random() < draw.choice((0.0, 0.5))]
            compare(case, before, after, past)


def test_what_is_about_single_sessions_is_local() -> None:
    assert {rule.kind for rule in RULES if rule.by_session} < {rule.kind for rule in RULES if rule.local}


def test_who_may_not_serve_and_leaves_one_session_is_still_wrong_in_the_other() -> None:
    case = case_of(unit("a", groups="hosts"), unit("c", groups="guests"), series(rounds="1-2"), seats(groups="hosts"))
    first, second = "duty@2027-01-04", "duty@2027-01-11"
    before = {id_: held(case, id_, parts={"main": {"host": "c"}}) for id_ in (first, second)}
    after = {**before, first: held(case, first, parts={"main": {"host": "a"}})}
    assert [breach.sessions for breach in verify(case, (), _plan(case, after)).breaches] == [(second,)]
    compare(case, before, after, [])


def compare(case: Case, before: Mapping[str, Session], after: Mapping[str, Session], past: list[str]) -> None:
    rules = read_rules(case)
    one, other = _plan(case, before), _plan(case, after)
    judged = Judged(case, rules, one, past)
    assert _said(judged.again(other)) == _said(verify(case, rules, other, past))
    put = {id_: session for id_, session in after.items() if before.get(id_) != session}
    found, expected = judged.altered(put.values()), verify(case, rules, judged.with_sessions(put), past)
    assert found.costs == {score.rule: score.cost for score in expected.rules}
    assert set(map(repr, found.breaches)) <= set(_sorted(expected.breaches))
    assert set(_sorted(expected.breaches)) <= {*map(repr, found.breaches), *_sorted(judged.verdict.breaches)}


def _plan(case: Case, sessions: Mapping[str, Session]) -> Plan:
    return plan_of(case, sessions.values())


def _said(verdict: Verdict) -> object:
    wishes = {rule: _sorted(breaches) for rule, breaches in verdict.wishes.items()}
    return _sorted(verdict.breaches), _sorted(verdict.standing), wishes, verdict.rules, verdict.costs


def _sorted(breaches: tuple[Breach, ...]) -> list[str]:
    return sorted(map(repr, breaches))
