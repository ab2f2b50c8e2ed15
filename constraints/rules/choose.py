"""Choose: so many activities out of a set take place (the N of "7+N")."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pydantic import model_validator

from constraints.rule import Rule, each, in_order, limits, outside, param, so_many, within
from rota.agenda import agenda_of
from rota.periods import Per, period_of
from rota.row import Count, Id
from rota.text import Message, counted, several, text

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
    lax = True
    names_all_mends = True

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
                    "{n} of {choice} {takes} place {period}{chosen}; asked for: {limits}",
                    "“{choice}”在 {period} 举办 {n}{chosen}；应为 {limits} 项",
                    n=several(len(chosen), "activity", "项", "activities"),
                    choice=roster.case.term(self.choice),
                    takes=counted(len(chosen), "takes", "take"),
                    limits=limits(self.least, self.most),
                    period=within(period),
                    chosen=_listed(roster.case.label[a] for a in chosen),
                )
                foreseen = [occurrence for occurrences in series.values() for occurrence in occurrences]
                few = len(chosen) < self.least
                yield self.breach(
                    amount,
                    message,
                    sessions=tuple(o.id for o in foreseen if o.id in roster.by_id),
                    mends=foreseen if few else (),
                    about=(period, "few" if few else "many"),
                )

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        return text(
            "Of {choice}, {limits} take place {per}",
            "“{choice}”中{per}选办 {limits}",
            choice=case.term(self.choice),
            limits=so_many(self.least, self.most, "activity", "项", "activities"),
            per=each(self.per),
        )

    def _series(self, case: Case) -> dict[str, dict[str, list[Occurrence]]]:
        """Return the occurrences of each activity of the set, by period."""
        found: dict[str, dict[str, list[Occurrence]]] = defaultdict(lambda: defaultdict(list))
        for occurrence in agenda_of(case).occurrences:
            if occurrence.activity.choice == self.choice:
                period = period_of(occurrence.nominal.date(), self.per)
                found[period][occurrence.activity.id].append(occurrence)
        return found


def _listed(names: Iterable[Message]) -> Message:
    """Say names in brackets; nothing where there are none."""
    listed = tuple(names)
    return text(" ({listed})", "（{listed}）", listed=listed) if listed else text("", "")
