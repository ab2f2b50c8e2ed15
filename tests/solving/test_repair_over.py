"""A repair whose time is over, or that is interrupted: what was found is kept, and how it ended is said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING

import pytest
from ortools.sat.python import cp_model

from console.repairing import search_repair
from console.screen import Screen
from constraints.reading import read_rules
from rota.plan import OpenSeat
from scheduler.solving import repair as repairing
from scheduler.solving.control import Control
from scheduler.solving.errors import InterruptedSearchError, NoPlanFoundError
from scheduler.solving.repair import Repair, Request, purchases, repair
from scheduler.solving.run import Effort, Run
from tests.constraints.building import states
from tests.solving.repairing import BASE, KEPT, changed, day, repaired
from tests.solving.test_enclosing import A_AWAY, BY_A, IN_TURN, LADDER, TAUGHT

if TYPE_CHECKING:
    from rota.case import Case
    from rota.text import Language

B_AWAY = changed(BASE, states("b", "cannot", "2027-01-11"))
IN_A_ROW = changed(LADDER, states("c", "cannot", "2027-01-11"), states("b", "cannot", "2027-01-11"))
"""Two rules are broken by one session; three sessions have to change."""


@pytest.fixture
def stop() -> Event:
    return Event()


@pytest.fixture
def near_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let small cases be repaired near the change first, where sessions that hold every repair are not looked for."""
    monkeypatch.setattr(repairing, "SOME", 0)
    monkeypatch.setattr(repairing, "_enclosed", lambda *_: None)


@pytest.fixture
def interrupted(monkeypatch: pytest.MonkeyPatch, stop: Event) -> None:
    """Interrupt a repair as soon as it is looked for in the whole case."""
    whole: Callable[..., Repair] = repairing._anywhere

    def anywhere(*arguments: object) -> Repair:
        stop.set()
        return whole(*arguments)

    monkeypatch.setattr(repairing, "_anywhere", anywhere)


def stopped(case: Case, request: Request, stop: Event) -> Repair:
    return repair(case, read_rules(case), request, Control(stop=stop))


@pytest.mark.parametrize("wide", [False, True])
def test_an_interrupt_before_there_is_a_repair_is_said_to_be_one(
    wide: bool,  # noqa: FBT001 - a column
    stop: Event,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(repairing, "is_wide", lambda _: wide)
    stop.set()
    with pytest.raises(InterruptedSearchError):
        stopped(B_AWAY, Request(KEPT), stop)


@pytest.mark.usefixtures("near_first", "interrupted")
def test_a_repair_found_near_the_change_is_kept_where_the_whole_is_not_searched_to_the_end(stop: Event) -> None:
    found = stopped(IN_A_ROW, Request(IN_TURN), stop)
    assert found.verdict.holds
    assert (len(found.changed), found.proved, found.interrupted) == (3, False, True)


@pytest.mark.usefixtures("near_first", "interrupted")
def test_a_repair_that_was_found_without_the_wishes_is_kept_as_well(
    stop: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repairing, "_widened", lambda *_: None)
    found = stopped(IN_A_ROW, Request(IN_TURN), stop)
    assert found.verdict.holds
    assert (len(found.changed), found.least, found.proved) == (3, 3, True)
    assert not any(level.proved for level in found.levels)
    assert found.interrupted


@pytest.mark.usefixtures("near_first")
def test_a_larger_repair_of_the_whole_is_not_taken_unless_it_is_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    large = repaired(IN_A_ROW, Request(IN_TURN, budget=1))
    assert len(large.changed) == 4
    monkeypatch.setattr(repairing, "_anywhere", lambda *_: replace(large, proved=False))
    assert len(repaired(IN_A_ROW, Request(IN_TURN)).changed) == 3


def test_what_is_frozen_is_kept_before_few_sessions_change_in_wider_neighbourhoods_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case, request = changed(TAUGHT, A_AWAY), Request(BY_A, day("2027-01-02"), freeze_days=3, budget=1)
    monkeypatch.setattr(repairing, "is_wide", lambda _: True)
    monkeypatch.setattr("scheduler.solving.nearby.FIRST", 1)
    found = repaired(case, request)
    assert found.plan.session["course@2027-01-04"].start.hour == 9
    assert len(found.changed) == 4


def test_a_wide_plan_that_still_holds_stays_where_more_changes_are_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repairing, "is_wide", lambda _: True)
    found = repaired(BASE, Request(KEPT, budget=2))
    assert (found.changed, found.least, found.proved) == ((), 0, True)
    assert found.plan.session == KEPT.session


@pytest.mark.parametrize("wide", [False, True])
def test_a_seat_that_is_open_is_filled_near_the_change_as_anywhere(
    wide: bool,  # noqa: FBT001 - a column
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    last = KEPT.sessions[-1]
    (main,) = last.parts
    empty = last.model_copy(update={"parts": (main.model_copy(update={"roles": {"host": ()}}),)})
    seat = OpenSeat(session=last.id, part=main.id, role="host", missing=1)
    request = Request(KEPT.model_copy(update={"sessions": (*KEPT.sessions[:-1], empty), "open": (seat,)}))
    whole = repaired(B_AWAY, request)
    monkeypatch.setattr(repairing, "SOME", 0)
    monkeypatch.setattr(repairing, "is_wide", lambda _: wide)
    monkeypatch.setattr("scheduler.solving.nearby.FIRST", 1)
    near = repaired(B_AWAY, request)
    assert whole.plan.open == near.plan.open == ()
    assert len(near.changed) == len(whole.changed)
    assert near.proved is not wide  # of a wide case not all is looked at


def test_a_neighbourhood_is_searched_for_a_limited_time_where_time_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    efforts: list[Effort] = []

    def find_nothing(_: object, __: object, effort: Effort) -> Run:
        efforts.append(effort)
        return Run(cp_model.UNKNOWN, None, None, None)

    monkeypatch.setattr("scheduler.solving.nearest.run", find_nothing)
    monkeypatch.setattr(repairing, "is_wide", lambda _: True)
    with pytest.raises(NoPlanFoundError):
        repaired(B_AWAY, Request(KEPT))
    assert any(not effort.exact for effort in efforts)
    assert all(effort.deterministic is not None for effort in efforts)


def test_where_time_is_over_nothing_is_said_of_what_more_changes_buy() -> None:
    assert list(purchases(B_AWAY, read_rules(B_AWAY), Request(KEPT), Control(seconds=0), 2)) == []


def test_no_model_of_a_wide_case_is_made_to_price_more_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repairing, "is_wide", lambda _: True)
    assert list(purchases(B_AWAY, read_rules(B_AWAY), Request(KEPT), Control(), 2)) == []


@pytest.mark.parametrize(("language", "said"), [("en", "was not worked out"), ("zh", "未全部算出")])
def test_an_interrupt_while_more_changes_are_priced_leaves_the_repair(
    language: Language, said: str, stop: Event, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupting(*arguments: object) -> Repair:
        found: Repair = repair(*arguments)  # type: ignore[arg-type]
        stop.set()
        return found

    monkeypatch.setattr("console.repairing.repair", interrupting)
    request = Request(KEPT, budget=1)
    found, bought = search_repair(B_AWAY, read_rules(B_AWAY), request, Screen(language), seconds=None, stop=stop)
    assert said in capsys.readouterr().err
    assert found.verdict.holds
    assert (found.proved, found.interrupted, bought) == (True, True, ())
