"""The case (排班资料): everything that is stated for one horizon, as one frozen value."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, cached_property
from typing import Annotated, Any, Literal, TypeVar, get_args
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from rota.activity import Activity, Kind, Part, Role
from rota.cycle import Cycle
from rota.demand import Availability, Demand, HistoricTurn, Holiday, Level, Outcome, Pin
from rota.facts import (
    Audience,
    Contact,
    Equipment,
    Person,
    Resource,
    Room,
    ServiceLine,
    Site,
    Staffing,
    Travel,
    Unit,
)
from rota.order import Order
from rota.reminder import Quiet, Reminder
from rota.row import Count, Day, Flag, Id, OptionalDay, Row, Value, Zone, personal_fields, refused
from rota.term import Term
from rota.text import Message, name

AnyRow = TypeVar("AnyRow", bound=Row)

PRIVATE_TABLES = frozenset({"contacts", "reminders"})
"""Tables that are about reaching people, not about the plan: outside the hash, never in a plan or a public feed."""
KEEPING = frozenset({"journal", "freeze_days", "approve_sessions", "approve_after_days", "quiet", "invitations"})
"""Settings that say how a plan is kept, not which plan is good: outside the hash."""


@cache
def _left_out() -> dict[str, Any]:
    """Return what is outside the hash, as pydantic excludes fields: by table, the fields of all of its rows."""
    left_out: dict[str, Any] = {"settings": set(KEEPING)}
    for table, info in Case.model_fields.items():
        row = next((arg for arg in get_args(info.annotation) if isinstance(arg, type) and issubclass(arg, Row)), None)
        fields = personal_fields(row) if row else set()
        left_out |= {table: {"__all__": fields}} if fields else {}
    left_out["availability"]["__all__"].add("source")
    return left_out | dict.fromkeys(PRIVATE_TABLES, True)


class Settings(Row):
    """What is said once for the whole case (参数): its title, alliance, horizon, time zone and language.

    `issued` is the date of issue that a plan exported before publication carries; the first day where it is empty.
    `calendar` names the calendar of public holidays: `cn`, or `none` for the sheet 节假日 alone.
    `journal` says where the journal is kept, where that is not beside the case.
    Sessions of the next `freeze_days` are left as they are when others move. A new plan in which at most
    `approve_sessions` sessions differ, none of them within `approve_after_days`, needs nobody's approval.
    Nobody is written to in the hours of `quiet`. With `invitations`, contacts whose way is e-mail are invited to each
    session in which they serve, so that their calendar programs can answer.
    """

    id: Id = Field(title="编号")
    title: str = Field(title="标题", min_length=1)
    title_en: str = Field("", title="英文标题")
    alliance: str = Field("", title="联盟")
    alliance_en: str = Field("", title="英文联盟")
    zone: Zone = Field("Asia/Shanghai", title="时区")
    language: Literal["zh", "en"] = Field("zh", title="语言")
    first: Day = Field(title="首日")
    last: Day = Field(title="末日")
    issued: OptionalDay = Field(None, title="发布日期")
    calendar: Literal["cn", "none"] = Field("cn", title="节假日历")
    url: str = Field("", title="网址")
    journal: str = Field("", title="变更记录")
    freeze_days: Annotated[int, Field(ge=0, le=366)] = Field(0, title="冻结天数")
    approve_sessions: Count = Field(0, title="自动批准场次上限")
    approve_after_days: Annotated[int, Field(ge=0, le=366)] = Field(0, title="自动批准距今天数")
    quiet: Quiet = Field("", title="免打扰时段")
    invitations: Flag = Field(default=False, title="邮件邀请")
    note: str = Field("", title="备注")

    @model_validator(mode="after")
    def _ordered(self) -> Settings:
        if self.last < self.first:
            raise refused("the last day lies before the first", "末日早于首日", "last")
        if (self.last - self.first).days > 800:  # noqa: PLR2004 - two years and some weeks, said in the message
            raise refused("the horizon is longer than 800 days", "排班期超过 800 天", "last")
        return self

    @property
    def label(self) -> Message:
        """The case's title in both languages."""
        return name(self.title, self.title_en)


