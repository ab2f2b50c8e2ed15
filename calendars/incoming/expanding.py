"""What the child does: from the octets of a foreign calendar to busy minutes in the horizon, as plain values."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from icalendar import vPeriod

from calendars.identity import is_session_of
from calendars.incoming.bounds import Bounds
from calendars.incoming.busy import AllDay, Horizon, Span, merged, minutes, without
from calendars.incoming.encoding import unfolded
from calendars.incoming.events import Occurrence, When, occurrences
from calendars.incoming.refusal import RefusedError, UnreadableError
from calendars.incoming.sieve import Block, sift
from calendars.incoming.zones import Zones, known_zone

MARGIN = dt.timedelta(days=2)
"""Around the horizon, since days and times are compared before their zones are."""
DATED = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T\d{6}Z?)?")
TENTATIVE = frozenset({"TENTATIVE", "WORKINGELSEWHERE"})
FREE_BUSY_TYPE = re.compile(r"(?:^|;)FBTYPE=([A-Z-]+)", re.IGNORECASE)
MOST_LEFT_OUT = 100
"""More events that cannot be read are counted and not listed."""


@dataclass(frozen=True)
class Asked:
    """What is to be found out: busy times of the horizon in a zone; sessions of the case `own` are none."""

    zone: str
    horizon: Horizon
    all_day: AllDay
    own: str
    bounds: Bounds


@dataclass
class Found:
    """What was found: busy spans by kind, what was left out (line, code, word), and how many events were read."""

    firm: list[Span] = field(default_factory=list)
    tentative: list[Span] = field(default_factory=list)
    left_out: list[tuple[int, str, str]] = field(default_factory=list)
    events: int = 0
    own: int = 0

    def plain(self) -> dict[str, object]:
        """Return it for JSON: no minute twice, and what is certain before what is not."""
        firm = merged(self.firm)
        return {
            "firm": firm,
            "tentative": list(without(merged(self.tentative), firm)),
            "left_out": self.left_out[:MOST_LEFT_OUT],
            "unread": len(self.left_out),
            "events": self.events,
            "own": self.own,
        }


def expand(content: bytes, asked: Asked) -> dict[str, object]:
    """Return the busy minutes of a calendar, and which of its events could not be read.

    Raises:
        RefusedError: the file as a whole cannot be used.
    """
    if len(content) > asked.bounds.octets:
        raise RefusedError("octets", asked.bounds.octets)
    calendars = sift(unfolded(content, asked.bounds), asked.bounds)
    reader = _Reader(asked)
    for calendar in calendars:
        reader.read(calendar)
    return reader.found.plain()


class _Reader:
    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.found = Found()
        zone, horizon = ZoneInfo(asked.zone), asked.horizon
        self.window = (
            dt.datetime.combine(horizon.first, dt.time(), zone),
            dt.datetime.combine(horizon.last + dt.timedelta(days=1), dt.time(), zone),
        )
        self.limits = minutes(*self.window)
        self.count = 0

    def read(self, calendar: Block) -> None:
        scale = calendar.value("CALSCALE")
        if scale not in {"", "GREGORIAN"}:
            raise RefusedError("calscale", scale)
        zones = Zones(calendar)
        floating = ZoneInfo(known_zone(calendar.value("X-WR-TIMEZONE")) or self.asked.zone)
        cancelled = calendar.value("METHOD") == "CANCEL"
        for blocks in _by_uid(calendar.of_kind("VEVENT")):
            self._read_event(blocks, zones, floating, cancelled=cancelled)
        for block in calendar.of_kind("VFREEBUSY"):
            self._read_free_busy(block, floating)
        for block in calendar.of_kind("VAVAILABILITY"):
            self.found.left_out.append((block.line, "availability", ""))

    def _read_event(self, blocks: list[Block], zones: Zones, floating: ZoneInfo, *, cancelled: bool) -> None:
        if self._own(blocks):
            return
        if cancelled or self._outside(blocks):
            self.found.events += len(blocks)
        else:
            self._try(blocks, self._spans(occurrences(blocks, zones, floating, self._padded())))

    def _read_free_busy(self, block: Block, floating: ZoneInfo) -> None:
        if not self._own([block]):
            self._try([block], _free_busy(block, floating))

    def _own(self, blocks: list[Block]) -> bool:
        """Tell whether this is what the case published itself, and count it."""
        uid = next(iter(blocks[0].values("UID")), "").strip()
        own = bool(self.asked.own) and is_session_of(self.asked.own, uid)
        self.found.own += len(blocks) if own else 0
        return own

    def _try(self, blocks: list[Block], spans: Iterable[tuple[Span, bool]]) -> None:
        """Take the spans of an event, all or none: what one event does to its reader is its own affair."""
        try:
            taken = [(span, tentative) for span, tentative in spans if self._counted(span)]
        except UnreadableError as error:
            self._leave_out(blocks, error.code, error.detail)
        except (RefusedError, MemoryError):
            raise
        except OverflowError:
            self._leave_out(blocks, "years", "")
        except Exception as error:  # noqa: BLE001 - two libraries work on foreign values and may raise anything
            self._leave_out(blocks, "reader", type(error).__name__)
        else:
            self.found.events += len(blocks)
            for (start, end), tentative in taken:
                clipped = max(start, self.limits[0]), min(end, self.limits[1])
                (self.found.tentative if tentative else self.found.firm).append(clipped)

    def _leave_out(self, blocks: list[Block], code: str, detail: str) -> None:
        self.found.left_out += [(block.line, code, detail) for block in blocks]

    def _counted(self, span: Span) -> bool:
        """Tell whether a span meets the horizon; there may be so many of them and no more."""
        if span[0] >= span[1] or span[1] <= self.limits[0] or self.limits[1] <= span[0]:
            return False
        self.count += 1
        if self.count > self.asked.bounds.occurrences:
            raise RefusedError("occurrences", self.asked.bounds.occurrences)
        return True

    def _padded(self) -> tuple[When, When]:
        return self.window[0] - MARGIN, self.window[1] + MARGIN

    def _outside(self, blocks: list[Block]) -> bool:
        """Tell whether an event lies wholly before or after the horizon, by its own dates alone."""
        if any(block.values(name) for block in blocks for name in ("RDATE", "RECURRENCE-ID")):
            return False
        first, last = self.asked.horizon.first - MARGIN, self.asked.horizon.last + MARGIN
        for block in blocks:
            starts, ends = _day(block.values("DTSTART")), _day(block.values("DTEND") or block.values("DTSTART"))
            if starts is None or ends is None or ends < starts:
                return False
            if starts <= last and (ends >= first or block.values("DURATION") or block.values("RRULE")):
                return False
        return True

    def _spans(self, found: Iterable[Occurrence]) -> Iterator[tuple[Span, bool]]:
        for occurrence in found:
            tentative = self._tentative(occurrence)
            if tentative is not None:
                yield minutes(self._moment(occurrence.start), self._moment(occurrence.end)), tentative

    def _moment(self, when: When) -> dt.datetime:
        """Return a moment in UTC; days begin at midnight where the case is."""
        if not isinstance(when, dt.datetime):
            when = dt.datetime.combine(when, dt.time(), ZoneInfo(self.asked.zone))
        return when.astimezone(dt.UTC)

    def _tentative(self, occurrence: Occurrence) -> bool | None:
        """Tell whether an occurrence is tentative; None where nobody is busy for it."""

        def value(name: str) -> str:
            return str(occurrence.event.get(name, "")).strip().upper()

        state = value("X-MICROSOFT-CDO-BUSYSTATUS")
        if value("STATUS") == "CANCELLED" or value("TRANSP") == "TRANSPARENT" or state == "FREE":
            return None
        whole_days = not isinstance(occurrence.start, dt.datetime) or value("X-MICROSOFT-CDO-ALLDAYEVENT") == "TRUE"
        if whole_days and self.asked.all_day == "ignore":
            return None
        return value("STATUS") == "TENTATIVE" or state in TENTATIVE or (whole_days and self.asked.all_day == "avoid")


def _by_uid(blocks: list[Block]) -> list[list[Block]]:
    """Group events with their overrides; one without a UID is alone."""
    groups: dict[str, list[Block]] = {}
    for block in blocks:
        uid = next(iter(block.values("UID")), "").strip()
        groups.setdefault(uid or f"\n{block.line}", []).append(block)
    return list(groups.values())


def _day(values: list[str]) -> dt.date | None:
    match = DATED.fullmatch(values[0].strip()) if len(values) == 1 else None
    try:
        return dt.date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def _free_busy(block: Block, floating: ZoneInfo) -> Iterator[tuple[Span, bool]]:
    """Yield the periods of a VFREEBUSY; a type that is not known is busy (RFC 5545 §3.2.9)."""
    for line in block.properties:
        if line.name != "FREEBUSY":
            continue
        kind = FREE_BUSY_TYPE.search(line.params)
        fbtype = kind[1].upper() if kind else "BUSY"
        for period in line.value.split(",") if fbtype != "FREE" else ():
            yield _period(period.strip(), floating), fbtype == "BUSY-TENTATIVE"


def _period(period: str, floating: ZoneInfo) -> Span:
    try:
        start, last = vPeriod.from_ical(period)  # type: ignore[no-untyped-call]
    except ValueError:
        raise UnreadableError("value", "FREEBUSY") from None
    end = start + last if isinstance(last, dt.timedelta) else last
    if not isinstance(start, dt.datetime) or not isinstance(end, dt.datetime):
        raise UnreadableError("value", "FREEBUSY")
    start, end = (when if when.tzinfo else when.replace(tzinfo=floating) for when in (start, end))
    if end < start:
        raise UnreadableError("order")
    return minutes(start, end)
