"""Where a feed and the page beside it are: SOURCE and URL of a calendar (RFC 7986 §5.8, §5.5), put into its octets."""

from __future__ import annotations

import re
from dataclasses import dataclass

from icalendar.parser import Contentline

PROPERTIES = re.compile(rb".*?\r\n(?=BEGIN:|END:)", re.DOTALL)
"""A calendar up to the first of its components, or its end."""


@dataclass(frozen=True)
class Addresses:
    """The address at which a feed is fetched, and that of a page that shows the same, each a URI in ASCII."""

    source: str
    page: str

    @property
    def lines(self) -> bytes:
        """The two properties as content lines, folded."""
        return _line(f"SOURCE;VALUE=URI:{self.source}") + _line(f"URL:{self.page}")


def divided(feed: bytes) -> tuple[bytes, bytes]:
    """Return a calendar of ours in two pieces; lines between them are properties of the calendar."""
    found = PROPERTIES.match(feed)
    at = found.end() if found else 0
    return feed[:at], feed[at:]


def addressed(feed: bytes, addresses: Addresses) -> bytes:
    """Return a feed of ours with its addresses.

    They are the calendar's, not the events': a program that passes on one event does not pass on the calendar's.
    """
    head, rest = divided(feed)
    return head + addresses.lines + rest


def _line(said: str) -> bytes:
    return bytes(Contentline(said).to_ical()) + b"\r\n"  # type: ignore[no-untyped-call]
