"""Wide cases: windows go on from a plan of the case as it was, in whatever order they find things."""

from __future__ import annotations

import pytest

from constraints.reading import read_rules
from rota.agenda import agenda_of
from rota.case import Case
from rota.plan import Session
from scheduler.solving.bounding.certifier import Certifier
from scheduler.solving.construct import construct
from scheduler.solving.control import Control
from scheduler.solving.executors import Crew, Here
from scheduler.solving.search import Search
from scheduler.solving.solve import solve
from scheduler.solving.wide import fitting
from tests.constraints.building import case_of, demand, part, seats, series, units

BEFORE = case_of(
    *units("a b c"),
    series(rounds="1-4"),
    series("talk", rounds="1-4"),
    seats(),
    seats(activity="talk"),
    demand("fair_share", id="fair", role="host", priority=1),
)


def known() -> dict[str, Session]:
    return construct(BEFORE, read_rules(BEFORE), Control())


def changed(**tables: object) -> Case:
    return BEFORE.model_copy(update=tables)


DROPPED = changed(activities=(series(rounds="1-4"),))
DIVIDED = changed(parts=(part("duty", "hall"), part("duty", "yard")))
LATER = changed(activities=(series(rounds="1-4", times="10:00"), series("talk", rounds="1-4")))


@pytest.mark.parametrize(
    ("case", "kept"),
    [(BEFORE, {"duty", "talk"}), (DROPPED, {"duty"}), (DIVIDED, {"talk"}), (LATER, {"talk"})],
    ids=["as it was", "an activity is dropped", "an activity has parts", "an activity is held later"],
)
def test_what_the_case_does_not_foresee_is_not_gone_on_from(case: Case, kept: set[str]) -> None:
    assert {session.activity for session in fitting(case, known()).values()} == kept


@pytest.mark.parametrize("case", [DROPPED, DIVIDED, LATER])
def test_a_wide_case_that_has_changed_is_planned_near_what_is_published(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduler.solving.solve.is_wide", lambda _: True)
    monkeypatch.setattr("scheduler.solving.large.PATIENCE", 2)
    monkeypatch.setattr(Certifier, "run", lambda _: None)  # its bounds lead to a plan of their own here
    solved = solve(case, read_rules(case), Control(seconds=60, crew=Crew(Here)), near=known())
    assert solved.verdict.holds
    assert solved.plan.session.keys() == agenda_of(case).by_id.keys()


def test_sessions_stand_in_the_order_of_their_dates_however_they_were_found() -> None:
    search = Search(BEFORE, read_rules(BEFORE), Control(), None)
    search.start_from(dict(reversed(known().items())))
    sessions = [session.id for session in search.finish().plan.sessions]
    assert sessions == [occurrence.id for occurrence in agenda_of(BEFORE).occurrences]
