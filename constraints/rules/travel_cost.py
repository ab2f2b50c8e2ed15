"""Travel cost: minutes on the way from one turn to the next of the same day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from constraints.rule import RoleRule
from constraints.travellers import travellers
from rota.text import Message, text

if TYPE_CHECKING:
    from constraints.board import Board, Stay
    from constraints.breach import Breach
    from rota.case import Case
    from rota.roster import Held, Roster


class TravelCost(RoleRule):
    """Nobody goes from one site to another between a turn and the next one of the same day.

    The turns of a day are those that begin on it, in order of their starts (of their ids where they start together).
    Amount: the minutes on the way from the site of a turn to that of the next one; no known way is no minutes.
    """

    kind = "travel_cost"
    label = text("Travel cost", "路程成本")
    summary = text("minutes on the way between the turns of one day", "同一天各次当值之间路上的分钟数")
    unit = text("minutes on the way", "路上分钟")

    def post(self, board: Board) -> None:
        """Forbid, or price, each way between two stays of one day with no other between them."""
        about = set(self.about(board.case))
        for who in travellers(board):
            if who in about:
                by_day: dict[dt.date, list[Stay]] = defaultdict(list)
                for stay in self.stays(board, who):
                    by_day[stay.start.date()].append(stay)
                for stays in by_day.values():
                    self._post_day(board, who, sorted(stays, key=lambda s: (s.start, s.occurrence.id)))

    def _post_day(self, board: Board, who: str, stays: list[Stay]) -> None:
        for (i, first), (j, then) in combinations(enumerate(stays), 2):
            minutes = board.case.minutes_between(first.site, then.site)
            ends = {first.occurrence.id, then.occurrence.id}
            between = [stay for stay in stays[i + 1 : j] if stay.occurrence.id not in ends]
            if minutes and len(ends) > 1 and self._concerns(board, first, then, between):
                absent = [board.negation(stay.taken) for stay in between]
                board.forbid([first.taken, then.taken, *absent], (who, first.start.date().isoformat()), minutes)

    def _concerns(self, board: Board, first: Stay, then: Stay, between: list[Stay]) -> bool:
        """Tell whether the way is still to be decided; one between fixed turns is never forbidden, but may be saved."""
        weighed = (first, then) if self.required else (first, then, *between)
        return any(board.is_open(stay.occurrence) for stay in weighed)

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every way from one turn to the next of a day."""
        for who in self.about(roster.case):
            for first, then in pairwise(self.held(roster, who)):
                minutes = roster.case.minutes_between(first.site, then.site)
                if minutes and first.start.date() == then.start.date():
                    yield self._breach(roster.case, who, first, then, minutes)

    def _breach(self, case: Case, who: str, first: Held, then: Held, minutes: int) -> Breach:
        message = text(
            "{who} is {minutes} min on the way from {one} ({origin}) to {other} ({destination}) on {day}",
            "{who} 在 {day} 从 {one}（{origin}）到 {other}（{destination}），路上 {minutes} 分钟",
            who=case.label[who],
            minutes=minutes,
            one=first.occurrence.label,
            origin=case.label[first.site],
            other=then.occurrence.label,
            destination=case.label[then.site],
            day=first.start.date(),
        )
        return self.breach(minutes, message, sessions=(first.id, then.id), who=(who,))

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        return text(
            "As {role}: no way between sites from one turn to the next of the same day",
            "任“{role}”：同一天内两次当值之间不在站点间奔波",
            role=self.role_name(case),
        )
