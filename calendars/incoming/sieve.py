"""The sieve: of a foreign calendar only what says when somebody is busy is kept; no title, note or name is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from calendars.incoming.bounds import Bounds
from calendars.incoming.encoding import Line
from calendars.incoming.refusal import RefusedError

Kept = Mapping[str, frozenset[str]]
OBSERVANCE = frozenset({"DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE"})
KEPT: Kept = {
    "VCALENDAR": frozenset({"CALSCALE", "METHOD", "X-WR-TIMEZONE"}),
    "VEVENT": frozenset(
        {
            *("UID", "SEQUENCE", "RECURRENCE-ID", "DTSTART", "DTEND", "DURATION"),
            *("RRULE", "RDATE", "EXDATE", "EXRULE", "STATUS", "TRANSP"),
            *("X-MICROSOFT-CDO-BUSYSTATUS", "X-MICROSOFT-CDO-ALLDAYEVENT"),
        }
    ),
    "VFREEBUSY": frozenset({"UID", "FREEBUSY"}),
    "VAVAILABILITY": frozenset(),
    "VTIMEZONE": frozenset({"TZID"}),
    "STANDARD": OBSERVANCE,
    "DAYLIGHT": OBSERVANCE,
}
"""The properties that are kept, by component; every other component is passed over with all that is in it."""
INSIDE: Mapping[str, str] = {"VCALENDAR": "", "STANDARD": "VTIMEZONE", "DAYLIGHT": "VTIMEZONE"}
"""What a component stands in; where nothing is said, in VCALENDAR."""


NAME = re.compile(r"[^;:]*")
PARTS = re.compile(r'[^;:]*;?((?:[^":]|"[^"]*")*):')


@dataclass(frozen=True)
class Property:
    """One line of a component: its name in capitals, its parameters as written, its value."""

    name: str
    params: str
    value: str


@dataclass
class Block:
    """One component with what was kept of it; `line` is where it begins."""

    kind: str
    line: int
    properties: list[Property] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)

    def values(self, name: str) -> list[str]:
        """Return the values of one property, in order."""
        return [each.value for each in self.properties if each.name == name]

    def value(self, name: str) -> str:
        """Return the first value of a property in capitals; empty where there is none."""
        return next(iter(self.values(name)), "").strip().upper()

    def of_kind(self, kind: str) -> list[Block]:
        """Return the components of a kind inside this one."""
        return [block for block in self.blocks if block.kind == kind]


def sift(lines: Iterable[Line], bounds: Bounds, kept: Kept = KEPT) -> list[Block]:
    """Return the calendars of a file, with the properties that are `kept`.

    Raises:
        RefusedError: there is none, or the components are not closed in order, nest too deep or are too many.
    """
    sieve = _Sieve(bounds, kept)
    for line in lines:
        sieve.take(line)
    return sieve.calendars()


class _Sieve:
    """Follows the nesting of components; `None` stands for one that is passed over."""

    def __init__(self, bounds: Bounds, kept: Kept) -> None:
        self.bounds, self.kept = bounds, kept
        self.events = 0
        self.found: list[Block] = []
        self.open: list[tuple[str, int, Block | None]] = []

    def take(self, line: Line) -> None:
        name = NAME.match(line.text)
        named = name[0].strip().upper() if name else ""
        if named in {"BEGIN", "END"}:
            kind = line.text.partition(":")[2].strip().upper()
            (self._begin if named == "BEGIN" else self._end)(kind, line.number)
        elif self.open and (block := self.open[-1][2]) is not None and named in self.kept[block.kind]:
            block.properties.append(_property(named, line.text))

    def calendars(self) -> list[Block]:
        if not self.found:
            raise RefusedError("no-calendar")
        if self.open:
            raise RefusedError("truncated", self.open[-1][1])
        return self.found

    def _begin(self, kind: str, number: int) -> None:
        if len(self.open) >= self.bounds.depth:
            raise RefusedError("depth", number)
        parent = self.open[-1][2] if self.open else None
        block = None
        if kind in self.kept and (parent is not None or not self.open):
            if (parent.kind if parent is not None else "") != INSIDE.get(kind, "VCALENDAR"):
                raise RefusedError("structure" if self.open else "bare", number)
            block = Block(kind, number)
        if block is not None:
            (parent.blocks if parent is not None else self.found).append(block)
            self._count(kind)
        self.open.append((kind, number, block))

    def _count(self, kind: str) -> None:
        self.events += kind in {"VEVENT", "VFREEBUSY"}
        if self.events > self.bounds.events:
            raise RefusedError("events", self.bounds.events)

    def _end(self, kind: str, number: int) -> None:
        if not self.open or self.open[-1][0] != kind:
            if not self.found:
                return  # whatever this is, no calendar has begun yet
            raise RefusedError("structure", number)
        self.open.pop()


def _property(name: str, line: str) -> Property:
    """Split a line; its value begins at the first colon that is not quoted."""
    parts = PARTS.match(line)
    if parts is None:
        return Property(name, "", line.partition(":")[2])
    return Property(name, parts[1], line[parts.end() :])
