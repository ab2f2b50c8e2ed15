"""Continuity: the same person sees an activity through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from constraints.holders import bound_holders, excess_holders
from constraints.rule import RoleRule, each, param
from rota.periods import Per
from rota.row import Positive
from rota.text import Message, text

if TYPE_CHECKING:
    from constraints.board import Board
    from constraints.breach import Breach
    from rota.case import Case
    from rota.roster import Roster


class Continuity(RoleRule):
    """In each period `per`, by nominal date, the sessions of one activity have at most `most` different holders.

    A holder is a resource that the rule is about and that takes a turn in the role. Amount: holders in excess, per
    activity and period.
    """

    kind = "continuity"
    label = text("Continuity", "同一人带完")
    summary = text("the same person sees an activity through", "同一活动由同一对象带完")
    unit = text("holders in excess", "超出人数")
    hereditary = True
    names_all_mends = True

    most: Positive = param("最多", "different holders, at most", "至多几个不同对象", 1)
    per: Per = param("周期", "the period", "周期", Per.HORIZON)

    def post(self, board: Board) -> None:
        """Bound the holders of each activity and period that has an open session."""
        bound_holders(self, board, self.per, self.most)

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every activity and period with too many holders."""
        yield from excess_holders(self, roster, self.per, self.most)

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        if self.most == 1:
            return text(
                "The sessions of an activity have the same {holder} {per}{scope}",
                "{per}同一活动{of_role}由同一对象担任{scope}",
                holder=self.role_name(case) if self.role else text("holder", "担任者"),
                of_role=self.of_role(case),
                scope=self.scope(case),
                per=each(self.per),
            )
        return text(
            "The sessions of an activity have at most {most} different holders{of_role} {per}{scope}",
            "{per}同一活动{of_role}至多由 {most} 个不同对象担任{scope}",
            of_role=self.of_role(case),
            scope=self.scope(case),
            most=self.most,
            per=each(self.per),
        )
