"""One row of an existing roster as a unit and a contact."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rota.facts import Channel, Contact, Unit
from rota.row import SEPARATORS
from rota.text import Message, text
from workbook.grid import Place
from workbook.sentences import shortened

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_PHONE_INSIDE = re.compile(r"\+?\d[\d\s-]{6,}\d")


@dataclass
class Entry:
    """What one row of a roster says, as it was typed; `further` are later rows of the same unit."""

    place: Place
    unit: str
    contact: str = ""
    phone: str = ""
    email: str = ""
    members: str = ""
    service: str = ""
    notes: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    further: list[Entry] = field(default_factory=list)


def unit_of(entry: Entry, number: str) -> tuple[Unit, list[Message]]:
    """Return the unit of an entry, and what was unclear about it. Services are kept as its note."""
    said: list[Message] = []
    count = re.search(r"\d+", entry.members)
    members = max(1, int(count[0])) if count else 1
    if entry.members and (count is None or count[0] != entry.members or count[0] == "0"):
        said.append(
            text(
                'the number of members "{cell}" is read as {n}',
                "成员数“{cell}”按 {n} 读取",
                cell=shortened(entry.members),
                n=members,
            )
        )
    groups = dict.fromkeys(item.strip() for group in entry.groups for item in SEPARATORS.split(group) if item.strip())
    note = "; ".join(part for part in (entry.service, *entry.notes) if part)
    unit = Unit(id=number, name=" ".join(entry.unit.split()), groups=tuple(groups), members=members, note=note)
    return unit, said


def contact_of(entry: Entry, unit: Unit) -> tuple[Contact | None, list[Message]]:
    """Return the contact of an entry, None where there is none, and what was unclear about it."""
    said: list[Message] = []
    contact, phone, email, note = entry.contact, entry.phone, entry.email, ""
    inside = _PHONE_INSIDE.search(contact)
    if inside and not phone:
        phone = inside[0]
        contact = contact.replace(inside[0], " ").strip(" ,，;；/:：")
        said.append(
            text('"{cell}" is read as name and phone', "“{cell}”按姓名和电话读取", cell=shortened(entry.contact))
        )
    if email and not _EMAIL.fullmatch(email):
        said.append(
            text(
                '"{cell}" is no e-mail address; it is kept in the note',
                "“{cell}”不是邮箱地址，已放入备注",
                cell=shortened(email),
            )
        )
        email, note = "", email
    if not (contact or phone or email or note):
        return None, said
    return (
        Contact(
            of=unit.id,
            name=contact or unit.name,
            phone=phone,
            email=email,
            channel=Channel.PHONE if phone or not email else Channel.EMAIL,
            note=note,
        ),
        said,
    )
