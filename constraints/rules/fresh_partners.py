"""Fresh partners: the same two do not meet again and again."""

from __future__ import annotations

from collections.abc import Container, Iterator
from itertools import product
from typing import TYPE_CHECKING

from constraints.rule import RoleRule, param
from rota.row import Id, Positive
from rota.text import Message, several, text

if TYPE_CHECKING:
    from constraints.board import Board, Lit
    from constraints.breach import Breach
    from rota.case import Case
    from rota.roster import Roster


class FreshPartners(RoleRule):
    """A resource in `role` and another in `with_role` serve together in at most `most` sessions.

    Amount: sessions together beyond `most`, summed over all pairs; where both roles are the same, two are one pair.
    """

    kind = "fresh_partners"
    label = text("Fresh partners", "搭配不重复")
    summary = text("the same two do not meet again and again", "同一对搭档不反复同场")
    unit = text("sessions", "场")
    names_all_mends = True

    role: Id = param("岗位", "the role of the one", "一方岗位")
    with_role: Id = param("搭配岗位", "the role of the other", "另一方岗位")
    most: Positive = param("最多", "sessions that two may serve together", "同一对至多同场几次", 1)

    def post(self, board: Board) -> None:
        """Bound the sessions of each pair that could meet in an open one, or allow those that are fixed already."""
        hosts = {who: self._turns(board, who, self.role) for who in self.about(board.case)}
        partners = {who: self._turns(board, who, self.with_role) for who in board.agenda.candidates(self.with_role)}
        for (one, mine), (other, theirs) in product(hosts.items(), partners.items()):
            if self._pair(one, other, hosts) == (one, other):
                common = [session for session in mine if session in theirs]
                if len(common) > self.most:
                    together = [(board.all_of([mine[s], theirs[s]]), 1) for s in common]
                    fixed = sum(session in board.fixed for session in common)
                    board.between(together, None, max(self.most, fixed), (one, other))

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every pair that meets too often."""
        meetings: dict[tuple[str, str], dict[str, None]] = {}
        hosts, partners = set(self.about(roster.case)), set(roster.agenda.candidates(self.with_role))
        for held in roster.held:
            if self.counts(held.occurrence):
                for one, other in product(held.session.serving(self.role), held.session.serving(self.with_role)):
                    pair = self._pair(one, other, hosts)
                    if pair and one in hosts and other in partners:
                        meetings.setdefault(pair, {})[held.id] = None
        for (one, other), sessions in meetings.items():
            if len(sessions) > self.most:
                message = text(
                    "{one} ({role}) and {other} ({with_role}) serve together {n}; at most {most}",
                    "{one}（{role}）与 {other}（{with_role}）同场 {n}；至多 {most} 次",
                    one=roster.case.label[one],
                    role=self.role_name(roster.case),
                    other=roster.case.label[other],
                    with_role=roster.case.role_label[self.with_role],
                    n=several(len(sessions), "time", "次"),
                    most=self.most,
                )
                yield self.breach(len(sessions) - self.most, message, sessions=tuple(sessions), who=(one, other))

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        said = {
            "role": self.role_name(case),
            "with_role": case.role_label[self.with_role],
            "most": text("once", "1 次") if self.most == 1 else several(self.most, "time", "次"),
            "scope": self.scope(case),
        }
        if self.role == self.with_role:
            return text(
                "No two serve together as {role} more than {most}{scope}",
                "同样两个“{role}”至多同场 {most}{scope}",
                **said,
            )
        return text(
            "The same {role} and {with_role} serve together at most {most}{scope}",
            "同一“{role}”与“{with_role}”至多同场 {most}{scope}",
            **said,
        )

    def _pair(self, one: str, other: str, hosts: Container[str]) -> tuple[str, str] | None:
        """Return the pair under which a meeting is counted; nobody is paired with themselves."""
        if one == other:
            return None
        return (other, one) if self.role == self.with_role and other in hosts and other < one else (one, other)

    def _turns(self, board: Board, who: str, role: str) -> dict[str, Lit]:
        return {t.occurrence.id: t.serves for t in board.turns(who, role) if self.counts(t.occurrence)}
