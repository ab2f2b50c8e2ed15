"""Not on the thirteenth: a rule of another distribution than Rota's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from constraints.rule import Rule, param
from rota.row import Ids
from rota.text import Message, text

if TYPE_CHECKING:
    from constraints.board import Board
    from constraints.breach import Breach
    from rota.agenda import Occurrence
    from rota.case import Case
    from rota.roster import Roster


class NotOnDay(Rule):
    """No session begins on day `day_of_month` of any month. Amount: 1 per session that does."""

    kind = "not_on_day"
    label = text("Not on a day of the month", "避开某号")
    summary = text("no session begins on this day of the month", "每月的这一天不举办活动")
    unit = text("sessions", "场")

    day_of_month: Annotated[int, Field(ge=1, le=31)] = param("几号", "the day of the month", "每月几号", 13)
    activities: Ids = param("活动项目", "only these activities", "只限这些活动项目", ())

    def post(self, board: Board) -> None:
        """Forbid, or price, every start on the day."""
        for occurrence in board.occurrences:
            starts = [start for start in occurrence.starts if self._falls_on_day(occurrence, start)]
            board.forbid([board.starts_in(occurrence, starts)], (occurrence.id,))

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every session on the day."""
        for held in roster.held:
            if self._falls_on_day(held.occurrence, held.start):
                message = text(
                    "{session} begins on {day}",
                    "{session} 在 {day} 举办",
                    session=held.occurrence.label,
                    day=held.start,
                )
                yield self.breach(1, message, sessions=(held.id,))

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        return text("No session on day {n} of a month", "每月 {n} 号不举办活动", n=self.day_of_month)

    def _falls_on_day(self, occurrence: Occurrence, start: dt.datetime) -> bool:
        counts = not self.activities or occurrence.activity.id in self.activities
        return counts and start.day == self.day_of_month
