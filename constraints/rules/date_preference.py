"""Date preference: sessions stay near their nominal date and time, on the weekdays that are liked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from constraints.rule import Rule, is_of, param, scope
from rota.hours import Weekdays, weekday_set, weekdays_label
from rota.row import Ids
from rota.text import Message, clauses, text

if TYPE_CHECKING:
    from constraints.board import Board
    from constraints.breach import Breach
    from rota.agenda import Occurrence
    from rota.case import Case
    from rota.roster import Held, Roster


class DatePreference(Rule):
    """Sessions start on their nominal date, at their nominal time, on one of `weekdays` (empty: any).

    Amount per session: days between its date and the nominal one, plus 1 for another time of day than the nominal one,
    plus 1 on another weekday.
    """

    kind = "date_preference"
    label = text("Date preference", "日期偏好")
    summary = text("sessions stay near their nominal date and time", "场次尽量在原定日期、时刻和偏好的星期举行")
    unit = text("days", "天")
    lax = True
    local = True
    by_session = True
    names_all_mends = True

    activities: Ids = param("活动项目", "only these activities", "只限这些活动项目", ())
    weekdays: Weekdays = param("星期", "weekdays that are liked; empty means any", "偏好的星期；空为任意", "")

    def post(self, board: Board) -> None:
        """Forbid, or price, every start away from the nominal one."""
        for occurrence in board.occurrences:
            if self._counts(occurrence):
                for start in occurrence.starts:
                    if distance := self._distance(occurrence, start):
                        board.forbid([board.start(occurrence, start)], (occurrence.id,), distance)

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every session away from its nominal start."""
        for held in roster.held:
            distance = self._distance(held.occurrence, held.start)
            if distance and self._counts(held.occurrence):
                message = text(
                    "{session} starts at {start}; {wanted}",
                    "{session} 开始于 {start}；{wanted}",
                    session=held.occurrence.label,
                    start=held.start,
                    wanted=clauses(self._wanted(held)),
                )
                yield self.breach(distance, message, sessions=(held.id,))

    def _wanted(self, held: Held) -> Iterator[Message]:
        """Yield what a start falls short of."""
        if held.start != held.occurrence.nominal:
            yield text("intended: {nominal}", "原定 {nominal}", nominal=held.occurrence.nominal)
        if held.start.weekday() not in weekday_set(self.weekdays):
            yield text("preferred: {days}", "偏好 {days}", days=weekdays_label(self.weekdays))

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        if not self.weekdays:
            return text(
                "Sessions stay near their nominal date and time{scope}",
                "场次尽量靠近原定日期和时刻{scope}",
                scope=scope(case, activities=self.activities),
            )
        return text(
            "Sessions stay near their nominal date and time, and on {days}{scope}",
            "场次尽量靠近原定日期和时刻，并安排在{days}{scope}",
            days=weekdays_label(self.weekdays),
            scope=scope(case, activities=self.activities),
        )

    def _counts(self, occurrence: Occurrence) -> bool:
        return is_of(occurrence, self.activities)

    def _distance(self, occurrence: Occurrence, start: dt.datetime) -> int:
        other_weekday = start.weekday() not in weekday_set(self.weekdays)
        if start == occurrence.nominal:
            return int(other_weekday)
        days = abs((start.date() - occurrence.nominal.date()).days)
        return days + (start.time() != occurrence.nominal.time()) + other_weekday
