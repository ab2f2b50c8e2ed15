"""Inspection of a case: references that lead nowhere, ids used twice, statements that contradict each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from rota.activity import Kind, selected
from rota.agenda import MAIN_PART, agenda_of
from rota.cycle import MOST_ROUNDS
from rota.facts import Resource
from rota.holidays import notice_years, years_without_notice
from rota.problem import Problem
from rota.reminding import unknown_roles
from rota.spelling import namesakes, unknown
from rota.text import Message, several, text

if TYPE_CHECKING:
    from rota.agenda import Occurrence, Seats
    from rota.case import Case
    from rota.row import Row

REFERENCES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("rooms", "site", ("sites",)),
    ("units", "lines", ("lines",)),
    ("people", "lines", ("lines",)),
    ("people", "unit", ("units",)),
    ("equipment", "lines", ("lines",)),
    ("contacts", "of", ("units", "people", "sites")),
    ("travel", "origin", ("sites",)),
    ("travel", "destination", ("sites",)),
    ("audience", "site", ("sites",)),
    ("staffing", "person", ("people",)),
    ("staffing", "sites", ("sites",)),
    ("activities", "cycle", ("cycles",)),
    ("activities", "lines", ("lines",)),
    ("activities", "sites", ("sites",)),
    ("activities", "rooms", ("rooms",)),
    ("parts", "activity", ("activities",)),
    ("parts", "lines", ("lines",)),
    ("parts", "rooms", ("rooms",)),
    ("roles", "activity", ("activities",)),
    ("orders", "service", ("activities",)),
    ("orders", "sites", ("sites",)),
    ("availability", "resource", ("units", "people", "equipment", "rooms", "sites")),
    ("pins", "room", ("rooms",)),
    ("pins", "resource", ("units", "people", "equipment")),
    ("outcomes", "host", ("units",)),
)
"""Which cells name rows of which tables: (table, field, tables in which the name is looked up)."""

SHARED_IDS = ("sites", "rooms", "units", "people", "equipment")
"""Tables whose ids must differ from each other's too: availability names their rows without saying which table."""

UNIQUE: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (SHARED_IDS, ("id",)),
    *(((table,), ("id",)) for table in ("lines", "cycles", "demands", "audience")),
    (("activities", "orders"), ("id",)),
    (("parts",), ("activity", "id")),
    (("roles",), ("activity", "part", "role")),
    (("travel",), ("origin", "destination")),
    (("staffing",), ("person",)),
    (("holidays",), ("day",)),
    (("outcomes",), ("session",)),
    (("terms",), ("word",)),
)
"""What may stand once: (tables looked at together, fields that make a row unique; the last one is shown)."""


def inspect(case: Case) -> list[Problem]:
    """Return everything that can be seen to be wrong with a case whose cells all read well; errors before warnings."""
    return [*inspect_tables(case), *inspect_agenda(case), *_warnings(case)]


def _unknown_groups(case: Case) -> Iterator[Problem]:
    """Yield groups of which a role's candidates are to be, and of which nobody is."""
    groups = {kind: {group for resource in case.of_kind(kind) for group in resource.groups} for kind in Kind}
    for number, role in enumerate(case.roles):
        known = groups[role.kind]
        for wanted in role.groups:
            if known and wanted not in known:
                yield Problem(
                    "roles",
                    number,
                    "groups",
                    text(
                        'nobody of the kind "{kind}" is in the group "{wanted}"; known are: {known}',
                        "“{kind}”中没有分组“{wanted}”；已有：{known}",
                        kind=role.kind.label,
                        wanted=wanted,
                        known=tuple(spelled(case, group) for group in sorted(known)) or text("none", "无"),
                    ),
                )


def spelled(case: Case, word: str) -> Message:
    """Say a word as it is to be typed, with what is said for it where that differs."""
    label = case.term(word)
    return text(
        "{word}" if label.en == word else "{word} ({label})",
        "{word}" if label.zh == word else "{word}（{label}）",
        word=word,
        label=label,
    )


def inspect_tables(case: Case) -> list[Problem]:
    """Return what is wrong between the rows themselves: ids used twice, references that lead nowhere."""
    found = (_twice, _dangling, _membership, _of_roles, _unknown_groups, unknown_roles)
    return [problem for each in found for problem in each(case)]


def inspect_agenda(case: Case) -> list[Problem]:
    """Return what shows once the rounds are laid out, as far as the activities can be laid out at all."""
    sound = sound_activities(case)
    if len(sound) == len(case.activities):
        return list(_in_agenda(case))
    whole = {case.activities[number].id for number in sound}
    whole |= {order.id for order in case.orders if order.service in whole}
    smaller = case.model_copy(update={"activities": tuple(case.activities[number] for number in sound)})
    found: list[Problem] = []
    for problem in _in_agenda(smaller):
        if problem.table == "activities" and problem.row is not None:
            found.append(replace(problem, row=sound[problem.row]))
        elif problem.table in {"pins", "outcomes"} and problem.row is not None:
            row = getattr(case, problem.table)[problem.row]
            if row.session.partition("@")[0] in whole:
                found.append(problem)
    return found


