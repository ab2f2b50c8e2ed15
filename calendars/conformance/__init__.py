"""A checker of iCalendar files that works on their octets and shares nothing with the writer."""

from calendars.conformance.finding import Finding
from calendars.conformance.octets import content_lines
from calendars.conformance.properties import in_components
from calendars.conformance.times import in_times
from calendars.conformance.tree import grow

__all__ = ["Finding", "check"]


def check(content: bytes) -> list[Finding]:
    """Return everything in `content` that a published feed must not have, in order of lines.

    It asks for RFC 5545 and RFC 7986, and for what makes a feed safe to subscribe to: no METHOD, ATTENDEE or ORGANIZER,
    no floating times, every time zone defined.
    """
    found: list[Finding] = []
    lines = content_lines(content, found)
    root = grow(lines, found)
    found += in_components(root)
    found += in_times(root)
    return sorted(found, key=lambda finding: (finding.line, finding.code))
