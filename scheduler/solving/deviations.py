"""Deviations: how many sessions of a board differ from a baseline, and what that costs, as the board's own terms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from rota.difference import NOTHING
from scheduler.solving.baseline import PRICES, TIME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constraints.board import Board, Lit
    from rota.agenda import Occurrence
    from rota.plan import Session
    from scheduler.solving.baseline import Baseline


class Deviations:
    """The number and the price of open sessions that are not as in the baseline, once the rules have been posted."""

    def __init__(self, board: Board, baseline: Baseline) -> None:
        self.board, self.baseline = board, baseline
        self._terms: Counter[int] = Counter()
        self._constant = 0
        self._changed: list[Lit] = []
        for occurrence in board.occurrences:
            self._compare(occurrence)

    @property
    def number(self) -> cp_model.LinearExprT:
        """How many sessions differ."""
        return cp_model.LinearExpr.sum(self._changed)

    @property
    def price(self) -> cp_model.LinearExprT:
        """What that costs."""
        lits = [self.board.model.get_bool_var_from_proto_index(index) for index in self._terms]
        return cp_model.LinearExpr.weighted_sum(lits, list(self._terms.values())) + self._constant

    def _compare(self, occurrence: Occurrence) -> None:
        held, times = self.board.held(occurrence), self.baseline.nearness(occurrence.id)
        old = self.baseline.plan.session.get(occurrence.id)
        if old is not None:
            self._compare_with(occurrence, held, old, times)
        elif occurrence.id in self.baseline.declined:
            self._pay(held, TIME * times)
            self._changed.append(held)

    def _compare_with(self, occurrence: Occurrence, held: Lit, old: Session, times: int) -> None:
        """Charge every decision that is not kept where the session is held, and one price where it is not."""
        kept, joined = list(self._kept(occurrence, old)), list(self._joined(occurrence, old))
        self._pay(self.board.negation(held), TIME * times)
        for lit, price in kept:
            self._pay(held, price * times)
            self._pay(lit, -price * times)
        for lit in joined:
            self._pay(lit, PRICES["joined"] * times)
        self._changed.append(self._differs(held, [lit for lit, _ in kept], joined))

    def _differs(self, held: Lit, kept: Sequence[Lit], joined: Sequence[Lit]) -> Lit:
        """Return a literal that is true where any decision is not kept or anybody joins; it may be so elsewhere."""
        model, negation = self.board.model, self.board.negation
        differs = model.new_bool_var("differs")
        if held is not True:
            self._clause([held, differs])
        for lit in kept:
            self._clause([negation(held), lit, differs])
        for lit in joined:
            self._clause([negation(lit), differs])
        return differs

    def _clause(self, lits: Sequence[Lit]) -> None:
        if not any(lit is True for lit in lits):
            self.board.model.add_bool_or([lit for lit in lits if lit is not False])

    def _kept(self, occurrence: Occurrence, old: Session) -> Iterator[tuple[Lit, int]]:
        """Yield for each decision of the baseline whether it is kept where the session is held, and its price."""
        board = self.board
        yield board.start(occurrence, old.start.astimezone(board.case.zone)), PRICES["moved"]
        yield board.site(occurrence, old.site), PRICES["room"]
        for id_ in dict.fromkeys((*old.part, *occurrence.part)):
            before, part = old.part.get(id_, NOTHING), occurrence.part.get(id_)
            if part is not None and part.needs_room:
                yield board.room(occurrence, part, before.room or ""), PRICES["room"]
            elif before.room is not None:
                yield False, PRICES["room"]
            if part is not None and part.lines:
                yield board.line(occurrence, part, before.line or ""), PRICES["line"]
            elif before.line is not None:
                yield False, PRICES["line"]
            for role, seated in before.roles.items():
                for who in seated:
                    yield board.seat(occurrence, part, role, who) if part else False, PRICES["left"]

    def _joined(self, occurrence: Occurrence, old: Session) -> Iterator[Lit]:
        """Yield for each seat that somebody did not hold before whether they do now."""
        for part in occurrence.parts:
            before = old.part.get(part.id, NOTHING)
            for seats in part.seats:
                for who in seats.candidates:
                    lit = self.board.seat(occurrence, part, seats.name, who)
                    if lit is not False and who not in before.roles.get(seats.name, ()):
                        yield lit

    def _pay(self, lit: Lit, price: int) -> None:
        if isinstance(lit, bool):
            self._constant += price * lit
        elif lit.index < 0:
            self._constant += price
            self._terms[-lit.index - 1] -= price
        else:
            self._terms[lit.index] += price
