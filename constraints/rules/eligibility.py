"""Eligibility: who sits in a role has its skills and offers the service line of the part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from constraints.admission import lacking, offers
from constraints.rule import Rule, param
from rota.row import Ids
from rota.text import Message, text

if TYPE_CHECKING:
    from constraints.board import Board
    from constraints.breach import Breach
    from constraints.placed import Placed
    from rota.activity import Role
    from rota.case import Case
    from rota.facts import Resource
    from rota.plan import PlanPart
    from rota.roster import Held, Roster


class Eligibility(Rule):
    """A resource has every skill that its role asks for, and where it names service lines, its part serves one of them.

    `roles` limits the demand about lines to these roles. Amount: 1 per seat without the skills, 1 per seat without the
    line.
    """

    kind = "eligibility"
    label = text("Eligibility", "资格")
    summary = text(
        "who takes a seat has the skills of the role and offers the service line", "当值者具备岗位技能，并提供该服务线"
    )
    unit = text("seats", "个岗位")
    lax = True
    local = True
    by_session = True
    hereditary = True
    names_all_mends = True
    standing = True
    fact = True
    firmness = 3

    roles: Ids = param(
        "所涉岗位", "roles whose holders must offer the line; empty means all", "须提供服务线的岗位；空为全部", ()
    )

    def tells_apart(self, case: Case) -> bool:
        """Start, place and seats say it all."""
        return False

    def post(self, board: Board) -> None:
        """Forbid seats without the skills, and seats together with lines that are not offered."""
        for who in board.touched():
            resource = board.case.resources[who]
            for place in board.places(who):
                if not board.is_open(place.occurrence):
                    continue
                about = (place.occurrence.id, place.role)
                seats = next(s for s in place.part.seats if s.name == place.role)
                if lacking(resource, seats.role):
                    board.forbid([place.taken], about)
                for line in place.part.lines:
                    if not offers(resource, place.role, line, self.roles):
                        board.forbid([place.taken, board.line(place.occurrence, place.part, line)], about)

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every seat whose holder lacks a skill or does not offer the line."""
        resources = roster.case.resources
        for held, part, role, seated in _filled(roster):
            line = part.line
            for who in seated:
                resource = resources.get(who)
                if resource is None:
                    continue
                if role.skills and (skills := lacking(resource, role)):
                    yield self._unskilled(roster.case, held, resource, role, skills)
                if line is not None and not offers(resource, role.role, line, self.roles):
                    yield self._without_line(roster.case, held, resource, line)

    def _unskilled(self, case: Case, held: Held, resource: Resource, role: Role, skills: list[str]) -> Breach:
        message = text(
            "{who} lacks {skills}, needed as {role} in {session}",
            "{who} 在 {session} 任“{role}”，但缺少技能“{skills}”",
            who=resource.label,
            skills=tuple(case.term(skill) for skill in skills),
            role=role.label,
            session=held.occurrence.label,
        )
        return self.breach(1, message, sessions=(held.id,), who=(resource.id,))

    def _without_line(self, case: Case, held: Held, resource: Resource, line: str) -> Breach:
        message = text(
            "{who} does not offer the service line {line} of {session}",
            "{who} 不提供 {session} 的服务线“{line}”",
            who=resource.label,
            line=case.label.get(line, line),
            session=held.occurrence.label,
        )
        return self.breach(1, message, sessions=(held.id,), who=(resource.id,))

    def placed(self, case: Case) -> Iterable[Placed]:
        """Say nothing: it is about seats and lines alone."""
        return ()

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        if not self.roles:
            return text(
                "Whoever takes a seat has the skills of the role and offers the service line",
                "当值者具备岗位技能，并提供该服务线",
            )
        return text(
            "Whoever takes a seat has the skills of the role; {roles} offer the service line",
            "当值者具备岗位技能；{roles} 须提供该服务线",
            roles=tuple(case.role_label[role] for role in self.roles),
        )

    def admits(self, resource: Resource, role: Role, lines: tuple[str, ...]) -> bool:
        """Tell whether the resource could take the role in a part that serves one of `lines` (empty: none)."""
        served = not lines or any(offers(resource, role.role, line, self.roles) for line in lines)
        return served and not lacking(resource, role)


def _filled(roster: Roster) -> Iterator[tuple[Held, PlanPart, Role, tuple[str, ...]]]:
    """Yield the roles that the case foresees, of every part that is held, with who sits in them."""
    for held in roster.held:
        for part in held.session.parts:
            frame = held.occurrence.part.get(part.id)
            if frame is None:
                continue
            for name, seated in part.roles.items():
                seats = frame.seats_by_role.get(name)
                if seats is not None:
                    yield held, part, seats.role, seated
