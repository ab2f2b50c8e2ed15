"""Who comes and who goes: units and people join the alliance, and leave it."""

from __future__ import annotations

from abc import ABC
from collections.abc import Iterator
from typing import ClassVar

from rota.agenda import agenda_of
from rota.changes.making import CheckedChange, shared_ids, unknown, with_rows, withdrawn_where
from rota.changes.wording import because, called, outside
from rota.document import State
from rota.facts import Contact, Person, Resource, Staffing, Unit
from rota.row import Day, Id, Ids, PersonalText
from rota.text import Message, text


class Joined(CheckedChange, ABC):
    """Somebody new, with the contacts by whom they are reached."""

    table: ClassVar[str]
    row: Resource
    contacts: tuple[Contact, ...] = ()

    def against(self, state: State) -> Iterator[Message]:
        """Yield an id that is taken, contacts of others, and a joining day after the horizon."""
        case = state.case
        taken = next((each.label for each in shared_ids(case) if each.id == self.row.id), None)
        if taken is not None:
            yield text(
                'The id "{id}" is taken by {taken}; choose another',
                "编号“{id}”已用于 {taken}；请另选",
                id=self.row.id,
                taken=taken,
            )
        if self.row.joined and self.row.joined > case.settings.last:
            yield from outside(case, self.row.joined)
        for contact in self.contacts:
            if contact.of != self.row.id:
                yield text(
                    "The contact {name} is stated for {of}; those who join bring contacts of their own only",
                    "联系人 {name} 属于 {of}；加入时只能带上自己的联系人",
                    name=contact.name,
                    of=called(case, contact.of),
                )

    def made(self, state: State) -> State:
        """Put the row and the contacts at the end of their tables."""
        rows = (*getattr(state.case, self.table), self.row)
        return with_rows(state, **{self.table: rows}, contacts=(*state.case.contacts, *self.contacts))

    def say(self, state: State) -> Message:
        """Say who joins, when and in which groups."""
        groups = tuple(state.case.term(group) for group in self.row.groups)
        said = {"who": self.row.label, "day": self.row.joined, "groups": groups}
        joined = (
            text("{who} joins on {day}", "{who} 于 {day} 加入", **said)
            if self.row.joined
            else text("{who} joins", "{who} 加入", **said)
        )
        if not groups:
            return joined
        return text("{joined}: {groups}", "{joined}：{groups}", joined=joined, groups=groups)


class UnitJoined(Joined):
    """A unit becomes a member."""

    kind = "unit_joined"
    label = text("Unit joins", "单位加入")
    table = "units"
    row: Unit


class PersonJoined(Joined):
    """A person becomes available; `sites` are the home sites of one who is shared between sites."""

    kind = "person_joined"
    label = text("Person joins", "人员加入")
    table = "people"
    row: Person
    sites: Ids = ()

    def made(self, state: State) -> State:
        """Put the row, the contacts and the home sites at the end of their tables."""
        after = super().made(state)
        if not self.sites:
            return after
        return with_rows(after, staffing=(*after.case.staffing, Staffing(person=self.row.id, sites=self.sites)))


class Left(CheckedChange, ABC):
    """Somebody is a member up to the day `last`, and not after it."""

    table: ClassVar[str]
    of_kind: ClassVar[Message]
    who: Id
    last: Day
    reason: PersonalText = ""

    def against(self, state: State) -> Iterator[Message]:
        """Yield unknown names, a day outside the horizon or before the day of joining, and what is so already."""
        rows: dict[str, Resource] = {row.id: row for row in getattr(state.case, self.table)}
        yield from outside(state.case, self.last)
        if self.who not in rows:
            yield unknown(self.of_kind, self.who, {id_: row.label for id_, row in rows.items()})
            return
        row = rows[self.who]
        if row.joined and self.last < row.joined:
            yield text(
                "{who} joins on {joined} only; the last day cannot lie before it",
                "{who} 于 {joined} 才加入；最后一天不能早于该日",
                who=row.label,
                joined=row.joined,
            )
        if row.left == self.last:
            yield text("{who} leaves on that day already", "{who} 已定于该日退出", who=row.label)

    def made(self, state: State) -> State:
        """Set the last day; pins in sessions that can only lie after it go, and open requests are withdrawn."""
        case = state.case
        rows = (
            row.model_copy(update={"left": self.last}) if row.id == self.who else row
            for row in getattr(case, self.table)
        )
        late = {o.id for o in agenda_of(case).occurrences if o.first.astimezone(case.zone).date() > self.last}
        pins = (pin for pin in case.pins if not (pin.resource == self.who and pin.session in late))
        after = with_rows(state, **{self.table: rows}, pins=pins)
        return withdrawn_where(after, lambda seat: seat.who == self.who and seat.session in late)

    def say(self, state: State) -> Message:
        """Say who leaves, and when."""
        left = text(
            "{who} leaves; the last day is {last}",
            "{who} 退出，最后一天为 {last}",
            who=called(state.case, self.who),
            last=self.last,
        )
        return because(left, self.reason)


class UnitLeft(Left):
    """A unit ends its membership."""

    kind = "unit_left"
    label = text("Unit leaves", "单位退出")
    table = "units"
    of_kind = text("unit", "单位")


class PersonLeft(Left):
    """A person is not available any more."""

    kind = "person_left"
    label = text("Person leaves", "人员退出")
    table = "people"
    of_kind = text("person", "人员")
