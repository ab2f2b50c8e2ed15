"""Quick impossibilities: what can be seen not to work without a solver, session by session."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from constraints.rules.availability import Statements
from constraints.rules.choose import Choose
from constraints.rules.cover import Cover
from constraints.rules.eligibility import Eligibility
from constraints.rules.membership import Membership
from constraints.rules.opening_hours import OpeningHours
from constraints.rules.order_share import OrderShare
from constraints.rules.room_fit import RoomFit, shortfall
from constraints.rules.staffing_sites import StaffingSites
from constraints.rules.substitute import Substitute
from constraints.rules.wanted import Wanted
from rota.agenda import Occurrence, PartFrame, Seats, agenda_of
from rota.demand import Level
from rota.hours import covers
from rota.problem import Problem
from rota.text import Message, clauses, several, text

if TYPE_CHECKING:
    from constraints.rule import Rule
    from rota.case import Case


def impossibilities(case: Case, rules: Sequence[Rule]) -> list[Problem]:
    """Return the sessions that cannot take place at any of their starts, and groups with more members than turns."""
    facts = Facts(case, rules)
    rows = {activity.id: number for number, activity in enumerate(case.activities)}
    problems = []
    for occurrence in agenda_of(case).occurrences:
        if occurrence.must and occurrence.starts:
            found = min(_at_every_start(facts, occurrence), key=len, default=None)
            if found:
                problems.append(Problem("activities", rows[occurrence.activity.id], "id", _cannot(occurrence, found)))
    return [*problems, *_too_few_turns(case, rules), *_never_able(case, rules, facts)]


def unweighed_orders(case: Case, rules: Sequence[Rule]) -> list[Problem]:
    """Return the warning that no rule asks for any order to be accepted, so that declining all is best."""
    if not case.orders or any(isinstance(rule, Wanted | OrderShare | Choose | Substitute) for rule in rules):
        return []
    message = text(
        'no rule asks that orders be accepted, so none will be; state the rule "Wanted sessions" (wanted)',
        "没有规则要求接单，点单都不会安排；请在“规则”中添加“可办尽办”（wanted）",
    )
    return [Problem("orders", None, None, message, "warning")]


def shortcomings(facts: Facts, occurrence: Occurrence) -> list[Message]:
    """Return what is missing at every start of an occurrence; empty where nothing is seen to be missing at one."""
    return _at_each(_at_every_start(facts, occurrence))


def _at_every_start(facts: Facts, occurrence: Occurrence) -> list[list[Message]]:
    """Return what is missing at each start; nothing where nothing is missing at one of them."""
    found = list(takewhile(bool, (facts.shortcomings(occurrence, start) for start in occurrence.starts)))
    return found if len(found) == len(occurrence.starts) else []


def _at_each(found: Sequence[Sequence[Message]]) -> list[Message]:
    """Say once what is missing at several starts."""
    starts: dict[tuple[object, ...], list[Message]] = {}
    for missing in found:
        for message in missing:
            others = tuple((key, str(value)) for key, value in message.params.items() if key != "start")
            starts.setdefault((message.en, *others), []).append(message)
    return [_for_all(alike) if len(alike) > 1 else alike[0] for alike in starts.values()]


def _for_all(alike: Sequence[Message]) -> Message:
    first = alike[0]
    start = text("each of {n} possible starts", "{n} 个可选时间", n=len(alike))
    return Message(first.en, first.zh, {**first.params, "start": start})


def _cannot(occurrence: Occurrence, found: list[Message]) -> Message:
    return text(
        "{session} cannot take place at any possible start: {found}",
        "{session} 在任何可选时间都无法举办：{found}",
        session=occurrence.label,
        found=clauses(found),
    )


class Facts:
    """Answers about single candidates, under those of the rules that are required."""

    def __init__(self, case: Case, rules: Sequence[Rule]) -> None:
        required = [rule for rule in rules if rule.required]
        self.case = case
        self.cannot = any(isinstance(rule, Statements) and rule.level is Level.CANNOT for rule in required)
        self.membership = any(isinstance(rule, Membership) for rule in required)
        self.hours = any(isinstance(rule, OpeningHours) for rule in required)
        self.fit = any(isinstance(rule, RoomFit) for rule in required)
        self.homes = case.homes if any(isinstance(rule, StaffingSites) for rule in required) else {}
        self.asked = 0
        """So often it was asked whether somebody is able: how much looking was done."""
        self._sites_at: dict[tuple[str, dt.datetime], list[str]] = {}
        self.eligibility = next((rule for rule in required if isinstance(rule, Eligibility)), None)

    def sessions_of(self, members: Collection[str], role: str) -> dict[str, set[str]]:
        """Return for each of some members the sessions in which they could take the role at one start at least."""
        found: dict[str, set[str]] = {who: set() for who in members}
        for occurrence, part, seats in agenda_of(self.case).seats_of(role):
            for who in seats.candidates:
                if who in found and any(self.able(who, part, seats, occurrence, s) for s in occurrence.starts):
                    found[who].add(occurrence.id)
        return found

    def shortcomings(self, occurrence: Occurrence, start: dt.datetime) -> list[Message]:
        """Return what is missing for the occurrence to begin at `start`."""
        end = occurrence.end_of(start)
        sites = self.sites(occurrence, start)
        if not sites:
            return [text("at {start} no site is open", "{start} 没有站点开放", start=start)]
        found: list[Message] = []
        for part in occurrence.parts:
            if part.needs_room and not any(self.fits(r, part, sites, start, end) for r in part.rooms):
                found.append(text("at {start} no room fits and is free", "{start} 没有合适且空闲的场地", start=start))
            for seats in part.seats:
                able = (who for who in seats.candidates if self.able(who, part, seats, occurrence, start))
                enough = sum(1 for _ in islice(able, seats.role.least))
                if enough < seats.role.least:
                    found.append(self._too_few(seats, enough, start))
        return found

    def _too_few(self, seats: Seats, able: int, start: dt.datetime) -> Message:
        return text(
            "at {start} {n} of {all} can be {role}; it takes {least}",
            "{start}：{all}中能任“{role}”的有 {n} 个，需要 {least} 个",
            start=start,
            n=able,
            all=several(len(seats.candidates), "candidate", "个候选"),
            role=seats.role.label,
            least=seats.role.least,
        )

    def _open(self, hours: str, start: dt.datetime, end: dt.datetime) -> bool:
        return not self.hours or covers(hours, start, end)

    def free(self, what: str, start: dt.datetime, end: dt.datetime) -> bool:
        """Tell whether nothing is said that would keep a resource or a site from a stretch of time."""
        return not self.cannot or not any(self.case.stated(what, Level.CANNOT, start, end))

    def fits(self, id_: str, part: PartFrame, sites: list[str], start: dt.datetime, end: dt.datetime) -> bool:
        """Tell whether a room at one of `sites` is open and free, and large and well-equipped enough for a part."""
        room = self.case.room[id_]
        fits = not self.fit or shortfall(room, part) == (0, [])
        return room.site in sites and fits and self._open(room.hours, start, end) and self.free(id_, start, end)

    def sites(self, occurrence: Occurrence, start: dt.datetime) -> list[str]:
        """Return the sites that are open and free for a session that begins at `start`."""
        if (occurrence.id, start) not in self._sites_at:
            end = occurrence.end_of(start)
            self._sites_at[occurrence.id, start] = [
                s
                for s in occurrence.sites
                if self._open(self.case.site[s].hours, start, end) and self.free(s, start, end)
            ]
        return self._sites_at[occurrence.id, start]

    def able(self, who: str, part: PartFrame, seats: Seats, occurrence: Occurrence, start: dt.datetime) -> bool:
        """Tell whether a candidate for a role could take it at `start`."""
        self.asked += 1
        resource = self.case.resources[who]
        if self.membership and not resource.belongs(start.date()):
            return False
        if self.eligibility and not self.eligibility.admits(resource, seats.role, part.lines):
            return False
        if who in self.homes and not set(self.homes[who]).intersection(self.sites(occurrence, start)):
            return False
        return self.free(who, start, occurrence.end_of(start))


def _too_few_turns(case: Case, rules: Sequence[Rule]) -> Iterator[Problem]:
    """Yield required covers of more turns than their role has seats."""
    for rule in rules:
        if not isinstance(rule, Cover) or not rule.required or not rule.role:
            continue
        due = rule.times * len(rule.members(case))
        seats = sum(s.role.most for o, _, s in agenda_of(case).seats_of(rule.role) if rule.counts(o))
        row = next((number for number, demand in enumerate(case.demands) if demand.id == rule.id), None)
        if due > seats and row is not None:
            message = text(
                "{n} should have {due}{as_role} in all, but the sessions have {seats} at most",
                "{n} 共应{as_role}{due}，但各场次最多只有 {seats}",
                due=several(due, "turn", "次"),
                as_role=rule.as_role(case),
                n=several(len(rule.members(case)), "member", "个成员"),
                seats=several(seats, "seat", "个名额"),
            )
            yield Problem("demands", row, "times", message)


def _never_able(case: Case, rules: Sequence[Rule], facts: Facts) -> Iterator[Problem]:
    """Yield members to whom more turns are due than there are sessions in which they could serve."""
    places = {
        row.id: (table, n) for table in ("units", "people", "equipment") for n, row in enumerate(getattr(case, table))
    }
    for rule in rules:
        if not isinstance(rule, Cover) or not rule.required or not rule.role:
            continue
        counted = {o.id for o in agenda_of(case).occurrences if rule.counts(o)}
        for who, sessions in facts.sessions_of(rule.members(case), rule.role).items():
            able = len(sessions & counted)
            if able < rule.times:
                message = text(
                    "{who} should have at least {times}{as_role}, but could serve in {able}",
                    "{who} 至少应{as_role}{times}，但可安排的场次只有 {able}",
                    who=case.label[who],
                    times=several(rule.times, "turn", "次"),
                    as_role=rule.as_role(case),
                    able=several(able, "session", "场"),
                )
                yield Problem(*places[who], "id", message)
