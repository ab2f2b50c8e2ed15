"""Wanted: sessions that may take place do, each worth its value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from constraints.rule import Rule, is_of, param, scope
from rota.agenda import agenda_of
from rota.row import Ids
from rota.text import Message, text

if TYPE_CHECKING:
    from constraints.board import Board
    from constraints.breach import Breach
    from rota.agenda import Occurrence
    from rota.case import Case
    from rota.roster import Roster


class Wanted(Rule):
    """Every session that may take place does. Amount: the activity's value for each session that does not."""

    kind = "wanted"
    label = text("Wanted sessions", "可办尽办")
    summary = text("sessions that may take place do", "可办的场次尽量举办")
    unit = text("value", "价值")
    lax = True
    names_all_mends = True

    activities: Ids = param("活动项目", "only these activities", "只限这些活动项目", ())

    def post(self, board: Board) -> None:
        """Price every open session that is declined."""
        for occurrence in board.occurrences:
            if self._wants(occurrence):
                board.forbid([board.negation(board.held(occurrence))], (occurrence.id,), occurrence.activity.value)

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every session that is declined."""
        for occurrence in agenda_of(roster.case).occurrences:
            if self._wants(occurrence) and occurrence.id not in roster.by_id:
                message = text("{session} does not take place", "{session} 不举办", session=occurrence.label)
                yield self.breach(occurrence.activity.value, message, sessions=(occurrence.id,), mends=(occurrence,))

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        return text(
            "Sessions that may take place do take place{scope}",
            "可办的场次尽量举办{scope}",
            scope=scope(case, activities=self.activities),
        )

    def _wants(self, occurrence: Occurrence) -> bool:
        return is_of(occurrence, self.activities) and not occurrence.must and occurrence.activity.value > 0
