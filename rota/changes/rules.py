"""What must hold changes: holidays move, rules are stated anew, settings are set; and what became of a session."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

from pydantic import Field, ValidationError, model_validator

from rota.case import Case, Settings
from rota.catalogue import kind_label, param_label
from rota.changes.making import (
    Body,
    CheckedChange,
    held_among,
    no_session,
    unknown,
    with_rows,
    without_lost_sessions,
)
from rota.changes.reading import reasons_of
from rota.changes.wording import because, called, session_called
from rota.demand import Demand, Holiday, Outcome, priority_label
from rota.document import State
from rota.row import SEPARATORS, Day, Flag, Id, OptionalCount, OptionalId, PersonalText, refused
from rota.row_title import rule_called
from rota.text import Message, clauses, name, text


class HolidayMoved(CheckedChange):
    """Public holidays or make-up workdays are other than known: rows to put in by day, and days to take off."""

    kind = "holiday_moved"
    label = text("Holidays moved", "节假日调整")

    rows: tuple[Holiday, ...] = ()
    dropped: tuple[Day, ...] = ()

    @model_validator(mode="after")
    def _each_day_once(self) -> HolidayMoved:
        days = [*(row.day for row in self.rows), *self.dropped]
        if len(days) != len(set(days)):
            raise refused("name a day twice", "同一日期重复", "rows")
        return self

    def against(self, state: State) -> Iterator[Message]:
        """Yield days to drop that are not stated, and sessions held already that would be no more."""
        for day in self.dropped:
            if day not in state.case.holiday:
                yield text("{day} is not in the sheet of holidays", "“节假日”表中没有 {day}", day=day)
        yield from held_among(state, self._stated(state))

    def made(self, state: State) -> State:
        """Put the rows in order of their days; what was pinned in sessions that are no more goes."""
        return without_lost_sessions(state, self._stated(state))

    def _stated(self, state: State) -> State:
        new = {row.day: row for row in self.rows}
        kept = [new.pop(row.day, row) for row in state.case.holidays if row.day not in self.dropped]
        return with_rows(state, holidays=(*kept, *new.values()))

    def say(self, state: State) -> Message:
        """Say what each day is from now on."""
        days = [
            because(text("{day} {kind}", "{day} {kind}", day=row.day, kind=row.kind), name(row.name, row.name_en))
            for row in self.rows
        ]
        days += [text("{day} as in the calendar", "{day} 按日历", day=day) for day in self.dropped]
        return text("Holidays: {days}", "节假日调整：{days}", days=tuple(days))


class RuleChanged(CheckedChange):
    """A rule is stated, stated otherwise, or taken off where there is no row."""

    kind = "rule_changed"
    label = text("Rule changed", "规则调整")

    id: Id
    row: Demand | None = None

    @model_validator(mode="after")
    def _of_the_id(self) -> RuleChanged:
        if self.row is not None and self.row.id != self.id:
            raise refused("is a row of another rule", "是另一条规则的内容", "row")
        return self

    def against(self, state: State) -> Iterator[Message]:
        """Yield an unknown rule that is to be taken off."""
        stated = {demand.id: name(demand.id) for demand in state.case.demands}
        if self.row is None and self.id not in stated:
            yield unknown(text("rule", "规则"), self.id, stated)

    def made(self, state: State) -> State:
        """Put the row in its place, or at the end."""
        demands = state.case.demands
        new = () if self.row is None else (self.row,)
        if all(demand.id != self.id for demand in demands):
            return with_rows(state, demands=(*demands, *new))
        return with_rows(state, demands=(each for d in demands for each in (new if d.id == self.id else (d,))))

    def say(self, state: State) -> Message:
        """Say which rule is stated, what is other in it, or that it is taken off."""
        stated = next((demand for demand in state.case.demands if demand.id == self.id), None)
        if self.row is None:
            rule = rule_called(stated) if stated else name(self.id)
            return text("The rule {rule} is taken off", "删除规则：{rule}", rule=rule)
        cells = list(_cells_changed(state.case, stated, self.row))
        said = {"rule": rule_called(self.row), "cells": clauses(cells)}
        if stated is None:
            told = text("A new rule: {rule}: {cells}", "新增规则：{rule}，{cells}", **said)
        elif cells:
            told = text("The rule {rule} is changed: {cells}", "修改规则：{rule}，{cells}", **said)
        else:
            told = text("The note of the rule {rule} is changed", "修改规则备注：{rule}", **said)
        return because(told, self.row.note)


def _cells_changed(case: Case, before: Demand | None, after: Demand) -> Iterator[Message]:
    """Yield the cells in which two statements of a rule differ; of a new one, how strongly, and its parameters."""
    old, new = (_cells(each) for each in (before, after))
    for cell in dict.fromkeys((*old, *new)):
        if old.get(cell) == new.get(cell) or (before is None and cell in {"kind", "weight"}):
            continue
        said = {"cell": CELLS.get(cell) or param_label(after.kind, cell), "after": _value(case, new.get(cell))}
        if before is None:
            yield text("{cell} {after}", "{cell} {after}", **said)
        else:
            yield text(
                "{cell} {before} → {after}", "{cell} {before} → {after}", before=_value(case, old.get(cell)), **said
            )


CELLS: Mapping[str, Message] = {
    "kind": text("kind", "规则种类"),
    "priority": text("how strongly", "要求"),
    "weight": text("weight", "权重"),
}
"""What the cells are called that every rule has."""


def _cells(row: Demand | None) -> dict[str, object]:
    if row is None:
        return {}
    frame = {"kind": kind_label(row.kind), "priority": priority_label(row.priority), "weight": row.weight}
    return {**frame, **dict(row.params)}


def _value(case: Case, value: object) -> object:
    """Say a cell as typed, with what it names by its label."""
    if value is None:
        return text("none", "无")
    if not isinstance(value, str):
        return value
    named = {**case.label, **case.role_label}
    return tuple(named.get(part, part) for part in (part.strip() for part in SEPARATORS.split(value)))


class SettingsChanged(CheckedChange):
    """Some settings of the case are set, by the names of their fields."""

    kind = "settings_changed"
    label = text("Settings changed", "参数调整")

    cells: dict[str, Any] = Field(min_length=1)

    def against(self, state: State) -> Iterator[Message]:
        """Yield unknown settings, values that cannot be read, the case's id, and sessions that were held already."""
        known = {field: name(info.title or field, field) for field, info in Settings.model_fields.items()}
        wrong = [unknown(text("setting", "参数"), cell, known) for cell in self.cells if cell not in known]
        if "id" in self.cells:
            wrong.append(
                text(
                    "The id of the case stays: calendars of subscribers hang on it",
                    "排班编号不能更改：订阅者的日历与其关联",
                )
            )
        yield from wrong
        if not wrong:
            try:
                settings = self._settings(state)
            except ValidationError as error:
                yield from reasons_of(error, Settings)
            else:
                yield from held_among(state, _under(state, settings))

    def _settings(self, state: State) -> Settings:
        return Settings.model_validate({**state.case.settings.model_dump(), **self.cells})

    def made(self, state: State) -> State:
        """Set them; what was pinned in sessions that are no more goes."""
        return without_lost_sessions(state, _under(state, self._settings(state)))

    def say(self, state: State) -> Message:
        """Say what is set to what."""
        fields = Settings.model_fields
        cells = tuple(
            text("{field} = {value}", "{field} = {value}", field=_titled(fields[cell].title, cell), value=str(value))
            for cell in fields
            if (value := self.cells.get(cell)) is not None
        )
        return text("Settings: {cells}", "参数：{cells}", cells=cells)


