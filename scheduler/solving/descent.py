"""A plan that is brought down priority by priority, in one model: each search begins where the one before has ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING

from constraints.board import Board
from scheduler.solving.control import Control, SearchOverError
from scheduler.solving.decode import decode
from scheduler.solving.minimiser import cost_at
from scheduler.solving.run import Effort, Run, run

if TYPE_CHECKING:
    from constraints.rule import Rule
    from rota.case import Case
    from rota.plan import Session

BEGINNING = 0.15
"""The share of a limited time in which there has to be a plan."""
AT_MOST = 60.0
"""Seconds in which there has to be one in any case."""
STILL = 2.0
"""Seconds without a better plan after which the next priority is searched, at the least."""
STILLNESS = 0.25
"""The share of the time that its best plan took, for which a priority may bring nothing better."""

Sessions = Mapping[str, "Session"]


@dataclass(frozen=True)
class Step:
    """What a plan costs at a priority, and no less where it costs at all stronger ones what the same plan does."""

    priority: int
    cost: int
    bound: int = 0


class Descent:
    """Brings a plan down at each priority until nothing better is found for a while, and holds it there from then on.

    A priority is done, too, where it costs no more than its `floor`, which may rise meanwhile. At the last one the
    search goes on with so much `effort`, deterministic seconds, until the best is proved.
    """

    def __init__(
        self,
        case: Case,
        rules: Sequence[Rule],
        control: Control,
        effort: float,
        floor: Callable[[int], int],
        told: Callable[[Sessions, bool], None],
    ) -> None:
        """Tell what each priority came to, and whether it is the last, as soon as nothing better is found."""
        self.case, self.rules, self.control, self.effort = case, rules, control, effort
        self.floor, self.told = floor, told
        self.steps: list[Step] = []

    def run(self) -> None:
        """Go on until all priorities are done, or the search is over; none is where no plan is found in good time."""
        priorities = sorted({rule.priority for rule in self.rules if not rule.required})
        board = Board(self.case)
        try:
            board.post(self.rules, self.control.go_on)
        except SearchOverError:
            return
        values: Sequence[int] | None = None
        for priority in priorities:
            is_last = priority == priorities[-1]
            low = Lowest(board, priority, self.control, self.floor, self._told(is_last=is_last), self._bounded)
            self.steps.append(Step(priority, 0))
            found = low.run(values, Effort(paired=True, deterministic=self.effort if is_last else None), stays=is_last)
            if found.values is None or found.objective is None:
                self.steps.pop()
                return
            values = found.values
            self.steps[-1] = Step(priority, found.objective, found.bound or 0)
            board.model.add(cost_at(board, priority) <= found.objective)

    def _told(self, *, is_last: bool) -> Callable[[int, Sessions], None]:
        def tell(cost: int, sessions: Sessions) -> None:
            self.steps[-1] = replace(self.steps[-1], cost=cost)
            self.told(sessions, is_last)

        return tell

    def _bounded(self, bound: int) -> None:
        self.steps[-1] = replace(self.steps[-1], bound=bound)


class Lowest:
    """One priority of a board, which is minimised until nothing better is found for a while."""

    def __init__(
        self,
        board: Board,
        priority: int,
        control: Control,
        floor: Callable[[int], int],
        told: Callable[[int, Sessions], None],
        bounded: Callable[[int], None],
    ) -> None:
        """Tell what it came to once that has stayed the same for a while, and each bound at once."""
        self.board, self.priority, self.control = board, priority, control
        self.floor, self.told, self.bounded = floor, told, bounded
        left = control.left()
        self.began = self.at = control.now()
        self.due: float | None = self.began + min(AT_MOST, inf if left is None else BEGINNING * left)
        self.value: int | None = None
        self.values: Sequence[int] = ()
        self.is_told = True

    def run(self, begin: Sequence[int] | None, effort: Effort, *, stays: bool) -> Run:
        """Go on from the values of all variables, if there are any; one that `stays` ends when the effort is made."""
        model = self.board.model
        model.clear_hints()  # type: ignore[no-untyped-call]  # OR-Tools leaves it untyped
        for index, value in enumerate(begin or ()):
            model.add_hint(model.get_int_var_from_proto_index(index), value)
        if begin is not None or stays:
            self.due = None
        model.minimize(cost_at(self.board, self.priority))

        def is_done() -> bool:
            return self._is_done(stays=stays)

        found = run(model, self.control, effort, self._found, self.bounded, self._keep, is_done)
        if found.values is not None and found.objective is not None:
            self.value, self.values = found.objective, found.values
            self._tell()
        return found

    def _found(self, value: int, _bound: int) -> None:
        self.value, self.at = value, self.control.now()

    def _keep(self, values: Sequence[int]) -> None:
        self.values, self.is_told = values, False

    def _is_done(self, *, stays: bool) -> bool:
        """Tell whether there is nothing to be had any more, or it comes too late; tell of what has not changed."""
        now = self.control.now()
        if self.value is None:
            return self.due is not None and now > self.due
        if self.value <= self.floor(self.priority):
            return True
        is_still = now - self.at > max(STILL, STILLNESS * (self.at - self.began))
        if is_still and stays and not self.is_told:
            self._tell()
        return is_still and not stays

    def _tell(self) -> None:
        self.is_told = True
        self.told(self.value or 0, {session.id: session for session in decode(self.board, self.values)})
