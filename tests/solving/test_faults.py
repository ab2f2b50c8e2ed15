"""A fault in a search beside the main one: it is logged, and costs no plan that another one finds."""

from __future__ import annotations

import pytest

from constraints.reading import read_rules
from rota.case import Case
from scheduler.solving.bounding.relaxation import Relaxation
from scheduler.solving.bounding.rooms import roomed
from scheduler.solving.control import Control, SearchOverError
from scheduler.solving.errors import InfeasibleError
from scheduler.solving.executors import Crew, Here
from scheduler.solving.faults import Faults
from scheduler.solving.search import Solved
from scheduler.solving.solve import solve
from tests.constraints.building import case_of, demand, room, seats, series, site, units, weeks
from tests.solving.test_heavy import YEAR, exactly

CASE = case_of(*units("a b c"), weeks(6), series(rounds="1-6"), seats(), demand("fair_share", priority=1, role="host"))


class GoneAstrayError(Exception):
    """A fault of some search."""


def astray(*_: object, **__: object) -> None:
    raise GoneAstrayError


def solved(case: Case = CASE, seconds: float | None = None) -> Solved:
    return solve(case, read_rules(case), Control(seconds, crew=Crew(Here, lambda: 1, 1)))


def logged(caplog: pytest.LogCaptureFixture) -> list[type[BaseException] | None]:
    """Return the faults whose tracebacks were logged as errors."""
    return [record.exc_info[0] for record in caplog.records if record.levelname == "ERROR" and record.exc_info]


@pytest.mark.parametrize("fails", ["construct", "Certifier.run"])
def test_what_is_constructed_and_the_bounds_only_help_the_whole_model(
    fails: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("scheduler.solving.solve.is_meetable", lambda *_: False)
    monkeypatch.setattr("scheduler.solving.bounding.certifier.PATIENCE", 0.0)
    monkeypatch.setattr("scheduler.solving.search.PROVING", 0.0)  # the portfolio goes on, from what is constructed
    monkeypatch.setattr(f"scheduler.solving.solve.{fails}", astray)
    found = solved()
    assert found.plan.proved
    assert found.verdict.costs == {1: 0}
    assert logged(caplog) == [GoneAstrayError]


@pytest.mark.parametrize(("fails", "many"), [("Certifier.run", 10**9), ("best_by_windows", 0)])
def test_where_what_should_soon_meet_fails_the_whole_model_is_searched(
    fails: str, many: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("scheduler.solving.wide.SOME", 0)
    monkeypatch.setattr("scheduler.solving.wide.MANY", many)
    monkeypatch.setattr("scheduler.solving.solve.Certifier.run", lambda _: None)
    monkeypatch.setattr(f"scheduler.solving.solve.{fails}", astray)
    assert solved().plan.proved
    assert set(logged(caplog)) == {GoneAstrayError}


@pytest.mark.parametrize("fails", ["best_by_windows", "SideBySide._searched"])
def test_of_windows_and_exact_searches_side_by_side_the_others_go_on(
    fails: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("scheduler.solving.wide.HEAVY", 0)
    monkeypatch.setattr("scheduler.solving.wide.is_said", lambda _: False)
    monkeypatch.setattr("scheduler.solving.large.PATIENCE", 5)
    monkeypatch.setattr(f"scheduler.solving.heavy.{fails}", astray)
    assert solved(YEAR).verdict.costs == exactly(YEAR).costs
    assert set(logged(caplog)) == {GoneAstrayError}


def test_the_fault_is_raised_where_there_is_no_plan_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.solving.solve.is_meetable", lambda *_: False)
    monkeypatch.setattr("scheduler.solving.solve.construct", astray)
    with pytest.raises(GoneAstrayError):
        solved(seconds=0.0)


@pytest.mark.parametrize("answer", [InfeasibleError, SearchOverError])
def test_what_a_search_answers_is_no_fault(answer: type[Exception]) -> None:
    def search() -> None:
        raise answer

    faults = Faults()
    with pytest.raises(answer):
        faults.attempt(search)
    assert faults.first is None


def test_the_first_of_several_faults_is_kept() -> None:
    faults = Faults()
    assert faults.attempt(lambda: 1) == 1
    assert faults.attempt(astray) is None
    assert faults.attempt(lambda: 1 / 0) is None
    assert isinstance(faults.first, GoneAstrayError)


def test_rooms_have_no_prices_where_the_linear_program_goes_astray(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("GLOP ended abnormally")

    talks = [series(each, rounds="1", attendance=30, needs_room=True) for each in ("talk", "tea")]
    rooms = (site("hall"), room("large", capacity=30), room("small", capacity=10))
    case = case_of(
        *rooms,
        weeks(1),
        *talks,
        *(seats("host", t.id, least=0) for t in talks),
        *units("a b"),
        demand("room_fit", priority=1),
    )
    relaxation = Relaxation(case, read_rules(case), 1)
    (priced,) = roomed(relaxation)
    monkeypatch.setattr("scheduler.solving.bounding.rooms.mathopt.solve", fail)
    (unpriced,) = roomed(relaxation)
    assert unpriced.prices == {}
    assert unpriced.bound == 0 < priced.bound
