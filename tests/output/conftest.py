"""A small alliance of two sites and its plan of twenty rounds, which every test of the output reads."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from rota.activity import Activity, Kind, Part, Role, Service
from rota.case import Case, Settings
from rota.cycle import Cycle
from rota.demand import DayKind, HistoricTurn, Holiday
from rota.facts import Contact, Person, Room, ServiceLine, Site, Unit
from rota.plan import CaseRef, Plan, PlanPart, PriorityScore, Session

ZONE = ZoneInfo("Asia/Shanghai")
FIRST = dt.date(2023, 3, 18)
ROUNDS = 20
THEMES = (("文旅", "Culture and tourism"), ("便民", "Everyday help"), ("惠企", "For business"))
LINES = ("party", "gov", "biz", "life")
HOSTS = ("tax", "bank", "court", "clinic")
POINTS = 6


def _settings() -> Settings:
    return Settings(
        id="small",
        title="小小联盟年度轮值",
        title_en="A small alliance's year",
        alliance="湖畔党建联盟",
        alliance_en="Lakeside Alliance",
        first=FIRST,
        last=dt.date(2023, 12, 31),
        issued=dt.date(2023, 3, 1),
        calendar="none",
        url="https://station.example/year",
    )


def _units() -> tuple[Unit, ...]:
    return (
        Unit(id="tax", name="税务局", name_en="Tax Office", groups=("hosts",), members=30),
        Unit(id="bank", name="农商银行", name_en="Rural Bank", groups=("hosts",), members=10),
        Unit(
            id="court",
            name="<script>alert(1)</script>法院",
            name_en="<script>alert(1)</script> Court",
            groups=("hosts",),
        ),
        Unit(id="clinic", name="=社区医院", name_en="=Clinic", groups=("hosts",), joined=dt.date(2023, 6, 1)),
        Unit(id="library", name="图书馆", name_en="Library", groups=("partners",)),
        Unit(id="school", name="实验小学", name_en="Primary School", groups=("partners",)),
    )


def _activities() -> tuple[Activity, ...]:
    rotation = Activity(
        id="rotation",
        name="轮值活动",
        name_en="Rotating activity",
        cycle="fortnights",
        rounds="2-",
        lines=LINES,
        times=(dt.time(9, 30),),
        minutes=120,
        sites=("plaza", "park"),
    )
    return (
        rotation.model_copy(update={"id": "opening", "name": "启动仪式", "name_en": "Opening", "rounds": "1"}),
        rotation,
        Activity(
            id="lawyers",
            name="周五律师咨询",
            name_en="Friday lawyers",
            cycle="fridays",
            lines=("life",),
            times=(dt.time(14, 0),),
            minutes=180,
            service=Service.FIXED,
            sites=("park",),
        ),
    )


def _roles() -> tuple[Role, ...]:
    rotating = (
        Role(activity=activity, role=role, groups=(group,), most=3, kind=kind)
        for activity in ("opening", "rotation")
        for role, group, kind in (
            ("host", "hosts", Kind.UNIT),
            ("partner", "partners", Kind.UNIT),
            ("instructor", "", Kind.PERSON),
        )
    )
    return (
        *(role.model_copy(update={"groups": tuple(g for g in role.groups if g)}) for role in rotating),
        Role(activity="lawyers", role="lawyer", kind=Kind.PERSON),
    )


@pytest.fixture(scope="session")
def case() -> Case:
    """Two sites, six units, two people, an opening of six points under three themes, weekly lawyers, a holiday."""
    return Case(
        settings=_settings(),
        lines=(
            ServiceLine(id="party", name="党务", name_en="Party affairs"),
            ServiceLine(id="gov", name="政务", name_en="Government"),
            ServiceLine(id="biz", name="商务", name_en="Business"),
            ServiceLine(id="life", name="居民事务", name_en="Residents' affairs"),
        ),
        sites=(
            Site(id="plaza", name="中心广场", name_en="Plaza"),
            Site(id="park", name="滨河公园", name_en="Riverside Park"),
        ),
        rooms=(
            *(Room(id=f"p{n}", name=f"{n}号点位", name_en=f"Point {n}", site="plaza") for n in range(1, POINTS + 1)),
            Room(id="hall", name="多功能厅", name_en="Hall", site="park"),
        ),
        units=_units(),
        people=(Person(id="wang", name="王老师", name_en="Ms Wang"), Person(id="li", name="李律师", name_en="Mr Li")),
        contacts=(Contact(of="tax", name="张联系", phone="13800138000", email="secret@station.example"),),
        cycles=(
            Cycle(id="fortnights", name="双周", first=FIRST, rrule=f"FREQ=WEEKLY;INTERVAL=2;COUNT={ROUNDS}"),
            Cycle(id="fridays", name="每周五", first=dt.date(2023, 3, 24), rrule="FREQ=WEEKLY;COUNT=30"),
        ),
        activities=_activities(),
        parts=tuple(
            Part(
                activity="opening", id=f"point{n}", theme=THEMES[n % 3][0], theme_en=THEMES[n % 3][1], rooms=(f"p{n}",)
            )
            for n in range(1, POINTS + 1)
        ),
        roles=_roles(),
        holidays=(Holiday(day=dt.date(2023, 4, 29), kind=DayKind.OFF, name="劳动节", name_en="Labour Day"),),
        history=(
            HistoricTurn(resource="tax", role="host", day=dt.date(2022, 5, 7)),
            HistoricTurn(resource="tax", role="host", day=dt.date(2022, 9, 3)),
            HistoricTurn(resource="bank", role="host", day=dt.date(2022, 6, 4)),
        ),
    )


def _session(
    activity: str, day: dt.date, clock: dt.time, minutes: int, site: str, parts: tuple[PlanPart, ...]
) -> Session:
    start = dt.datetime.combine(day, clock, ZONE)
    end = start + dt.timedelta(minutes=minutes)
    return Session(id=f"{activity}@{day}", activity=activity, start=start, end=end, site=site, parts=parts)


def _opening() -> Session:
    parts = tuple(
        PlanPart(
            id=f"point{n}",
            room=f"p{n}",
            line=LINES[n % 4],
            roles={"host": (HOSTS[n % 3],), "partner": (("library", "school")[n % 2],), "instructor": ("wang",)},
        )
        for n in range(1, POINTS + 1)
    )
    return _session("opening", FIRST, dt.time(9, 30), 120, "plaza", parts)


def _round(number: int) -> Session:
    day = FIRST + dt.timedelta(days=14 * (number - 1))
    site, room = (("park", "hall"), ("plaza", "p1"))[number % 2]
    host = HOSTS[number % 4] if day >= dt.date(2023, 6, 1) else HOSTS[number % 3]
    roles = {"host": (host,), "partner": ("library", "school")[: 1 + number % 2], "instructor": ("wang",)}
    part = PlanPart(id="main", room=room, line=LINES[number % 4], roles=roles)
    return _session("rotation", day, dt.time(9, 30), 120, site, (part,))


def _friday(number: int) -> Session:
    day = dt.date(2023, 3, 24) + dt.timedelta(days=7 * number)
    part = PlanPart(id="main", room="hall", line="life", roles={"lawyer": ("li",)})
    return _session("lawyers", day, dt.time(14, 0), 180, "park", (part,))


@pytest.fixture(scope="session")
def plan(case: Case) -> Plan:
    """Every session of the case, held as foreseen."""
    sessions = (_opening(), *map(_round, range(2, ROUNDS + 1)), *map(_friday, range(30)))
    return Plan(
        case=CaseRef(title=case.settings.title, hash=case.hash),
        sessions=tuple(sorted(sessions, key=lambda session: session.start)),
        score=(PriorityScore(priority=1, value=0, bound=0, proved=True),),
    )
