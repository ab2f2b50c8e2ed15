"""The sheet 场次 read back: what was edited there, as checked changes, and at which cell one cannot be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pydantic_core import PydanticCustomError

from rota.case import Case
from rota.change import ChangeError
from rota.changes.in_plan import Judge, Trouble, in_plan, mendable, newly_broken
from rota.changes.making import CheckedChange
from rota.changes.seats import Pinned, RoomSet, SeatSet
from rota.changes.sessions import SessionMoved
from rota.demand import Pin
from rota.document import State
from rota.merging import Side
from rota.plan import Plan, PlanPart, Session
from rota.problem import Problem, Severity
from rota.row import SEPARATORS, read_date, read_time
from rota.spelling import near
from rota.text import LANGUAGES, Language, Message, name, text
from workbook.grid import Grid, Located, Place, as_text
from workbook.layout import folded
from workbook.output.session_table import session_columns, session_rows

ROLE = "role:"
FOLLOWS = frozenset({"weekday", "end", "site"})
"""Columns that follow from others: from the start, and from the room."""


@dataclass(frozen=True)
class Written:
    """A case and its plan as the sheet was written, and in which language.

    `forgotten` are people whose names the sheet may still hold, and the case does not any more.
    """

    case: Case
    plan: Plan
    language: Language
    forgotten: frozenset[str] = frozenset()


@dataclass(frozen=True)
class SessionEdits:
    """The changes that edits of the sheet come to, and what is wrong with them, or to be looked at, by cell."""

    changes: tuple[CheckedChange, ...] = ()
    problems: tuple[Located, ...] = ()

    @property
    def errors(self) -> tuple[Located, ...]:
        """The problems for which the changes cannot be made."""
        return tuple(problem for problem in self.problems if problem.severity == "error")


@dataclass(frozen=True)
class _Cell:
    """One cell that is not as it was written."""

    session: str
    part: str
    key: str
    typed: str
    place: Place


def session_edits(
    grid: Grid, written: Written, state: State, plan: Plan, judge: Judge[Trouble], keep: Side | None = None
) -> SessionEdits:
    """Return what was edited in the sheet of sessions, tried on the state and the plan that hold by now.

    A cell that was changed elsewhere as well since the sheet was written is a conflict, unless it is said whose is to
    be kept. A breach that no repair could mend any more is an error; any other is to be looked at.
    """
    reading = _Reading(grid, written, state, plan, keep)
    cells = reading.cells()
    changes = reading.changes(cells)
    if reading.errors or not changes:
        return SessionEdits((), tuple(reading.problems))
    works = reading.works(changes, judge)
    return SessionEdits(tuple(change for change, _ in changes) if works else (), tuple(reading.problems))


Placed = tuple[CheckedChange, Sequence[_Cell]]


@dataclass
class _Reading:
    grid: Grid
    written: Written
    state: State
    plan: Plan
    keep: Side | None = None
    problems: list[Located] = field(default_factory=list)

    @property
    def errors(self) -> bool:
        """Whether the edits cannot be made."""
        return any(problem.severity == "error" for problem in self.problems)

    def cells(self) -> list[_Cell]:
        """Return the cells that were edited; rows that are new or gone are refused."""
        columns = {folded(c.header): c for c in session_columns(self.written.case, self.written.plan)}
        header_row, headers = self.grid.rows[0]
        found = {at: columns[folded(header)] for at, header in enumerate(headers) if folded(header) in columns}
        lacking = {"session", "part"} - {column.key for column in found.values()}
        if lacking:
            message = text("has no columns any more that name session and part", "缺少“场次编号”或“分场”列")
            self._refuse(self.grid.at(header_row), message)
            return []
        expected = self._expected()
        edited: list[_Cell] = []
        for number, row in self.grid.rows[1:]:
            typed = {column.key: row[at].strip() if at < len(row) else "" for at, column in found.items()}
            places = {column.key: self.grid.at(number, at, name(column.header)) for at, column in found.items()}
            was = expected.pop((typed["session"], typed["part"]), None)
            if was is None:
                self._refuse(places["session"], _NEW_ROW)
                continue
            if self.written.forgotten:
                typed, was = self._by_id(typed, typed), self._by_id(was, typed)
            edited += [
                _Cell(typed["session"], typed["part"], key, cell, places[key])
                for key, cell in typed.items()
                if _folded(key, cell) != _folded(key, was[key])
            ]
        for session, _ in expected:
            self._refuse(self.grid.at(), Message(_GONE.en, _GONE.zh, {"session": session}))
        return edited

    def _by_id(self, row: Mapping[str, str], typed: Mapping[str, str]) -> dict[str, str]:
        """Return a row in which those who sat in its seats and are forgotten are named by their ids.

        What the journal does not know any more is taken for their names, in the order of the seats.
        """
        roles = self.written.plan.session[typed["session"]].part[typed["part"]].roles
        forgotten = self.written.forgotten
        others = {id_: each.label for id_, each in self.state.case.resources.items() if id_ not in forgotten}
        known = {*_forms(others), *forgotten}
        found = dict(row)
        for key in found:
            if key.startswith(ROLE):
                words = _words(row[key])
                seated = roles.get(key.removeprefix(ROLE), ())
                gone = iter([who for who in seated if who in forgotten and who not in words])
                found[key] = "; ".join(word if word in known else next(gone, word) for word in words)
        return found

    def _expected(self) -> dict[tuple[str, str], Mapping[str, str]]:
        columns = session_columns(self.written.case, self.written.plan)
        rows = session_rows(self.written.case, self.written.plan, self.written.language)
        said = [{column.key: as_text(cell) for column, cell in zip(columns, row, strict=True)} for row in rows]
        return {(row["session"], row["part"]): row for row in said}

    def changes(self, cells: Iterable[_Cell]) -> list[Placed]:
        """Return the changes that the cells come to, each with its cells; a start is one of all parts of a session."""
        by_session: dict[str, list[_Cell]] = {}
        for cell in cells:
            by_session.setdefault(cell.session, []).append(cell)
        return [placed for session, edited in by_session.items() for placed in self._of_session(session, edited)]

    def _of_session(self, session: str, cells: Sequence[_Cell]) -> Iterator[Placed]:
        now, was = self.plan.session.get(session), self.written.plan.session[session]
        if now is None:
            if self.keep != "theirs":
                self._refuse(cells[0].place, text("the session was dropped in the meantime", "该场次已被取消"))
            return
        moved = [cell for cell in cells if cell.key in {"date", "start"}]
        yield from self._moved(was, now, moved)
        keys = {(cell.part, cell.key) for cell in cells}
        for cell in cells:
            if cell.key == "room":
                yield from self._room(cell, was.part[cell.part], now.part[cell.part])
            elif cell.key.startswith(ROLE):
                yield from self._seats(cell, was.part[cell.part], now.part[cell.part])
            elif cell not in moved and not (
                (cell.key in {"weekday", "end"} and moved) or (cell.key == "site" and (cell.part, "room") in keys)
            ):
                self._refuse(cell.place, _FOLLOWS if cell.key in FOLLOWS else _NOT_HERE)

    def _moved(self, was: Session, now: Session, cells: Sequence[_Cell]) -> Iterator[Placed]:
        zone = self.written.case.zone
        before = was.start.astimezone(zone)
        try:
            days = {_day(cell.typed) for cell in cells if cell.key == "date"} or {before.date()}
            times = {_time(cell.typed) for cell in cells if cell.key == "start"} or {before.time()}
        except PydanticCustomError as error:
            said = error.context or {}
            self._refuse(cells[0].place, Message(str(said["en"]), str(said["zh"])))
            return
        if not cells:
            return
        if len(days) > 1 or len(times) > 1:
            self._refuse(
                cells[-1].place, text("says another start than the parts beside it", "与同场次其他分场的时间不一致")
            )
            return
        start = dt.datetime.combine(days.pop(), times.pop())
        current = now.start.astimezone(zone)
        elsewhere = current != before and current.replace(tzinfo=None) != start
        if elsewhere and not self._keeps_mine(cells[0], current):
            return
        yield SessionMoved(session=was.id, start=f"{start:%Y-%m-%d %H:%M}"), cells

    def _room(self, cell: _Cell, was: PlanPart, now: PlanPart) -> Iterator[Placed]:
        case = self.state.case
        room = self._named(cell, cell.typed, {id_: row.label for id_, row in case.room.items()})
        if room in {None, was.room}:
            return
        elsewhere = now.room not in {was.room, room}
        if elsewhere and not self._keeps_mine(cell, case.label.get(now.room or "", name(now.room or ""))):
            return
        yield RoomSet(session=cell.session, part=cell.part, room=room or ""), [cell]

    def _seats(self, cell: _Cell, was: PlanPart, now: PlanPart) -> Iterator[Placed]:
        case, role = self.state.case, cell.key.removeprefix(ROLE)
        named = {id_: row.label for id_, row in case.resources.items()}
        said = _words(cell.typed)
        found = [self._named(cell, word, named) for word in said]
        if None in found:
            return
        seated = tuple(who for who in found if who is not None)
        before, current = was.roles.get(role, ()), now.roles.get(role, ())
        if set(seated) == set(before):
            return
        if set(current) not in ({*before}, {*seated}):
            if not self._keeps_mine(cell, tuple(named.get(who, name(who)) for who in current)):
                return
            before = current
        left = [who for who in before if who not in seated]
        for who in seated:
            if who not in before:
                instead = left.pop(0) if left else ""
                yield SeatSet(session=cell.session, part=cell.part, role=role, who=who, instead_of=instead), [cell]
        for who in left:
            pin = Pin(session=cell.session, part=cell.part, role=role, resource=who, absent=True)
            yield Pinned(pin=pin), [cell]

    def _named(self, cell: _Cell, said: str, named: Mapping[str, Message]) -> str | None:
        """Return the id that a name means as the sheet writes them: the name, the id, or both."""
        forms = _forms(named)
        bearers = [id_ for id_, label in named.items() if said in map(label.say, LANGUAGES)]
        if said in forms and (said in named or len(bearers) <= 1):
            return said if said in named else forms[said]
        meant = bearers or near(said, {id_: tuple(map(label.say, LANGUAGES)) for id_, label in named.items()})
        if shown := tuple(text("{name} [{id}]", "{name} [{id}]", name=named[id_], id=id_) for id_ in meant):
            message = text(
                '"{said}" is nobody and nothing here; near: {near}',
                "“{said}”无法识别；相近的有：{near}",
                said=said,
                near=shown,
            )
        else:
            message = text(
                '"{said}" is nobody and nothing here, and nothing is called nearly so',
                "“{said}”无法识别，也没有名称相近的",
                said=said,
            )
        self._refuse(cell.place, message)
        return None

    def works(self, changes: Sequence[Placed], judge: Judge[Trouble]) -> bool:
        """Make all the changes, and name what cannot be made or what the plan then breaks at its cell."""
        state, plan = self.state, self.plan
        for change, cells in changes:
            try:
                state = change.applied(state)
            except ChangeError as error:
                for reason in error.reasons:
                    self._refuse(cells[0].place, reason)
            else:
                plan = in_plan(state, plan, change)
        if self.errors:
            return False
        edited = {cell.session for _, cells in changes for cell in cells}
        for trouble in newly_broken(judge, (self.state.case, self.plan), (state.case, plan)):
            place = self._place(trouble, [cell for _, cells in changes for cell in cells])
            self._report(place, trouble.message, "warning" if mendable(state.case, trouble, edited) else "error")
        return not any(problem.severity == "error" for problem in self.problems)

    def _place(self, trouble: Trouble, cells: Sequence[_Cell]) -> Place:
        """Return the cell that a breach is most likely about: of its session, and naming one of those concerned."""
        labels = [
            self.state.case.label[who].say(lang)
            for who in trouble.who
            if who in self.state.case.label
            for lang in LANGUAGES
        ]
        near_by = [cell for cell in cells if cell.session in trouble.sessions] or list(cells)
        naming = [cell for cell in near_by if any(label in cell.typed for label in labels)]
        return (naming or near_by)[0].place

    def _keeps_mine(self, cell: _Cell, current: object) -> bool:
        """Tell whether a cell holds that was changed elsewhere too; where nobody said whose does, it is refused."""
        if self.keep is not None:
            return self.keep == "mine"
        self._refuse(
            cell.place,
            text(
                'was changed here to "{mine}", and elsewhere to "{theirs}"',
                "此处改为“{mine}”，而变更记录中已改为“{theirs}”",
                mine=cell.typed,
                theirs=current,
            ),
        )
        return False

    def _refuse(self, place: Place, message: Message) -> None:
        self._report(place, message, "error")

    def _report(self, place: Place, message: Message, severity: Severity) -> None:
        self.problems.append(Located(Problem("pins", None, None, message, severity), place))


_NEW_ROW = text(
    "is no session of the plan; an extra one is added with `rota change session_added`",
    "不是安排中的场次；加开场次请用 `rota change session_added`",
)
_GONE = text(
    "{session} is not in the sheet any more; a session is cancelled with `rota change session_cancelled`",
    "表中缺少场次 {session}；取消场次请用 `rota change session_cancelled`",
)
_FOLLOWS = text(
    "follows from the date, the start or the room: edit those instead", "由日期、开始时刻或场地决定，请改那些单元格"
)
_NOT_HERE = text("cannot be edited here, but only in the tables of the case", "不能在此修改，请在资料的相应表中修改")


def _day(typed: str) -> dt.date:
    found = read_date(typed)
    assert isinstance(found, dt.date)  # noqa: S101 - a text is read as a date or refused
    return found


def _time(typed: str) -> dt.time:
    found = read_time(typed)
    assert isinstance(found, dt.time)  # noqa: S101 - the same
    return found


def _folded(key: str, cell: str) -> object:
    """Return what a cell says, however it was typed."""
    try:
        if key == "date":
            return read_date(cell)
        if key in {"start", "end"}:
            return read_time(cell)
    except PydanticCustomError:
        return cell
    if key.startswith(ROLE):
        return tuple(_words(cell))
    return cell.strip()


def _words(cell: str) -> list[str]:
    return [word.strip() for word in SEPARATORS.split(cell) if word.strip()]


def _forms(named: Mapping[str, Message]) -> dict[str, str]:
    """Return every form in which the sheet writes a name: the name, the id, or both."""
    return {
        form: id_
        for id_, label in named.items()
        for spoken in map(label.say, LANGUAGES)
        for form in (spoken, f"{spoken} [{id_}]", id_)
    }
