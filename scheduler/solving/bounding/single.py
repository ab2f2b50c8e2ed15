"""Bounds rule by rule: what each preference costs at the least by itself, where nobody sits but whom it is about."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from constraints.board import Board
from rota.agenda import agenda_of
from scheduler.solving.minimiser import cost_at
from scheduler.solving.run import Effort, run
from scheduler.solving.seatless import without_seats

if TYPE_CHECKING:
    from constraints.rule import Rule
    from rota.case import Case
    from scheduler.solving.control import Control

EFFORT = 1.5
"""Deterministic seconds for one rule."""


class RuleBounds:
    """What each rule costs at the least, worked out once for each that is asked about.

    A plan costs at a priority no less than these come to together.
    """

    def __init__(self, case: Case, rules: Sequence[Rule], control: Control) -> None:
        self.case, self.control = case, control
        self.required = [rule for rule in rules if rule.required]
        self.wishes = {rule.id: rule for rule in rules if not rule.required}
        self.known: dict[str, int] = {}

    def next_of(self, costs: Mapping[str, int]) -> str | None:
        """Return the first rule that costs something and has not been asked about, the strongest first."""
        open_ = [rule for rule in self.wishes.values() if costs.get(rule.id) and rule.id not in self.known]
        return min(open_, key=lambda rule: rule.priority).id if open_ else None

    def ask(self, rule: str) -> None:
        """Find out what a rule costs at the least.

        Raises:
            SearchOverError: the search is over before its model stands.
        """
        wish = self.wishes[rule]
        others = {role for role in agenda_of(self.case).roles if wish.stands_without({role})}
        case, required = without_seats(self.case, self.required, others)
        board = Board(case)
        board.post([*required, wish], self.control.go_on)
        board.model.minimize(cost_at(board, wish.priority))
        self.known[rule] = max(0, run(board.model, self.control, Effort(exact=True, deterministic=EFFORT)).bound or 0)

    def at(self, priority: int, without: Collection[str] = ()) -> int:
        """Return what all rules of a priority but some cost at the least, as far as they were asked about."""
        mine = (rule.id for rule in self.wishes.values() if rule.priority == priority and rule.id not in without)
        return sum(self.known.get(rule, 0) for rule in mine)
