"""Travel cost: minutes on the way from one turn to the next of the same day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from constraints.rule import RoleRule
from constraints.separable import Together
from constraints.settled import Settled, settled_sessions
from constraints.travellers import travellers
from rota.agenda import agenda_of
from rota.hours import minute_of
from rota.text import Message, text

if TYPE_CHECKING:
    from constraints.board import Board, Stay
    from constraints.breach import Breach
    from constraints.separable import Separable
    from rota.case import Case
    from rota.roster import Held, Roster


class TravelCost(RoleRule):
    """Nobody goes from one site to another between a turn and the next one of the same day.

    The next turn of the day is the one that begins first once a turn has ended; of several that begin together, each.
    Amount: the minutes on the way from the site of a turn to that of the next; no known way is no minutes.
    """

    kind = "travel_cost"
    label = text("Travel cost", "路程成本")
    summary = text("minutes on the way between the turns of one day", "同一天各次当值之间路上的分钟数")
    unit = text("minutes on the way", "路上分钟")
    local = True

    def post(self, board: Board) -> None:
        """Forbid, or price, the ways from each stay of a day to those that begin when it is over."""
        about = set(self.about(board.case))
        for who in travellers(board):
            if who in about:
                days: dict[dt.date, list[Stay]] = defaultdict(list)
                for stay in self.stays(board, who):
                    days[stay.start.date()].append(stay)
                for day, stays in days.items():
                    self._post_day(board, (who, day.isoformat()), stays)

    def _post_day(self, board: Board, about: tuple[str, ...], stays: list[Stay]) -> None:
        begin: dict[int, list[Stay]] = defaultdict(list)
        for stay in stays:
            begin[minute_of(stay.start)].append(stay)
        for first in stays:
            between: list[Stay] = []
            for minute in sorted(begin):
                if minute >= minute_of(first.end):
                    self._post_way(board, about, first, begin[minute], between)
                    between = [*between, *begin[minute]]

    def _post_way(
        self, board: Board, about: tuple[str, ...], first: Stay, then: list[Stay], between: list[Stay]
    ) -> None:
        """Let nobody go from the first stay to those that begin together, unless something lies between.

        Where the first is taken and nothing lies between, the sum exceeds its bound by the minutes of the ways.
        """
        fixed_too = not self.required and any(board.is_open(stay.occurrence) for stay in (first, *then, *between))
        ways = [
            (stay.taken, board.case.minutes_between(first.site, stay.site))
            for stay in then
            if fixed_too or board.is_open(first.occurrence) or board.is_open(stay.occurrence)
        ]
        longest = sum(minutes for _, minutes in ways)
        if longest:
            at_once = board.negation(board.any_of(stay.taken for stay in between))
            board.between([(first.taken, longest), (at_once, longest), *ways], None, 2 * longest, about)

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every way from one turn to the next of a day."""
        for who in roster.among(self.about(roster.case)):
            days: dict[dt.date, list[Held]] = defaultdict(list)
            for turn in self.held(roster, who):
                days[turn.start.date()].append(turn)
            for turns in days.values():
                for first in turns if len(turns) > 1 else ():
                    later = [turn for turn in turns if turn.begins >= first.ends]
                    for then in later:
                        minutes = roster.case.minutes_between(first.site, then.site)
                        if minutes and then.begins == later[0].begins:
                            yield self._breach(roster.case, who, first, then, minutes)

    def _breach(self, case: Case, who: str, first: Held, then: Held, minutes: int) -> Breach:
        message = text(
            "{who} is {minutes} min on the way from {one} ({origin}) to {other} ({destination})",
            "{who} 从 {one}（{origin}）到 {other}（{destination}），路上 {minutes} 分钟",
            who=case.label[who],
            minutes=minutes,
            one=first.label,
            origin=case.label[first.site],
            other=then.label,
            destination=case.label[then.site],
        )
        return self.breach(minutes, message, sessions=(first.id, then.id), who=(who,))

    def separable(self, case: Case) -> Iterator[Separable]:
        """Yield the ways from a session to those that begin next, where all that might come between is settled."""
        days: dict[dt.date, list[Settled]] = defaultdict(list)
        for session in settled_sessions(case):
            if self.counts(session.occurrence):
                days[session.start.date()].append(session)
        settled = {session.id for mine in days.values() for session in mine}
        open_days = {start.date() for o in agenda_of(case).occurrences if o.id not in settled for start in o.starts}
        amounts: dict[tuple[str, str], int] = {}
        for day in sorted(days.keys() - open_days if case.ways else ()):
            for first in days[day]:
                later = [then for then in days[day] if then.begins >= first.ends]
                soonest = min((then.begins for then in later), default=0)
                for then in later:
                    minutes = case.minutes_between(first.site, then.site)
                    if minutes and minute_of(then.start) == soonest:
                        amounts[first.id, then.id] = minutes
        if amounts:
            yield Together(frozenset(self.about(case)), self.role, amounts)

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        return text(
            "{lead}no travel between sites from one turn to the next on the same day{trail}",
            "{lead}同一天内两次当值之间不在站点间奔波{trail}",
            lead=self.lead(case),
            trail=self.trail(case),
        )
