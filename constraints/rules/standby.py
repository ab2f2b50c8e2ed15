"""Standby: those in reserve could step in for those whom they stand by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from pydantic import model_validator

from constraints.admission import lacking, offers
from constraints.rule import Rule, is_of, param
from rota.row import Id, Ids, refused
from rota.text import Message, text

if TYPE_CHECKING:
    from constraints.board import Board, Lit
    from constraints.breach import Breach
    from rota.agenda import Occurrence, PartFrame, Seats
    from rota.case import Case
    from rota.facts import Resource
    from rota.roster import Held, Roster


class _Reserve(NamedTuple):
    """The reserve of one part, and the seats for which it stands by."""

    part: PartFrame
    reserve: Seats
    regular: Seats


class Standby(Rule):
    """Whoever sits in `role` (the reserve) could step into a seat of `with_role` in the same part, and holds none.

    To step in means to be a candidate of `with_role` there, to have its skills and to offer the service line of the
    part, as the rule of eligibility asks; `roles` are the roles that must offer the line (empty: all). Parts without
    seats for `with_role` need no reserve and are not looked at. Amount: 1 per reserve seat whose holder could not step
    in, whatever the reasons; 1 per session and resource that sits in both roles, in one part or in two.
    """

    kind = "standby"
    label = text("Standby", "候补")
    summary = text("those in reserve could step in", "候补人员可以随时顶替")
    unit = text("reserves", "个候补")
    local = True
    by_session = True
    names_all_mends = True
    fact = True

    role: Id = param("岗位", "the role of the reserve", "候补的岗位")
    with_role: Id = param("搭配岗位", "the role for which it stands by", "被候补的岗位")
    activities: Ids = param("活动项目", "only these activities", "只限这些活动项目", ())
    roles: Ids = param(
        "所涉岗位", "roles whose holders must offer the line; empty means all", "须提供服务线的岗位；空为全部", ()
    )

    @model_validator(mode="after")
    def _of_two_roles(self) -> Standby:
        if self.role == self.with_role:
            raise refused("is the role of the reserve itself", "与候补的岗位相同", "with_role")
        return self

    def post(self, board: Board) -> None:
        """Forbid the reserve seats of those who could not step in, and both roles in one session."""
        for occurrence in board.occurrences:
            if is_of(occurrence, self.activities):
                for at in self._reserves(occurrence):
                    for who in at.reserve.candidates:
                        self._fit(board, occurrence, at, who)
                self._apart(board, occurrence)

    def _fit(self, board: Board, occurrence: Occurrence, at: _Reserve, who: str) -> None:
        resource, taken = board.case.resources[who], board.seat(occurrence, at.part, self.role, who)
        if not self._able(resource, at.regular):
            board.forbid([taken], (who, occurrence.id))
            return
        for line in at.part.lines:
            if not self._able(resource, at.regular, line):
                board.forbid([taken, board.line(occurrence, at.part, line)], (who, occurrence.id))

    def _apart(self, board: Board, occurrence: Occurrence) -> None:
        reserve, regular = (self._seats(board, occurrence, role) for role in (self.role, self.with_role))
        for who in reserve:
            if who in regular:
                board.forbid([board.any_of(reserve[who]), board.any_of(regular[who])], (who, occurrence.id))

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every reserve who could not step in, and everybody who sits in both roles of a session."""
        for held in roster.held:
            if is_of(held.occurrence, self.activities):
                for at in self._reserves(held.occurrence):
                    yield from self._unfit(roster.case, held, at)
                for who in dict.fromkeys(held.session.serving(self.role)):
                    if who in held.session.serving(self.with_role):
                        yield self._breach(roster.case, held, who, _BOTH)

    def _unfit(self, case: Case, held: Held, at: _Reserve) -> Iterator[Breach]:
        part = held.session.part.get(at.part.id)
        for who in part.roles.get(self.role, ()) if part else ():
            resource = case.resources.get(who)
            if part and resource and not self._able(resource, at.regular, part.line):
                yield self._breach(case, held, who, _UNABLE)

    def _breach(self, case: Case, held: Held, who: str, template: Message) -> Breach:
        said = {
            "who": case.label.get(who, who),
            "session": held.occurrence.label,
            "role": case.role_label[self.role],
            "regular": case.role_label[self.with_role],
        }
        return self.breach(1, Message(template.en, template.zh, said), sessions=(held.id,), who=(who,))

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        return text(
            "Whoever is {role} could step in as {regular} of the same session, and is not {regular} there",
            "“{role}”须能在同一场次顶替“{regular}”，且不兼任",
            role=case.role_label[self.role],
            regular=case.role_label[self.with_role],
        )

    def _reserves(self, occurrence: Occurrence) -> Iterator[_Reserve]:
        for part in occurrence.parts:
            seats = {each.name: each for each in part.seats}
            if self.role in seats and self.with_role in seats:
                yield _Reserve(part, seats[self.role], seats[self.with_role])

    def _seats(self, board: Board, occurrence: Occurrence, role: str) -> dict[str, list[Lit]]:
        """Return the seats of a role that each candidate could take, in all parts."""
        found: dict[str, list[Lit]] = {}
        for part in occurrence.parts:
            for seats in part.seats:
                for who in seats.candidates if seats.name == role else ():
                    found.setdefault(who, []).append(board.seat(occurrence, part, role, who))
        return found

    def _able(self, resource: Resource, regular: Seats, line: str | None = None) -> bool:
        served = line is None or offers(resource, self.with_role, line, self.roles)
        return served and resource.id in regular.candidates and not lacking(resource, regular.role)


_UNABLE = text(
    "{who} is {role} in {session}, but could not step in as {regular}",
    "{who} 在 {session} 任“{role}”，但不能顶替“{regular}”",
)
_BOTH = text(
    "{who} is both {role} and {regular} in {session}",
    "{who} 在 {session} 同时任“{role}”和“{regular}”",
)