def _titled(title: str | None, field: str) -> Message:
    return name(title or field, field)


def _under(state: State, settings: Settings) -> State:
    return state.model_copy(update={"case": state.case.model_copy(update={"settings": settings})})


class OutcomeRecorded(CheckedChange):
    """What became of a session; it takes the place of what was recorded before."""

    kind = "outcome_recorded"
    version = 2
    upcasts: ClassVar[Mapping[int, Callable[[Body], Body]]] = {1: dict}  # 0 may stand there where nobody had counted
    label = text("Outcome recorded", "登记台账")

    session: str
    held: Flag
    host: OptionalId = ""
    served: OptionalCount = None
    note: PersonalText = ""

    def against(self, state: State) -> Iterator[Message]:
        """Yield an unknown session, an unknown unit, and what contradicts that it was not held."""
        yield from no_session(state.case, self.session)
        units = {unit.id: unit.label for unit in state.case.units}
        if self.host and self.host not in units:
            yield unknown(text("unit", "单位"), self.host, units)
        if not self.held and (self.host or self.served):
            yield text(
                "{session} is said not to have been held, so nobody held it and nobody was served: leave out the host "
                "(--host) and the people (--served), or that it was not held (--not-held)",
                "{session} 登记为未举办，不应再填实际轮值单位（--host）或服务人数（--served）；请删去这些内容，"
                "如确已举办，请去掉 --not-held",
                session=session_called(state.case, self.session),
            )

    def made(self, state: State) -> State:
        """Put the row in the place of an earlier one, or at the end."""
        row = Outcome(**self.model_dump())
        outcomes = state.case.outcomes
        if all(each.session != self.session for each in outcomes):
            return with_rows(state, outcomes=(*outcomes, row))
        return with_rows(state, outcomes=(row if each.session == self.session else each for each in outcomes))

    def say(self, state: State) -> Message:
        """Say what became of which session."""
        session = session_called(state.case, self.session)
        if not self.held:
            return because(text("{session} was not held", "{session} 未举办", session=session), self.note)
        if self.host:
            host = called(state.case, self.host)
            held = text("{session} was held by {host}", "{session} 由 {host} 举办", session=session, host=host)
        else:
            held = text("{session} was held", "{session} 已举办", session=session)
        return because(text("{held}; {people}", "{held}，{people}", held=held, people=self._people), self.note)

    @property
    def _people(self) -> Message:
        if self.served is None:
            return text("the people served were not counted", "服务人数未填")
        return text("{n} served", "服务 {n} 人", n=self.served)
