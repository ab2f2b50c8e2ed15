"""Days off: enough days without a turn in every week, month or other period."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from constraints.rule import RoleRule, each, param, within
from rota.hours import Weekdays, weekday_set, weekdays_label
from rota.periods import Per, whole_periods
from rota.row import Positive
from rota.text import Message, several, text

if TYPE_CHECKING:
    from constraints.board import Board
    from constraints.breach import Breach
    from rota.case import Case
    from rota.roster import Roster

DAY = dt.timedelta(days=1)


class DaysOff(RoleRule):
    """In each whole period `per`, a resource has at least `least` days off among the days that are one of `weekdays`.

    A period is whole when the horizon cuts nothing off it; of others nothing is asked, and of one with fewer such days
    no more than these. A day is off when no turn begins on it; turns of earlier years count. Amount: days off missing,
    less those that turns of earlier years alone take.
    """

    kind = "days_off"
    label = text("Days off", "休息日")
    summary = text("enough days without a turn in every period", "每个对象每个周期内有足够的休息日")
    unit = text("days off missing", "缺少休息日")
    local = True
    names_all_mends = True

    least: Positive = param("最少", "days off, at least", "至少休息几天", 1)
    per: Per = param("周期", "the period", "周期", Per.WEEK)
    weekdays: Weekdays = param("星期", "only days off on these weekdays count", "只计这些星期的休息日；空为任意", "")

    def post(self, board: Board) -> None:
        """Bound the days served by each touched resource in each period, or leave it at those that are fixed."""
        touched = set(board.touched())
        asked = self._asked(board.case)
        for who in self.about(board.case):
            if who in touched:
                served = self.days_served(board, who)
                for period, days in asked.items():
                    lits = [served[day] for day in days if day in served]
                    most = max(self._most(days), sum(lit is True for lit in lits))
                    board.between([(lit, 1) for lit in lits], None, most, (who, period))

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every resource and period with too few days off."""
        asked = self._asked(roster.case)
        for who in roster.among(self.about(roster.case)):
            served, past = self.days_held(roster, who), {turn.day for turn in self.earlier(roster.case, who)}
            for period, days in asked.items():
                busy = [day for day in days if day in served]
                amount = len(busy) - max(self._most(days), sum(day in past for day in busy))
                if amount > 0:
                    message = text(
                        "{who} has {n} off{weekdays} {period}; asked for: {least}",
                        "{who} 在 {period}{weekdays} 休息 {n}；至少应休 {least}",
                        who=roster.case.label[who],
                        n=several(len(days) - len(busy), "day", "天"),
                        weekdays=self._on(),
                        period=within(period),
                        least=several(self.least, "day", "天"),
                    )
                    sessions = tuple(session for day in busy for session in served[day])
                    yield self.breach(amount, message, sessions=sessions, who=(who,), about=(who, period))

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        return text(
            "{lead}at least {n} off{weekdays} {per}{trail}",
            "{lead}{per}{weekdays}至少休息 {n}{trail}",
            lead=self.lead(case),
            trail=self.trail(case),
            n=several(self.least, "day", "天"),
            weekdays=self._on(),
            per=each(self.per),
        )

    def _on(self) -> Message:
        if not self.weekdays:
            return text("", "")
        return text(" on {days}", "（{days}）", days=weekdays_label(self.weekdays))

    def _asked(self, case: Case) -> dict[str, list[dt.date]]:
        """Return the whole periods with the days that can be off."""
        allowed = weekday_set(self.weekdays)
        spans = whole_periods(case.settings.first, case.settings.last, self.per)
        days = {key: [first + n * DAY for n in range((last - first).days + 1)] for key, (first, last) in spans.items()}
        return {key: [day for day in listed if day.weekday() in allowed] for key, listed in days.items()}

    def _most(self, days: list[dt.date]) -> int:
        """Return how many of some days may be served; where there are too few, none."""
        return len(days) - self.least
