"""Order share: everybody who asks has some orders accepted, and nobody takes them all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import model_validator

from constraints.rule import Rule, each, in_order, is_of, limits, outside, param, scope, within
from rota.agenda import agenda_of
from rota.periods import Per, period_of
from rota.row import Count, Ids
from rota.text import Message, several, text

if TYPE_CHECKING:
    from constraints.board import Board
    from constraints.breach import Breach
    from rota.agenda import Occurrence
    from rota.case import Case
    from rota.roster import Roster


class OrderShare(Rule):
    """Of the orders of one requester, from `least` to `most` are accepted in each period `per`.

    An order lies in the period of its nominal date, which is the day wished for most. `least` asks for no more than the
    requester has orders in that period. Activities that may take place and have a requester are orders too. Amount:
    orders missing or in excess, per requester and period.
    """

    kind = "order_share"
    label = text("Order share", "点单均衡")
    summary = text("so many orders of each requester are accepted", "每个点单人接单数量的上下限")
    unit = text("orders", "单")
    lax = True
    names_all_mends = True

    least: Count = param("最少", "orders accepted, at least", "至少接几单", 0)
    most: Count | None = param("最多", "orders accepted, at most; empty means no limit", "至多接几单；空为不限", None)
    per: Per = param("周期", "the period", "周期", Per.HORIZON)
    activities: Ids = param("活动项目", "only orders of these activities", "只限对这些活动项目的点单", ())

    @model_validator(mode="after")
    def _ordered(self) -> OrderShare:
        return in_order(self, self.least, self.most)

    def post(self, board: Board) -> None:
        """Bound the orders accepted of each requester, in every period in which one is open."""
        for about, orders in self._orders(board.case).items():
            if any(board.is_open(order) for order in orders):
                accepted = [(board.held(order), 1) for order in orders]
                board.between(accepted, min(self.least, len(orders)), self.most, about)

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every requester of whom too few or too many orders are accepted in a period."""
        for (requester, period), orders in self._orders(roster.case).items():
            accepted = tuple(order.id for order in orders if order.id in roster.by_id)
            least = min(self.least, len(orders))
            if amount := outside(len(accepted), least, self.most):
                message = text(
                    "{requester} has {n} of {all} accepted {period}; {limits}",
                    "{requester} 在 {period} 点单 {all}，接单 {n} 个；应接 {limits} 个",
                    n=len(accepted),
                    all=several(len(orders), "order", "个"),
                    requester=roster.case.term(requester),
                    period=within(period),
                    limits=limits(least, self.most),
                )
                few = len(accepted) < least
                about = (requester, period, "few" if few else "many")
                yield self.breach(amount, message, sessions=accepted, mends=orders if few else (), about=about)

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        return text(
            "Orders accepted of each requester {per}: {limits}{scope}",
            "每个点单人{per}接单 {limits} 个{scope}",
            per=each(self.per),
            limits=limits(self.least, self.most),
            scope=scope(case, activities=self.activities),
        )

    def _orders(self, case: Case) -> dict[tuple[str, str], list[Occurrence]]:
        """Return the orders by requester and period."""
        found: dict[tuple[str, str], list[Occurrence]] = {}
        for occurrence in agenda_of(case).occurrences:
            requester = occurrence.activity.requester
            if requester and not occurrence.must and is_of(occurrence, self.activities):
                period = period_of(occurrence.nominal.date(), self.per)
                found.setdefault((requester, period), []).append(occurrence)
        return found
