"""Substitute: where the first choice does not take place, what replaces it does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import model_validator

from constraints.rule import Rule, each, param, within
from rota.agenda import agenda_of
from rota.periods import Per, period_of
from rota.row import Ids, refused
from rota.text import Message, text

if TYPE_CHECKING:
    from constraints.board import Board, Lit
    from constraints.breach import Breach
    from rota.agenda import Occurrence
    from rota.case import Case
    from rota.roster import Roster


class Substitute(Rule):
    """In each period `per` for which a session of `activities` is foreseen, one of these or one of `instead` is held.

    Of each of the two so many sessions may be held as there are, but not of both. A session lies in the period of its
    nominal date. Amount: 1 per period in which neither takes place, 1 per period in which both do.
    """

    kind = "substitute"
    label = text("Substitute", "替补项目")
    summary = text(
        "what replaces an activity takes place exactly where the activity does not",
        "原项目不办时由替代项目补上，二者只办其一",
    )
    unit = text("periods", "个周期")
    lax = True
    names_all_mends = True

    activities: Ids = param("活动项目", "the first choice", "原定的活动项目")
    instead: Ids = param("替代项目", "what replaces it", "替代的活动项目")
    per: Per = param("周期", "the period", "周期", Per.HORIZON)

    @model_validator(mode="after")
    def _of_two_kinds(self) -> Substitute:
        if set(self.activities) & set(self.instead):
            raise refused("cannot replace itself", "不能替代自己", "instead")
        return self

    def post(self, board: Board) -> None:
        """Demand exactly one of the two, in every period that has an open session of either."""
        for period, (first, second) in self._foreseen(board.case).items():
            if any(board.is_open(occurrence) for occurrence in (*first, *second)):
                either = [self._takes_place(board, first), self._takes_place(board, second)]
                board.between([(lit, 1) for lit in either], 1, 1, (self.activities[0], period))

    def _takes_place(self, board: Board, sessions: list[Occurrence]) -> Lit:
        return board.any_of(board.held(occurrence) for occurrence in sessions)

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every period in which neither takes place, or both do."""
        for period, two in self._foreseen(roster.case).items():
            first, second = ([o for o in sessions if o.id in roster.by_id] for sessions in two)
            if bool(first) == bool(second):
                template = _BOTH if first else _NEITHER
                said = {
                    "period": within(period),
                    "first": self._names(roster.case, self.activities, first),
                    "second": self._names(roster.case, self.instead, second),
                }
                sessions = tuple(occurrence.id for occurrence in (*first, *second))
                yield self.breach(
                    1,
                    Message(template.en, template.zh, said),
                    sessions=sessions,
                    mends=() if first else (*two[0], *two[1]),
                    about=(period, "both" if first else "neither"),
                )

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        return text(
            "{first} or else {second} takes place {per}, not both",
            "{per}举办 {first}，不办则办 {second}，二者只办其一",
            per=each(self.per),
            first=self._names(case, self.activities, []),
            second=self._names(case, self.instead, []),
        )

    def _names(self, case: Case, activities: tuple[str, ...], held: list[Occurrence]) -> tuple[Message, ...]:
        """Return the names of those of the activities that are held, of all where none is."""
        return tuple(case.label[a] for a in dict.fromkeys(o.activity.id for o in held) or activities)

    def _foreseen(self, case: Case) -> dict[str, tuple[list[Occurrence], list[Occurrence]]]:
        """Return the sessions of the first choice and those instead of it, by period."""
        found: dict[str, tuple[list[Occurrence], list[Occurrence]]] = {}
        for occurrence in agenda_of(case).occurrences:
            period = period_of(occurrence.nominal.date(), self.per)
            first, second = found.setdefault(period, ([], []))
            if occurrence.activity.id in self.activities:
                first.append(occurrence)
            elif occurrence.activity.id in self.instead:
                second.append(occurrence)
        return {period: two for period, two in found.items() if two[0]}


_NEITHER = text("neither {first} nor {second} takes place {period}", "{first} 与 {second} 在 {period} 均未举办")
_BOTH = text("both {first} and {second} take place {period}", "{first} 与 {second} 在 {period} 都举办")
