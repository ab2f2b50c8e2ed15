"""Double rotation: a station has one resident, and beside the resident others in rotation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from constraints.holders import bound_holders, excess_holders
from constraints.rule import RoleRule, each, param
from rota.agenda import agenda_of
from rota.periods import Per
from rota.row import Id, Positive
from rota.text import Message, text

if TYPE_CHECKING:
    from constraints.board import Board
    from constraints.breach import Breach
    from rota.agenda import Occurrence
    from rota.case import Case
    from rota.roster import Roster


class DoubleRotation(RoleRule):
    """An activity keeps its resident for a period, and its rotating role changes hands from session to session.

    In each period `per`, by nominal date, the sessions of an activity have one holder of `role` (`groups` limits who is
    counted). In any `rounds` consecutive sessions of it, as foreseen, nobody has two turns in `with_role`; fewer
    sessions than that are taken together. Amount: residents in excess of one, per activity and period, and turns in
    `with_role` in excess of one, per resource and each such run of sessions.
    """

    kind = "double_rotation"
    label = text("Double rotation", "双轮值")
    summary = text("one resident for a period, and others in rotation", "驻站人员定期不变，轮值人员逐场轮换")
    unit = text("residents or turns in excess", "超出人数或次数")
    names_all_mends = True

    role: Id = param("岗位", "the role of the resident", "驻站岗位")
    with_role: Id = param("搭配岗位", "the role that rotates", "轮换岗位")
    per: Per = param("周期", "the period for which the resident stays", "驻站人员保持不变的周期", Per.HORIZON)
    rounds: Positive = param("轮数", "consecutive sessions without a second turn", "连续多少场内不重复", 2)

    def post(self, board: Board) -> None:
        """Bound the residents of each period, and the rotating turns in each run of sessions that has an open one."""
        bound_holders(self, board, self.per, 1)
        turns = {
            who: {turn.occurrence.id: turn.serves for turn in board.turns(who, self.with_role)}
            for who in board.agenda.candidates(self.with_role)
        }
        for run in self._runs(board.case):
            if any(board.is_open(occurrence) for occurrence in run):
                for who, mine in turns.items():
                    serves = [mine[occurrence.id] for occurrence in run if occurrence.id in mine]
                    fixed = sum(lit is True for lit in serves)
                    board.between([(lit, 1) for lit in serves], None, max(1, fixed), (who, run[0].activity.id))

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every activity and period with several residents, and whoever comes again too soon."""
        yield from excess_holders(self, roster, self.per, 1)
        turns = {
            who: {turn.id for turn in roster.turns(who, self.with_role)}
            for who in roster.agenda.candidates(self.with_role)
        }
        for run in self._runs(roster.case):
            for who, mine in turns.items():
                sessions = [occurrence for occurrence in run if occurrence.id in mine]
                if len(sessions) > 1:
                    yield self._again(roster.case, who, run, sessions)

    def _again(self, case: Case, who: str, run: list[Occurrence], sessions: list[Occurrence]) -> Breach:
        message = text(
            "{who} is {role} of {activity} on {days}, {n} times in {run} consecutive sessions",
            "{who} 在 {activity} 连续 {run} 场中 {n} 次任“{role}”：{days}",
            who=case.label[who],
            role=case.role_label[self.with_role],
            activity=run[0].activity.label,
            days=tuple(occurrence.nominal.date() for occurrence in sessions),
            n=len(sessions),
            run=len(run),
        )
        ids = tuple(occurrence.id for occurrence in sessions)
        return self.breach(len(sessions) - 1, message, sessions=ids, who=(who,), about=(who, run[0].id))

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        return text(
            "An activity has one {role} {per}, and nobody is its {with_role} twice in {rounds}{scope}",
            "{per}同一活动的“{role}”固定为同一对象；“{with_role}”{rounds}内不重复{scope}",
            role=self.role_name(case),
            scope=self.scope(case),
            per=each(self.per),
            with_role=case.role_label[self.with_role],
            rounds=text("one session", "同一场")
            if self.rounds == 1
            else text("{n} consecutive sessions", "连续 {n} 场", n=self.rounds),
        )

    def _runs(self, case: Case) -> Iterator[list[Occurrence]]:
        """Yield all runs of so many consecutive sessions of one activity that have the rotating role."""
        series: dict[str, dict[str, Occurrence]] = defaultdict(dict)
        for occurrence, _, _ in agenda_of(case).seats_of(self.with_role):
            if self.counts(occurrence):
                series[occurrence.activity.id][occurrence.id] = occurrence
        for sessions in (list(by_id.values()) for by_id in series.values()):
            for first in range(max(1, len(sessions) - self.rounds + 1)):
                yield sessions[first : first + self.rounds]
