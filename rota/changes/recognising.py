"""Recognising which kinds of changes lead from one case to another: what edited rows come to, said in events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rota.change import ChangeError
from rota.changes.availability import AvailableAgain, Unavailable
from rota.changes.edits import Edited
from rota.changes.making import CheckedChange
from rota.changes.membership import PersonJoined, PersonLeft, UnitJoined, UnitLeft
from rota.changes.rules import HolidayMoved, OutcomeRecorded, RuleChanged, SettingsChanged
from rota.changes.seats import Pinned, Unpinned
from rota.changes.sessions import OrderPlaced, OrderWithdrawn
from rota.demand import Availability, Level
from rota.document import BESIDE, SETTINGS, Document, Fields, State, canonical, document_of, edits_between
from rota.merging import aligned, arranged, is_shuffled
from rota.row import Row

Pair = tuple[Fields | None, Fields | None]
"""A row before and after; None where there is none."""


def recognised(state: State, goal: Document) -> tuple[CheckedChange, ...]:
    """Return the changes that lead from a state to the rows of `goal`, to be made one after the other.

    A kind of change is used where it does exactly what was done to the rows; whatever is left is one edit of rows. Rows
    that are new take the place in their table that their kind of change gives them.
    """
    way = _Way(state, goal)
    found = [candidate for candidate in _candidates(document_of(state), goal) if way.goes(candidate)]
    rest = edits_between(document_of(way.state), _in_place(state, way.state, goal))
    return (*found, Edited(edits=rest)) if rest else tuple(found)


class _Way:
    """How far a state is from the rows that it is to have: by table, each row too many or missing."""

    def __init__(self, state: State, goal: Document) -> None:
        self.state = state
        self._goal = {table: Counter(map(canonical, rows)) for table, rows in goal.items()}
        self._left = {table: self._gap(state, table) for table in self._goal}

    def goes(self, change: CheckedChange) -> bool:
        """Make a change if everything that it does is wanted, and tell whether it was made."""
        try:
            after = change.applied(self.state)
        except ChangeError:
            return False
        touched = [table for table in self._left if _rows(after, table) != _rows(self.state, table)]
        left = {table: self._gap(after, table) for table in touched}
        if not touched or any(gap - self._left[table] for table, gap in left.items()):
            return False
        self.state = after
        self._left |= left
        return True

    def _gap(self, state: State, table: str) -> Counter[tuple[bool, str]]:
        there = Counter(canonical(row.model_dump(mode="json")) for row in _rows(state, table))
        wanted = self._goal[table]
        gap: Counter[tuple[bool, str]] = Counter({(True, row): n for row, n in (there - wanted).items()})
        return gap + Counter({(False, row): n for row, n in (wanted - there).items()})


def _rows(state: State, table: str) -> tuple[Row, ...]:
    rows: tuple[Row, ...] = getattr(state if table in BESIDE else state.case, table, ())
    return (state.case.settings,) if table == SETTINGS else rows


def _in_place(before: State, after: State, goal: Document) -> dict[str, Sequence[Fields]]:
    """Return the rows of `goal`, in the order in which they are by now where nobody asked for another one."""
    was, now = document_of(before), document_of(after)
    return {
        table: rows if is_shuffled(table, was[table], rows) else arranged(table, rows, now[table])
        for table, rows in goal.items()
    }


def _candidates(before: Document, after: Document) -> Iterator[CheckedChange]:
    """Yield what the rows may come to, those first on which others rest."""
    pairs = {table: list(_pairs(table, before.get(table, ()), rows)) for table, rows in after.items()}
    yield from _membership(pairs)
    yield from _case(pairs)
    for old, new in pairs.get("orders", ()):
        if old is None:
            yield OrderPlaced.model_validate({"row": new})
        elif new is None:
            yield OrderWithdrawn.model_validate({"order": old["id"]})
    for old, new in pairs.get("availability", ()):
        yield from _availability(old, new)
    for old, new in pairs.get("pins", ()):
        if old is not None:
            said = {"session": old["session"], "part": old["part"], "role": old["role"], "who": old["resource"]}
            yield Unpinned.model_validate(said)
        if new is not None:
            yield Pinned.model_validate({"pin": new})
    for _, new in pairs.get("outcomes", ()):
        if new is not None:
            yield OutcomeRecorded.model_validate(new)


def _pairs(table: str, before: Sequence[Fields], after: Sequence[Fields]) -> Iterator[Pair]:
    """Yield the rows that differ."""
    places = aligned(table, before, after)
    for number, row in enumerate(before):
        there = after[places[number]] if number in places else None
        if there != row:
            yield row, there
    known = set(places.values())
    yield from ((None, row) for number, row in enumerate(after) if number not in known)


def _membership(pairs: Mapping[str, Sequence[Pair]]) -> Iterator[CheckedChange]:
    contacts = [new for old, new in pairs.get("contacts", ()) if old is None and new is not None]
    homes = {new["person"]: new["sites"] for old, new in pairs.get("staffing", ()) if old is None and new is not None}
    for old, new in pairs.get("units", ()):
        if old is None and new is not None:
            yield UnitJoined.model_validate({"row": new, "contacts": _of(new, contacts)})
        elif new is not None and new["left"]:
            yield UnitLeft.model_validate({"who": new["id"], "last": new["left"]})
    for old, new in pairs.get("people", ()):
        if old is None and new is not None:
            sites = homes.get(new["id"], ())
            yield PersonJoined.model_validate({"row": new, "contacts": _of(new, contacts), "sites": sites})
        elif new is not None and new["left"]:
            yield PersonLeft.model_validate({"who": new["id"], "last": new["left"]})


def _of(row: Fields, contacts: Iterable[Fields]) -> list[Fields]:
    return [contact for contact in contacts if contact["of"] == row["id"]]


def _case(pairs: Mapping[str, Sequence[Pair]]) -> Iterator[CheckedChange]:
    for old, new in pairs.get(SETTINGS, ()):
        if old is not None and new is not None:
            yield SettingsChanged(cells={cell: value for cell, value in new.items() if value != old.get(cell)})
    holidays = pairs.get("holidays", ())
    if holidays:
        rows = [new for _, new in holidays if new is not None]
        yield HolidayMoved.model_validate(
            {"rows": rows, "dropped": [old["day"] for old, new in holidays if old and not new]}
        )
    for old, new in pairs.get("demands", ()):
        row = new or old or {}
        yield RuleChanged.model_validate({"id": row["id"], "row": new})


def _availability(old: Fields | None, new: Fields | None) -> Iterator[CheckedChange]:
    if old is not None:
        row = Availability.model_validate(old)
        time = {cell: old[cell] for cell in ("resource", "first", "last", "start", "end")}
        if row.level is not Level.PREFER:
            yield AvailableAgain.model_validate(time)
    if new is not None and new["level"] != Level.PREFER:
        yield Unavailable.model_validate({cell: new[cell] for cell in Unavailable.model_fields})
