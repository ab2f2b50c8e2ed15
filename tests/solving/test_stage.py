"""Stages: one priority at a time, without the rules that cannot matter there yet, and no part dearer than it was."""

from __future__ import annotations

import pytest

from constraints.reading import read_rules
from constraints.verify import verify
from rota.plan import Session
from scheduler.solving import parts
from scheduler.solving.control import Control
from scheduler.solving.decode import as_plan
from scheduler.solving.run import Effort
from scheduler.solving.stage import Stage
from tests.solving.test_parts import EAST, REST, WEST, two_shops

CASE = two_shops(REST, EAST, WEST)
RULES = read_rules(CASE)
EXACT = Effort(exact=True)


@pytest.fixture(autouse=True)
def apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "SMALL", 1)


def stage(*priorities: int) -> Stage:
    return Stage(CASE, RULES, priorities, Control(), open_seats=False)


def best_at(at: Stage) -> dict[str, Session]:
    """The best plan at the last priority of a stage."""
    for part in at.parts:
        at.minimiser.improve(part, at.priorities[-1], None, EXACT)
    return {session.id: session for session in at.sessions or ()}


def costs(sessions: dict[str, Session]) -> dict[int, int]:
    verdict = verify(CASE, RULES, as_plan(CASE, sessions.values()))
    assert verdict.holds
    return {priority: verdict.costs.get(priority, 0) for priority in (1, 2, 3)}


def test_rules_of_weaker_priorities_are_not_heard() -> None:
    assert set(stage(1).board.costs) == {1}
    assert set(stage(1, 2, 3).board.costs) == {1, 2, 3}


def test_what_nothing_is_preferred_about_is_any_plan_that_holds() -> None:
    assert not stage().board.costs
    assert len(stage().parts) > 1


def test_stronger_priorities_keep_what_they_have_come_to_in_each_part() -> None:
    first = best_at(stage(1))
    known = costs(first)
    then = stage(1, 2)
    assert len(then.parts) > 1
    then.begin(first, known, {1})
    assert [sum(part.reached[p] for part in then.parts) for p in (1, 2)] == [known[1], known[2]]
    assert sum(part.least[1] for part in then.parts) == known[1]
    second = costs(best_at(then))
    assert second[1] == known[1]
    assert second[2] <= known[2]


def test_a_plan_that_the_board_does_not_know_holds_the_whole_to_its_costs() -> None:
    first = best_at(stage(1))
    known = costs(first)
    strange = {id_: session.model_copy(update={"parts": ()}) for id_, session in first.items()}
    then = stage(1, 2)
    then.begin(strange, known, {1})
    assert len(then.parts) == 1
    assert costs(best_at(then))[1] == known[1]


def test_a_part_that_has_something_better_keeps_it_when_a_plan_is_hinted() -> None:
    best, at = best_at(stage(1, 2)), stage(1, 2)
    assert len(at.parts) > 1
    at.hint_best(best)
    known = [part.values for part in at.parts]
    worse = {id_: _served_by("E1" if session.activity == "east" else "W1", session) for id_, session in best.items()}
    assert verify(CASE, RULES, as_plan(CASE, worse.values())).costs[2] > costs(best)[2]
    at.hint_best(worse)
    assert [part.values for part in at.parts] == known


def _served_by(who: str, session: Session) -> Session:
    (part,) = session.parts
    return session.model_copy(update={"parts": (part.model_copy(update={"roles": {"host": (who,)}}),)})
