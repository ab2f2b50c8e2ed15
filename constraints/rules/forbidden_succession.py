"""Forbidden succession: after a turn in one activity, none in another within the next days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from constraints.rule import RoleRule, param, scope
from rota.row import Ids, Positive
from rota.text import Message, several, text

if TYPE_CHECKING:
    from constraints.board import Board
    from constraints.breach import Breach
    from rota.case import Case
    from rota.roster import Roster

DAY = dt.timedelta(days=1)


class ForbiddenSuccession(RoleRule):
    """On the `days` days after a turn in one of `activities` (empty: any) a resource has no turn in one of `then`.

    A turn lies on the day on which it begins; turns of earlier years count. Amount: 1 for every day with a turn in
    `activities` and every one of the `days` days after it with a turn in `then`, unless both are of earlier years.
    """

    kind = "forbidden_succession"
    label = text("Forbidden succession", "禁止接班")
    summary = text("no turn in one activity soon after one in another", "某些活动项目当值后，若干天内不得接另一些")
    unit = text("pairs of days", "对")
    hereditary = True
    names_all_mends = True

    then: Ids = param("其后项目", "the activities that must not follow", "其后不得接的活动项目")
    days: Positive = param("天数", "for so many days afterwards", "其后几天内", 1)

    def post(self, board: Board) -> None:
        """Forbid each pair of days of which anything is open."""
        touched = set(board.touched())
        follow = self._following()
        for who in self.about(board.case):
            if who in touched:
                before, after = self.days_served(board, who), follow.days_served(board, who)
                for day, later in self._pairs(before, after):
                    lits = [before[day], after[later]]
                    if not all(isinstance(lit, bool) for lit in lits):
                        board.forbid(lits, (who, day.isoformat()))

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every pair of days, one too soon after the other."""
        follow = self._following()
        for who in self.about(roster.case):
            before, after = self.days_held(roster, who), follow.days_held(roster, who)
            past, past_after = ({t.day for t in rule.earlier(roster.case, who)} for rule in (self, follow))
            for day, later in self._pairs(before, after):
                if day not in past or later not in past_after:
                    message = text(
                        "{who} serves in {then} on {later}, {n} after {day}",
                        "{who} 于 {later} 在“{then}”当值，距 {day} 当值仅 {n}",
                        who=roster.case.label[who],
                        then=self._names(roster.case, self.then),
                        later=later,
                        n=several((later - day).days, "day", "天"),
                        day=day,
                    )
                    sessions, about = (*before[day], *after[later]), (who, day.isoformat(), later.isoformat())
                    yield self.breach(1, message, sessions=sessions, who=(who,), about=about)

    def _following(self) -> ForbiddenSuccession:
        """Return the same rule about the turns that must not follow."""
        return self.model_copy(update={"activities": self.then})

    def _pairs(self, before: Iterable[dt.date], after: Iterable[dt.date]) -> Iterator[tuple[dt.date, dt.date]]:
        """Yield every day and each one soon after it."""
        later = set(after)
        for day in before:
            soon = (day + n * DAY for n in range(1, self.days + 1))
            yield from ((day, each) for each in soon if each in later)

    def scope(self, case: Case) -> Message:
        """Say in brackets to which groups the rule is narrowed; the activities have their own place in the sentence."""
        return scope(case, self.groups)

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        return text(
            "{lead}no turn in {then} for {n} after a turn{activities}{trail}",
            "{lead}{activities}当值后 {n}内不得在“{then}”当值{trail}",
            lead=self.lead(case),
            trail=self.trail(case),
            then=self._names(case, self.then),
            n=several(self.days, "day", "天"),
            activities=text(" in {a}", "在“{a}”", a=self._names(case, self.activities))
            if self.activities
            else text("", ""),
        )

    def _names(self, case: Case, activities: tuple[str, ...]) -> tuple[Message, ...]:
        return tuple(case.label[activity] for activity in activities)
