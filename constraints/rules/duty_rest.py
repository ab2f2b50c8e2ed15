"""Duty rest: enough hours between the end of one turn and the start of the next one of the same resource."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from constraints.rule import RoleRule, param
from constraints.stretches import Use, crowds, stretches
from rota.hours import minutes_from
from rota.row import Positive
from rota.text import Message, text

if TYPE_CHECKING:
    from constraints.board import Board
    from constraints.breach import Breach
    from rota.case import Case
    from rota.roster import Held, Roster


class DutyRest(RoleRule):
    """From the end of one turn of a resource to the start of its next one there are at least `hours` hours.

    A turn takes a resource up from its start until `hours` hours after its end; at every moment at most `parallel`
    turns do so: who can serve two sessions at once is two teams, of which each has its rest. Amount: minutes in excess,
    times the turns in excess. That is, with one team, the minutes of rest missing before each turn, and where turns
    overlap also the minutes that they overlap. Minutes pass also while clocks change. Turns of earlier years have no
    time of day and are not looked back on.
    """

    kind = "duty_rest"
    label = text("Hours of rest", "当值间休息")
    summary = text("enough hours between two turns of one resource", "同一对象两次当值之间休息足够小时数")
    unit = text("minutes missing", "缺少分钟")
    local = True
    hereditary = True
    names_all_mends = True

    hours: Positive = param("小时数", "hours of rest, at least", "至少休息的小时数")

    def post(self, board: Board) -> None:
        """Bound the turns that take a touched resource up at once; wherever they are most, or price every stretch."""
        touched = set(board.touched())
        for who in self.about(board.case):
            if who not in touched:
                continue
            uses = list(self._uses(board, who))
            if self.required:
                for together in crowds(uses):
                    self._bound(board, who, together, 1)
            else:
                for minutes, together in stretches(uses):
                    self._bound(board, who, together, minutes)

    def _uses(self, board: Board, who: str) -> Iterator[Use]:
        for turn in self.turns(board, who):
            occurrence = turn.occurrence
            for start in board.starts(occurrence):
                taken = board.serves_in(turn, [start])
                if taken is not False:
                    begin, until = self._taken_up(start, occurrence.end_of(start))
                    yield Use((occurrence.id,), begin, until, (taken,), board.is_open(occurrence))

    def _bound(self, board: Board, who: str, together: list[Use], minutes: int) -> None:
        """Allow as many turns as the resource has teams, or as are fixed already."""
        most = max(board.case.resources[who].parallel, sum(not use.is_open for use in together))
        if len({use.of for use in together}) > most:
            about = (who, *together[-1].of)
            board.between([(lit, 1) for use in together for lit in use.decisions], None, most, about, minutes)

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every turn before which no team of the resource has had its rest."""
        for who in roster.among(self.about(roster.case)):
            teams = roster.case.resources[who].parallel
            taken_up: list[tuple[dt.datetime, Held]] = []
            for turn in self.held(roster, who):
                begin, until = self._taken_up(turn.start, turn.end)
                taken_up = sorted(((u, t) for u, t in taken_up if u > begin), key=lambda use: use[0], reverse=True)
                if len(taken_up) >= teams:
                    free, last = taken_up[teams - 1]
                    missing = minutes_from(begin, min(free, until))
                    sessions = (*(t.id for _, t in taken_up), turn.id)
                    message = self._too_early(roster.case, who, last, turn)
                    yield self.breach(missing, message, sessions=sessions, who=(who,))
                taken_up.append((until, turn))

    def _taken_up(self, start: dt.datetime, end: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
        """Return from when until when a turn takes somebody up."""
        return start.astimezone(dt.UTC), end.astimezone(dt.UTC) + dt.timedelta(hours=self.hours)

    def _too_early(self, case: Case, who: str, last: Held, turn: Held) -> Message:
        rest = minutes_from(last.end, turn.start)
        said = {
            "who": case.label[who],
            "session": turn.occurrence.label,
            "other": last.occurrence.label,
            "asked": _length(self.hours * 60),
        }
        if rest < 0:
            return text(
                "{who} begins {session} before the end of {other}; {asked} of rest are asked for",
                "{who} 开始 {session} 时 {other} 尚未结束；要求休息 {asked}",
                **said,
            )
        return text(
            "{who} begins {session} {rest} after the end of {other}; {asked} of rest are asked for",
            "{who} 开始 {session} 时距 {other} 结束仅 {rest}；要求休息 {asked}",
            rest=_length(rest),
            **said,
        )

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        return text(
            "At least {hours} h of rest from the end of one turn{as_role}{scope} to the next",
            "同一对象两次{as_role}{scope}之间至少休息 {hours} 小时",
            hours=self.hours,
            as_role=self.as_role(case),
            scope=self.scope(case),
        )


def _length(minutes: int) -> Message:
    hours, rest = divmod(minutes, 60)
    if not rest:
        return text("{hours} h", "{hours} 小时", hours=hours)
    if not hours:
        return text("{rest} min", "{rest} 分钟", rest=rest)
    return text("{hours} h {rest} min", "{hours} 小时 {rest} 分钟", hours=hours, rest=rest)
