"""Who and what exists: service lines, sites, rooms, units, people, equipment, and the tables about them."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from rota.hours import Hours, Weekdays, weekday_set
from rota.row import (
    Clock,
    Count,
    Id,
    Ids,
    Named,
    OptionalDay,
    OptionalId,
    OptionalZone,
    PersonalText,
    Positive,
    Row,
    Texts,
)
from rota.text import Word


class ServiceLine(Named):
    """A line of service (服务线), e.g. residents' affairs."""


class Site(Named):
    """A station (站点) with its opening hours; `zone` is an IANA name and falls back to the case's."""

    address: str = Field("", title="地址")
    address_en: str = Field("", title="英文地址")
    latitude: float | None = Field(None, title="纬度", ge=-90, le=90)
    longitude: float | None = Field(None, title="经度", ge=-180, le=180)
    zone: OptionalZone = Field("", title="时区")
    hours: Hours = Field("", title="开放时间")
    note: str = Field("", title="备注")


class Room(Named):
    """A place inside a site: a room, a corner or a point (点位). `parallel` counts sessions it holds at once."""

    site: Id = Field(title="站点")
    capacity: Count = Field(0, title="容纳人数")
    features: Texts = Field((), title="设施")
    parallel: Positive = Field(1, title="可同时场次")
    hours: Hours = Field("", title="开放时间")
    note: str = Field("", title="备注")


class Resource(Named):
    """What can take a seat in a session: a unit, a person or a piece of equipment.

    `parallel` is the number of sessions or parts that it can serve at the same time; `joined` and `left` are the first
    and the last day on which it belongs to the alliance.
    """

    groups: Texts = Field((), title="分组")
    lines: Ids = Field((), title="服务线")
    skills: Texts = Field((), title="技能")
    joined: OptionalDay = Field(None, title="加入日期")
    left: OptionalDay = Field(None, title="退出日期")
    parallel: Positive = Field(1, title="可同时场次")
    note: PersonalText = Field("", title="备注")

    def belongs(self, day: dt.date) -> bool:
        """Tell whether the resource is a member of the alliance on `day`."""
        return (self.joined is None or self.joined <= day) and (self.left is None or day <= self.left)

    @property
    def weight(self) -> int:
        """The share that fairness gives to this resource, before membership time."""
        return 1


class Unit(Resource):
    """A member unit (单位) of the alliance. `members` weighs its fair share where a rule says so."""

    members: Positive = Field(1, title="成员数")

    @property
    def weight(self) -> int:
        """Members of the unit."""
        return self.members


class Person(Resource):
    """A person (人员): instructor, guide, volunteer, lawyer …; `unit` is where they come from."""

    name: PersonalText = Field(title="名称", min_length=1)
    name_en: PersonalText = Field("", title="英文名称")
    unit: OptionalId = Field("", title="所属单位")


class Equipment(Resource):
    """Equipment (设备) that sessions need, e.g. a mobile health car."""


class Channel(Word):
    """How a contact wants to be reached."""

    EMAIL = "email", "邮件", "e-mail"
    PHONE = "phone", "电话", "phone"
    WECHAT = "wechat", "微信", "WeChat"
    WECOM = "wecom", "企业微信", "WeCom"
    DINGTALK = "dingtalk", "钉钉", "DingTalk"
    FEISHU = "feishu", "飞书", "Feishu"
    PAPER = "paper", "纸质", "paper"


class Contact(Row):
    """Whom to reach for a unit, person or site (联系人). Contacts never enter plans, public feeds or a case's hash."""

    of: Id = Field(title="所属")
    name: PersonalText = Field(title="姓名", min_length=1)
    phone: PersonalText = Field("", title="电话")
    email: PersonalText = Field("", title="邮箱", pattern=r"^$|^[^@\s]+@[^@\s]+$")
    channel: Channel = Field(Channel.PHONE, title="渠道")
    language: str = Field("zh", title="语言", pattern="^(zh|en)$")
    note: PersonalText = Field("", title="备注")


class Travel(Row):
    """Minutes on the way between two sites (路程); the same both ways unless the other way has its own row."""

    origin: Id = Field(title="出发站点")
    destination: Id = Field(title="到达站点")
    minutes: Count = Field(title="分钟")


class Audience(Row):
    """How many people of one kind (人群) are free at a time of the week, e.g. from a survey.

    A time that does not end after it starts runs past midnight; `weekdays` are those on which it starts.
    """

    id: Id = Field(title="编号")
    name: str = Field(title="人群", min_length=1)
    weekdays: Weekdays = Field("", title="星期")
    start: Clock = Field(title="开始时刻")
    end: Clock = Field(title="结束时刻")
    size: Count = Field(title="人数")
    site: OptionalId = Field("", title="站点")
    note: str = Field("", title="备注")

    def free(self, start: dt.datetime, end: dt.datetime) -> bool:
        """Tell whether they are free the whole time from `start` to `end`, by the clock on the wall."""
        day, past_midnight = start.date(), self.end <= self.start
        return self._covers(day, start, end) or (past_midnight and self._covers(day - dt.timedelta(days=1), start, end))

    def _covers(self, day: dt.date, start: dt.datetime, end: dt.datetime) -> bool:
        """Tell whether their time that starts on `day` covers the time from `start` to `end`."""
        if day.weekday() not in weekday_set(self.weekdays):
            return False
        last = day + dt.timedelta(days=self.end <= self.start)
        opens = dt.datetime.combine(day, self.start, start.tzinfo)
        return opens <= start and end <= dt.datetime.combine(last, self.end, start.tzinfo)


class Staffing(Row):
    """The home sites of a person who is shared between sites (人员共用)."""

    person: Id = Field(title="人员")
    sites: Ids = Field(title="站点")
    note: str = Field("", title="备注")
