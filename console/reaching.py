"""Whom to call: the contacts of a unit, person or piece of equipment in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rota.text import Message, clauses, text

if TYPE_CHECKING:
    from rota.case import Case
    from rota.facts import Contact


def contacts_of(case: Case, who: str) -> tuple[Contact, ...]:
    """Return the contacts that the case knows of somebody."""
    return tuple(contact for contact in case.contacts if contact.of == who)


def contacts_for(case: Case, who: str) -> tuple[Contact, ...]:
    """Return the contacts of whoever has an id; those of their unit where a person has none."""
    unit = next((person.unit for person in case.people if person.id == who), "")
    return contacts_of(case, who) or (contacts_of(case, unit) if unit else ())


def reached(case: Case, who: str) -> Message:
    """Say by whom, and at which number and address, somebody is reached; or that nobody knows."""
    known = contacts_of(case, who)
    if not known:
        return text("no contact known", "无联系人")
    return clauses(text("{said}", "{said}", said=tuple(filter(None, (c.name, c.phone, c.email)))) for c in known)


def contact_bodies(case: Case, who: str) -> list[dict[str, str]]:
    """Return the contacts of somebody for programs."""
    return [{"name": c.name, "phone": c.phone, "email": c.email} for c in contacts_of(case, who)]