class Case(Value):
    """All tables of one horizon. The title of each field is the Chinese name of its sheet."""

    settings: Settings = Field(title="参数")
    lines: tuple[ServiceLine, ...] = Field((), title="服务线")
    sites: tuple[Site, ...] = Field((), title="站点")
    rooms: tuple[Room, ...] = Field((), title="场地")
    equipment: tuple[Equipment, ...] = Field((), title="设备")
    units: tuple[Unit, ...] = Field((), title="单位")
    people: tuple[Person, ...] = Field((), title="人员")
    contacts: tuple[Contact, ...] = Field((), title="联系人")
    travel: tuple[Travel, ...] = Field((), title="路程")
    audience: tuple[Audience, ...] = Field((), title="人群")
    staffing: tuple[Staffing, ...] = Field((), title="人员共用")
    cycles: tuple[Cycle, ...] = Field((), title="轮次表")
    activities: tuple[Activity, ...] = Field((), title="活动项目")
    parts: tuple[Part, ...] = Field((), title="分场")
    roles: tuple[Role, ...] = Field((), title="岗位")
    orders: tuple[Order, ...] = Field((), title="点单")
    availability: tuple[Availability, ...] = Field((), title="时间意向")
    pins: tuple[Pin, ...] = Field((), title="锁定")
    demands: tuple[Demand, ...] = Field((), title="规则")
    holidays: tuple[Holiday, ...] = Field((), title="节假日")
    history: tuple[HistoricTurn, ...] = Field((), title="往年记录")
    outcomes: tuple[Outcome, ...] = Field((), title="台账")
    reminders: tuple[Reminder, ...] = Field((), title="提醒")
    terms: tuple[Term, ...] = Field((), title="用语")

    @property
    def zone(self) -> ZoneInfo:
        """The case's time zone."""
        return ZoneInfo(self.settings.zone)

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON of all public tables: the identity of what a plan answers.

        The order of rows counts, for it breaks ties between equal plans; how a cell was written does not. Left out is
        what no plan depends on: how plans are kept, where a statement was read, and texts about people, so that a plan
        still answers its case when somebody is forgotten, and nobody can try names on the hash. A column that came
        later and is empty leaves no trace either, so that older plans still answer their cases.
        """
        body = self.model_dump(mode="json", exclude=_left_out())
        for pin in body["pins"]:
            if not pin["widens"]:
                del pin["widens"]
        for outcome in body["outcomes"]:
            outcome["served"] = outcome["served"] or 0  # once, an empty cell was read so
        canonical = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    @cached_property
    def resources(self) -> Mapping[str, Resource]:
        """Units, people and equipment by id, in that order."""
        return {r.id: r for r in (*self.units, *self.people, *self.equipment)}

    @cached_property
    def room(self) -> Mapping[str, Room]:
        """Rooms by id."""
        return {room.id: room for room in self.rooms}

    @cached_property
    def site(self) -> Mapping[str, Site]:
        """Sites by id."""
        return {site.id: site for site in self.sites}

    @cached_property
    def line(self) -> Mapping[str, ServiceLine]:
        """Service lines by id."""
        return {line.id: line for line in self.lines}

    @cached_property
    def cycle(self) -> Mapping[str, Cycle]:
        """Cycles by id."""
        return {cycle.id: cycle for cycle in self.cycles}

    @cached_property
    def activity(self) -> Mapping[str, Activity]:
        """Activities by id."""
        return {activity.id: activity for activity in self.activities}

    @cached_property
    def holiday(self) -> Mapping[dt.date, Holiday]:
        """The rows of the sheet 节假日 by day."""
        return {row.day: row for row in self.holidays}

    @cached_property
    def ways(self) -> Mapping[tuple[str, str], int]:
        """The minutes on every way that takes any, from site to site; the way back takes as long, unless stated."""
        back = {(row.destination, row.origin): row.minutes for row in self.travel}
        there = {(row.origin, row.destination): row.minutes for row in self.travel}
        return {way: minutes for way, minutes in (back | there).items() if minutes and way[0] != way[1]}

    def minutes_between(self, origin: str, destination: str) -> int:
        """Return the minutes on the way between two sites; 0 where none are known."""
        return self.ways.get((origin, destination), 0)

    @cached_property
    def homes(self) -> Mapping[str, tuple[str, ...]]:
        """The home sites of the people who are shared between sites."""
        return {row.person: row.sites for row in self.staffing if row.sites}

    @cached_property
    def label(self) -> Mapping[str, Message]:
        """The names of everything that has an id, in both languages."""
        named = (*self.lines, *self.sites, *self.rooms, *self.resources.values(), *self.cycles, *self.activities)
        return {row.id: row.label for row in named}

    @cached_property
    def role_label(self) -> Mapping[str, Message]:
        """The names of the roles; the first activity that names one decides."""
        labels: dict[str, Message] = {}
        for role in self.roles:
            labels.setdefault(role.role, role.label)
        return labels

    @cached_property
    def _terms(self) -> Mapping[str, Message]:
        return {row.word: row.label for row in self.terms}

    def term(self, word: str) -> Message:
        """Return how a group, a choice set, a skill, a feature or the like is said; as typed where 用语 is silent."""
        return self._terms.get(word, name(word))

    def of_kind(self, kind: Kind) -> tuple[Resource, ...]:
        """Return the resources of one kind."""
        tables: dict[Kind, tuple[Resource, ...]] = {
            Kind.UNIT: self.units,
            Kind.PERSON: self.people,
            Kind.EQUIPMENT: self.equipment,
        }
        return tables[kind]

    @cached_property
    def grouped(self) -> Mapping[tuple[Kind, str], tuple[tuple[int, str], ...]]:
        """The resources of one kind in each group, each with its number in the order of the tables."""
        found: dict[tuple[Kind, str], list[tuple[int, str]]] = {}
        for kind in Kind:
            for number, resource in enumerate(self.of_kind(kind)):
                for group in dict.fromkeys(resource.groups):
                    found.setdefault((kind, group), []).append((number, resource.id))
        return {key: tuple(members) for key, members in found.items()}

    @cached_property
    def roles_of(self) -> Mapping[str, tuple[Role, ...]]:
        """The rows of the roles by activity."""
        return _by(self.roles, lambda row: row.activity)

    @cached_property
    def parts_of(self) -> Mapping[str, tuple[Part, ...]]:
        """The rows of the parts by activity."""
        return _by(self.parts, lambda row: row.activity)

    @cached_property
    def rooms_at(self) -> Mapping[str, tuple[tuple[int, str], ...]]:
        """The rooms at each site, each with its number in the order of the table."""
        found: dict[str, list[tuple[int, str]]] = {}
        for number, room in enumerate(self.rooms):
            found.setdefault(room.site, []).append((number, room.id))
        return {site: tuple(rooms) for site, rooms in found.items()}

    @cached_property
    def turns_of(self) -> Mapping[str, tuple[HistoricTurn, ...]]:
        """The turns of earlier years by resource."""
        return _by(self.history, lambda row: row.resource)

    @cached_property
    def widening(self) -> Mapping[str, tuple[Pin, ...]]:
        """The pins, by session, that make a start possible which the activity does not foresee."""
        found: dict[str, list[Pin]] = {}
        for pin in self.pins:
            if pin.widens:
                found.setdefault(pin.session, []).append(pin)
        return {session: tuple(pins) for session, pins in found.items()}

    @cached_property
    def statements(self) -> Mapping[str, tuple[Availability, ...]]:
        """The availability of each resource, room and site that has any."""
        rows: dict[str, list[Availability]] = {}
        for row in self.availability:
            rows.setdefault(row.resource, []).append(row)
        return {resource: tuple(stated) for resource, stated in rows.items()}

    @cached_property
    def _stated_on(self) -> dict[tuple[str, Level], Mapping[dt.date, tuple[Availability, ...]]]:
        """What resources stated at a level, by the days of the horizon that it is about, as far as it was asked for."""
        return {}

    def _by_day(self, who: str, level: Level) -> Mapping[dt.date, tuple[Availability, ...]]:
        """Return what a resource stated at a level, by the days of the horizon that it is about."""
        days: dict[dt.date, list[Availability]] = {}
        for row in self.statements.get(who, ()):
            day, last = max(row.first, self.settings.first), min(row.last or row.first, self.settings.last)
            while row.level == level and day <= last:
                if row.falls_on(day):
                    days.setdefault(day, []).append(row)
                day += dt.timedelta(days=1)
        return {day: tuple(rows) for day, rows in days.items()}

    def stated(self, who: str, level: Level, start: dt.datetime, end: dt.datetime) -> Iterator[Availability]:
        """Yield what `who` stated at `level` that meets the time from `start` to `end`."""
        within = self.settings.first <= start.date() and end.date() <= self.settings.last
        if within and start.date() == end.date():
            known = self._stated_on
            if (who, level) not in known:
                known[who, level] = self._by_day(who, level)
            rows = known[who, level].get(start.date(), ())
        else:
            rows = tuple(row for row in self.statements.get(who, ()) if row.level == level)
        for row in rows:
            if row.touches(start, end):
                yield row


def _by(rows: Iterable[AnyRow], of: Callable[[AnyRow], str]) -> Mapping[str, tuple[AnyRow, ...]]:
    """Return rows by what they are about, each group in the order of the table."""
    found: dict[str, list[AnyRow]] = {}
    for row in rows:
        found.setdefault(of(row), []).append(row)
    return {key: tuple(group) for key, group in found.items()}
