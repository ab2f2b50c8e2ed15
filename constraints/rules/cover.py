"""Cover: everybody of a group has a turn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from constraints.rule import RoleRule, param, scope
from constraints.separable import Counted
from rota.row import Positive
from rota.text import Message, several, text

if TYPE_CHECKING:
    from constraints.board import Board
    from constraints.breach import Breach
    from constraints.separable import Separable
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
    local = True
    names_all_mends = True

    times: Positive = param("次数", "turns that everybody has at least", "每个对象至少几次", 1)

    def post(self, board: Board) -> None:
        """Ask for enough turns of each touched resource."""
        for who, chances in self.chances(board.case).items():
            if board.asks(chances) and _ever_member(board.case, who):
                board.between([(turn.serves, 1) for turn in self.turns(board, who)], self.times, None, (who,))

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every resource with too few turns."""
        chances = self.chances(roster.case)
        for who in roster.among(chances):
            turns = self.held(roster, who)
            if len(turns) < self.times and _ever_member(roster.case, who):
                message = text(
                    "{who} has {n}{as_role}; due: at least {times}",
                    "{who} {as_role}{n}；至少应有 {times}",
                    who=roster.case.label[who],
                    n=several(len(turns), "turn", "次"),
                    as_role=self.as_role(roster.case),
                    times=several(self.times, "turn", "次"),
                )
                sessions = tuple(turn.id for turn in turns)
                yield self.breach(
                    self.times - len(turns), message, sessions=sessions, who=(who,), mends=chances[who], about=(who,)
                )

    def members(self, case: Case) -> tuple[str, ...]:
        """Return those to whom turns are due."""
        return tuple(who for who in self.about(case) if _ever_member(case, who))

    def separable(self, case: Case) -> Iterator[Separable]:
        """Yield the number of turns of each resource to whom turns are due."""
        for who, chances in self.chances(case).items():
            if _ever_member(case, who):
                yield Counted(who, self.role, frozenset(o.id for o in chances), lambda n: max(0, self.times - n))

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        groups = tuple(case.term(group) for group in self.groups)
        return text(
            "Everybody{groups} has at least {times}{as_role}{activities}",
            "{groups}人人至少{as_role}{activities}{times}",
            groups=text(" of {g}", "“{g}”中", g=groups) if groups else text("", ""),
            times=several(self.times, "turn", "次"),
            as_role=self.as_role(case),
            activities=scope(case, activities=self.activities),
        )


def _ever_member(case: Case, who: str) -> bool:
    resource = case.resources[who]
    joined, left = resource.joined or case.settings.first, resource.left or case.settings.last
    return joined <= case.settings.last and left >= case.settings.first and joined <= left
