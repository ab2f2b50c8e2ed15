"""Rest: enough rounds between two turns of the same resource."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from typing import TYPE_CHECKING

from constraints.apart import Mark, keep_apart
from constraints.rule import RoleRule, param
from constraints.separable import Close
from rota.agenda import Occurrence
from rota.row import Id, Positive
from rota.text import Message, several, text

if TYPE_CHECKING:
    from constraints.board import Board
    from constraints.breach import Breach
    from constraints.separable import Separable
    from rota.case import Case
    from rota.roster import Roster


class RestGap(RoleRule):
    """Any two turns of one resource lie at least `rounds` rounds of `cycle` apart, turns of earlier years included.

    A turn lies in the round of its nominal date. Amount: for turns in rounds r <= s with s - r < rounds, the rounds
    missing, rounds - (s - r); summed over all such pairs.
    """

    kind = "rest_gap"
    label = text("Rest between turns", "轮空间隔")
    summary = text("enough rounds between two turns of one resource", "同一对象两次当值之间相隔足够轮次")
    unit = text("rounds missing", "缺少轮次")
    local = True
    hereditary = True
    names_all_mends = True

    cycle: Id = param("轮次表", "the cycle whose rounds are counted", "按哪个轮次表计数")
    rounds: Positive = param("轮数", "rounds from one turn to the next, at least", "两次之间至少相隔的轮数")

    def post(self, board: Board) -> None:
        """Allow one turn in so many rounds on end, or price each pair that lies too close.

        Turns of earlier years are given. What is fixed and too close rules nothing out that is still open.
        """
        touched = set(board.touched())
        for who in self.about(board.case):
            if who in touched:
                keep_apart(board, self._marks(board, who), self.rounds, required=self.required)

    def _marks(self, board: Board, who: str) -> list[Mark]:
        """Return the rounds of the turns that one resource could take, or took."""
        cycle = board.case.cycle[self.cycle]
        marks = []
        for occurrence, serves in self.turns(board, who):
            number = cycle.round_of(occurrence.nominal.date())
            marks.append(Mark(occurrence.id, number, serves, board.is_open(occurrence), (who,)))
        for number, turn in enumerate(self.earlier(board.case, who)):
            marks.append(Mark(str(number), cycle.round_of(turn.day), taken=True, is_open=False, about=(who,)))
        return marks

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every pair of turns that lie too close; pairs of earlier years are past and not counted."""
        cycle = roster.case.cycle[self.cycle]
        for who in roster.among(self.about(roster.case)):
            held = [
                (cycle.round_of(t.occurrence.nominal.date()), (t.id,), t.occurrence) for t in self.held(roster, who)
            ]
            past = [(cycle.round_of(t.day), (), t.day) for t in self.earlier(roster.case, who)]
            for (early, a, one), (late, b, other) in (*combinations(held, 2), *product(past, held)):
                missing = self.rounds - abs(late - early)
                if missing > 0:
                    message = text(
                        "{who} serves in {one} and in {other}, {n} apart; asked for: {rounds}",
                        "{who} 在 {one} 与 {other} 当值，仅隔 {n}；要求 {rounds}",
                        who=roster.case.label[who],
                        one=_said(one),
                        other=_said(other),
                        n=several(abs(late - early), "round", "轮"),
                        rounds=several(self.rounds, "round", "轮"),
                    )
                    yield self.breach(missing, message, sessions=(*a, *b), who=(who,))

    def separable(self, case: Case) -> Iterator[Separable]:
        """Yield the pairs of turns of each resource."""
        cycle = case.cycle[self.cycle]
        amounts = tuple(range(self.rounds, 0, -1))
        for who, chances in self.chances(case).items():
            rounds = {o.id: cycle.round_of(o.nominal.date()) for o in chances}
            before = tuple(cycle.round_of(turn.day) for turn in self.earlier(case, who))
            yield Close(who, self.role, rounds, before, amounts)

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        return text(
            "At least {rounds} of {cycle} from one turn{as_role}{scope} to the next",
            "同一对象两次{as_role}{scope}至少相隔 {rounds}（按{cycle}）",
            rounds=several(self.rounds, "round", "轮"),
            scope=self.scope(case),
            cycle=case.label[self.cycle],
            as_role=self.as_role(case),
        )


def _said(turn: object) -> object:
    """Return what a turn is called: of earlier years the day alone is known."""
    return turn.label if isinstance(turn, Occurrence) else turn
