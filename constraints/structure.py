"""The structure of a plan, whatever the rules say: its names for explanations, and the check of a plan against it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from constraints.breach import Breach
from rota.agenda import session_label
from rota.text import Message, name, text

if TYPE_CHECKING:
    from rota.activity import Role
    from rota.agenda import Occurrence, PartFrame
    from rota.plan import PlanPart
    from rota.roster import Held, Roster

TAKES_PLACE = "takes_place"
"""A session that must take place does."""
LEAST = "least_seats"
"""A role has at least as many seats taken as it needs."""
STRUCTURE = "structure"
"""What breaches of the structure are reported under."""


def check_structure(roster: Roster, among: Collection[str] | None = None) -> Iterator[Breach]:
    """Yield every way in which a plan is not made of what the case foresees, `among` some sessions if they are given.

    Seats that the plan itself lists as open are not missing; it may list no others.
    """
    yield from _sessions(roster, among)
    yield from _listed_as_open(roster)
    for held in roster.held:
        if among is not None and held.id not in among:
            continue
        yield from _time_and_site(held)
        planned = {part.id: part for part in held.session.parts}
        found = 0
        for frame in held.occurrence.parts:
            part = planned.get(frame.id)
            if part is None:
                yield _breach(held, text("{session} lacks its part {part}", "{session} 缺少分场 {part}", part=frame.id))
            else:
                found += 1
                yield from _part(roster, held, frame, part)
        if not found == len(planned) == len(held.session.parts):
            yield from _strange_parts(held)


def _strange_parts(held: Held) -> Iterator[Breach]:
    for id_, times in Counter(part.id for part in held.session.parts).items():
        if times > 1:
            yield _breach(held, text("{session} has its part {part} twice", "{session} 的分场 {part} 重复", part=id_))
        if id_ not in held.occurrence.part:
            yield _breach(held, text("{session} has no part {part}", "{session} 没有分场 {part}", part=id_))


def _breach(held: Held, message: Message, amount: int = 1, who: tuple[str, ...] = ()) -> Breach:
    params = {"session": held.occurrence.label, **message.params}
    return Breach(STRUCTURE, amount, Message(message.en, message.zh, params), (held.id,), who)


def _sessions(roster: Roster, among: Collection[str] | None) -> Iterator[Breach]:
    seen = Counter(session.id for session in roster.plan.sessions if among is None or session.id in among)
    known = roster.agenda.by_id
    for session, times in seen.items():
        if session not in known:
            message = text(
                "{session} is no session of this case",
                "{session} 不是本排班的场次",
                session=session_label(roster.case, session),
            )
            yield Breach(STRUCTURE, 1, message, (session,))
        elif times > 1:
            message = text("{session} stands in the plan twice", "{session} 在安排中重复", session=session)
            yield Breach(STRUCTURE, times - 1, message, (session,))
    open_sessions = {seat.session for seat in roster.plan.open if seat.part is None}
    for occurrence in roster.agenda.occurrences if among is None else roster.agenda.in_order(among):
        if occurrence.id not in seen and occurrence.must and occurrence.id not in open_sessions:
            message = text(
                "{session} must take place and is not in the plan",
                "{session} 必须举办，但不在安排中",
                session=occurrence.label,
            )
            yield Breach(STRUCTURE, 1, message, (occurrence.id,))


def _listed_as_open(roster: Roster) -> Iterator[Breach]:
    """Yield what is listed as open and is not, or not so much of it: its number is the first cost of the plan."""
    for (session, part, role), missing in roster.listed.items():
        occurrence = roster.agenda.by_id.get(session)
        lacking = _lacking(roster, occurrence, part, role) if occurrence else 0
        if missing != lacking:
            message = text(
                "{session} is listed with {n} open; {lacking} are",
                "{session} 列出空缺 {n} 个；实际为 {lacking} 个",
                session=occurrence.label if occurrence else session,
                n=missing,
                lacking=lacking,
            )
            yield Breach(STRUCTURE, 1, message, (session,))


def _lacking(roster: Roster, occurrence: Occurrence, part: str | None, role: str | None) -> int:
    """Return how many seats of a role are open; without a part, a missing session with all its seats."""
    held = roster.by_id.get(occurrence.id)
    if held is None:
        every = sum(seats.role.least for frame in occurrence.parts for seats in frame.seats)
        return 1 + every if occurrence.must and part is None else 0
    seats = next((s for frame in occurrence.parts for s in frame.seats if (frame.id, s.name) == (part, role)), None)
    if seats is None:
        return 0
    taken = [who for planned in held.session.parts if planned.id == part for who in planned.roles.get(seats.name, ())]
    return max(0, seats.role.least - len(taken))


def _time_and_site(held: Held) -> Iterator[Breach]:
    occurrence, session = held.occurrence, held.session
    if held.start not in occurrence.starts:
        yield _breach(
            held,
            text(
                "{session} starts at {start}, which is none of its possible starts (from {first} to {last})",
                "{session} 开始于 {start}，不在可选的开始时间之内（{first} 至 {last}）",
                start=held.start,
                first=occurrence.first,
                last=occurrence.starts[-1] if occurrence.starts else occurrence.nominal,
            ),
        )
    if held.end != occurrence.end_of(held.start):
        yield _breach(
            held,
            text(
                "{session} ends at {end}; it lasts {minutes} minutes",
                "{session} 结束于 {end}；时长应为 {minutes} 分钟",
                end=held.end,
                minutes=occurrence.activity.minutes,
            ),
        )
    if session.site not in occurrence.sites:
        yield _breach(
            held, text("{session} cannot take place at {site}", "{session} 不能在 {site} 举办", site=session.site)
        )
    if session.activity != occurrence.activity.id:
        yield _breach(held, text("{session} names another activity", "{session} 的活动项目不符"))


def _part(roster: Roster, held: Held, frame: PartFrame, part: PlanPart) -> Iterator[Breach]:
    if misplaced := _misplaced(roster, held, frame, part):
        yield _breach(held, misplaced)
    if part.line not in (frame.lines or (None,)):
        shown = part.line or text("none", "无")
        yield _breach(
            held,
            text("{session}: the service line {line} is not possible", "{session}：不能选服务线 {line}", line=shown),
        )
    if part.theme != frame.theme.zh:
        yield _breach(held, text("{session}: the theme is not the case's", "{session}：特色与资料不符"))
    for id_, seated in part.roles.items():
        if seated and id_ not in frame.seats_by_role:
            yield _breach(held, text("{session} has no role {role}", "{session} 没有岗位 {role}", role=id_), who=seated)
    yield from _seats(roster, held, frame, part.roles)


def _seats(roster: Roster, held: Held, frame: PartFrame, taken: Mapping[str, tuple[str, ...]]) -> Iterator[Breach]:
    for seats in frame.seats:
        role = seats.role
        seated = taken.get(role.role, ())
        for who in seated if len(seated) == 1 else dict.fromkeys(seated):
            if who not in seats.candidates:
                yield _no_candidate(roster, held, role, who)
        if len(seated) > 1 and len(set(seated)) < len(seated):
            yield _named_twice(held, role)
        if not role.least <= len(seated) <= role.most or roster.listed:
            yield from _wrong_number(roster, held, frame, role, len(seated))


def _misplaced(roster: Roster, held: Held, frame: PartFrame, part: PlanPart) -> Message | None:
    """Say what is wrong with the room of a part, if anything is."""
    room, site = part.room, held.session.site
    if room is None:
        return text("{session} has no room", "{session} 没有场地") if frame.needs_room else None
    if room not in frame.rooms:
        return text("{session} cannot use the room {room}", "{session} 不能使用场地 {room}", room=_named(roster, room))
    if roster.case.room[room].site == site:
        return None
    return text(
        "{session} takes place at {site}, its room {room} does not lie there",
        "{session} 在 {site} 举办，但场地 {room} 不在该站点",
        site=_named(roster, site),
        room=_named(roster, room),
    )


def _no_candidate(roster: Roster, held: Held, role: Role, who: str) -> Breach:
    message = text(
        "{session}: {who} does not belong to those who may be {role}",
        "{session}：{who} 不在“{role}”的候选之列",
        who=_named(roster, who),
        role=role.label,
    )
    return _breach(held, message, who=(who,))


def _named_twice(held: Held, role: Role) -> Breach:
    return _breach(
        held, text("{session}: somebody is named twice as {role}", "{session}：“{role}”重复填写", role=role.label)
    )


def _wrong_number(roster: Roster, held: Held, frame: PartFrame, role: Role, seated: int) -> Iterator[Breach]:
    """Yield the breach of the number of seats taken, unless the plan lists as open what is missing."""
    least, most = role.least, role.most
    lack = least - seated - roster.listed.get((held.id, frame.id, role.role), 0)
    if lack > 0 or seated > most:
        yield _breach(
            held,
            text(
                "{session} has {n} as {role}; it takes {wanted}",
                "{session} 的“{role}”有 {n} 个；需要 {wanted} 个",
                n=seated,
                role=role.label,
                wanted=least if least == most else text("{a} to {b}", "{a} 至 {b}", a=least, b=most),
            ),
            max(lack, seated - most),
        )


def _named(roster: Roster, id_: str) -> Message:
    return roster.case.label.get(id_, name(id_))
