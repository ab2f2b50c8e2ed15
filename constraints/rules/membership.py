"""Membership: nobody serves before joining or after leaving the alliance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from constraints.placed import alone
from constraints.rule import Rule
from rota.agenda import agenda_of
from rota.text import Message, text

if TYPE_CHECKING:
    from constraints.board import Board
    from constraints.breach import Breach
    from constraints.placed import Placed, Where
    from rota.case import Case
    from rota.roster import Roster


class Membership(Rule):
    """A resource serves only from its `joined` to its `left` day, both included. Amount: 1 per turn outside."""

    kind = "membership"
    label = text("Membership", "成员期")
    summary = text("nobody serves before joining or after leaving", "加入之前、退出之后不安排")
    unit = text("turns", "次")
    lax = True
    local = True
    by_session = True
    hereditary = True
    names_all_mends = True
    standing = True
    fact = True
    firmness = 8

    def tells_apart(self, case: Case) -> bool:
        """Start, place and seats say it all."""
        return False

    def post(self, board: Board) -> None:
        """Forbid every start of a turn that lies outside the membership."""
        for who in board.touched():
            resource = board.case.resources[who]
            if resource.joined is None and resource.left is None:
                continue
            for turn in board.turns(who):
                if not board.is_open(turn.occurrence):
                    continue
                starts = board.starts(turn.occurrence)
                outside = [start for start in starts if not resource.belongs(start.date())]
                board.forbid([turn.serves, board.starts_in(turn.occurrence, outside)], (who, turn.occurrence.id))

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every turn that begins on a day outside the membership."""
        for who in roster.among(roster.case.resources):
            resource = roster.case.resources[who]
            for turn in roster.turns(who) if resource.joined or resource.left else ():
                if not resource.belongs(turn.start.date()):
                    message = text(
                        "{who} serves in {session}, but is not a member then",
                        "{who} 在 {session} 当值，但当日不是成员",
                        who=resource.label,
                        session=turn.label,
                    )
                    yield self.breach(1, message, sessions=(turn.id,), who=(who,))

    def placed(self, case: Case) -> Iterable[Placed]:
        """Say at which starts each candidate is no member."""
        return alone(self._placed(case))

    def _placed(self, case: Case) -> Iterator[tuple[str, Where, int]]:
        bounded = {each.id for each in case.resources.values() if each.joined or each.left}
        for occurrence in agenda_of(case).occurrences if bounded else ():
            seated = {who for part in occurrence.parts for seats in part.seats for who in seats.candidates}
            for who in sorted(bounded & seated):
                for start in occurrence.starts:
                    if not case.resources[who].belongs(start.date()):
                        yield occurrence.id, (start, None), 1

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        return text("Nobody serves before joining or after leaving", "加入之前、退出之后不安排")
