"""Rules by which people are reminded (提醒): of which sessions, how long before, by which way."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from rota.hours import Weekdays, weekday_set
from rota.row import OptionalClock, PersonalText, Row, Texts, read_time, refused
from rota.text import Word

AHEAD = re.compile(r"(\d{1,4})\s*(天|日|days?|d|小时|时|个小时|hours?|h|分钟|分|minutes?|mins?|m)", re.IGNORECASE)
DASH = re.compile(r"\s*[-–—－~～至到]\s*")  # noqa: RUF001 - what people and input methods type
MORNING = dt.time(8)
LONGEST = 366
"""Days that a reminder may lie ahead."""
NOON = 12


@dataclass(frozen=True)
class Ahead:
    """How long before: whole days by the calendar, or minutes by the clock."""

    days: int = 0
    minutes: int = 0

    @property
    def code(self) -> str:
        """A short name that does not depend on how it was typed."""
        return f"{self.days}d" if self.days or not self.minutes else f"{self.minutes}m"


def ahead_of(cell: str) -> Ahead:
    """Read `7天`, `2小时`, `30分钟`, `7 days`, `2h`; a lone number counts days.

    Raises:
        PydanticCustomError: it is none of these, or longer than a year.
    """
    typed = cell.strip()
    found = AHEAD.fullmatch(typed if not typed.isdigit() else f"{typed}天")
    if found is None:
        raise refused("is no time span; e.g. 7天, 2小时 or 30分钟", "不是时间长度；例如 7天、2小时、30分钟")
    count, unit = int(found[1]), found[2].casefold()
    ahead = Ahead(days=count) if unit[0] in "天日d" else Ahead(minutes=count * (60 if unit[0] in "小时个h" else 1))
    if ahead.days + ahead.minutes // (24 * 60) > LONGEST:
        raise refused("is longer than a year ahead", "提前超过一年")
    return ahead


def _ahead(cell: str) -> str:
    if cell:
        ahead_of(cell)
    return cell


def _typed(value: object) -> object:
    """A number typed into a cell counts days."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def quiet_span(cell: str) -> tuple[dt.time, dt.time] | None:
    """Read `22:00-07:00`: when nobody is written to; None where the cell is empty.

    Raises:
        PydanticCustomError: it is no such span.
    """
    if not cell:
        return None
    try:
        first, last = (read_time(each) for each in DASH.split(cell))
    except (PydanticCustomError, ValueError):
        first = last = None
    if not isinstance(first, dt.time) or not isinstance(last, dt.time) or first == last:
        raise refused("is no span of hours; e.g. 22:00-07:00", "不是时段；例如 22:00-07:00")
    return first, last


def _quiet(cell: str) -> str:
    quiet_span(cell)
    return cell


Quiet = Annotated[str, AfterValidator(_quiet)]


class Occasion(Word):
    """What is said."""

    SESSION = "session", "每场", "each session"
    WEEK = "week", "汇总", "summary"


class Reached(Word):
    """Who is reached."""

    CONTACTS = "contacts", "联系人", "contacts"
    GROUP = "group", "群", "group"


class Reminder(Row):
    """One rule (提醒): of each session so long `before`, or of all sessions until the next summary, on `weekdays`.

    Days are counted by the calendar of the session's site, at the time of day `at`, or at that of the session; hours
    and minutes by the clock. `roles` leaves out whoever serves in other roles. Contacts are reached each by their own
    way, or all by the `channel` that is named; a group by one message that mentions those affected.
    """

    what: Occasion = Field(Occasion.SESSION, title="内容")
    before: Annotated[str, BeforeValidator(_typed), AfterValidator(_ahead)] = Field("", title="提前")
    weekdays: Weekdays = Field("", title="星期")
    at: OptionalClock = Field(None, title="时刻")
    roles: Texts = Field((), title="岗位")
    to: Reached = Field(Reached.CONTACTS, title="对象")
    channel: str = Field("", title="渠道")
    note: PersonalText = Field("", title="备注")

    @model_validator(mode="after")
    def _whole(self) -> Reminder:
        if self.what is Occasion.SESSION:
            if not self.before:
                raise refused("is needed; e.g. 1天", "必填；例如 1天", "before")
            if self.ahead.minutes and self.at:
                raise refused("goes with days ahead only", "只能与按天提前同用", "at")
            if self.weekdays:
                raise refused("goes with summaries only", "只用于汇总", "weekdays")
        elif not self.weekdays:
            raise refused("is needed; e.g. 周一", "必填；例如 周一", "weekdays")
        elif self.before:
            raise refused("goes with single sessions only", "只用于每场提醒", "before")
        if self.to is Reached.GROUP and not self.channel:
            raise refused(
                "is needed: the group's robot in channels.toml", "必填：channels.toml 中的群机器人", "channel"
            )
        return self

    @property
    def ahead(self) -> Ahead:
        """How long before a session."""
        return ahead_of(self.before) if self.before else Ahead()

    @property
    def code(self) -> str:
        """A short name of when it is said."""
        time = f"{self.at:%H%M}" if self.at else ""
        if self.what is Occasion.SESSION:
            return self.ahead.code + (f"-{time}" if time else "")
        return "w" + "".join(str(day + 1) for day in sorted(weekday_set(self.weekdays))) + (f"-{time}" if time else "")

    def said_on(self, day: dt.date) -> tuple[dt.date, dt.date, int]:
        """Return the day of the summary in which a session of `day` stands, the first day that it covers, and how many.

        A summary in the morning begins with its own day, one in the afternoon with the day after.
        """
        lead = int((self.at or MORNING).hour >= NOON)
        wanted = weekday_set(self.weekdays)
        said = next(each for n in range(7) if (each := day - dt.timedelta(days=n + lead)).weekday() in wanted)
        span = next(n for n in range(1, 8) if (said + dt.timedelta(days=n)).weekday() in wanted)
        return said, said + dt.timedelta(days=lead), span
