"""What `rota new` writes: a small complete case to be typed over, as a folder or a workbook."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from rota.activity import Activity, Kind, Role
from rota.case import Case, Settings
from rota.cycle import Cycle
from rota.demand import REQUIRED, Availability, Demand, Level
from rota.facts import Contact, Person, Room, ServiceLine, Site, Unit
from rota.problem import RotaError
from rota.reminder import Reminder
from rota.text import Language, text
from workbook.folder import write_folder
from workbook.guide import guide_text
from workbook.layout import Catalogue, layout_of
from workbook.saving import write_file
from workbook.sheets import write_workbook

ROUNDS = 12
FORTNIGHT = dt.timedelta(days=14)
SATURDAY = 5

_HOSTS = ("轮值", "hosts")
_TALKS = ("讲座", "talks")
_LINES = (
    ("party", "党建服务", "Party building"),
    ("govt", "政务服务", "Government"),
    ("residents", "居民服务", "Residents"),
)
_UNITS = (
    ("U01", "晨光税务所", "Chenguang Tax Office", "govt; residents", 24),
    ("U02", "清河银行支行", "Qinghe Bank", "residents; party", 18),
    ("U03", "望江社区医院", "Wangjiang Clinic", "residents", 32),
    ("U04", "南桥小学", "Nanqiao School", "party; residents", 40),
    ("U05", "松林消防站", "Songlin Fire Station", "govt; residents", 15),
    ("U06", "新桥律师事务所", "Xinqiao Law Firm", "party; govt", 12),
)
_PEOPLE = (("P01", "林老师", "Ms Lin"), ("P02", "周老师", "Mr Zhou"))
_DEMANDS: tuple[tuple[str, str, int, dict[str, str], str, str], ...] = (
    ("D01", "cover", REQUIRED, {"role": "host", "times": "1"}, "每个单位至少主办一次", "every unit hosts"),
    ("D02", "rest_gap", REQUIRED, {"role": "host", "cycle": "fortnight", "rounds": "3"}, "", ""),
    ("D03", "load", REQUIRED, {"role": "instructor", "most": "2", "per": "month"}, "", ""),
    ("D04", "fair_share", 1, {"role": "host"}, "轮值次数尽量平均", "turns are shared evenly"),
    ("D05", "fair_share", 1, {"role": "instructor"}, "", ""),
    ("D06", "availability", 2, {"level": "avoid"}, "照顾“尽量避免”", "dates to avoid are avoided"),
    (
        "D07",
        "line_coverage",
        2,
        {"per": "quarter", "least": "1"},
        "每季度每条服务线至少一场",
        "every line each quarter",
    ),
    ("D08", "date_preference", 2, {}, "尽量按原定日期和时刻", "dates and times stay as intended"),
    ("D09", "line_balance", 3, {"per": "horizon"}, "", ""),
    ("D10", "fresh_partners", 3, {"role": "host", "with_role": "partner"}, "协办单位轮换", "partners change"),
)


class _Names(TypedDict):
    name: str
    name_en: str


class OccupiedError(RotaError):
    """There is already something where the new case should go."""


def starter_case(year: int, language: Language = "zh") -> Case:
    """Return a small complete case for `year`: one site, six units, two instructors, twelve fortnightly rounds."""
    said = _Said(language)
    first = _saturday(dt.date(year, 1, 9))
    return Case(
        settings=Settings(
            id=f"rota-{year}",
            title=said(f"{year} 年轮值安排", f"Rota {year}"),
            title_en=f"Rota {year}" if language == "zh" else "",
            language=language,
            first=dt.date(year, 1, 1),
            last=dt.date(year, 12, 31),
            quiet="22:00-07:00",
        ),
        sites=(Site(id="S01", **said.name("东湖服务站", "East Lake Station"), hours="周一-周日 09:00-18:00"),),
        rooms=_rooms(said),
        units=_units(said),
        people=_people(said),
        contacts=(Contact(of="U01", name=said("示例联系人", "Example Contact"), phone="021-00000000"),),
        lines=tuple(ServiceLine(id=code, **said.name(zh, en)) for code, zh, en in _LINES),
        cycles=(_fortnights(said, first),),
        activities=(_rotation(said),),
        roles=_roles(said),
        reminders=(Reminder(before=said("7天", "7 days")), Reminder(before=said("1天", "1 day"))),
        availability=_availability(first, said("年度结算", "annual closing"), said("暑期安排", "summer plans")),
        demands=tuple(
            Demand(id=code, kind=kind, priority=priority, params=tuple(params.items()), note=said(zh, en))
            for code, kind, priority, params, zh, en in _DEMANDS
        ),
    )


@dataclass(frozen=True)
class _Said:
    """Says what is written in two languages in the one of the case."""

    language: Language

    def __call__(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    def name(self, zh: str, en: str) -> _Names:
        """Return the names of a row; a Chinese case has English ones beside."""
        return {"name": zh, "name_en": en} if self.language == "zh" else {"name": en, "name_en": ""}


def _rooms(said: _Said) -> tuple[Room, ...]:
    projector = _items(said("投影", "projector"))
    return (
        Room(id="R01", **said.name("多功能厅", "Hall"), site="S01", capacity=80, features=projector),
        Room(id="R02", **said.name("会客角", "Corner"), site="S01", capacity=20),
    )


def _units(said: _Said) -> tuple[Unit, ...]:
    return tuple(
        Unit(id=code, **said.name(zh, en), groups=(said(*_HOSTS),), lines=_items(lines), members=members)
        for code, zh, en, lines, members in _UNITS
    )


def _people(said: _Said) -> tuple[Person, ...]:
    return tuple(Person(id=code, **said.name(zh, en), skills=(said(*_TALKS),)) for code, zh, en in _PEOPLE)


def _fortnights(said: _Said, first: dt.date) -> Cycle:
    rrule = f"FREQ=WEEKLY;INTERVAL=2;COUNT={ROUNDS}"
    return Cycle(id="fortnight", **said.name("双周", "Fortnights"), first=first, rrule=rrule)


def _rotation(said: _Said) -> Activity:
    return Activity(
        id="rotation",
        **said.name("双周轮值服务日", "Fortnightly service day"),
        cycle="fortnight",
        times=(dt.time(9, 30), dt.time(14)),
        minutes=120,
        days_after=8,
        weekdays="周六、周日",
        lines=tuple(code for code, *_ in _LINES),
        sites=("S01",),
        attendance=40,
    )


def _roles(said: _Said) -> tuple[Role, ...]:
    return (
        Role(activity="rotation", role="host", groups=(said(*_HOSTS),)),
        Role(activity="rotation", role="partner", groups=(said(*_HOSTS),), least=0),
        Role(activity="rotation", role="instructor", kind=Kind.PERSON, skills=(said(*_TALKS),)),
    )


def _items(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("; "))


def _saturday(day: dt.date) -> dt.date:
    return day + dt.timedelta(days=(SATURDAY - day.weekday()) % 7)


def _availability(first: dt.date, closing: str, summer: str) -> tuple[Availability, ...]:
    return (
        Availability(resource="U01", level=Level.CANNOT, first=first, last=first + FORTNIGHT, reason=closing),
        Availability(resource="U03", level=Level.AVOID, first=first + 2 * FORTNIGHT),
        Availability(resource="U05", level=Level.PREFER, first=first + 5 * FORTNIGHT),
        Availability(
            resource="P01",
            level=Level.CANNOT,
            first=dt.date(first.year, 6, 1),
            last=dt.date(first.year, 6, 15),
            reason=summer,
        ),
    )


def write_starter(
    path: Path, case: Case, catalogue: Catalogue = (), language: Language | None = None
) -> Sequence[Path]:
    """Write a new case: a workbook where `path` ends in .xlsx, else a folder with the guide 说明.txt; return the files.

    Raises:
        OccupiedError: there is something at the path already.
    """
    if path.exists() and (path.is_file() or any(path.iterdir())):
        raise OccupiedError(
            text("{path} is there already; choose another name.", "{path} 已存在；请另选名称。", path=path.name)
        )
    spoken = language or case.settings.language
    if path.suffix.lower() == ".xlsx":
        write_workbook(case, path, catalogue, spoken)
        return [path]
    guide = path / ("说明.txt" if spoken == "zh" else "README.txt")
    write_file(guide, guide_text(layout_of(catalogue)).encode("utf-8-sig"))
    return [*write_folder(case, path, catalogue, spoken), guide]
