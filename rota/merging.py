"""Merging rows that two sides edited since a common base: the journal's (theirs) and a working copy's (mine)."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from rota.document import SETTINGS, Cells, Document, Fields, canonical
from rota.inspection import UNIQUE

Side = Literal["mine", "theirs"]
Rows = Sequence[Fields]

KEYS: Mapping[str, tuple[str, ...]] = {
    SETTINGS: (),
    "requests": ("id",),
    **{table: fields for tables, fields in UNIQUE for table in tables},
}
"""The cells by which a row of a table stays the same row whatever else of it changes."""

OWNERS: Mapping[str, str] = {"availability": "resource", "pins": "session", "history": "resource", "contacts": "of"}
"""For tables whose rows have no key: the cell that says what a row is about."""

SIMILAR = 2
"""Rows about the same resource or session that differ in at most so many cells are taken for one that was edited."""

MOST_UNNOTICED = 3
"""Of a table with more rows than this, not more than half may go unasked."""


@dataclass(frozen=True)
class Conflict:
    """One cell that both sides changed, to different values; without a field, a row changed here and taken out there.

    `row` counts the rows of mine and is None where it is not there any more; `base`, `theirs` and `mine` are the cells,
    or the whole rows, and None where there is none. `of` is the row as somebody knows it.
    """

    table: str
    row: int | None
    field: str | None
    base: Any
    theirs: Any
    mine: Any
    of: Fields


@dataclass(frozen=True)
class Merge:
    """All rows with what both sides changed; where they contradict each other, as theirs has it, or as asked for."""

    document: dict[str, list[Fields]]
    conflicts: tuple[Conflict, ...]


@dataclass(eq=False)
class _Line:
    """One row of the result, with its places on both sides."""

    theirs: int | None
    mine: int | None
    row: Fields | None


def merge(base: Document, theirs: Document, mine: Document, keep: Side | None = None) -> Merge:
    """Merge what was done to `base` on both sides, row by row and cell by cell.

    Tables that `mine` does not have are theirs. Where both changed the same cell to different values there is a
    conflict, unless it is said whose is to be kept.
    """
    document: dict[str, list[Fields]] = {}
    conflicts: list[Conflict] = []
    for table in dict.fromkeys((*theirs, *mine)):
        if table not in mine:
            document[table] = list(theirs[table])
            continue
        merging = _Merging(table, base.get(table, ()), theirs.get(table, ()), mine[table], keep)
        document[table] = merging.rows()
        conflicts += merging.conflicts
    return Merge(document, tuple(conflicts))


class _Merging:
    """The merge of one table."""

    def __init__(self, table: str, base: Rows, theirs: Rows, mine: Rows, keep: Side | None) -> None:
        self.table, self.base, self.theirs, self.mine, self.keep = table, base, theirs, mine, keep
        self.to_theirs = aligned(table, base, theirs)
        self.to_mine = aligned(table, base, mine)
        self.conflicts: list[Conflict] = []

    def rows(self) -> list[Fields]:
        """Return the merged rows in order."""
        lines = [*self._known(), *self._new()]
        by_mine = _is_shuffled(self.to_mine) and not _is_shuffled(self.to_theirs)
        ordered = _ordered(lines, lead="mine" if by_mine else "theirs")
        return [line.row for line in ordered if line.row is not None]

    def _known(self) -> Iterator[_Line]:
        for number, before in enumerate(self.base):
            there, here = self.to_theirs.get(number), self.to_mine.get(number)
            theirs = None if there is None else self.theirs[there]
            mine = None if here is None else self.mine[here]
            yield _Line(there, here, self._row(before, theirs, mine, here))

    def _new(self) -> Iterator[_Line]:
        there = [n for n in range(len(self.theirs)) if n not in set(self.to_theirs.values())]
        here = [n for n in range(len(self.mine)) if n not in set(self.to_mine.values())]
        twins = aligned(self.table, [self.theirs[n] for n in there], [self.mine[n] for n in here], similar=0)
        for number, place in enumerate(there):
            twin = here[twins[number]] if number in twins else None
            mine = None if twin is None else self.mine[twin]
            row = self.theirs[place] if mine is None else self._cells({}, self.theirs[place], mine, twin)
            yield _Line(place, twin, row)
        taken = set(twins.values())
        yield from (_Line(None, place, self.mine[place]) for n, place in enumerate(here) if n not in taken)

    def _row(self, before: Fields, theirs: Fields | None, mine: Fields | None, place: int | None) -> Fields | None:
        if mine in (before, theirs):
            return theirs
        if theirs == before:
            return mine
        if theirs is None or mine is None:
            conflict = Conflict(self.table, place, None, before, theirs, mine, mine or before)
            return mine if self._keeps_mine(conflict) else theirs
        return self._cells(before, theirs, mine, place)

    def _cells(self, before: Fields, theirs: Fields, mine: Fields, place: int | None) -> Fields:
        merged = {}
        for field in dict.fromkeys((*theirs, *mine)):
            old, there, here = before.get(field), theirs.get(field), mine.get(field)
            if here == there or (before and here == old):
                merged[field] = there
            elif before and there == old:
                merged[field] = here
            else:
                conflict = Conflict(self.table, place, field, old, there, here, mine)
                merged[field] = here if self._keeps_mine(conflict) else there
        return merged

    def _keeps_mine(self, conflict: Conflict) -> bool:
        if self.keep is None:
            self.conflicts.append(conflict)
        return self.keep == "mine"


def aligned(table: str, one: Rows, other: Rows, similar: int = SIMILAR) -> dict[int, int]:
    """Return which row of `other` each row of `one` is, by their places.

    Rows are the same by key where the table has one; else those that are equal, in order, and then those about the same
    resource or session that differ in at most `similar` cells, the nearest first.
    """
    fields = KEYS.get(table)
    if fields is not None:
        return _paired([_key(row, fields) for row in one], [_key(row, fields) for row in other])
    pairs = _paired([canonical(row) for row in one], [canonical(row) for row in other])
    return pairs | _nearest(OWNERS.get(table, ""), one, other, pairs, similar)


def _key(row: Fields, fields: Iterable[str]) -> str:
    return canonical({field: row.get(field) for field in fields})


def _paired(one: Sequence[str], other: Sequence[str]) -> dict[int, int]:
    places: defaultdict[str, deque[int]] = defaultdict(deque)
    for place, key in enumerate(other):
        places[key].append(place)
    return {number: places[key].popleft() for number, key in enumerate(one) if places[key]}


def _nearest(owner: str, one: Rows, other: Rows, pairs: Mapping[int, int], similar: int) -> dict[int, int]:
    left = [n for n in range(len(one)) if n not in pairs]
    open_places = [n for n in range(len(other)) if n not in set(pairs.values())]
    by_distance = sorted(
        (distance, abs(a - b), a, b)
        for a in left
        for b in open_places
        if one[a].get(owner) == other[b].get(owner) and (distance := _distance(one[a], other[b])) <= similar
    )
    return _first_come((a, b) for *_, a, b in by_distance)


def _first_come(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Return the pairs whose places are both free still, one after the other."""
    found: dict[int, int] = {}
    for a, b in pairs:
        if a not in found and b not in found.values():
            found[a] = b
    return found


