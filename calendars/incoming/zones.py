"""Time zones of a foreign calendar: which known zone a TZID means, or which definition of the file itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import count
from zoneinfo import available_timezones

from icalendar import Calendar
from icalendar.timezone import tzp
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from calendars.incoming.refusal import RefusedError
from calendars.incoming.sieve import Block, Property

TZID = re.compile(r'(?:^|;)\s*TZID\s*=\s*(?:"([^"]*)"|([^;:,"]*))', re.IGNORECASE)
OFFSET = re.compile(r"(?:ETC/)?(?:UTC|GMT)([+-])(\d{1,2})(?::?00)?", re.IGNORECASE)
HERE = {"中国标准时间": "Asia/Shanghai", "北京时间": "Asia/Shanghai"}
"""What Windows and people call the one zone of China, in Chinese."""
WESTMOST, EASTMOST = -12, 14
PARTS_OF_A_NAME = 3
"""`America/Argentina/Buenos_Aires` has the most."""
YEARLY = re.compile(r"(?:.*;)?FREQ=YEARLY(?:;.*)?", re.IGNORECASE)


def known_zone(tzid: str) -> str | None:
    """Return the IANA zone that a TZID means; None where it means none.

    Understood are IANA names in any case, also after a vendor's prefix (`/example.org/2026/Europe/Berlin`), the names
    that Windows and Outlook use (by Unicode CLDR, as icalendar has it), and whole hours from UTC (`GMT+8`).
    """
    name = tzid.strip().strip("/").casefold()
    if name in _by_name():
        return _by_name()[name]
    parts = name.split("/")
    for length in range(min(PARTS_OF_A_NAME, len(parts) - 1), 1, -1):
        if (tail := "/".join(parts[-length:])) in _by_name():
            return _by_name()[tail]
    return _whole_hours(name)


@lru_cache(maxsize=1)
def _by_name() -> Mapping[str, str]:
    windows = {name.casefold(): zone for name, zone in WINDOWS_TO_OLSON.items()}
    return HERE | windows | {name.casefold(): name for name in available_timezones()}


def _whole_hours(name: str) -> str | None:
    """Read `GMT+8` as people mean it, east of Greenwich; POSIX names, which the database has, count the other way."""
    match = OFFSET.fullmatch(name)
    if match is None or name.startswith("etc/"):
        return None
    hours = int(match[1] + match[2])
    if not WESTMOST <= hours <= EASTMOST:
        return None
    return "Etc/GMT" if hours == 0 else f"Etc/GMT{-hours:+d}"


NUMBERS = count()
"""icalendar keeps the zones that it has read for the whole process; numbers keep those of different files apart."""


class Zones:
    """The zones of one calendar; a definition in the file counts where its name means no known zone."""

    def __init__(self, calendar: Block) -> None:
        self.defined: dict[str, Block] = {}
        for block in calendar.of_kind("VTIMEZONE"):
            for tzid in block.values("TZID")[:1]:
                self.defined.setdefault(re.sub(r"\\(.)", r"\1", tzid.strip()), block)
        self.resolved: dict[str, str] = {}

    def written(self, line: Property) -> str:
        """Return a property as a content line whose TZID icalendar knows.

        Raises:
            RefusedError: the zone is neither known nor defined.
        """
        match = TZID.search(line.params)
        tzid = (match[1] or match[2] or "").strip() if match else ""
        kept = "".join(f";{param}" for param in _params_that_matter(line.params))
        stated = tzid or (match is not None and tzid in self.defined)  # some programs define a zone without a name
        zone = f';TZID="{self.resolve(tzid)}"' if stated and not line.value.rstrip().upper().endswith("Z") else ""
        return f"{line.name}{kept}{zone}:{line.value.strip()}"

    def resolve(self, tzid: str) -> str:
        """Return the name under which icalendar knows a zone of this calendar."""
        if tzid not in self.resolved:
            self.resolved[tzid] = known_zone(tzid) or self._define(tzid)
        return self.resolved[tzid]

    def _define(self, tzid: str) -> str:
        """Make a zone of the file known to icalendar, under a name of its own."""
        block = self.defined.get(tzid)
        rules = [rule for each in block.blocks for rule in each.values("RRULE")] if block else []
        if block is None or not all(YEARLY.fullmatch(rule.strip()) for rule in rules):
            raise RefusedError("zone", tzid)
        name = f"rota-{next(NUMBERS)}"
        try:
            Calendar.from_ical("\r\n".join(["BEGIN:VCALENDAR", *_definition(block, name), "END:VCALENDAR", ""]))
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError):
            raise RefusedError("zone", tzid) from None
        if tzp.timezone(name) is None:
            raise RefusedError("zone", tzid)
        return name


def _definition(block: Block, name: str) -> Iterable[str]:
    yield "BEGIN:VTIMEZONE"
    yield f"TZID:{name}"
    for each in block.blocks:
        yield f"BEGIN:{each.kind}"
        yield from (f"{line.name}:{line.value.strip()}" for line in each.properties if line.value.strip())
        yield f"END:{each.kind}"
    yield "END:VTIMEZONE"


def _params_that_matter(params: str) -> list[str]:
    """Return VALUE, RANGE and FBTYPE as written, of all the parameters of a line."""
    found = re.findall(r"(?:^|;)\s*(VALUE|RANGE|FBTYPE)\s*=\s*\"?([A-Za-z0-9-]+)\"?", params, re.IGNORECASE)
    return [f"{name.upper()}={value.upper()}" for name, value in found]
