"""Who could take a seat, as far as skills and service lines go."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rota.activity import Role
    from rota.facts import Resource


def lacking(resource: Resource, role: Role) -> list[str]:
    """Return the skills that a role asks for and the resource does not have."""
    return [skill for skill in role.skills if skill not in resource.skills]


def offers(resource: Resource, role: str, line: str, asked: tuple[str, ...]) -> bool:
    """Tell whether the resource may serve the line in a role.

    It may where it names no lines or this one, and where its role is none of those `asked` to offer it (empty: all).
    """
    return not resource.lines or line in resource.lines or bool(asked and role not in asked)
