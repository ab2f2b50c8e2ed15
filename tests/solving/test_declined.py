"""Declined orders say why: what is missing at every start wished, or that it was not worth it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from constraints.reading import read_rules
from scheduler.solving.control import Control
from scheduler.solving.solve import solve
from tests.constraints.building import case_of, demand, order, person, room, seats, series, service, states

if TYPE_CHECKING:
    from rota.case import Case
    from rota.row import Row

WANTED = demand("wanted", priority=1)
AID = service("aid", needs_room=True, attendance=8)
"""First aid is taught at nine, for eight people, in a room."""


def asked(*rows: Row, language: str = "en") -> Case:
    """Return a case in which first aid can be ordered, from one of its teachers, and every order is worth something."""
    case = case_of(AID, seats("teacher", "aid", kind="person"), person("li"), WANTED, *rows)
    return case.model_copy(update={"settings": case.settings.model_copy(update={"language": language})})


def declined(case: Case) -> dict[str, str]:
    plan = solve(case, read_rules(case), Control(seconds=20)).plan
    return {each.session: each.reason for each in plan.declined}


def test_an_order_is_accepted_where_somebody_and_a_room_are_free() -> None:
    case = asked(room("red"), order("o", "aid", "2027-03-09; 2027-03-10"), states("li", "cannot", "2027-03-09"))
    plan = solve(case, read_rules(case), Control(seconds=20)).plan
    (session,) = plan.sessions
    assert (session.id, session.activity, f"{session.start:%m-%d %H:%M}") == ("o@2027-03-09", "aid", "03-10 09:00")
    assert plan.declined == ()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            (
                "at each of 2 possible starts no room fits and is free; "
                "at 2027-03-09 (Tue) 09:00 0 of 1 candidates can be teacher; it takes 1"
            ),
        ),
        (
            "zh",
            ("2 个可选时间没有合适且空闲的场地；2027-03-09 (周二) 09:00：1 个候选中能任“teacher”的有 0 个，需要 1 个"),
        ),
    ],
)
def test_what_is_missing_at_every_start_wished_is_said(language: str, said: str) -> None:
    wish = order("o", "aid", "2027-03-10; 2027-03-09")
    case = asked(room("nook", capacity=5), wish, states("li", "cannot", "2027-03-09"), language=language)
    assert declined(case) == {"o@2027-03-10": said}


def test_what_is_missing_at_all_starts_is_said_once() -> None:
    days = "; ".join(f"2027-03-{day:02}" for day in range(1, 9))
    (reason,) = declined(asked(room("nook", capacity=5), order("o", "aid", days))).values()
    assert reason == "at each of 8 possible starts no room fits and is free"


def test_an_order_that_could_be_accepted_is_declined_for_what_it_costs() -> None:
    wishes = [order("o1", "aid", "2027-03-09"), order("o2", "aid", "2027-03-09", value=3)]
    assert declined(asked(room("red", parallel=2), *wishes)) == {
        "o1@2027-03-09": "it would cost more than it is worth, or break a rule; "
        "`rota why --session o1@2027-03-09` tells"
    }
    zh = declined(asked(room("red", parallel=2), *wishes, language="zh"))
    assert zh == {"o1@2027-03-09": "得不偿失，或会违反规则；详见 `rota why --session o1@2027-03-09`"}


def test_a_session_whose_window_holds_no_day_has_no_start() -> None:
    case = asked(room("red"), series("tea", rounds="1", presence="may", weekdays="Tue"))
    assert declined(case) == {"tea@2027-01-04": "it has no possible start"}
