"""The golden sentences: every rule of ours as it is said of a small station, and of a plan that breaks them all.

The station has names in both languages, and states one demand of every kind. Its plan is deliberately naive: whatever
has to take place does, at the first start, at the first site, with the first unit of each role; rooms and people take
turns. The verifier says what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from constraints.reading import read_rules
from constraints.registry import OURS
from rota.activity import Kind
from rota.agenda import Occurrence, PartFrame, Seats, agenda_of
from rota.case import Case
from rota.plan import CaseRef, Plan, PlanPart, Session
from rota.roster import Roster
from rota.text import Language, Message

Cells = dict[str, object]


class Golden(NamedTuple):
    """A rule as it is stated, and one breach of it."""

    stated: Message
    breach: Message


def named(id_: str, zh: str, en: str, **cells: object) -> Cells:
    """Make a row with a name in both languages."""
    return {"id": id_, "name": zh, "name_en": en, **cells}


LINES = (named("L1", "法律服务", "Legal aid"), named("L2", "健康服务", "Health"))
SITES = (
    named("S1", "社区服务站", "Community station", hours="周一-周日 09:00-18:00"),
    named("S2", "湖畔分站", "Lakeside branch"),
)
ROOMS = (
    named("R1", "多功能厅", "Main hall", site="S1", capacity=30, features="投影"),
    named("R2", "共享客厅", "Shared lounge", site="S1", capacity=20),
)
UNITS = (
    named("U1", "税务局", "Tax Office", groups="轮值", lines="L1", members=30),
    named("U2", "建设银行", "Construction Bank", groups="轮值", lines="L1", members=20),
    named("U3", "城东医院", "East City Hospital", groups="医疗", lines="L2", joined="2027-05-01"),
    named("U4", "知新书店", "Zhixin Bookshop", groups="协办", lines="L1"),
    named("U5", "湖畔剧场", "Lakeside Theatre", groups="协办", lines="L2"),
)
PEOPLE = (
    named("P1", "陈老师", "Ms Chen", groups="讲师", lines="L1"),
    named("P2", "林老师", "Mr Lin", groups="讲师", lines="L1", skills="普法"),
)
CYCLES = (
    named("C1", "每周六", "Saturdays", first="2027-03-06", rrule="FREQ=WEEKLY;COUNT=6"),
    named("C2", "每个周末", "Weekends", first="2027-03-06", rrule="FREQ=WEEKLY;BYDAY=SA,SU;COUNT=6"),
    named("C3", "三月上旬每天", "Every day of early March", first="2027-03-06", rrule="FREQ=DAILY;COUNT=6"),
)


def series(id_: str, zh: str, en: str, cycle: str, times: str, **cells: object) -> Cells:
    """Make an activity that needs no room, unless something else is said."""
    usual = {"cycle": cycle, "times": times, "minutes": 120, "sites": "S1", "needs_room": False, "lines": "L1; L2"}
    return named(id_, zh, en, **{**usual, **cells})


CROWD: Cells = {"attendance": 40, "features": "音响"}
ACTIVITIES = (
    series(
        "A1", "周六轮值", "Saturday rotation", "C1", "09:30; 14:00", needs_room=True, attendance=40, features="音响"
    ),
    series("A2", "健康义诊", "Health check", "C1", "12:00", sites="S2"),
    series("A3", "普法讲座", "Talk on the law", "C1", "10:30"),
    series("A4", "亲子读书", "Family reading", "C2", "08:00", weekdays="周六", days_before=1),
    series("A5", "便民市集", "Service fair", "C1", "14:00", rounds="1"),
    series("A6", "值守", "Desk duty", "C3", "16:30", minutes=60),
    series("A7", "环湖行", "Lakeside walk", "C1", "15:00", rounds="2", presence="可办", choice="特色项目"),
    series("A8", "观影会", "Film afternoon", "C1", "15:00", rounds="3", presence="可办", choice="特色项目"),
    series("A9", "上门维修", "Home repair", "", "10:00", presence="点单"),
)
PARTS = (
    {"activity": "A5", "id": "p1", "theme": "文旅", "theme_en": "Culture"},
    {"activity": "A5", "id": "p2", "theme": "便民", "theme_en": "Convenience"},
)


def seats(role: str, activities: str, groups: str, **cells: object) -> list[Cells]:
    """Make the seats of a role in several activities."""
    return [{"activity": activity, "role": role, "groups": groups, **cells} for activity in activities.split()]


ROLES = (
    *seats("host", "A1 A2 A3 A4 A5 A6", "轮值"),
    *seats("partner", "A1", "协办"),
    *seats("medical", "A2", "医疗", name="义诊单位", name_en="Medical unit"),
    *seats("instructor", "A1 A3", "讲师", kind="人员", skills="普法"),
    *seats("reserve", "A1", "讲师", kind="人员", name="候补讲师", name_en="Reserve instructor"),
    *seats("resident", "A6", "讲师", kind="人员"),
    *seats("rotating", "A6", "讲师", kind="人员"),
)

DEMANDS: dict[str, Cells] = {
    "load": {"role": "host", "groups": "轮值", "most": 2, "per": "月"},
    "cover": {"role": "host", "groups": "轮值", "activities": "A1", "times": 1},
    "rest_gap": {"role": "host", "activities": "A1", "cycle": "C1", "rounds": 2},
    "duty_rest": {"role": "host", "hours": 11},
    "consecutive_days": {"role": "host", "most": 3},
    "forbidden_succession": {"role": "host", "activities": "A1", "then": "A6", "days": 1},
    "days_off": {"role": "host", "least": 1, "per": "周", "weekdays": "周六、周日"},
    "minimum_days": {"activities": "A4", "least": 2, "per": "周"},
    "precedence": {"activities": "A1", "then": "A3", "match": "按轮对应"},
    "spacing": {"activities": "A4", "days": 3},
    "fair_share": {"role": "host", "groups": "轮值", "weighted": "是"},
    "line_coverage": {"activities": "A1", "least": 1, "per": "月"},
    "line_balance": {"activities": "A1; A3", "per": "月"},
    "pairing": {"who": "U1", "with_whom": "U2; U3", "mode": "require"},
    "fresh_partners": {"role": "host", "with_role": "partner", "most": 2},
    "date_preference": {"weekdays": "周六"},
    "travel_cost": {"role": "host"},
    "room_stability": {"activities": "A1", "per": "月"},
    "compactness": {"role": "partner"},
    "wanted": {},
    "choose": {"choice": "特色项目", "least": 1, "most": 2, "per": "季度"},
    "full_circle": {"role": "host", "groups": "轮值"},
    "audience_fit": {"activities": "A1", "audience": "G1", "least": 50},
    "standby": {"role": "reserve", "with_role": "instructor"},
    "theme_focus": {"role": "host"},
    "substitute": {"activities": "A7", "instead": "A8"},
    "order_share": {"least": 1, "per": "月"},
    "turn_order": {"role": "host", "activities": "A1", "who": "U2; U1"},
    "spread": {"role": "host", "activities": "A1", "cycle": "C1", "rounds": 3, "most": 1},
    "continuity": {"role": "instructor", "activities": "A3"},
    "double_rotation": {"role": "resident", "with_role": "rotating", "activities": "A6", "rounds": 3},
    "site_rotation": {"role": "host", "groups": "轮值"},
    "rising_load": {"role": "host", "groups": "轮值", "free": 1},
}
"""The demand of each kind that does not stand by itself: its parameters."""

TERMS = {
    "轮值": ("轮值组", "the rotation group"),
    "协办": ("协办组", "the partner group"),
    "医疗": ("医疗组", "the medical group"),
    "讲师": ("讲师组", "the instructors"),
    "普法": ("普法宣讲", "teaching law"),
    "投影": ("投影设备", "a projector"),
    "音响": ("音响设备", "a sound system"),
    "特色项目": ("特色项目", "the electives"),
    "居民": ("居民", "the residents"),
    "居委会": ("居委会", "the residents' committee"),
    "汇算清缴": ("汇算清缴", "annual tax filing"),
}


AUDIENCE = {"id": "G1", "name": "居民", "weekdays": "周六", "start": "13:30", "end": "17:00", "size": 80}
SETTINGS = {"id": "golden", "title": "示范", "first": "2027-03-01", "last": "2027-04-30", "calendar": "none"}


@cache
def golden_case() -> Case:
    """Return the station."""
    return Case.model_validate(
        {
            "settings": SETTINGS,
            "lines": LINES,
            "sites": SITES,
            "rooms": ROOMS,
            "units": UNITS,
            "people": PEOPLE,
            "travel": [{"origin": "S1", "destination": "S2", "minutes": 45}],
            "audience": [
                {"id": "G1", "name": "居民", "weekdays": "周六", "start": "13:30", "end": "17:00", "size": 80}
            ],
            "staffing": [{"person": "P2", "sites": "S2"}],
            "cycles": CYCLES,
            "activities": ACTIVITIES,
            "parts": PARTS,
            "roles": ROLES,
            "orders": [{"id": "O1", "service": "A9", "requester": "居委会", "days": "2027-03-10"}],
            "availability": [{"resource": "U1", "level": "不能", "first": "2027-03-06", "reason": "汇算清缴"}],
            "pins": [{"session": "A1@2027-03-13", "role": "host", "resource": "U2"}],
            "demands": [
                {"id": f"D{number}", "kind": kind, "params": {name: str(value) for name, value in cells.items()}}
                for number, (kind, cells) in enumerate(DEMANDS.items(), start=1)
            ],
            "terms": [{"word": word, "name": zh, "name_en": en} for word, (zh, en) in TERMS.items()],
        }
    )


def naive_plan(case: Case) -> Plan:
    """Plan without a thought: whatever has to take place does, and whoever comes first in the tables serves."""
    sessions = [_session(each, number) for number, each in enumerate(_due(case))]
    return Plan(case=CaseRef(title=case.settings.title, hash=case.hash), sessions=tuple(sessions))


def _due(case: Case) -> Iterator[Occurrence]:
    return (occurrence for occurrence in agenda_of(case).occurrences if occurrence.must)


def _session(occurrence: Occurrence, turn: int) -> Session:
    start = occurrence.starts[0]
    return Session(
        id=occurrence.id,
        activity=occurrence.activity.id,
        start=start,
        end=occurrence.end_of(start),
        site=occurrence.sites[0],
        parts=tuple(_part(part, turn) for part in occurrence.parts),
    )


def _part(part: PartFrame, turn: int) -> PlanPart:
    return PlanPart(
        id=part.id,
        room=part.rooms[turn % len(part.rooms)] if part.needs_room else None,
        theme=part.theme.zh,
        line=part.lines[0],
        roles={seats.name: (_holder(seats, turn),) for seats in part.seats},
    )


def _holder(seats: Seats, turn: int) -> str:
    """Return the first unit; people take turns."""
    return seats.candidates[turn % len(seats.candidates) if seats.role.kind is Kind.PERSON else 0]


@cache
def golden() -> dict[str, Golden]:
    """Return the sentences of every kind of rule that the plan breaks, by kind in the order of the registry."""
    case = golden_case()
    roster = Roster(case, naive_plan(case))
    found: dict[str, Golden] = {}
    for rule in sorted(read_rules(case), key=lambda rule: OURS.index(type(rule))):
        breach = next(rule.check(roster), None)
        if breach is not None:
            found.setdefault(rule.kind, Golden(rule.describe(case), breach.message))
    return found


def sentence(message: Message, language: Language) -> str:
    """Return a message as a sentence: it begins with a capital and ends with a stop."""
    said = message.say(language)
    return f"{said[:1].upper()}{said[1:]}" + ("。" if language == "zh" else ".")