def sound_activities(case: Case) -> list[int]:
    """Return which rows of the activities can be laid out: their cycle, if they have one, and all their rooms exist."""
    rooms_of = {activity.id: set(activity.rooms) for activity in case.activities}
    for part in case.parts:
        rooms_of.setdefault(part.activity, set()).update(part.rooms)
    return [
        number
        for number, activity in enumerate(case.activities)
        if activity.cycle in {"", *case.cycle} and rooms_of[activity.id] <= case.room.keys()
    ]


def _rows(case: Case, table: str) -> tuple[Row, ...]:
    rows: tuple[Row, ...] = getattr(case, table)
    return rows


def _ids(case: Case, tables: Iterable[str]) -> set[str]:
    return {str(getattr(row, "id")) for table in tables for row in _rows(case, table)}  # noqa: B009 - not every row has one


def _twice(case: Case) -> Iterator[Problem]:
    """Yield every second use of an identifier."""
    for tables, fields in UNIQUE:
        seen: set[tuple[object, ...]] = set()
        for table in tables:
            for number, row in enumerate(_rows(case, table)):
                value = tuple(getattr(row, field) for field in fields)
                if value in seen:
                    shown = " / ".join(str(part) for part in value if part)
                    message = text(
                        '"{value}" stands here a second time; each may stand once',
                        "“{value}”重复出现；每个只能出现一次",
                        value=shown,
                    )
                    yield Problem(table, number, fields[-1], message)
                seen.add(value)


def _dangling(case: Case) -> Iterator[Problem]:
    """Yield every name that no row bears, with the nearest one that exists."""
    for table, field, targets in REFERENCES:
        known = _ids(case, targets)
        for number, row in enumerate(_rows(case, table)):
            value = getattr(row, field)
            for wanted in value if isinstance(value, tuple) else (value,):
                if wanted and wanted not in known:
                    yield Problem(table, number, field, unknown(case, wanted, targets))


def _membership(case: Case) -> Iterator[Problem]:
    """Yield resources that leave before they join."""
    message = text("the last day lies before the day of joining", "退出日期早于加入日期")
    for table in ("units", "people", "equipment"):
        for number, row in enumerate(_rows(case, table)):
            if isinstance(row, Resource) and row.joined and row.left and row.left < row.joined:
                yield Problem(table, number, "left", message)


def _of_roles(case: Case) -> Iterator[Problem]:
    """Yield roles of parts that the activity does not have, and roles that contradict each other."""
    parts = {(part.activity, part.id) for part in case.parts}
    whole = case.activity.keys() - {part.activity for part in case.parts}
    parts |= {(activity, MAIN_PART) for activity in whole}
    everywhere = {(role.activity, role.role) for role in case.roles if not role.part}
    kinds: dict[str, Kind] = {}
    for number, role in enumerate(case.roles):
        said = {"activity": role.activity, "role": role.role, "part": role.part}
        if role.part and role.activity in case.activity and (role.activity, role.part) not in parts:
            message = text('activity {activity} has no part "{part}"', "活动项目 {activity} 没有分场“{part}”", **said)
            yield Problem("roles", number, "part", message)
        elif role.part and (role.activity, role.role) in everywhere:
            message = text(
                "role {role} is already stated for every part of {activity}; name a part in each row or in none",
                "岗位 {role} 已对 {activity} 的所有分场设置；请在每行都写明分场，或都不写",
                **said,
            )
            yield Problem("roles", number, "part", message)
        if (other := kinds.setdefault(role.role, role.kind)) is not role.kind:
            message = text(
                "role {role} is filled from {other} elsewhere; one role draws from one kind",
                "岗位 {role} 在别处来自“{other}”；同一岗位只能有一种来源",
                role=role.role,
                other=other,
            )
            yield Problem("roles", number, "kind", message)


def _in_agenda(case: Case) -> Iterator[Problem]:
    """Yield what shows only once the rounds are laid out: sessions without a start, pins on sessions that are none."""
    agenda = agenda_of(case)
    rows = {activity.id: number for number, activity in enumerate(case.activities)}
    for occurrence in agenda.occurrences:
        if not occurrence.starts and occurrence.must:
            yield Problem(
                "activities",
                rows[occurrence.activity.id],
                "holidays",
                text(
                    "{session} has no possible start: its window holds only days that the holiday policy, the weekdays "
                    "or the horizon rule out; widen the window, or choose keep or skip",
                    "{session} 没有可用的开始时间：窗口内的日期都被节假日处理、星期或排班期排除；"
                    "请放宽窗口，或改为“照常”“取消”",
                    session=occurrence.label,
                ),
            )
    if not agenda.occurrences:
        yield Problem("activities", None, None, text("no session falls into the horizon", "排班期内没有任何场次"))
    for number, pin in enumerate(case.pins):
        yield from _pin_problems(case, number, pin.session, pin.part, pin.role)
    for number, outcome in enumerate(case.outcomes):
        yield from (p for p in _pin_problems(case, number, outcome.session, "", "", "outcomes"))
    known_roles = set(agenda.roles)
    for number, turn in enumerate(case.history):
        if turn.role not in known_roles:
            yield Problem(
                "history",
                number,
                "role",
                text('no activity has the role "{role}"', "没有活动项目设有岗位“{role}”", role=turn.role),
            )


