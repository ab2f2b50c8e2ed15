"""The stage of one priority: a board with the rules down to it alone, since weaker ones cannot matter there yet."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from itertools import product
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from constraints.board import Board
from scheduler.solving.decode import decode
from scheduler.solving.minimiser import Minimiser, cost_at
from scheduler.solving.parts import Part, joined, parts_of
from scheduler.solving.run import Effort, run

if TYPE_CHECKING:
    from constraints.rule import Rule
    from rota.case import Case
    from rota.plan import Session
    from scheduler.solving.control import Control


class Stage:
    """A board on which speaks what must hold and what is preferred at some priorities, in parts, and its minimiser.

    The costs of stronger priorities are held to what they have come to, part by part.
    """

    def __init__(
        self, case: Case, rules: Iterable[Rule], priorities: Sequence[int], control: Control, *, open_seats: bool
    ) -> None:
        """Let the rules speak that count at `priorities`, the strongest first.

        Raises:
            SearchOverError: the search is over before they all have.
        """
        self.priorities, self.control = priorities, control
        self.board = Board(case, open_seats=open_seats)
        self.board.post([rule for rule in rules if rule.required or rule.priority in priorities], control.go_on)
        self.parts = [Part(self.board.model)] if open_seats else parts_of(self.board.model)
        self.minimiser = Minimiser(self.board, self.parts, control)

    def begin(self, sessions: Mapping[str, Session], costs: Mapping[int, int], proved: Collection[int]) -> None:
        """Begin with a plan that holds, and keep each part to what it costs there at all priorities but the last.

        `costs` are those of the plan by priority. Those that are `proved` for all are proved for each part, which is
        held to them by an equation: so the linear relaxation pays for what has to be paid.
        """
        values = self._completed(sessions)
        if values is None:  # the search is over, or the board has no such plan: then it is held to costs as a whole
            self.parts[:] = [Part(self.board.model)]
        for part, priority in product(self.parts, self.priorities):
            part.values = values
            reached = costs[priority] if values is None else self.minimiser.worth(part, priority, values)
            part.know(priority, reached, proved=priority in proved)
            if priority != self.priorities[-1]:
                self.minimiser.hold(part, priority)

    def hint(self, sessions: Mapping[str, Session]) -> None:
        """Hint a plan, or a part of one, to all parts."""
        hinted = [(lit.index, value) for lit, value in self.board.values(sessions)]
        for part in self.parts:
            part.hint(hinted)

    def hint_best(self, sessions: Mapping[str, Session]) -> None:
        """Hint a plan, completed to all variables; a part that has something better already goes on from that."""
        self.hint(sessions)
        for part in self.parts:
            found = run(part.model, self.control, Effort(workers=1, to_hint=True))
            known = [values for values in (part.values, found.values) if values is not None]
            if known:
                part.values = min(known, key=partial(self._costs, part))
                part.hint(list(enumerate(part.values)))

    def _costs(self, part: Part, values: Sequence[int]) -> list[int]:
        """Return what a part costs in a solution, the strongest priority first."""
        return [self.minimiser.worth(part, priority, values) for priority in self.priorities]

    @property
    def sessions(self) -> tuple[Session, ...] | None:
        """The plan of which all parts have a piece; None as long as one has none."""
        values = joined(self.parts)
        return None if values is None else decode(self.board, values)

    def _completed(self, sessions: Mapping[str, Session]) -> Sequence[int] | None:
        """Return the values of all variables in a plan, where costs are no more than they must be."""
        model = self.board.model.clone()
        model.clear_hints()  # type: ignore[no-untyped-call]  # OR-Tools leaves it untyped
        for lit, value in self.board.values(sessions):
            model.add_hint(lit, value)
        model.minimize(cp_model.LinearExpr.sum([cost_at(self.board, priority) for priority in self.priorities]))
        return run(model, self.control, Effort(workers=1, to_hint=True)).values