def _distance(one: Fields, other: Fields, without: Iterable[str] = ()) -> int:
    return sum(one.get(field) != other.get(field) for field in {*one, *other}.difference(without))


def _is_shuffled(places: Mapping[int, int]) -> bool:
    return any(a > b for a, b in pairwise(places[number] for number in sorted(places)))


def _ordered(lines: Sequence[_Line], lead: Side) -> list[_Line]:
    """Return the lines in the order of one side; what only the other has follows the row before it there."""
    follow: Side = "theirs" if lead == "mine" else "mine"
    ordered = sorted((line for line in lines if getattr(line, lead) is not None), key=lambda line: getattr(line, lead))
    others = sorted(
        (line for line in lines if getattr(line, follow) is not None), key=lambda line: getattr(line, follow)
    )
    before: _Line | None = None
    for line in others:
        if getattr(line, lead) is None:
            ordered.insert(ordered.index(before) + 1 if before else 0, line)
        before = line
    return ordered


def unedited(base: Document, mine: Document, cells: Cells) -> dict[str, Rows]:
    """Return the rows of mine with some cells of base as they are there, whatever mine says.

    Those cells do not count either where rows are found by how similar they are.
    """
    return {table: _unedited(table, base.get(table, ()), rows, cells.get(table, {})) for table, rows in mine.items()}


def _unedited(table: str, base: Rows, mine: Rows, cells: Mapping[int, frozenset[str]]) -> Rows:
    if not cells:
        return mine
    rows = list(mine)
    for number, place in _found_without(table, base, mine, cells).items():
        rows[place] = {**rows[place], **{field: base[number][field] for field in cells.get(number, ())}}
    return rows


def _found_without(table: str, base: Rows, mine: Rows, cells: Mapping[int, frozenset[str]]) -> dict[int, int]:
    """Return which row of mine each row of base is; one with cells that do not count takes what no other row is."""
    if table in KEYS:
        return aligned(table, base, mine)
    whole = [number for number in range(len(base)) if number not in cells]
    pairs = {whole[one]: place for one, place in aligned(table, [base[n] for n in whole], mine).items()}
    owner = OWNERS.get(table, "")
    left = [place for place in range(len(mine)) if place not in set(pairs.values())]
    by_distance = sorted(
        (_distance(base[number], mine[place], fields), abs(number - place), number, place)
        for number, fields in cells.items()
        for place in left
        if base[number].get(owner) == mine[place].get(owner)
    )
    return pairs | _first_come((number, place) for *_, number, place in by_distance)


def arranged(table: str, rows: Rows, like: Rows) -> list[Fields]:
    """Return rows in the order in which `like` has them; those that it does not have follow the row before them."""
    places = aligned(table, like, rows)
    to_like = {there: here for here, there in places.items()}
    lines = [_Line(to_like.get(number), number, row) for number, row in enumerate(rows)]
    return [line.row for line in _ordered(lines, lead="theirs") if line.row is not None]


def is_shuffled(table: str, before: Rows, after: Rows) -> bool:
    """Tell whether rows that both have stand in another order."""
    return _is_shuffled(aligned(table, before, after))


def mass_deletions(base: Document, mine: Document) -> dict[str, tuple[Fields, ...]]:
    """Return, by table, the rows that are gone from `mine` where they are too many to go unasked."""
    found: dict[str, tuple[Fields, ...]] = {}
    for table in mine:
        rows = base.get(table, ())
        kept = aligned(table, rows, mine[table])
        gone = tuple(row for number, row in enumerate(rows) if number not in kept)
        emptied = bool(rows) and not mine[table]
        if emptied or (len(rows) > MOST_UNNOTICED and 2 * len(gone) > len(rows)):
            found[table] = gone
    return found
