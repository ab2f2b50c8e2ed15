"""What a link may ask for in its query: `?cancelled=0`, `?alarm=1h` before each session, `?busy=1` for times alone."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from calendars.freebusy import only_busy
from calendars.variants import with_alarms, without_cancelled

ALARM = re.compile(r"(\d{1,3})([mhd])")
UNITS = {"m": "minutes", "h": "hours", "d": "days"}
MOST_ALARMS = 3
LONGEST = dt.timedelta(days=28)


@dataclass(frozen=True)
class Asked:
    """Which variant of a feed is asked for."""

    cancelled: bool = True
    alarms: tuple[dt.timedelta, ...] = ()
    busy: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether it is the feed as it was rendered."""
        return self == Asked()

    @property
    def query(self) -> str:
        """The query that asks for this variant, in its one spelling."""
        said = [] if self.cancelled else ["cancelled=0"]
        said += [f"alarm={_spelt(each)}" for each in self.alarms]
        said += ["busy=1"] if self.busy else []
        return "?" * bool(said) + "&".join(said)

    def made(self, feed: bytes) -> bytes:
        """Return the octets of the variant."""
        if self.busy:
            return only_busy(feed)
        shown = feed if self.cancelled else without_cancelled(feed)
        return with_alarms(shown, self.alarms) if self.alarms else shown


def asked(pairs: Sequence[tuple[str, str]]) -> Asked | None:
    """Read a query; None where a reminder is none. What is not known is passed over: programs add to addresses."""
    busy = any(name == "busy" and value in {"1", "true", "yes"} for name, value in pairs)
    hidden = any(name == "cancelled" and value in {"0", "false", "no"} for name, value in pairs)
    alarms = [_before(value) for name, value in pairs if name == "alarm"]
    if len(alarms) > MOST_ALARMS or None in alarms:
        return None
    return Asked(not hidden, tuple(sorted({each for each in alarms if each is not None}, reverse=True)), busy)


def _spelt(before: dt.timedelta) -> str:
    """Return a time span in the largest unit that divides it."""
    minutes = before // dt.timedelta(minutes=1)
    size, unit = next((size, unit) for size, unit in ((1440, "d"), (60, "h"), (1, "m")) if minutes % size == 0)
    return f"{minutes // size}{unit}"


def _before(said: str) -> dt.timedelta | None:
    found = ALARM.fullmatch(said)
    before = dt.timedelta(**{UNITS[found[2]]: int(found[1])}) if found else None
    return before if before is not None and before <= LONGEST else None
