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
from rota.text import WEEKDAYS_EN, Message, text, weekday_name

if TYPE_CHECKING:
    import datetime as dt

    from constraints.instances import Instance
    from constraints.rule import Rule
    from rota.agenda import Occurrence
    from rota.case import Case
    from rota.plan import Plan

NAMED = ("units", "people", "equipment", "rooms", "sites")
"""The tables of what instances may be about."""

FEWER = text(
    "`rota plan --open-seats` leaves open what cannot be filled; fewer here would be fewer in all its sessions",
    "`rota plan --open-seats` 只空缺确实排不满的岗位；在此减少人数则对各场都生效",
)
FEWER_ONCE = text("ask for fewer here, or draw from more groups", "减少该岗位最少人数，或放宽来源、分组")
WISH = text(
    "write 1 here: a wish at priority 1 is given up only where it has to be",
    "改为 1：作为优先级 1 的希望，只在不得已处放宽",
)
STATEMENT = text("change or delete this statement", "修改或删除此条时间意向")
PIN = text("change or delete this pin", "修改或删除此条锁定")
MEMBER = text("correct the day of joining or leaving", "更正加入或退出日期")
ABLE = text("add what they are able to do, if they are", "如确能胜任，补上服务线或技能")
CROWD = text("expect fewer people, or ask for less of the room", "减少预计人数，或降低对场地的要求")
WAY = text("correct the minutes of the way", "更正路程分钟数")


def remedies(
    case: Case, rules: Sequence[Rule], instances: Iterable[Instance], plan: Plan | None = None
) -> list[Problem]:
    """Return what to change, each once; nothing for what no table can change.

    Where the `plan` that makes use of the exceptions is known, no more is named than it takes.
    """
    by_id = {rule.id: rule for rule in rules}
    found: dict[tuple[str, int | None, str | None, str], Problem] = {}
    for instance in instances:
        for remedy in _remedies(case, by_id.get(instance.demand), instance, plan):
            found.setdefault((remedy.table, remedy.row, remedy.field, remedy.message.say("en")), remedy)
    return list(found.values())


def _remedies(case: Case, rule: Rule | None, instance: Instance, plan: Plan | None) -> Iterator[Problem]:
    if rule is None:
        yield from _of_structure(case, instance)
        return
    fact = list(_of_fact(case, rule, instance.about, plan))
    yield from fact
    if not fact:
        yield from _rows(case, "demands", "priority", WISH, {rule.id})


def _of_structure(case: Case, instance: Instance) -> Iterator[Problem]:
    occurrence = agenda_of(case).by_id[instance.about[0]]
    activity = occurrence.activity.id
    if instance.demand == TAKES_PLACE:
        yield from _rows(case, "activities", "rounds", _without_round(occurrence), {activity})
    elif instance.demand == LEAST:
        _, part, name = instance.about
        once = sum(other.activity.id == activity for other in agenda_of(case).occurrences) == 1
        for number, role in enumerate(case.roles):
            if (role.activity, role.role) == (activity, name) and role.part in {"", part}:
                yield Problem("roles", number, "least", FEWER_ONCE if once else FEWER)


def _without_round(occurrence: Occurrence) -> Message:
    return text(
        "leave out round {round} here and {session} falls away, no other; or allow it more days or starting times",
        "在此去掉第 {round} 轮，即只取消 {session}；或放宽可推后天数、时刻",
        round=occurrence.round,
        session=occurrence.label,
    )


def _of_fact(case: Case, rule: Rule, about: tuple[str, ...], plan: Plan | None) -> Iterator[Problem]:
    """Yield where a fact was stated; nothing for a rule that is a demand of its own."""
    match rule:
        case Statements():
            yield from _statements(case, rule, about[0], about[1], plan)
        case Pins():
            for number, pin in enumerate(case.pins):
                if (pin.session, pin.resource or pin.room or pin.start) == about:
                    yield Problem("pins", number, None, PIN)
        case Membership() | Eligibility() | OpeningHours():
            sentences = {Membership: MEMBER, Eligibility: ABLE, OpeningHours: _open_then(case, about[1], plan)}
            for table in NAMED:
                yield from _rows(case, table, None, sentences[type(rule)], {about[0]})
        case RoomFit():
            yield from _rows(case, "activities", "attendance", CROWD, {agenda_of(case).by_id[about[0]].activity.id})
        case StaffingSites():
            yield from _homes(case, about[0], about[1], plan)
        case TravelTime():
            yield Problem("travel", None, None, WAY)


def _statements(case: Case, rule: Statements, who: str, session: str, plan: Plan | None) -> Iterator[Problem]:
    """Yield the statements that meet the session where the plan has it, else any of its starts."""
    occurrence = agenda_of(case).by_id[session]
    starts = _starts(case, occurrence, plan)
    for number, row in enumerate(case.availability):
        met = [start for start in starts if row.touches(start, occurrence.end_of(start))]
        if row.resource == who and row.level == rule.level and met:
            days = tuple(dict.fromkeys(start.date() for start in met))
            alone = len(days) == 1 and row.first == days[0] and row.last in {None, days[0]}
            yield Problem("availability", number, None, STATEMENT if alone else _all_but(days))


def _all_but(days: tuple[dt.date, ...]) -> Message:
    return text(
        "take {days} out of this statement: two rows, one that ends before and one that begins after",
        "此条不再包括 {days}：可拆成前后两条",
        days=days,
    )


def _starts(case: Case, occurrence: Occurrence, plan: Plan | None) -> tuple[dt.datetime, ...]:
    held = plan.session.get(occurrence.id) if plan else None
    return (held.start.astimezone(case.zone),) if held else occurrence.starts


def _open_then(case: Case, session: str, plan: Plan | None) -> Message:
    """Say when to be open as well: opening hours are weekly."""
    occurrence = agenda_of(case).by_id[session]
    start = _starts(case, occurrence, plan)[0]
    return text(
        "be open on {en} from {first} to {last} too (hours are weekly), or give {session} another starting time",
        "{zh} {first}-{last} 也开放（每周均生效），或为 {session} 另设时刻",
        en=WEEKDAYS_EN[start.weekday()],
        zh=weekday_name(start.weekday(), "zh"),
        first=start.time(),
        last=occurrence.end_of(start).time(),
        session=occurrence.label,
    )


def _homes(case: Case, who: str, session: str, plan: Plan | None) -> Iterator[Problem]:
    """Yield the row that says at which sites somebody serves."""
    held = plan.session.get(session) if plan else None
    sites = [held.site] if held else agenda_of(case).by_id[session].sites
    message = text(
        "let {who} serve at {sites} as well",
        "让 {who} 也可在 {sites} 服务",
        who=case.label[who],
        sites=tuple(case.label[site] for site in sites),
    )
    rows = [number for number, row in enumerate(case.staffing) if row.person == who]
    yield Problem("staffing", rows[0] if rows else None, "sites" if rows else None, message)


def _rows(case: Case, table: str, field: str | None, sentence: Message, ids: set[str]) -> Iterator[Problem]:
    for number, row in enumerate(getattr(case, table)):
        if row.id in ids:
            yield Problem(table, number, field, sentence)
