"""Reading a foreign calendar: its octets go to a child process with limits, busy times or a refusal come back."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from calendars.incoming.apart import asked
from calendars.incoming.bounds import BOUNDS, Bounds
from calendars.incoming.busy import AllDay, Busy, Horizon, busy_of
from calendars.incoming.refusal import OMISSIONS, REFUSALS, CalendarRefusedError, sentence
from rota.text import Message, text


@dataclass(frozen=True)
class LeftOut:
    """An event that could not be read: the line at which it begins, and why."""

    line: int
    why: Message

    @property
    def message(self) -> Message:
        """One sentence."""
        return text("line {n}: {why}; it was left out", "第 {n} 行的日程：{why}，未计入", n=self.line, why=self.why)


@dataclass(frozen=True)
class Incoming:
    """What a foreign calendar says about the horizon: busy times in order, none meeting another, and what was left out.

    `unread` counts what was left out, of which `left_out` lists the first hundred; `events` were read, `own` were
    sessions of the case itself.
    """

    busy: tuple[Busy, ...]
    left_out: tuple[LeftOut, ...]
    unread: int
    events: int
    own: int


def read_calendar(
    content: bytes,
    horizon: Horizon,
    zone: str,
    *,
    all_day: AllDay = "busy",
    own: str = "",
    bounds: Bounds = BOUNDS,
) -> Incoming:
    """Read the busy times of an .ics file.

    Args:
        content: the file as it came.
        horizon: nothing outside of these days is worked out.
        zone: where days begin and times without a zone are told; an IANA name.
        all_day: what events of whole days mean that are marked busy.
        own: the id of the case; sessions that it published itself do not make anybody busy.
        bounds: how much is read before the calendar is refused.

    Raises:
        CalendarRefusedError: the file is no calendar, too large, takes too long, or its times cannot be told.
    """
    if len(content) > bounds.octets:
        raise CalendarRefusedError("octets", str(bounds.octets))
    question = {
        "about": "busy times",
        "first": horizon.first.isoformat(),
        "last": horizon.last.isoformat(),
        "zone": zone,
        "all_day": all_day,
        "own": own,
        "bounds": asdict(bounds),
    }
    answer = asked(question, content, bounds)
    if "refused" in answer:
        raise CalendarRefusedError(answer["refused"] if answer["refused"] in REFUSALS else "failed", answer["detail"])
    incoming = _incoming(answer)
    if incoming.left_out and not incoming.events and not incoming.own:
        raise CalendarRefusedError("nothing-readable", incoming.left_out[0].message)
    return incoming


def _incoming(answer: dict[str, Any]) -> Incoming:
    spans = [(span, kind == "tentative") for kind in ("firm", "tentative") for span in answer[kind]]
    return Incoming(
        tuple(busy_of((int(start), int(end)), tentative=tentative) for (start, end), tentative in sorted(spans)),
        tuple(LeftOut(int(line), sentence(OMISSIONS, code, word)) for line, code, word in answer["left_out"]),
        int(answer["unread"]),
        int(answer["events"]),
        int(answer["own"]),
    )
