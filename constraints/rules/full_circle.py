"""Full circle: nobody has a second turn before everybody has had one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from constraints.rule import RoleRule, param
from rota.row import Flag
from rota.text import Message, several, text

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import LinearExpr

    from constraints.board import Board, Count, Lit
    from constraints.breach import Breach
    from rota.case import Case
    from rota.roster import Roster


class _Comparison(NamedTuple):
    """Turns since a day: none of `ahead` may have had more than one more than any of `behind`."""

    since: dt.date
    ahead: tuple[str, ...]
    behind: tuple[str, ...]


class _Gap(NamedTuple):
    """Two of those compared, with the sessions of their turns; turns of earlier years have none."""

    since: dt.date
    ahead: str
    more: list[tuple[str, ...]]
    behind: str
    fewer: list[tuple[str, ...]]

    @property
    def excess(self) -> int:
        """The turns that the one has had too early."""
        return len(self.more) - len(self.fewer) - 1


class FullCircle(RoleRule):
    """Nobody comes again before everybody has come: turns since two became members differ by at most 1, day by day.

    At the end of each day t for which a session that counts is foreseen, and for any two who are members on t, with J
    the later of the days on which they joined (the first day of the horizon; with `history`, the beginning): the turns
    on nominal dates J..t of the one exceed those of the other by at most 1. Amount: for each day the greatest excess
    over that.
    """

    kind = "full_circle"
    label = text("Full circle", "转满一圈")
    summary = text("nobody has a second turn before everybody has had one", "人人轮到一次之后，才轮第二次")
    unit = text("turns too early", "提前的次数")

    history: Flag = param("计入往年", "earlier years' turns count", "计入往年记录", default=False)

    def post(self, board: Board) -> None:
        """Hold those who are ahead against the least turns of the others, on each day from the first open one."""
        opened = [occurrence.nominal.date() for occurrence in self.foreseen(board.case) if board.is_open(occurrence)]
        if not opened:
            return
        compared = self._compared(board.case)
        dated: dict[str, list[tuple[dt.date, Lit]]] = {
            who: [(turn.occurrence.nominal.date(), turn.serves) for turn in self.turns(board, who)]
            + [(day, True) for day in self._past(board.case, who)]
            for who in self.about(board.case)
        }

        @cache
        def tally(who: str, since: dt.date) -> dict[dt.date, Count]:
            return board.tally([(day, lit) for day, lit in dated[who] if day >= since], list(compared))

        excess: dict[dt.date, LinearExpr] = {}
        for day, comparisons in compared.items():
            if day >= opened[0]:
                pairs = [
                    ([tally(who, c.since)[day] for who in c.ahead], [tally(who, c.since)[day] for who in c.behind])
                    for c in comparisons
                ]
                excess[day] = board.spread(pairs, 1, (day.isoformat(),))
        self._narrow(board, compared, tally, excess)

    def _narrow(
        self,
        board: Board,
        compared: dict[dt.date, list[_Comparison]],
        tally: Callable[[str, dt.date], dict[dt.date, Count]],
        excess: dict[dt.date, LinearExpr],
    ) -> None:
        """State where the turns of each must lie once all seats up to a day are filled; it proves much sooner.

        Counts that differ by at most 1 + e are at most e from their average, rounded down or up.
        """
        if self.history or board.fixed or board.open_seats or board.partial or board.mode == "explain":
            return
        everybody = set(self.about(board.case))
        seats = dict.fromkeys(compared, (0, 0))
        for occurrence in self.foreseen(board.case):
            day, turns = occurrence.nominal.date(), self.turns_between(board, occurrence, everybody)
            seats[day] = (seats[day][0] + turns[0], seats[day][1] + turns[1])
        least = most = 0
        for day, comparisons in compared.items():
            least, most = least + seats[day][0], most + seats[day][1]
            for since, members, _ in comparisons:
                if day in excess and since == board.case.settings.first:
                    low = least // len(members) if everybody.issubset(members) else 0
                    for who in members:
                        had = tally(who, since)[day].value
                        board.imply([(had, 1), (excess[day], 1)], low, None)
                        board.imply([(had, 1), (excess[day], -1)], None, -(-most // len(members)))

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every day at whose end somebody has come again too early."""
        dated: dict[str, list[tuple[dt.date, tuple[str, ...]]]] = {
            who: [(turn.occurrence.nominal.date(), (turn.id,)) for turn in self.held(roster, who)]
            + [(day, ()) for day in self._past(roster.case, who)]
            for who in self.about(roster.case)
        }
        for day, comparisons in self._compared(roster.case).items():
            gaps = []
            for since, ahead, behind in comparisons:
                had = {who: [ids for date, ids in dated[who] if since <= date <= day] for who in {*ahead, *behind}}
                most = max(ahead, key=lambda who: len(had[who]))
                least = min(behind, key=lambda who: len(had[who]))
                gaps.append(_Gap(since, most, had[most], least, had[least]))
            widest = max(gaps, key=lambda gap: gap.excess, default=None)
            if widest and widest.excess > 0:
                yield self._breach(roster.case, day, widest)

    def _breach(self, case: Case, day: dt.date, gap: _Gap) -> Breach:
        message = text(
            "By {day} {ahead} has had {n}{as_role}, {behind} {m}{since}",
            "截至 {day}，{ahead} 已{as_role}{n}，{behind} 仅 {m} 次{since}",
            day=day,
            ahead=case.label[gap.ahead],
            n=several(len(gap.more), "turn", "次"),
            behind=case.label[gap.behind],
            m=len(gap.fewer),
            as_role=self.as_role(case),
            since=text(", counted from {day}", "（自 {day} 起计）", day=gap.since)
            if gap.since > case.settings.first
            else text("", ""),
        )
        sessions = tuple(id_ for ids in (*gap.more, *gap.fewer) for id_ in ids)
        return self.breach(
            gap.excess, message, sessions=sessions, who=(gap.ahead, gap.behind), about=(day.isoformat(),)
        )

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        return text(
            "Nobody has a second turn{as_role}{scope} before everybody has had one{history}",
            "人人{as_role}一次{scope}之后，才轮到第二次{history}",
            as_role=self.as_role(case),
            scope=self.scope(case),
            history=text(", earlier years included", "，计入往年") if self.history else text("", ""),
        )

    def _past(self, case: Case, who: str) -> list[dt.date]:
        """Return the days of the turns in earlier years that count."""
        return [turn.day for turn in self.earlier(case, who)] if self.history else []

    def _compared(self, case: Case) -> dict[dt.date, list[_Comparison]]:
        """Return who is compared with whom at the end of each day, in order.

        Two are compared from the day on which the later of them joined: so newcomers of each day with all who had
        joined by then, both ways.
        """
        begin = dt.date.min if self.history else case.settings.first
        joined = {who: max(case.resources[who].joined or begin, begin) for who in self.about(case)}
        compared: dict[dt.date, list[_Comparison]] = {o.nominal.date(): [] for o in self.foreseen(case)}
        for day, since in product(compared, sorted(set(joined.values()))):
            members = tuple(w for w in joined if joined[w] <= since and case.resources[w].belongs(day))
            newcomers = tuple(who for who in members if joined[who] == since)
            if newcomers:
                ways = {(members, newcomers), (newcomers, members)}
                compared[day] += [_Comparison(since, *way) for way in sorted(ways)]
        return compared
