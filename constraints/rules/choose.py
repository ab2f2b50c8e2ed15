"""Choose: so many activities out of a set take place (the N of "7+N")."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import model_validator

from constraints.rule import Rule, in_order, outside, param
from rota.agenda import agenda_of
from rota.row import Count, Id
from rota.text import Message, text

if TYPE_CHECKING:
    from constraints.board import Board
    from constraints.breach import Breach
    from rota.agenda import Occurrence
    from rota.case import Case
    from rota.roster import Roster


class Choose(Rule):
    """From `least` to `most` activities of the set `choice` take place, each with at least one session.

    Amount: activities missing or in excess.
    """

    kind = "choose"
    label = text("Choose some", "选办")
    summary = text("so many activities out of a set take place", "从选择组中选办若干活动项目")
    unit = text("activities", "项")
    counting = True

    choice: Id = param("选择组", "the set, as named in the sheet of activities", "活动项目表中的选择组")
    least: Count = param("最少", "activities that take place, at least", "至少选办几项", 0)
    most: Count | None = param("最多", "activities that take place, at most", "至多选办几项", None)

    @model_validator(mode="after")
    def _ordered(self) -> Choose:
        return in_order(self, self.least, self.most)

    def post(self, board: Board) -> None:
        """Bound the number of activities with a session."""
        series = self._series(board.case)
        if any(board.is_open(occurrence) for occurrences in series.values() for occurrence in occurrences):
            chosen = [(board.any_of(board.held(o) for o in occurrences), 1) for occurrences in series.values()]
            board.between(chosen, self.least, self.most, (self.choice,))

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield the set if too few or too many of its activities take place."""
        chosen = [a for a, series in self._series(roster.case).items() if any(o.id in roster.by_id for o in series)]
        if amount := outside(len(chosen), self.least, self.most):
            message = text(
                "{n} activities of {choice} take place: {chosen}",
                "选择组 {choice} 中有 {n} 项举办：{chosen}",
                n=len(chosen),
                choice=self.choice,
                chosen=tuple(roster.case.label[a] for a in chosen) or text("none", "无"),
            )
            yield self.breach(amount, message)

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        if self.most is None:
            return text("At least {n} activities of {c}", "{c} 中至少 {n} 项", n=self.least, c=self.choice)
        return text("{n} to {m} activities of {c}", "{c} 中 {n} 至 {m} 项", n=self.least, m=self.most, c=self.choice)

    def _series(self, case: Case) -> dict[str, list[Occurrence]]:
        series: dict[str, list[Occurrence]] = defaultdict(list)
        for occurrence in agenda_of(case).occurrences:
            if occurrence.activity.choice == self.choice:
                series[occurrence.activity.id].append(occurrence)
        return series
