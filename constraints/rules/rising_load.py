"""Rising load: the more turns somebody has, the dearer is one more, so that turns spread by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from constraints.rule import RoleRule, param
from constraints.separable import Counted
from rota.row import Count
from rota.text import Message, several, text

if TYPE_CHECKING:
    from constraints.board import Board
    from constraints.breach import Breach
    from constraints.separable import Separable
    from rota.case import Case
    from rota.roster import Roster


class RisingLoad(RoleRule):
    """Each resource costs the square of its turns beyond the first `free` ones.

    With n turns the amount is max(0, n - free)^2: the first turn that counts costs 1, the second 3, the third 5. Where
    the number of turns is given, the sum is least when all have equally many.
    """

    kind = "rising_load"
    label = text("Rising load", "递增负担")
    summary = text("the more turns one has, the dearer is one more", "次数越多，再多一次的代价越高")
    unit = text("points of load", "负担分")
    names_all_mends = True

    free: Count = param("免计次数", "so many turns cost nothing", "不计代价的次数", 0)

    def post(self, board: Board) -> None:
        """Charge each touched resource for its turns."""
        touched, price = set(board.touched()), Squared(self.free)
        who = [each for each in self.about(board.case) if each in touched]
        charged = [board.charge([(t.serves, 1) for t in self.turns(board, each)], price, (each,)) for each in who]
        self.add_up(board, charged, set(who))

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every resource that has more turns than are free."""
        price = Squared(self.free)
        for who in self.about(roster.case):
            turns = self.held(roster, who)
            if amount := price(len(turns)):
                message = text(
                    "{who} has {n}{as_role}: {amount}",
                    "{who} {as_role}{n}：计 {amount}",
                    who=roster.case.label[who],
                    n=several(len(turns), "turn", "次"),
                    as_role=self.as_role(roster.case),
                    amount=several(amount, "point of load", "负担分", "points of load"),
                )
                yield self.breach(amount, message, sessions=tuple(t.id for t in turns), who=(who,))

    def separable(self, case: Case) -> Iterator[Separable]:
        """Yield the number of turns of each resource."""
        for who, chances in self.chances(case).items():
            yield Counted(who, self.role, frozenset(o.id for o in chances), Squared(self.free))

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        return text(
            "Each further turn{as_role}{scope}{beyond} costs more than the one before",
            "{as_role}{scope}{beyond}的次数越多，再多一次的代价越高",
            as_role=self.as_role(case),
            scope=self.scope(case),
            beyond=text(" beyond {n}", "超过 {n} 之后", n=several(self.free, "turn", "次"))
            if self.free
            else text("", ""),
        )


@dataclass(frozen=True)
class Squared:
    """The square of what lies beyond the first `free`: convex."""

    free: int

    def __call__(self, turns: int) -> int:
        """Return the points of load."""
        return max(0, turns - self.free) ** 2
