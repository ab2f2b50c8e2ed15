"""What tests of the board share: a rule that says whatever a test wants said, and small cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from constraints.board import Board, Count, Lit, Mode
from constraints.rule import Rule
from constraints.trial import Trial
from rota.plan import Session
from rota.text import Message, text
from tests.constraints.building import (
    case_of,
    held,
    seats,
    series,
    session_ids,
    units,
)

if TYPE_CHECKING:
    from constraints.breach import Breach
    from rota.case import Case
    from rota.roster import Roster


class Saying(Rule):
    """A rule that says to the board whatever a test wants said."""

    kind = "saying"
    label = summary = unit = text("Saying", "说")
    say: Callable[[Any], object]

    def post(self, board: Board) -> None:
        self.say(board)

    def check(self, roster: Roster) -> Iterator[Breach]:
        return iter(())

    def describe(self, case: Case) -> Message:
        return self.label


def saying(say: Callable[[Board], object], **frame: Any) -> Saying:
    return Saying(id="said", say=say, **frame)


THREE = case_of(*units("a b c"), series(rounds="1-3"), seats(least=0, most=3))


def seat(board: Board, number: int, who: str) -> Lit:
    occurrence = board.agenda.occurrences[number]
    return board.seat(occurrence, occurrence.parts[0], "host", who)


def plans_with(*who: str) -> dict[str, Session]:
    """Return the plan of THREE in which these sit in the first session and nobody in the others."""
    first, *others = session_ids(THREE)
    return {first: held(THREE, first, host=" ".join(who)), **{id_: held(THREE, id_) for id_ in others}}


def outcomes(
    say: Callable[[Board], object], *, mode: Mode = "plan", assumed: bool | None = None, **frame: Any
) -> list[int | None]:
    """Return the least costs with 0, 1, 2 and 3 seats taken in the first session."""
    board = Board(THREE, mode=mode)
    board.post([saying(say, **frame)])
    trial = Trial(board, assumed=assumed)
    return [trial.least_cost(plans_with(*"abc"[:n])) for n in range(4)]


def terms(board: Board) -> list[tuple[Lit, int]]:
    return [(seat(board, 0, who), 1) for who in "abc"]


def lits(board: Board) -> list[Lit]:
    return [seat(board, 0, who) for who in "abc"]


def counted(board: Board) -> Count:
    """Return the number of seats taken in the first session."""
    return board.count(terms(board))


def single(board: Board, who: str) -> Count:
    return board.count([(seat(board, 0, who), 1)])


def given(board: Board, n: int) -> Count:
    return board.count([(True, n)])


def ahead(board: Board, *others: int) -> tuple[list[Count], list[Count]]:
    """Compare the number of seats taken in the first session with numbers that are given."""
    return [counted(board)], [given(board, n) for n in others]
