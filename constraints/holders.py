"""Holders of a role: how many different resources serve in the sessions of one activity in a period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from constraints.rule import within
from rota.periods import Per, period_of
from rota.text import text

if TYPE_CHECKING:
    from constraints.board import Board
    from constraints.breach import Breach
    from constraints.rule import RoleRule
    from rota.agenda import Occurrence
    from rota.roster import Roster


def bound_holders(rule: RoleRule, board: Board, per: Per, most: int) -> None:
    """Let an activity have at most `most` holders in each period, or those who are fixed already."""
    turns = {who: {t.occurrence.id: t.serves for t in rule.turns(board, who)} for who in rule.about(board.case)}
    series: dict[tuple[str, str], list[Occurrence]] = defaultdict(list)
    for occurrence in rule.foreseen(board.case):
        series[_series(occurrence, per)].append(occurrence)
    for about, sessions in series.items():
        if any(board.is_open(occurrence) for occurrence in sessions):
            holds = [board.any_of(mine[o.id] for o in sessions if o.id in mine) for mine in turns.values()]
            fixed = sum(lit is True for lit in holds)
            board.between([(lit, 1) for lit in holds], None, max(most, fixed), about)


def excess_holders(rule: RoleRule, roster: Roster, per: Per, most: int) -> Iterator[Breach]:
    """Yield every activity and period with more holders than `most`."""
    holders: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for who in rule.about(roster.case):
        for turn in rule.held(roster, who):
            holders[_series(turn.occurrence, per)][who].append(turn.id)
    for (activity, period), held in sorted(holders.items()):
        if len(held) > most:
            message = text(
                "{activity} has {n} different holders{of_role} {period}: {who}; at most {most}",
                "{activity} 在 {period} 有 {n} 个不同对象{as_role}：{who}；至多 {most} 个",
                activity=roster.case.label[activity],
                n=len(held),
                of_role=rule.of_role(roster.case),
                as_role=rule.as_role(roster.case),
                period=within(period),
                who=tuple(roster.case.label[who] for who in held),
                most=most,
            )
            sessions = tuple(id_ for ids in held.values() for id_ in ids)
            about = (activity, period)
            yield rule.breach(len(held) - most, message, sessions=sessions, who=tuple(held), about=about)


def _series(occurrence: Occurrence, per: Per) -> tuple[str, str]:
    """Return the activity of a session and the period of its nominal date."""
    return occurrence.activity.id, period_of(occurrence.nominal.date(), per)
