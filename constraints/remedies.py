"""Remedies: which row of which table to change so that an instance of what is required no longer stands in the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from constraints.rules.availability import Statements
from constraints.rules.eligibility import Eligibility
from constraints.rules.membership import Membership
from constraints.rules.opening_hours import OpeningHours
from constraints.rules.pins import Pins
from constraints.rules.room_fit import RoomFit
from constraints.rules.staffing_sites import StaffingSites
from constraints.rules.travel_time import TravelTime
from constraints.structure import LEAST, TAKES_PLACE
from rota.agenda import agenda_of
from rota.problem import Problem
from rota.text import Message, text

if TYPE_CHECKING:
    from constraints.instances import Instance
    from constraints.rule import Rule
    from rota.case import Case

NAMED = ("units", "people", "equipment", "rooms", "sites")
"""The tables of what instances may be about."""

OPTIONAL = text(
    "write `may` (可办) and its sessions need not take place; or allow them more days or starting times",
    "改为“可办”即不必场场举办；或放宽可推后天数、时刻",
)
FEWER = text("ask for fewer here, or draw from more groups", "减少该岗位最少人数，或放宽来源、分组")
WISH = text("write 1 here and it is a wish; or ask for less", "改为 1 即只作希望；或放低要求")
STATEMENT = text("change or delete this statement", "修改或删除此条时间意向")
PIN = text("change or delete this pin", "修改或删除此条锁定")
MEMBER = text("correct the day of joining or leaving", "更正加入或退出日期")
ABLE = text("add what they are able to do, if they are", "如确能胜任，补上服务线或技能")
OPEN = text("open longer", "延长开放时间")
CROWD = text("expect fewer people, or ask for less of the room", "减少预计人数，或降低对场地的要求")
STAFF = text("let more people serve at the site", "让更多人员可在该站点服务")
WAY = text("correct the minutes of the way", "更正路程分钟数")


def remedies(case: Case, rules: Sequence[Rule], instances: Iterable[Instance]) -> list[Problem]:
    """Return what to change, each cell once; nothing for what no table can change."""
    by_id = {rule.id: rule for rule in rules}
    found: dict[tuple[str, int | None, str | None], Problem] = {}
    for instance in instances:
        for remedy in _remedies(case, by_id.get(instance.demand), instance):
            found.setdefault((remedy.table, remedy.row, remedy.field), remedy)
    return list(found.values())


def _remedies(case: Case, rule: Rule | None, instance: Instance) -> Iterator[Problem]:
    if rule is None:
        yield from _of_structure(case, instance)
        return
    fact = list(_of_fact(case, rule, instance.about))
    yield from fact
    if not fact:
        yield from _rows(case, "demands", "priority", WISH, {rule.id})


def _of_structure(case: Case, instance: Instance) -> Iterator[Problem]:
    occurrence = agenda_of(case).by_id[instance.about[0]]
    activity = occurrence.activity.id
    if instance.demand == TAKES_PLACE:
        yield from _rows(case, "activities", "presence", OPTIONAL, {activity})
    elif instance.demand == LEAST:
        _, part, name = instance.about
        for number, role in enumerate(case.roles):
            if (role.activity, role.role) == (activity, name) and role.part in {"", part}:
                yield Problem("roles", number, "least", FEWER)


def _of_fact(case: Case, rule: Rule, about: tuple[str, ...]) -> Iterator[Problem]:
    """Yield where a fact was stated; nothing for a rule that is a demand of its own."""
    match rule:
        case Statements():
            yield from _statements(case, rule, *about)
        case Pins():
            for number, pin in enumerate(case.pins):
                if (pin.session, pin.resource or pin.room or pin.start) == about:
                    yield Problem("pins", number, None, PIN)
        case Membership() | Eligibility() | OpeningHours():
            sentence = {Membership: MEMBER, Eligibility: ABLE, OpeningHours: OPEN}[type(rule)]
            for table in NAMED:
                yield from _rows(case, table, None, sentence, {about[0]})
        case RoomFit():
            yield from _rows(case, "activities", "attendance", CROWD, {agenda_of(case).by_id[about[0]].activity.id})
        case StaffingSites():
            yield Problem("staffing", None, None, STAFF)
        case TravelTime():
            yield Problem("travel", None, None, WAY)


def _statements(case: Case, rule: Statements, who: str, session: str) -> Iterator[Problem]:
    """Yield the statements that meet a start of the session."""
    occurrence = agenda_of(case).by_id[session]
    for number, row in enumerate(case.availability):
        meant = row.resource == who and row.level == rule.level
        if meant and any(row.touches(start, occurrence.end_of(start)) for start in occurrence.starts):
            yield Problem("availability", number, None, STATEMENT)


def _rows(case: Case, table: str, field: str | None, sentence: Message, ids: set[str]) -> Iterator[Problem]:
    for number, row in enumerate(getattr(case, table)):
        if row.id in ids:
            yield Problem(table, number, field, sentence)
