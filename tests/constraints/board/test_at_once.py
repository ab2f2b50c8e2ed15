"""What may not run at the same time."""

from __future__ import annotations

from typing import Any

import pytest

from constraints.board import Board
from constraints.trial import Trial
from rota.plan import Session
from tests.constraints.board.saying import (
    saying,
)
from tests.constraints.building import (
    case_of,
    held,
    seats,
    series,
    session_ids,
    units,
)

# What runs at once.

MEETING = case_of(
    *units("a b"),
    series(rounds="1", times="09:00; 10:00; 11:00", minutes=120),
    series("talk", rounds="1", times="10:00", minutes=60),
    seats(least=0, most=2),
    seats(activity="talk", least=0, most=2),
)
DUTY, TALK = session_ids(MEETING)


def at_once(board: Board, most: int, *who: str) -> bool:
    return board.at_once([(p.occurrence, p.taken) for each in who for p in board.places(each)], most, ())


@pytest.mark.parametrize(("most", "apart"), [(1, ["11:00"]), (2, ["09:00", "10:00", "11:00"])])
def test_sessions_for_which_a_decision_holds_do_not_run_at_once_beyond_what_may(most: int, apart: list[str]) -> None:
    board, said = Board(MEETING), []
    board.post([saying(lambda b: said.append(at_once(b, most, "a")))])
    assert said == [True]
    trial = Trial(board)
    free = []
    for start in ("09:00", "10:00", "11:00"):
        talk = held(MEETING, TALK, host="a")
        both = {DUTY: held(MEETING, DUTY, start=f"2027-01-04 {start}", host="a"), TALK: talk}
        one = {DUTY: held(MEETING, DUTY, start=f"2027-01-04 {start}", host="b"), TALK: talk}
        assert trial.least_cost(one) == 0
        free += [start] if trial.least_cost(both) == 0 else []
    assert free == apart


@pytest.mark.parametrize(
    ("opened", "fixed", "frame", "who", "said"),
    [
        ({DUTY, TALK}, {}, {}, "a", True),
        ({DUTY, TALK}, {}, {"priority": 1}, "a", False),
        ({DUTY, TALK}, {}, {"mode": "explain"}, "a", False),
        ({DUTY}, {TALK: held(MEETING, TALK, host="a")}, {}, "a", False),
        ({DUTY}, {TALK: held(MEETING, TALK, host="a")}, {}, "b", True),  # what is fixed is not about b
    ],
)
def test_what_may_be_broken_or_is_to_be_explained_or_fixed_in_part_is_not_said_at_once(
    opened: set[str], fixed: dict[str, Session], frame: dict[str, Any], who: str, said: object
) -> None:
    board = Board(MEETING, opened, fixed, mode=frame.pop("mode", "plan"))
    heard: list[bool] = []
    board.post([saying(lambda b: heard.append(at_once(b, 1, who)), **frame)])
    assert heard == [said]


def test_what_facts_forbid_together_is_known_not_to_be() -> None:
    board = Board(MEETING)
    duty, _ = board.agenda.occurrences
    early, late = board.starts(duty)[:2], board.starts(duty)[2:]
    who = board.places("a")[0].taken
    board.post([saying(lambda b: b.forbid([who, b.starts_in(duty, early)], ()))])
    assert [board.all_of([who, board.start(duty, start)]) is False for start in (*early, *late)] == [True, True, False]
    assert [stay.start for stay in board.stays("a") if stay.occurrence is duty] == list(late)
