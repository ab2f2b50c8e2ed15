"""Cover: everybody of a group has a turn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from constraints.rule import RoleRule, param
from rota.row import Positive
from rota.text import Message, text

if TYPE_CHECKING:
    from constraints.board import Board
    from constraints.breach import Breach
    from rota.case import Case
    from rota.roster import Roster


class Cover(RoleRule):
    """Every resource that the rule is about, and that is a member on a day of the horizon, has at least `times` turns.

    Amount: turns missing.
    """

    kind = "cover"
    label = text("Cover", "全覆盖")
    summary = text("everybody of a group has a turn", "分组内人人轮到")
    unit = text("turns missing", "缺少次数")
    counting = True

    times: Positive = param("次数", "turns that everybody has at least", "每个对象至少几次", 1)

    def post(self, board: Board) -> None:
        """Ask for enough turns of each touched resource."""
        touched = set(board.touched())
        for who in self.about(board.case):
            if who in touched and _ever_member(board.case, who):
                board.between([(turn.serves, 1) for turn in self.turns(board, who)], self.times, None, (who,))

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every resource with too few turns."""
        for who in self.about(roster.case):
            turns = self.held(roster, who)
            if len(turns) < self.times and _ever_member(roster.case, who):
                message = text(
                    "{who} has {n} turns as {role}; at least {times} are due",
                    "{who} 任“{role}”{n} 次；至少应有 {times} 次",
                    who=roster.case.label[who],
                    n=len(turns),
                    role=self.role_name(roster.case),
                    times=self.times,
                )
                yield self.breach(self.times - len(turns), message, sessions=tuple(t.id for t in turns), who=(who,))

    def members(self, case: Case) -> tuple[str, ...]:
        """Return those to whom turns are due."""
        return tuple(who for who in self.about(case) if _ever_member(case, who))

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        return text(
            "Everybody{groups} has at least {times} turn(s) as {role}",
            "{groups}人人至少任“{role}”{times} 次",
            groups=text(" of {g}", "“{g}”中", g=self.groups) if self.groups else text("", ""),
            times=self.times,
            role=self.role_name(case),
        )


def _ever_member(case: Case, who: str) -> bool:
    resource = case.resources[who]
    joined, left = resource.joined or case.settings.first, resource.left or case.settings.last
    return joined <= case.settings.last and left >= case.settings.first and joined <= left
