"""Foreign calendars for tests, put together from their lines."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from calendars.incoming.bounds import BOUNDS, Bounds
from calendars.incoming.busy import AllDay, Horizon, busy_of
from calendars.incoming.expanding import Asked, expand

YEAR = Horizon(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
SHANGHAI = ZoneInfo("Asia/Shanghai")
START = ("DTSTART;TZID=Asia/Shanghai:20260105T090000", "DTEND;TZID=Asia/Shanghai:20260105T100000")


def event(*lines: str, uid: str = "e@example.org") -> str:
    """One VEVENT; lines that hold several are taken apart."""
    return "\r\n".join(["BEGIN:VEVENT", *([f"UID:{uid}"] if uid else []), *lines, "END:VEVENT"])


def calendar(*components: str) -> bytes:
    """One VCALENDAR in UTF-8."""
    return "\r\n".join(
        ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Somebody//EN", *components, "END:VCALENDAR", ""]
    ).encode()


def asked(all_day: AllDay = "busy", own: str = "", bounds: Bounds = BOUNDS) -> Asked:
    """What the tests want to know: the year 2026 in Shanghai."""
    return Asked("Asia/Shanghai", YEAR, all_day, own, bounds)


def told(content: bytes, question: Asked | None = None) -> list[str]:
    """The busy times of a calendar in this process, as `01-05 09:00-10:00`, with `?` where tentative."""
    found = expand(content, question or asked())
    spans: list[tuple[int, int, str]] = [
        (start, end, mark)
        for kind, mark in (("firm", ""), ("tentative", "?"))
        for start, end in found[kind]  # type: ignore[attr-defined]
    ]
    return [_said(start, end) + mark for start, end, mark in sorted(spans)]


def left_out(content: bytes) -> list[str]:
    """The codes under which events were left out."""
    return [code for _, code, _ in expand(content, asked())["left_out"]]  # type: ignore[attr-defined]


def _said(start: int, end: int) -> str:
    busy = busy_of((start, end), tentative=False)
    first, last = busy.start.astimezone(SHANGHAI), busy.end.astimezone(SHANGHAI)
    until = f"{last:%H:%M}" if last.date() == first.date() else f"{last:%m-%d %H:%M}"
    return f"{first:%m-%d %H:%M}-{until}"
