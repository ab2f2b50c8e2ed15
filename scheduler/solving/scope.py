"""The scope of a repair: what of a case is open, and what stays as it is in the baseline."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from constraints.board import Board, Mode
from constraints.instances import Instance
from constraints.structure import TAKES_PLACE
from rota.agenda import agenda_of
from scheduler.solving.freezing import openings

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import IntVar

    from constraints.reverifying import Judged
    from constraints.rule import Rule
    from rota.agenda import Occurrence
    from scheduler.solving.baseline import Baseline
    from scheduler.solving.freezing import Opened


class Scope:
    """What of a case is open in a repair, and what stays as it is in the baseline; all but what is `near`, if given."""

    def __init__(
        self,
        baseline: Baseline,
        rules: Sequence[Rule],
        near: Collection[str] | None = None,
        judged: Judged | None = None,
    ) -> None:
        self.case, self.baseline = baseline.case, baseline
        self.opened = openings(self.case, rules, baseline, judged)
        self.frozen = baseline.near_by - {opened.session for opened in self.opened}
        closed = baseline.past | self.frozen
        if near is not None:  # what is undecided cannot stay as it is
            closed |= baseline.known.keys() - set(near)
            closed |= baseline.declined - set(near)
        self.open = tuple(o.id for o in agenda_of(self.case).occurrences if o.id not in closed)
        self.fixed = {id_: session for id_, session in baseline.known.items() if id_ in closed}
        self.open_seats = bool(baseline.plan.open)

    def board(self, mode: Mode = "plan") -> Board:
        """Return a board on which nothing can be moved into the past."""
        return self._not_before_now(Board(self.case, self.open, self.fixed, mode=mode, open_seats=self.open_seats))

    def relaxed(self, opened: Collection[str], kept: Mapping[str, Occurrence]) -> Board:
        """Return a board of some sessions that are opened, and others that are kept as they are or left out.

        All others that are open do not take place, and nothing is asked of the least that rules demand.
        """
        droppable = [Instance(TAKES_PLACE, (id_,)) for id_ in kept]
        return self._not_before_now(
            Board(self.case, [*opened, *kept], self.fixed, narrowed=kept, partial=True, exempt=droppable)
        )

    def keep_the_rest(self, board: Board) -> list[IntVar]:
        """Keep of frozen sessions what is not impossible; return the literals by which all of each is opened."""
        return [self._keep_the_rest(board, opened) for opened in self.opened if opened.has_rest]

    def _keep_the_rest(self, board: Board, opened: Opened) -> IntVar:
        model, old = board.model, self.baseline.plan.session[opened.session]
        more = model.new_bool_var(f"open {opened.session}")
        as_before = {lit.index for lit, value in board.values({old.id: old}) if value}
        for name, lit in board.decisions():
            if name[1] == opened.session and not any(name[: len(each)] == each for each in opened.decisions):
                model.add_bool_or([more, lit if lit.index in as_before else lit.negated()])
        return more

    def _not_before_now(self, board: Board) -> Board:
        for occurrence in board.occurrences:
            for start in self.baseline.over(occurrence):
                board.rule_out(board.start(occurrence, start))
        return board
