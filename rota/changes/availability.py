"""When somebody or something cannot serve, and can again; and what an external calendar says of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import model_validator

from rota.case import Case
from rota.changes.making import CheckedChange, row_from, shared_ids, unknown, with_rows
from rota.changes.splitting import Span
from rota.changes.wording import because, called, outside, spell
from rota.demand import Availability, Level
from rota.document import State
from rota.hours import Weekdays
from rota.row import Day, Id, OptionalClock, OptionalDay, PersonalText, refused
from rota.text import Message, text

WHAT = text("unit, person, equipment, room or site", "单位、人员、设备、场地或站点")
STRENGTH: Mapping[Level, int] = {Level.CANNOT: 2, Level.AVOID: 1, Level.PREFER: 0}


def no_such(case: Case, resource: str) -> Iterator[Message]:
    """Yield what is to be said where nothing that has times of its own is called so."""
    named = {row.id: row.label for row in shared_ids(case)}
    if resource not in named:
        yield unknown(WHAT, resource, named)


class Unavailable(CheckedChange):
    """A unit, person, piece of equipment, room or site cannot serve for some time, or should not (`avoid`).

    A room or a site that cannot serve is closed.
    """

    kind = "unavailable"
    label = text("Unavailable", "不能参加")

    resource: Id
    first: Day
    last: OptionalDay = None
    start: OptionalClock = None
    end: OptionalClock = None
    weekdays: Weekdays = ""
    level: Level = Level.CANNOT
    reason: PersonalText = ""

    @model_validator(mode="after")
    def _is_a_statement(self) -> Unavailable:
        if self.level is Level.PREFER:
            raise refused("says that somebody would like to serve; write cannot or avoid", "应为“不能”或“尽量避免”")
        _ = self.row
        return self

    @property
    def row(self) -> Availability:
        """The change as a row of the availability."""
        return row_from(Availability, self.model_dump())

    def against(self, state: State) -> Iterator[Message]:
        """Yield an unknown name, days outside the horizon, and what is stated already."""
        yield from no_such(state.case, self.resource)
        yield from outside(state.case, self.first, self.last)
        for row in state.case.statements.get(self.resource, ()):
            if STRENGTH[row.level] >= STRENGTH[self.level] and _says_as_much(row, self.row):
                yield text(
                    "{who} is stated to be unavailable {when} already",
                    "{who} 在 {when} 已填写为{level}",
                    who=called(state.case, self.resource),
                    when=spell(self.first, self.last, self.start, self.end),
                    level=row.level,
                )
                return

    def made(self, state: State) -> State:
        """Put the statement at the end of the table."""
        return with_rows(state, availability=(*state.case.availability, self.row))

    def say(self, state: State) -> Message:
        """Say who or what cannot serve, and when."""
        said = {
            "who": called(state.case, self.resource),
            "when": spell(self.first, self.last, self.start, self.end),
        }
        if self.resource in {*state.case.room, *state.case.site} and self.level is Level.CANNOT:
            sentence = text("{who} is closed {when}", "{who} {when} 关闭", **said)
        elif self.level is Level.CANNOT:
            sentence = text("{who} cannot serve {when}", "{who} {when} 不能参加", **said)
        else:
            sentence = text("{who} would rather not serve {when}", "{who} {when} 尽量避免", **said)
        return because(sentence, self.reason)


def _says_as_much(row: Availability, stated: Availability) -> bool:
    """Tell whether every day and hour of a statement is in another one, which recurs no more than it."""
    if row.rrule:
        return False
    whole = Span(row.first, row.last or row.first, row.start, row.end)
    return (not row.weekdays or row.weekdays == stated.weekdays) and whole.covers(stated)


class AvailableAgain(CheckedChange):
    """What was stated about some time is taken back: it is cut out of every statement that says cannot or avoid."""

    kind = "available_again"
    label = text("Available again", "恢复参加")

    resource: Id
    first: Day
    last: OptionalDay = None
    start: OptionalClock = None
    end: OptionalClock = None

    @model_validator(mode="after")
    def _ordered(self) -> AvailableAgain:
        row_from(Availability, {"level": Level.CANNOT, **self.model_dump()})
        return self

    @property
    def span(self) -> Span:
        """The time that is free again."""
        return Span(self.first, self.last or self.first, self.start, self.end)

    def against(self, state: State) -> Iterator[Message]:
        """Yield an unknown name, and that nothing was stated about this time."""
        unknown_name = list(no_such(state.case, self.resource))
        yield from unknown_name
        if not unknown_name and not any(self._is_about(row) for row in state.case.availability):
            yield text(
                "Nothing says that {who} is unavailable {when}",
                "没有记录表明 {who} 在 {when} 不能参加",
                who=called(state.case, self.resource),
                when=spell(self.first, self.last, self.start, self.end),
            )

    def _is_about(self, row: Availability) -> bool:
        return row.resource == self.resource and row.level is not Level.PREFER and self.span.meets(row)

    def made(self, state: State) -> State:
        """Leave of each statement what is not about this time, in its place."""
        rows = (
            piece
            for row in state.case.availability
            for piece in (self.span.left_of(row) if self._is_about(row) else (row,))
        )
        return with_rows(state, availability=rows)

    def say(self, state: State) -> Message:
        """Say who or what can serve again, and when."""
        said = {"who": called(state.case, self.resource), "when": spell(self.first, self.last, self.start, self.end)}
        if self.resource in {*state.case.room, *state.case.site}:
            return text("{who} is open again {when}", "{who} {when} 恢复开放", **said)
        return text("{who} can serve again {when}", "{who} {when} 恢复参加", **said)


class CalendarRefreshed(CheckedChange):
    """What was read from an external calendar of somebody takes the place of what it said before.

    `source` is the id of the calendar; statements that people made themselves, and those of other calendars, stay.
    """

    kind = "calendar_refreshed"
    label = text("Calendar read anew", "日历更新")

    resource: Id
    source: Id
    rows: tuple[Availability, ...] = ()

    @model_validator(mode="after")
    def _of_one_calendar(self) -> CalendarRefreshed:
        if any((row.resource, row.source) != (self.resource, self.source) for row in self.rows):
            raise refused("are not all rows of this calendar", "并非都来自该日历", "rows")
        return self

    def against(self, state: State) -> Iterator[Message]:
        """Yield an unknown name."""
        yield from no_such(state.case, self.resource)

    def made(self, state: State) -> State:
        """Put the new rows where the first of the old ones stood, or at the end."""
        rows = state.case.availability
        old = [number for number, row in enumerate(rows) if self._is_from_it(row)]
        place = old[0] if old else len(rows)
        before = (row for row in rows[:place] if not self._is_from_it(row))
        after = (row for row in rows[place:] if not self._is_from_it(row))
        return with_rows(state, availability=(*before, *self.rows, *after))

    def _is_from_it(self, row: Availability) -> bool:
        return (row.resource, row.source) == (self.resource, self.source)

    def say(self, state: State) -> Message:
        """Say whose calendar was read, and how many of its rows are new or gone."""
        old = [row for row in state.case.availability if self._is_from_it(row)]
        return text(
            "The calendar {source} of {who} was read anew; new times: {new}, gone: {gone}",
            "{who} 的日历 {source} 已重新读取：新增 {new} 条，减少 {gone} 条",
            who=called(state.case, self.resource),
            source=self.source,
            new=sum(row not in old for row in self.rows),
            gone=sum(row not in self.rows for row in old),
        )
