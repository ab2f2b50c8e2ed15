"""A case with people, changes of it, and plans that hold, small enough for many of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from rota.case import Case
from rota.changes.availability import Unavailable
from rota.changes.membership import UnitJoined
from rota.facts import Contact, Unit
from rota.plan import CaseRef, Plan
from scheduler.keeping.journal import Journal
from tests.rota.small import case_of, plan_of

WHO = "coordinator"
DAYS = ("2027-03-06", "2027-03-13", "2027-03-20", "2027-03-27")
STREAM = "small"
ROTATION = ("bank", "court", "bank", "court")
OTHER_ROTATION = ("court", "court", "bank", "court")


def station(settings: Mapping[str, Any] | None = None, **tables: object) -> Case:
    """The small case with a contact and a person whose id says nothing."""
    people = [{"id": "p1", "name": "欧阳明珠", "name_en": "Mingzhu Ouyang", "unit": "court", "note": "周三不便"}]
    contacts = [{"of": "bank", "name": "上官文静", "phone": "13900001111", "email": "wenjing@bank.example"}]
    return case_of(settings, **{"people": people, "contacts": contacts, **tables})


def hosted(case: Case, *hosts: str) -> Plan:
    """A plan of the four Saturdays with these hosts."""
    sessions = [{"day": day, "parts": [_part(host)]} for day, host in zip(DAYS, hosts, strict=True)]
    return plan_of(*sessions, case=CaseRef(title=case.settings.title, hash=case.hash))


def _part(host: str) -> dict[str, object]:
    return {"id": "main", "room": "hall", "roles": {"host": [host]}}


def away(day: str = DAYS[0], who: str = "bank", reason: str = "") -> Unavailable:
    """Somebody cannot come on one of the Saturdays."""
    return Unavailable(resource=who, first=dt.date.fromisoformat(day), reason=reason)


def joining(id_: str = "school", name: str = "学校", contact: str = "") -> UnitJoined:
    """A unit comes, with a contact where one is named."""
    contacts = (Contact(of=id_, name=contact),) if contact else ()
    return UnitJoined(row=Unit(id=id_, name=name, groups=("hosts",)), contacts=contacts)


def begun(journal: Journal) -> Journal:
    """A journal with the case."""
    journal.begin(station(), actor=WHO)
    return journal


def announced(journal: Journal, **settings: int) -> Journal:
    """A journal with a published year: bank and court take turns."""
    case = station(settings)
    journal.begin(case, actor=WHO)
    journal.publish(STREAM, hosted(case, *ROTATION), base=None, actor=WHO)
    return journal


def filled(journal: Journal) -> Journal:
    """A journal with changes, one of them taken back, and two revisions."""
    begun(journal)
    journal.record(STREAM, away(who="shop", reason="王经理住院"), actor=WHO, note="电话告知")
    made = journal.record(STREAM, away(DAYS[1], who="shop"), actor=WHO)
    journal.publish(STREAM, hosted(journal.state(STREAM).case, *ROTATION), base=None, actor=WHO)
    journal.undo(STREAM, made.sequence, actor=WHO)
    journal.publish(STREAM, hosted(journal.state(STREAM).case, *OTHER_ROTATION), base=1, actor=WHO)
    return journal
