"""A small station to render: two sites, six sessions, one of three parts under three themes, one cancelled."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from rota.case import Case
from rota.plan import CaseRef, OpenSeat, Plan, PlanPart, Session
from rota.stamp import Stamp

SECRETS = ("联系人王秘书", "13800000000", "wang@example.org", "请勿外传")
"""What stands in the table of contacts and in notes, and never in a feed."""

PUBLISHED = dt.datetime(2023, 3, 20, 8, 30, tzinfo=dt.UTC)


TABLES: dict[str, list[dict[str, Any]]] = {
    "lines": [
        {"id": "party", "name": "党群服务", "name_en": "Party"},
        {"id": "gov", "name": "政务服务", "name_en": "Government"},
        {"id": "biz", "name": "商务服务, 税费", "name_en": "Business; taxes"},
    ],
    "sites": [
        {
            "id": "S1",
            "name": "苏州中心站",
            "name_en": "Suzhou Center",
            "address": "苏州工业园区苏州大道西229号, 3层; 东",
            "address_en": "229 Suzhou Avenue West, 3rd floor; east",
            "latitude": 31.3172,
            "longitude": 120.6796,
        },
        {"id": "S2", "name": "湖西站", "name_en": "Lake West"},
    ],
    "rooms": [
        {"id": "R1", "site": "S1", "name": "多功能厅", "name_en": "Hall"},
        {"id": "R2", "site": "S1", "name": "1号点位", "name_en": "Point 1"},
        {"id": "R3", "site": "S1", "name": "2号点位", "name_en": "Point 2"},
        {"id": "R4", "site": "S2", "name": "会议室\\3层", "name_en": "Meeting room"},
    ],
    "equipment": [{"id": "E1", "name": "健康服务车", "name_en": "Health car"}],
    "units": [
        {"id": "U1", "name": "税务局", "name_en": "Tax Bureau", "groups": ["hosts"], "note": SECRETS[3]},
        {"id": "U2", "name": "司法局", "name_en": "Justice Bureau", "groups": ["hosts"]},
        {"id": "U3", "name": "苏州银行; 园区, 支行", "name_en": "Bank", "groups": ["partners"]},
        {"id": "U4", "name": "尚无场次的单位", "name_en": "Idle", "groups": ["partners"]},
    ],
    "people": [
        {"id": "P1", "name": "张讲师", "name_en": "Zhang", "unit": "U1"},
        {"id": "P2", "name": "李𠮷", "name_en": "Li"},
    ],
    "contacts": [{"of": "U1", "name": SECRETS[0], "phone": SECRETS[1], "email": SECRETS[2], "note": SECRETS[3]}],
    "cycles": [{"id": "fortnights", "name": "双周", "first": "2023-03-18", "rrule": "FREQ=WEEKLY;INTERVAL=2;COUNT=20"}],
    "activities": [
        {
            "id": "rotation",
            "name": "轮值服务日",
            "name_en": "Service day",
            "cycle": "fortnights",
            "rounds": "2-5",
            "times": ["09:30"],
            "minutes": 120,
            "lines": ["gov", "biz"],
        },
        {
            "id": "opening",
            "name": "启动仪式",
            "name_en": "Opening",
            "cycle": "fortnights",
            "rounds": "1",
            "times": ["14:00"],
            "minutes": 180,
        },
        {
            "id": "讲座",
            "name": "普法讲座",
            "name_en": "Law lecture",
            "cycle": "fortnights",
            "rounds": "17-18",
            "times": ["19:00"],
            "minutes": 90,
            "theme": "民法典",
            "theme_en": "Civil code",
        },
    ],
    "parts": [
        {"activity": "opening", "id": "culture", "theme": "文旅", "theme_en": "Culture", "lines": ["party"]},
        {"activity": "opening", "id": "convenience", "theme": "便民", "theme_en": "Convenience"},
        {"activity": "opening", "id": "business", "theme": "商务", "theme_en": "Business", "lines": ["biz"]},
    ],
    "roles": [
        {"activity": "rotation", "role": "host", "groups": ["hosts"]},
        {"activity": "rotation", "role": "partner", "groups": ["partners"]},
        {"activity": "rotation", "role": "instructor", "kind": "person", "name": "主讲", "name_en": "Speaker"},
        {"activity": "opening", "role": "host"},
        {"activity": "opening", "role": "equipment", "kind": "equipment", "part": "convenience"},
        {"activity": "讲座", "role": "lawyer", "kind": "person"},
    ],
}
"""What there is at the station."""


def case_of(zone: str = "Asia/Shanghai", **settings: object) -> Case:
    """Return the case; the zone and other settings can be told apart."""
    return Case.model_validate(
        {
            "settings": {
                "id": "suzhou-2023",
                "title": "苏州中心2023年轮值",
                "title_en": "Suzhou Center 2023",
                "zone": zone,
                "first": "2023-03-01",
                "last": "2023-12-31",
                "issued": "2023-03-10",
                "url": "https://rota.example.org/苏州?年=2023&a=b;c,d",
                "note": SECRETS[3],
                **settings,
            },
            **TABLES,
        }
    )


def _at(case: Case, day: str, clock: str, minutes: int) -> dict[str, dt.datetime]:
    start = dt.datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZoneInfo(case.settings.zone))
    return {"start": start, "end": start + dt.timedelta(minutes=minutes)}


def _rotation(case: Case, day: str, host: str, instructor: tuple[str, ...] = ()) -> Session:
    roles = {"instructor": instructor, "partner": ("U3",), "host": (host,)}
    part = PlanPart(id="main", room="R1", line="gov", roles={role: who for role, who in roles.items() if who})
    times = _at(case, day, "09:30", 120)
    return Session(id=f"rotation@{day}", activity="rotation", site="S1", parts=(part,), **times)


def opening(case: Case) -> Session:
    """Return the session with three parts."""
    parts = (
        PlanPart(id="culture", room="R1", theme="文旅", line="party", roles={"host": ("U1",)}),
        PlanPart(id="convenience", room="R2", theme="便民", roles={"host": ("U2",), "equipment": ("E1",)}),
        PlanPart(id="business", room="R3", theme="商务", line="biz", roles={"host": ("U3",)}),
    )
    times = _at(case, "2023-03-18", "14:00", 180)
    return Session(id="opening@2023-03-18", activity="opening", site="S1", parts=parts, **times)


def dropped(case: Case) -> Session:
    """Return the session that was published once and is cancelled."""
    part = PlanPart(id="main", room="R4", theme="民法典", roles={"lawyer": ("P2",)})
    times = _at(case, "2023-11-11", "19:00", 90)
    return Session(id="讲座@2023-11-11", activity="讲座", site="S2", parts=(part,), **times)


def plan_of(case: Case) -> Plan:
    """Return the plan: the opening, three service days and a lecture; the second service day lacks an instructor."""
    lecture = PlanPart(id="main", room="R4", theme="民法典", roles={"lawyer": ("P2",)})
    return Plan(
        case=CaseRef(title=case.settings.title, hash=case.hash),
        sessions=(
            opening(case),
            _rotation(case, "2023-04-01", "U1", ("P1",)),
            _rotation(case, "2023-04-15", "U2"),
            _rotation(case, "2023-05-13", "U1", ("P1", "P2")),
            Session(
                id="讲座@2023-10-28",
                activity="讲座",
                site="S2",
                parts=(lecture,),
                **_at(case, "2023-10-29", "19:00", 90),
            ),
        ),
        open=(OpenSeat(session="rotation@2023-04-15", part="main", role="instructor", missing=1),),
    )


def stamps_of(case: Case) -> dict[str, Stamp]:
    """Return the stamps of a published plan: one session changed twice, one cancelled."""
    return {
        "rotation@2023-04-01": Stamp(2, PUBLISHED),
        "讲座@2023-11-11": Stamp(1, PUBLISHED, cancelled=True, last=dropped(case)),
    }
