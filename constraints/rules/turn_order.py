"""Turn order: turns are taken in the order of a list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

from constraints.rule import RoleRule, param
from rota.row import Ids
from rota.text import Message, several, text

if TYPE_CHECKING:
    from constraints.board import Board, Lit
    from constraints.breach import Breach
    from rota.case import Case
    from rota.roster import Roster

What = TypeVar("What")


class TurnOrder(RoleRule):
    """Turns are taken in the order of `who` (empty: of the case's tables): nobody overtakes the one before.

    At the end of each day for which a session that counts is foreseen, nobody has had more turns than the one before in
    the list, of those who are members on that day; turns count on their nominal dates. Whoever joins later starts level
    with the next in the list who is there already (the last one, where there is none after). Amount: turns ahead,
    summed over neighbours in the list and days. Together with a full circle this is a strict rotation.
    """

    kind = "turn_order"
    label = text("Turn order", "轮值次序")
    summary = text("turns are taken in the order of a list", "按名单次序轮流")
    unit = text("turns ahead, per day", "超前次数（逐日累计）")

    who: Ids = param("对象", "the order; empty means that of the tables", "按此次序；空为资料表中的次序", ())

    def post(self, board: Board) -> None:
        """Hold each one's turns against those of the one before, on each day from the first open one."""
        foreseen = self.foreseen(board.case)
        opened = [occurrence.nominal.date() for occurrence in foreseen if board.is_open(occurrence)]
        if not opened:
            return
        days = list(dict.fromkeys(occurrence.nominal.date() for occurrence in foreseen))
        taken: dict[str, list[tuple[dt.date, Lit]]] = {
            who: [(turn.occurrence.nominal.date(), turn.serves) for turn in self.turns(board, who)]
            for who in self._order(board.case)
        }
        tallies = {who: board.tally(turns, days) for who, turns in self._counted(board.case, taken).items()}
        for day in days:
            if day >= opened[0]:
                for one, following in self._neighbours(board.case, day):
                    ahead = [(tallies[following][day], 1), (tallies[one][day], -1)]
                    board.between(ahead, None, 0, (following, one))

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield everybody who has come before somebody whose turn it was."""
        taken = {
            who: [(turn.occurrence.nominal.date(), turn.id) for turn in self.held(roster, who)]
            for who in self._order(roster.case)
        }
        counted = self._counted(roster.case, taken)
        overtaken: dict[tuple[str, str], list[tuple[dt.date, list[str], int]]] = {}
        for day in dict.fromkeys(occurrence.nominal.date() for occurrence in self.foreseen(roster.case)):
            for one, following in self._neighbours(roster.case, day):
                more, fewer = ([id_ for date, id_ in counted[who] if date <= day] for who in (following, one))
                if len(more) > len(fewer):
                    overtaken.setdefault((one, following), []).append((day, more, len(fewer)))
        for (one, following), found in overtaken.items():
            amount = sum(len(more) - n for _, more, n in found)
            day, turns, least = found[0]
            message = text(
                "Out of order: by {day} {following} has had {n}{as_role}, {one} {m}",
                "次序不符：截至 {day}，{following} 已{as_role}{n}，{one} 仅 {m} 次",
                following=roster.case.label[following],
                one=roster.case.label[one],
                as_role=self.as_role(roster.case),
                n=several(len(turns), "turn", "次"),
                m=least,
                day=day,
            )
            by_day = [(each, len(more) - n) for each, more, n in found]
            yield self.breach(
                amount, message, sessions=tuple(turns[-1:]), who=(following, one), about=(following, one), by_day=by_day
            )

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        return text(
            "Turns{as_role}{scope} are taken in order: {who}",
            "按次序轮流{as_role}{scope}：{who}",
            as_role=self.as_role(case),
            scope=self.scope(case),
            who=tuple(case.label[who] for who in self.who) or text("as in the tables", "依资料表中的次序"),
        )

    def _order(self, case: Case) -> list[str]:
        """Return those whose turns are ordered, in order."""
        able = self.about(case)
        return [who for who in dict.fromkeys(self.who) if who in able] if self.who else list(able)

    def _neighbours(self, case: Case, day: dt.date) -> Iterator[tuple[str, str]]:
        """Return each member of a day with the one that follows."""
        return pairwise(who for who in self._order(case) if case.resources[who].belongs(day))

    def _counted(
        self, case: Case, taken: Mapping[str, list[tuple[dt.date, What]]]
    ) -> dict[str, list[tuple[dt.date, What]]]:
        """Return the dated turns that count for each: one's own since joining, before that those of a neighbour."""
        joined = {who: case.resources[who].joined or dt.date.min for who in taken}
        counted: dict[str, list[tuple[dt.date, What]]] = {}
        for who in sorted(joined, key=joined.__getitem__):
            day = joined[who]
            there = [w for w in joined if w == who or (joined[w] < day and case.resources[w].belongs(day))]
            place = there.index(who)
            level_with = [*there[place + 1 :], *reversed(there[:place])][:1]
            before = [turn for w in level_with for turn in counted[w] if turn[0] < day]
            counted[who] = before + [turn for turn in taken[who] if turn[0] >= day]
        return counted
