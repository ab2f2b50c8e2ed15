"""Pairing: two resources serve together, or never do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from constraints.rule import Rule, param
from rota.row import Ids
from rota.text import Message, Word, text

if TYPE_CHECKING:
    from constraints.board import Board
    from constraints.breach import Breach
    from rota.case import Case
    from rota.roster import Roster


class Mode(Word):
    """What is demanded of a pair."""

    REQUIRE = "require", "必须同场", "require"
    FORBID = "forbid", "不得同场", "forbid"


class Pairing(Rule):
    """In every session where one of `who` serves, one of `with_whom` serves too (require), or none does (forbid).

    Amount: for require, 1 per session and member of `who` without company; for forbid, 1 per session and pair.
    """

    kind = "pairing"
    label = text("Pairing", "搭配")
    summary = text("who serves together with whom, or never does", "谁与谁必须同场或不得同场")
    unit = text("sessions", "场")
    names_all_mends = True

    who: Ids = param("对象", "the resources it is about", "所指对象")
    with_whom: Ids = param("搭配对象", "their company", "搭配对象")
    mode: Mode = param("方式", "require or forbid", "必须同场或不得同场", Mode.FORBID)

    def post(self, board: Board) -> None:
        """Forbid each turn of one without, or with, the other in every open session."""
        company = {other: {turn.occurrence.id: turn.serves for turn in board.turns(other)} for other in self.with_whom}
        for one in self.who:
            for turn in board.turns(one):
                occurrence = turn.occurrence
                if not board.is_open(occurrence):
                    continue
                there = {o: company[o].get(occurrence.id, False) for o in self.with_whom if o != one}
                if self.mode is Mode.REQUIRE:
                    company_there = board.any_of(there.values())
                    board.forbid([turn.serves, board.negation(company_there)], (one, occurrence.id))
                else:
                    for other, lit in there.items():
                        board.forbid([turn.serves, lit], (one, other, occurrence.id))

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every session in which one serves without, or with, the other."""
        for held in roster.held:
            there = set(held.session.serving())
            for one in self.who:
                others = [other for other in self.with_whom if other != one]
                met = [other for other in others if other in there]
                if one not in there:
                    continue
                wrong = [one] if self.mode is Mode.REQUIRE and not met else met if self.mode is Mode.FORBID else []
                for other in wrong:
                    yield self._breach(roster.case, held.id, held.occurrence.label, one, other)

    def _breach(self, case: Case, session: str, label: Message, one: str, other: str) -> Breach:
        if self.mode is Mode.REQUIRE:
            message = text(
                "{who} serves in {session} without any of {others}",
                "{who} 在 {session} 当值，但 {others} 均不在场",
                who=case.label[one],
                session=label,
                others=tuple(case.label[o] for o in self.with_whom),
            )
            return self.breach(1, message, sessions=(session,), who=(one,))
        message = text(
            "{who} and {other} serve together in {session}",
            "{who} 与 {other} 在 {session} 同场",
            who=case.label[one],
            other=case.label[other],
            session=label,
        )
        return self.breach(1, message, sessions=(session,), who=(one, other))

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        names = {
            "who": tuple(case.label[w] for w in self.who),
            "others": tuple(case.label[w] for w in self.with_whom),
        }
        if self.mode is Mode.REQUIRE:
            return text(
                "{who} {serve} only together with one of {others}",
                "{who} 须与 {others} 中至少一个同场",
                serve="serves" if len(self.who) == 1 else "serve",
                **names,
            )
        return text("{who} and {others} never serve together", "{who} 与 {others} 不得同场", **names)
