"""What must hold: availability, pins, demands; and what has been: history and outcomes."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from rota.cycle import OptionalRecurrence, recurrence_days
from rota.hours import Weekdays, weekday_set
from rota.row import (
    Day,
    Flag,
    Id,
    OptionalClock,
    OptionalCount,
    OptionalDay,
    OptionalId,
    PersonalText,
    Positive,
    Row,
    read_moment,
    refused,
)
from rota.text import Message, Word, text


class Level(Word):
    """How strongly an availability is meant."""

    CANNOT = "cannot", "不能", "cannot"
    AVOID = "avoid", "尽量避免", "avoid"
    PREFER = "prefer", "优先", "prefer"


class Availability(Row):
    """When a resource, room or site cannot, should not or would like to serve (时间意向).

    `source` names the calendar that the statement was read from, and is empty for what people stated themselves. It
    means every day from `first` to `last` (the same day where empty) that is one of `weekdays` and, where `rrule` is
    given, a day of that recurrence from `first` on; each time between `start` and `end` (the whole day where empty).
    """

    resource: Id = Field(title="对象")
    level: Level = Field(title="意向")
    first: Day = Field(title="开始日期")
    last: OptionalDay = Field(None, title="结束日期")
    start: OptionalClock = Field(None, title="开始时刻")
    end: OptionalClock = Field(None, title="结束时刻")
    weekdays: Weekdays = Field("", title="星期")
    rrule: OptionalRecurrence = Field("", title="重复规则")
    reason: PersonalText = Field("", title="原因")
    source: OptionalId = Field("", title="来源")

    @model_validator(mode="after")
    def _ordered(self) -> Availability:
        if self.last is not None and self.last < self.first:
            raise refused("ends before it begins", "结束日期早于开始日期", "last")
        if self.rrule and self.last is None:
            raise refused("a recurrence needs its last day", "有重复规则时必须写明结束日期", "last")
        if self.start is not None and self.end is not None and self.end <= self.start:
            raise refused("ends before it begins", "结束时刻不晚于开始时刻", "end")
        try:
            self.falls_on(self.first)
        except IndexError:
            raise refused("names a day that no month has", "指定了不存在的日期", "rrule") from None
        except ValueError:
            raise refused("recurs on more than 2,000 days", "重复超过 2,000 天", "last") from None
        return self

    def falls_on(self, day: dt.date) -> bool:
        """Tell whether the statement is about `day` at all."""
        return (
            self.first <= day <= (self.last or self.first)
            and day.weekday() in weekday_set(self.weekdays)
            and (not self.rrule or day in recurrence_days(self.rrule, self.first, self.last or self.first))
        )

    def touches(self, start: dt.datetime, end: dt.datetime) -> bool:
        """Tell whether the time from `start` to `end` meets this one; one minute in common is enough."""
        day = start.date()
        while day <= end.date():
            if self.falls_on(day):
                opens = dt.datetime.combine(day, self.start or dt.time(), start.tzinfo)
                closes = (
                    dt.datetime.combine(day, self.end, start.tzinfo)
                    if self.end
                    else dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), start.tzinfo)
                )
                if start < closes and opens < end:
                    return True
            day += dt.timedelta(days=1)
        return False


def _start(cell: str) -> str:
    return f"{read_moment(cell):%Y-%m-%d %H:%M}" if cell else ""


Start = Annotated[str, AfterValidator(_start)]
"""A day and a time of day without zone, as `2027-01-08 09:30`; or nothing."""


class Pin(Row):
    """A decision fixed by hand (锁定): a start, a room of a part, or who sits in a role; `absent` makes it a ban.

    A pin of nothing but its session fixes that the session takes place, or, as a ban, that it does not. A start that
    `widens` is possible for this one session, wherever in the horizon it lies.
    """

    session: str = Field(title="场次", min_length=1)
    start: Start = Field("", title="开始")
    part: OptionalId = Field("", title="分场")
    room: OptionalId = Field("", title="场地")
    role: OptionalId = Field("", title="岗位")
    resource: OptionalId = Field("", title="对象")
    absent: Flag = Field(default=False, title="禁止")
    widens: Flag = Field(default=False, title="可超出窗口")
    note: PersonalText = Field("", title="备注")

    @model_validator(mode="after")
    def _one_statement(self) -> Pin:
        if sum(map(bool, (self.start, self.room, self.resource))) > 1:
            raise refused("must fix only one of start, room and resource", "每行只能锁定“开始”“场地”“对象”三者之一")
        if (self.part or self.role) and not (self.room or self.resource):
            raise refused(
                "names a part or role, but not what is fixed there", "写了分场或岗位，但未写锁定的内容", "part"
            )
        if self.resource and not self.role:
            raise refused("a pinned resource needs its role", "锁定对象时必须写明岗位", "role")
        if self.widens and (self.absent or not self.start):
            raise refused("only a pinned start can lie outside the window", "只有锁定的开始时间可以超出窗口", "widens")
        return self

    def at(self) -> dt.datetime:
        """Return the pinned start as a local time without zone; only a pin that fixes a start has one."""
        return read_moment(self.start)


class HistoricTurn(Row):
    """A turn actually held in an earlier year (往年记录): what fairness and rest look back on."""

    resource: Id = Field(title="对象")
    role: Id = Field(title="岗位")
    day: Day = Field(title="日期")
    activity: str = Field("", title="活动项目")
    note: PersonalText = Field("", title="备注")


class Outcome(Row):
    """What became of a session (台账); `served` is empty where nobody counted the people."""

    session: str = Field(title="场次", min_length=1)
    held: Flag = Field(title="是否举办")
    host: OptionalId = Field("", title="实际轮值单位")
    served: OptionalCount = Field(None, title="服务人数")
    note: PersonalText = Field("", title="备注")


class DayKind(Word):
    """What a special day is."""

    OFF = "off", "放假", "off"
    WORK = "work", "调休上班", "make-up workday"


class Holiday(Row):
    """A day that differs from the calendar of public holidays (节假日); it overrides what the library knows.

    `notice` is the number of the State Council's notice; `provisional` marks a day entered before there is one.
    """

    day: Day = Field(title="日期")
    kind: DayKind = Field(title="类别")
    name: str = Field("", title="名称")
    name_en: str = Field("", title="英文名称")
    notice: str = Field("", title="文号")
    provisional: Flag = Field(default=False, title="暂定")


REQUIRED = 0
"""The priority of what must hold; preferences have priorities from 1, the strongest."""


def read_priority(value: object) -> object:
    """Read a priority as people write it: `必须`/`required`, or a number from 1."""
    if isinstance(value, str) and value.strip().casefold() in {"必须", "required", "0"}:
        return REQUIRED
    return value


def priority_label(priority: int) -> Message:
    """Say a priority."""
    return text("required", "必须") if priority == REQUIRED else text("priority {n}", "优先级 {n}", n=priority)


Params = Annotated[
    tuple[tuple[str, str], ...],
    BeforeValidator(lambda v: tuple(v.items()) if isinstance(v, dict) else v),
    AfterValidator(lambda v: tuple(sorted((key, value) for key, value in v if value != ""))),
]


class Demand(Row):
    """A rule as a coordinator states it (规则): which kind, with which parameters, how strongly.

    Parameters are kept as typed; the rule of that kind reads and judges them.
    """

    id: Id = Field(title="编号")
    kind: Id = Field(title="规则")
    priority: Annotated[int, BeforeValidator(read_priority), Field(ge=0, le=99)] = Field(REQUIRED, title="优先级")
    weight: Positive = Field(1, title="权重")
    params: Params = Field((), title="参数")
    note: PersonalText = Field("", title="备注")
