"""Variants of a feed that a link may ask for: without cancelled sessions, with reminders; made from its octets."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from icalendar import vDuration
from icalendar.parser import Contentline

END = b"END:VEVENT\r\n"
EVENT = re.compile(rb"^BEGIN:VEVENT\r\n.*?^END:VEVENT\r\n", re.DOTALL | re.MULTILINE)
CANCELLED = re.compile(rb"^STATUS:CANCELLED\r$", re.MULTILINE)
SUMMARY = re.compile(rb"^SUMMARY(:.*\r\n(?:[ \t].*\r\n)*)", re.MULTILINE)
FOLD = re.compile(rb"\r\n[ \t]")
"""A content line may go on in the next, RFC 5545 §3.1."""


def without_cancelled(feed: bytes) -> bytes:
    """Return a feed of ours without its tombstones."""
    return EVENT.sub(lambda event: b"" if CANCELLED.search(event[0]) else event[0], feed)


def with_alarms(feed: bytes, before: Iterable[dt.timedelta]) -> bytes:
    """Return a feed of ours in which every session that takes place reminds of itself so long before it starts."""
    triggers = [bytes(vDuration(-each).to_ical()) for each in sorted(set(before), reverse=True)]  # type: ignore[no-untyped-call]

    def reminding(event: re.Match[bytes]) -> bytes:
        summary = SUMMARY.search(event[0])
        if summary is None or CANCELLED.search(event[0]):
            return event[0]
        alarms = b"".join(_alarm(trigger, summary[1]) for trigger in triggers)
        return event[0].removesuffix(END) + alarms + END

    return EVENT.sub(reminding, feed)


def _alarm(trigger: bytes, said: bytes) -> bytes:
    line = "DESCRIPTION" + FOLD.sub(b"", said).removesuffix(b"\r\n").decode()
    described = bytes(Contentline(line).to_ical())  # type: ignore[no-untyped-call]
    return b"BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:" + trigger + b"\r\n" + described + b"\r\nEND:VALARM\r\n"