def _pin_problems(
    case: Case, number: int, session: str, part: str, role: str, table: str = "pins"
) -> Iterator[Problem]:
    occurrence = agenda_of(case).by_id.get(session)
    if occurrence is None:
        yield Problem(
            table,
            number,
            "session",
            text(
                '"{session}" is no session of this case; ids have the form activity@date, e.g. {example}',
                "“{session}”不是本排班的场次；场次编号形如 活动项目@日期，例如 {example}",
                session=session,
                example=agenda_of(case).occurrences[0].id if agenda_of(case).occurrences else "rotation@2027-01-09",
            ),
        )
        return
    if part and part not in occurrence.part:
        yield Problem(table, number, "part", _has_no_part(part, occurrence))
        return
    seats = [seats for p in occurrence.parts if part in {"", p.id} for seats in p.seats]
    if role and role not in {each.name for each in seats}:
        yield Problem(table, number, "role", _has_no_role(role, seats))


def _has_no_part(part: str, occurrence: Occurrence) -> Message:
    return text(
        'the session has no part "{part}"; it has: {parts}',
        "该场次没有分场“{part}”；已有：{parts}",
        part=part,
        parts=tuple(occurrence.part),
    )


def _has_no_role(role: str, seats: Iterable[Seats]) -> Message:
    return text(
        'the session has no role "{role}"; it has: {roles}',
        "该场次没有岗位“{role}”；已有：{roles}",
        role=role,
        roles=tuple(dict.fromkeys(each.name for each in seats)) or text("none", "无"),
    )


def _warnings(case: Case) -> Iterator[Problem]:
    yield from _rounds_beyond(case)
    yield from _orders_beyond(case)
    yield from _unused_terms(case)
    yield from namesakes(case)
    first, last = notice_years()
    for year in years_without_notice(case):
        yield Problem(
            "holidays",
            None,
            None,
            text(
                "no official notice of the public holidays of {year} is known (the calendar knows {first}-{last}): "
                "{advice}; enter the notice when it comes",
                "尚无 {year} 年放假安排的正式通知（日历已知 {first}-{last} 年）：{advice}；通知发布后请录入",
                advice=_advice(case, year),
                year=year,
                first=first,
                last=last,
            ),
            "warning",
        )


def _advice(case: Case, year: int) -> Message:
    if any(row.provisional and row.day.year == year for row in case.holidays):
        return text("the days entered are provisional", "已录入的为暂定日期")
    return text("`rota holidays {year}` drafts the sheet", "可用 `rota holidays {year}` 生成草案", year=year)


def _rounds_beyond(case: Case) -> Iterator[Problem]:
    """Yield activities that choose rounds which their cycle does not have."""
    for number, activity in enumerate(case.activities):
        if not activity.cycle:
            continue
        rounds = len(case.cycle[activity.cycle].days) if activity.cycle in case.cycle else MOST_ROUNDS
        beyond = sorted(number for number in selected(activity.rounds, rounds) if number > rounds)
        if beyond:
            message = text(
                "round {beyond} does not exist: cycle {cycle} has {rounds}",
                "没有第 {beyond} 轮：轮次表 {cycle} 共 {rounds}",
                beyond=beyond[0],
                cycle=activity.cycle,
                rounds=several(rounds, "round", "轮"),
            )
            yield Problem("activities", number, "rounds", message, "warning")


def _orders_beyond(case: Case) -> Iterator[Problem]:
    """Yield orders of which no wished day lies in the horizon."""
    for number, order in enumerate(case.orders):
        if not any(case.settings.first <= day <= case.settings.last for day in order.days):
            message = text(
                "none of these days lies in the horizon from {first} to {last}; the order is left out",
                "这些日期都不在排班期内（{first} 至 {last}）；该点单不参与安排",
                first=case.settings.first,
                last=case.settings.last,
            )
            yield Problem("orders", number, "days", message, "warning")


def _unused_terms(case: Case) -> Iterator[Problem]:
    """Yield words that are given names, and that no row uses."""
    used = words(case)
    for number, row in enumerate(case.terms):
        if row.word not in used:
            message = text('nothing here is called "{word}"', "没有任何表用到“{word}”", word=row.word)
            yield Problem("terms", number, "word", message, "warning")


def words(case: Case) -> frozenset[str]:
    """Return the words in use that terms can be given for."""
    return frozenset(_words(case))


def _words(case: Case) -> Iterator[str]:
    for resource in case.resources.values():
        yield from (*resource.groups, *resource.skills)
    for role in case.roles:
        yield from (*role.groups, *role.skills)
    for room in case.rooms:
        yield from room.features
    for part in case.parts:
        yield from part.features
    for activity in case.activities:
        yield from (*activity.features, activity.choice, activity.requester)
    yield from (order.requester for order in case.orders)
    yield from (audience.name for audience in case.audience)
    yield from (statement.reason for statement in case.availability)
