"""Minimum days: the sessions of one activity are spread over enough days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from constraints.placed import OnDays
from constraints.rule import Rule, by_day, each, is_of, param, within
from rota.agenda import agenda_of
from rota.periods import Per, period_of
from rota.row import Ids, Positive
from rota.text import Message, several, text

if TYPE_CHECKING:
    import datetime as dt

    from constraints.board import Board, Lit
    from constraints.breach import Breach
    from constraints.placed import Placed
    from rota.agenda import Occurrence
    from rota.case import Case
    from rota.roster import Roster


class MinimumDays(Rule):
    """In each period `per`, the sessions of each of `activities` (empty: all) begin on at least `least` different days.

    A session belongs to the period of its nominal date. Where fewer than `least` sessions of an activity take place in
    a period, each has a day of its own; a session that does not take place asks for no day. Amount: days missing. The
    minimum working days of course timetabling (ITC-2007, track 3).
    """

    kind = "minimum_days"
    label = text("Spread over days", "分散天数")
    summary = text("the sessions of an activity fall on enough different days", "同一活动项目的场次分散在足够多的日子")
    unit = text("days missing", "缺少天数")
    lax = True
    names_all_mends = True

    activities: Ids = param("活动项目", "only these activities", "只限这些活动项目", ())
    least: Positive = param("最少", "different days, at least", "至少分散在几天")
    per: Per = param("周期", "the period", "周期", Per.WEEK)

    def tells_apart(self, case: Case) -> bool:
        """Sessions belong to the periods of their nominal dates."""
        return self.per is not Per.HORIZON

    def post(self, board: Board) -> None:
        """Ask each activity with an open session in a period for as many days as sessions take place, up to `least`."""
        for (activity, period), foreseen in self._foreseen(board.case).items():
            asked = min(self.least, len(foreseen))
            if asked > 1 and any(board.is_open(occurrence) for occurrence in foreseen):
                held = [board.held(occurrence) for occurrence in foreseen]
                fewer = [board.negation(board.at_least(held, n)) for n in range(1, asked + 1)]
                terms = [(lit, 1) for lit in (*_days(board, foreseen), *fewer)]
                board.between(terms, asked, None, (activity, period))

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every activity and period with too few days."""
        for (activity, period), foreseen in self._foreseen(roster.case).items():
            held = [roster.by_id[occurrence.id] for occurrence in foreseen if occurrence.id in roster.by_id]
            days = {each.start.date() for each in held}
            asked = min(self.least, len(held))
            if len(days) < asked:
                message = text(
                    "{activity} falls on {n} {period}; asked for: {asked}",
                    "{activity} 在 {period} 仅分布于 {n}；要求 {asked}",
                    activity=roster.case.label[activity],
                    n=several(len(days), "day", "天"),
                    period=within(period),
                    asked=several(asked, "day", "天"),
                )
                sessions = tuple(each.id for each in held)
                yield self.breach(
                    asked - len(days), message, sessions=sessions, mends=foreseen, about=(activity, period)
                )

    def placed(self, case: Case) -> Iterable[Placed]:
        """Say how many days each number of days lacks."""
        for foreseen in self._foreseen(case).values():
            asked = min(self.least, len(foreseen))
            amounts = tuple(max(0, asked - days) for days in range(len(foreseen) + 1))
            yield OnDays(tuple(occurrence.id for occurrence in foreseen), amounts)

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        return text(
            "{activities}: sessions on at least {n} {per}",
            "{activities}：{per}的场次至少分散在 {n}",
            activities=tuple(case.label[a] for a in self.activities) or text("Every activity", "各活动项目"),
            n=several(self.least, "day", "天"),
            per=each(self.per),
        )

    def _foreseen(self, case: Case) -> dict[tuple[str, str], list[Occurrence]]:
        """Return the occurrences of each activity in each period."""
        found: dict[tuple[str, str], list[Occurrence]] = defaultdict(list)
        for occurrence in agenda_of(case).occurrences:
            if is_of(occurrence, self.activities):
                found[occurrence.activity.id, period_of(occurrence.nominal.date(), self.per)].append(occurrence)
        return found


def _days(board: Board, occurrences: list[Occurrence]) -> list[Lit]:
    """Return for every day whether one of the sessions begins on it."""
    days: dict[dt.date, list[Lit]] = defaultdict(list)
    for occurrence in occurrences:
        for day, starts in by_day(board.starts(occurrence)).items():
            days[day].append(board.starts_in(occurrence, starts))
    return [board.any_of(lits) for lits in days.values()]
