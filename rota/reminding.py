"""Reminding: which reminders the rules of a case ask for, given a plan, and when each is due."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from rota.case import Case
from rota.plan import Plan, Session
from rota.problem import Problem
from rota.reminder import MORNING, Occasion, Reached, Reminder, quiet_span
from rota.text import text

Kind = Literal["reminder", "digest", "group"]
KINDS: tuple[Kind, ...] = ("reminder", "digest", "group")
LEAST_LEFT = dt.timedelta(hours=1)
"""So long before a session a reminder must come that quiet hours hold back; else it is sent before they begin."""


@dataclass(frozen=True)
class Call:
    """One thing to be said to one recipient at a time.

    `key` names it for ever: the same rule, session, start and recipient lead to the same key, whichever revision asks.
    `until` is when nobody needs it any more. The body holds ids only.
    """

    key: str
    kind: Kind
    recipient: str
    body: Mapping[str, object]
    due: dt.datetime
    until: dt.datetime


def calls(case: Case, plan: Plan) -> Iterator[Call]:
    """Yield everything that the rules ask for, whether it is due already or not; each key once."""
    seen: set[str] = set()
    for rule in case.reminders:
        found = _of_sessions if rule.what is Occasion.SESSION else _of_weeks
        for call in found(case, plan, rule):
            if call.key not in seen:
                seen.add(call.key)
                yield call


def zone_of(case: Case, site: str) -> ZoneInfo:
    """Return the time zone of a site; the case's where it has none of its own."""
    found = case.site.get(site)
    return ZoneInfo(found.zone) if found and found.zone else case.zone


def _of_sessions(case: Case, plan: Plan, rule: Reminder) -> Iterator[Call]:
    for session in plan.sessions:
        concerned = _concerned(session, rule)
        if not concerned:
            continue
        zone = zone_of(case, session.site)
        due = undisturbed(case, _due(session, rule, zone), zone, session.start)
        body = {"session": session.id, "channel": rule.channel, "to": rule.to.value}
        about = f"{case.settings.id}:{session.id}:{session.start.astimezone(dt.UTC):%Y%m%dT%H%M}:{rule.code}"
        if rule.to is Reached.GROUP:
            with_roles = {**body, "roles": list(rule.roles)}
            key = f"group:{about}:{rule.channel}"
            yield Call(key, "group", session.site, with_roles, due, session.start)
            continue
        for who in concerned:
            yield Call(f"reminder:{about}:{who}:{rule.channel}", "reminder", who, body, due, session.start)


def _due(session: Session, rule: Reminder, zone: ZoneInfo) -> dt.datetime:
    """Return when a reminder is due: days are those of the calendar, whatever the clocks do in between."""
    if rule.ahead.minutes:
        return session.start.astimezone(dt.UTC) - dt.timedelta(minutes=rule.ahead.minutes)
    start = session.start.astimezone(zone)
    day = start.date() - dt.timedelta(days=rule.ahead.days)
    return dt.datetime.combine(day, rule.at or start.time(), zone).astimezone(dt.UTC)


def _concerned(session: Session, rule: Reminder) -> tuple[str, ...]:
    roles: tuple[str | None, ...] = rule.roles or (None,)
    return tuple(dict.fromkeys(who for role in roles for who in session.serving(role)))


def _of_weeks(case: Case, plan: Plan, rule: Reminder) -> Iterator[Call]:
    """Yield the summaries, each to whoever has a session in its days, or to the group of the channel."""
    turns: dict[tuple[dt.date, dt.date, int], dict[str, None]] = defaultdict(dict)
    for session in plan.sessions:
        day = session.start.astimezone(case.zone).date()
        grouped = rule.to is Reached.GROUP
        turns[rule.said_on(day)] |= dict.fromkeys([session.site] if grouped else _concerned(session, rule))
    for (said, first, days), recipients in turns.items():
        due = dt.datetime.combine(said, rule.at or MORNING, case.zone).astimezone(dt.UTC)
        until = dt.datetime.combine(first + dt.timedelta(days=days), dt.time(), case.zone).astimezone(dt.UTC)
        body = {"first": first.isoformat(), "days": days, "channel": rule.channel, "to": rule.to.value}
        due = undisturbed(case, due, case.zone, until)
        for who in recipients:
            key = f"digest:{case.settings.id}:{first}:{rule.code}:{who}:{rule.channel}"
            yield Call(key, "digest", who, body, due, until)


def undisturbed(case: Case, due: dt.datetime, zone: ZoneInfo, until: dt.datetime) -> dt.datetime:
    """Return when to send what is due, so that nobody is disturbed in the quiet hours of the case.

    It waits for their end, where it is still of use then; else it is sent before they begin.
    """
    quiet = quiet_span(case.settings.quiet)
    if quiet is None:
        return due
    local = due.astimezone(zone)
    first, last = quiet
    overnight = last < first
    if not (first <= local.time() < last if not overnight else local.time() >= first or local.time() < last):
        return due
    began = local.date() - dt.timedelta(days=int(overnight and local.time() < last))
    ends = dt.datetime.combine(began + dt.timedelta(days=int(overnight)), last, zone)
    if ends + LEAST_LEFT <= until:
        return ends.astimezone(dt.UTC)
    return (dt.datetime.combine(began, first, zone) - dt.timedelta(minutes=1)).astimezone(dt.UTC)


def unknown_roles(case: Case) -> Iterator[Problem]:
    """Yield roles of which people are to be reminded, and that no activity has."""
    known = {role.role for role in case.roles}
    for number, row in enumerate(case.reminders):
        for wanted in row.roles:
            if wanted not in known:
                message = text(
                    'no activity has a role "{wanted}"; known are: {known}',
                    "没有岗位“{wanted}”；已有：{known}",
                    wanted=wanted,
                    known=tuple(sorted(known)) or text("none", "无"),
                )
                yield Problem("reminders", number, "roles", message)
