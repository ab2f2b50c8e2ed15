"""A case with people, changes of it, and plans that hold, small enough for many of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from rota.case import Case
from rota.change import Change
from rota.demand import Availability, Level
from rota.document import State
from rota.facts import Contact, Unit
from rota.plan import CaseRef, Plan
from rota.row import Day, Id, PersonalText
from rota.text import Message, text
from tests.rota.small import case_of, plan_of

WHO = "coordinator"
DAYS = ("2027-03-06", "2027-03-13", "2027-03-20", "2027-03-27")
STREAM = "small"


class Away(Change):
    """Somebody cannot come on a day."""

    kind: ClassVar[str] = "away"
    label: ClassVar[Message] = text("Away", "不能参加")

    resource: Id
    day: Day
    reason: PersonalText = ""

    def applied(self, state: State) -> State:
        row = Availability(resource=self.resource, level=Level.CANNOT, first=self.day, reason=self.reason)
        case = state.case.model_copy(update={"availability": (*state.case.availability, row)})
        return state.model_copy(update={"case": case})

    def say(self, state: State) -> Message:
        return text("{who} is away on {day}", "{who} 于 {day} 不能参加", who=self.resource, day=self.day)


class Joined(Change):
    """A unit comes, with a contact."""

    kind: ClassVar[str] = "joined"
    label: ClassVar[Message] = text("Joined", "加入")

    unit: Unit
    contact: Contact | None = None

    def applied(self, state: State) -> State:
        contacts = (*state.case.contacts, *([self.contact] if self.contact else []))
        case = state.case.model_copy(update={"units": (*state.case.units, self.unit), "contacts": contacts})
        return state.model_copy(update={"case": case})

    def say(self, state: State) -> Message:
        return text("{who} joins", "{who} 加入", who=self.unit.label)


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
