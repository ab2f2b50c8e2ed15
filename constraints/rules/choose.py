"""Choose: so many activities out of a set take place (the N of "7+N")."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import model_validator

from constraints.rule import Rule, each, in_order, outside, param, period_name
from rota.agenda import agenda_of
from rota.periods import Per, period_of
from rota.row import Count, Id
from rota.text import Message, text

if TYPE_CHECKING:
    from constraints.board import Board
    from constraints.breach import Breach
    from rota.agenda import Occurrence
    from rota.case import Case
    from rota.roster import Roster


class Choose(Rule):
    """In each period `per`, from `least` to `most` activities of the set `choice` take place.

    An activity takes place in a period with at least one session whose nominal date lies in it; periods for which none
    of the set is foreseen are not looked at. Amount: activities missing or in excess, per period.
    """

    kind = "choose"
    label = text("Choose some", "选办")
    summary = text("so many activities out of a set take place", "从选择组中选办若干活动项目")
    unit = text("activities", "项")
    counting = True

    choice: Id = param("选择组", "the set, as named in the sheet of activities", "活动项目表中的选择组")
    least: Count = param("最少", "activities that take place, at least", "至少选办几项", 0)
    most: Count | None = param("最多", "activities that take place, at most", "至多选办几项", None)
    per: Per = param("周期", "the period", "周期", Per.HORIZON)

    @model_validator(mode="after")
    def _ordered(self) -> Choose:
        return in_order(self, self.least, self.most)

    def post(self, board: Board) -> None:
        """Bound the number of activities with a session, in every period that has an open one."""
        for period, series in self._series(board.case).items():
            if any(board.is_open(occurrence) for occurrences in series.values() for occurrence in occurrences):
                chosen = [(board.any_of(board.held(o) for o in occurrences), 1) for occurrences in series.values()]
                board.between(chosen, self.least, self.most, (self.choice, period))

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every period in which too few or too many activities of the set take place."""
        for period, series in self._series(roster.case).items():
            chosen = [a for a, occurrences in series.items() if any(o.id in roster.by_id for o in occurrences)]
            if amount := outside(len(chosen), self.least, self.most):
                message = text(
                    "{n} activity of {choice} takes place in {period}: {chosen}"
                    if len(chosen) == 1
                    else "{n} activities of {choice} take place in {period}: {chosen}",
                    "选择组 {choice} 在 {period} 有 {n} 项举办：{chosen}",
                    n=len(chosen),
                    choice=self.choice,
                    period=period_name(period),
                    chosen=tuple(roster.case.label[a] for a in chosen) or text("none", "无"),
                )
                yield self.breach(amount, message)

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        said = {"n": self.least, "m": self.most, "c": self.choice, "per": each(self.per)}
        if self.most is None:
            said["noun"] = "activity" if self.least == 1 else "activities"
            return text("At least {n} {noun} of {c} {per}", "{c} 中{per}至少 {n} 项", **said)
        return text("{n} to {m} activities of {c} {per}", "{c} 中{per} {n} 至 {m} 项", **said)

    def _series(self, case: Case) -> dict[str, dict[str, list[Occurrence]]]:
        """Return the occurrences of each activity of the set, by period."""
        found: dict[str, dict[str, list[Occurrence]]] = defaultdict(lambda: defaultdict(list))
        for occurrence in agenda_of(case).occurrences:
            if occurrence.activity.choice == self.choice:
                period = period_of(occurrence.nominal.date(), self.per)
                found[period][occurrence.activity.id].append(occurrence)
        return found
