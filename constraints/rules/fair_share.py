"""Fair share: turns follow each one's share of the work since they joined, earlier years included."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from constraints.remembered import once
from constraints.rule import RoleRule, param
from constraints.separable import Counted
from rota.agenda import agenda_of
from rota.row import Count, Flag
from rota.sharing import Portion, fair_shares
from rota.text import Message, several, text

if TYPE_CHECKING:
    import datetime as dt
    from fractions import Fraction

    from ortools.sat.python.cp_model import LinearExprT

    from constraints.board import Board
    from constraints.breach import Breach
    from constraints.separable import Separable
    from rota.agenda import Seats
    from rota.case import Case
    from rota.demand import HistoricTurn
    from rota.facts import Resource
    from rota.roster import Roster

HUNDREDTHS = 100


class FairShare(RoleRule):
    """Each resource has its fair share of the turns in a role.

    Every seat that must be filled is shared out on its nominal date among those who may take it and are members on
    that day; with `history`, so is every turn of earlier years among all members of its day. Shares are equal, or
    weighted by members. The target of a resource is the sum of its shares less the turns that it had in earlier years,
    in hundredths and not below 0. With n turns, target t and deviation d = max(0, |n - t| - tolerance / 100), the
    amount is 100 d^2, rounded: 100 points of unevenness for one turn off, 400 for two.
    """

    kind = "fair_share"
    label = text("Fair share", "公平分担")
    summary = text("turns follow each one's fair share, earlier years included", "次数符合各自应承担的份额，计入往年")
    unit = text("points of unevenness", "不均分")
    local = True
    names_all_mends = True

    weighted: Flag = param("按成员数", "shares are weighted by members", "按成员数加权", default=False)
    history: Flag = param("计入往年", "earlier years' turns count", "计入往年记录", default=True)
    tolerance: Count = param("容差", "hundredths of a turn that count for nothing", "不计的偏差（百分之一次）", 0)

    def post(self, board: Board) -> None:
        """Charge each touched resource for its deviation, and state that the counts add up to the seats."""
        touched = set(board.touched())
        targets = self.targets(board.case)
        counts: list[LinearExprT] = []
        for who, target in targets.items():
            if who in touched and (not self.required or board.asks(self.chances(board.case)[who])):
                turns = self.turns(board, who)
                counts.append(board.charge([(t.serves, 1) for t in turns], self._price(target), (who,)))
        self.add_up(board, counts, set(targets))

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every resource whose number of turns is not its fair share."""
        targets, as_role = self.targets(roster.case), self.as_role(roster.case)
        for who in roster.among(targets):
            target = targets[who]
            turns, price = self.held(roster, who), self._price(target)
            amount = price(len(turns))
            if amount:
                message = text(
                    "{who} has {n}{as_role}; the fair share is {target}",
                    "{who} {as_role}{n}；应承担 {target} 次",
                    who=roster.case.label[who],
                    n=several(len(turns), "turn", "次"),
                    as_role=as_role,
                    target=f"{target / HUNDREDTHS:.2f}",
                )
                few = price(len(turns) + 1) < amount
                yield self.breach(
                    amount,
                    message,
                    sessions=tuple([turn.session.id for turn in turns]),
                    who=(who,),
                    mends=self.chances(roster.case)[who] if few and self.required else (),
                    about=(who, "few" if few else "many"),
                )

    def separable(self, case: Case) -> Iterator[Separable]:
        """Yield the number of turns of each resource."""
        targets = self.targets(case)
        for who, chances in self.chances(case).items():
            yield Counted(who, self.role, frozenset(o.id for o in chances), self._price(targets[who]))

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        return text(
            "Turns{as_role}{scope} follow each one's fair share{weighted}{history}",
            "{as_role}{scope}的次数按应承担份额分配{weighted}{history}",
            as_role=self.as_role(case),
            scope=self.scope(case),
            weighted=text(", weighted by members", "，按成员数加权") if self.weighted else text("", ""),
            history=text(", earlier years included", "，计入往年") if self.history else text("", ""),
        )

    @once
    def targets(self, case: Case) -> dict[str, int]:
        """Return the target of every resource that the rule is about, in hundredths of a turn."""
        who = self.about(case)
        shares = fair_shares(self._shared_out(case, who), case.resources, self._weight)
        for turn in self._earlier(case):
            shares[turn.resource] -= 1
        return {r: max(0, _hundredths(shares[r])) for r in who}

    def _shared_out(self, case: Case, who: tuple[str, ...]) -> Iterator[Portion]:
        """Yield what is to be shared out: the seats that must be filled, and the turns of earlier years."""
        bounded = {resource.id for resource in case.resources.values() if resource.joined or resource.left}
        for days, seats in self._seats(case):
            sharers = frozenset(seats.candidates)
            if bounded.isdisjoint(sharers):  # then it does not matter on which day
                yield Portion(days[0], len(days) * seats.role.least, sharers)
            else:
                yield from (Portion(day, seats.role.least, sharers) for day in days)
        everybody = frozenset(who)
        for turn in self._earlier(case):
            if turn.resource in everybody:
                yield Portion(turn.day, 1, everybody)

    def _seats(self, case: Case) -> Iterator[tuple[list[dt.date], Seats]]:
        """Yield the seats that must be filled and that the rule is about, with the days of all that have these."""
        for parts, occurrences in agenda_of(case).framed:
            asked = [seats for part in parts for seats in part.seats if self.role in {"", seats.name}]
            days = [o.nominal.date() for o in occurrences if o.must and self.counts(o)] if asked else []
            for seats in asked if days else ():
                yield days, seats

    def _earlier(self, case: Case) -> Iterator[HistoricTurn]:
        """Yield the turns of earlier years that count."""
        for turn in case.history if self.history else ():
            if self.role in {"", turn.role} and (not self.activities or turn.activity in self.activities):
                yield turn

    def _weight(self, resource: Resource) -> int:
        return resource.weight if self.weighted else 1

    def _price(self, target: int) -> Price:
        return Price(target, self.tolerance)


def _hundredths(share: Fraction) -> int:
    """Return the nearest number of hundredths, the larger of two; without making fractions, which takes long."""
    n, d = share.as_integer_ratio()
    return (2 * HUNDREDTHS * n + d) // (2 * d)


class Price:
    """The size of the breach as a function of the number of turns: convex, and 0 at the target."""

    def __init__(self, target: int, tolerance: int) -> None:
        self.target = target
        self.tolerance = tolerance

    def __call__(self, turns: int) -> int:
        """Return the points of unevenness."""
        deviation = max(0, abs(HUNDREDTHS * turns - self.target) - self.tolerance)
        return (deviation * deviation + HUNDREDTHS // 2) // HUNDREDTHS
