"""A small station to write about: two versions of its plan, and everybody who is written to."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from delivery import letters
from delivery.channel import Recipient
from delivery.letters import Draft, Envelope
from rota.case import Case
from rota.difference import affected
from rota.plan import CaseRef, Plan, Session
from rota.request import Request, SeatRef, Stage
from rota.text import LANGUAGES, Language

IDS = ("U-TAX", "U-LAW", "U-BANK", "P-CHEN", "E-CAR", "S-MID", "S-LAKE", "R-HALL", "R-ROOM", "A-DAY", "L-RES", "L-GOV")

CASE = Case.model_validate(
    {
        "settings": {
            "id": "C-2023",
            "title": "2023 年度轮值",
            "title_en": "The rotation of 2023",
            "alliance": "中心党建联盟",
            "alliance_en": "Center Alliance",
            "first": "2023-01-01",
            "last": "2024-01-31",
            "url": "https://rota.example.com/",
        },
        "lines": [
            {"id": "L-RES", "name": "居民服务", "name_en": "Residents"},
            {"id": "L-GOV", "name": "政务服务", "name_en": "Government"},
        ],
        "sites": [
            {
                "id": "S-MID",
                "name": "中心服务站",
                "name_en": "Center",
                "address": "中心路1号",
                "address_en": "1 Center Rd",
            },
            {"id": "S-LAKE", "name": "湖西服务站", "name_en": "Lake West"},
        ],
        "rooms": [
            {"id": "R-HALL", "site": "S-MID", "name": "多功能厅", "name_en": "Hall"},
            {"id": "R-ROOM", "site": "S-LAKE", "name": "会议室", "name_en": "Meeting room"},
        ],
        "units": [
            {"id": "U-TAX", "name": "税务局", "name_en": "Tax Bureau"},
            {"id": "U-LAW", "name": "司法局", "name_en": "Justice Bureau"},
            {"id": "U-BANK", "name": "清河银行", "name_en": "Qinghe Bank"},
        ],
        "people": [{"id": "P-CHEN", "name": "陈老师", "name_en": "Ms Chen"}],
        "equipment": [{"id": "E-CAR", "name": "健康服务车", "name_en": "Health car"}],
        "contacts": [
            {"of": "U-TAX", "name": "王敏", "phone": "13800001111", "email": "wang@example.com", "channel": "邮件"},
            {"of": "P-CHEN", "name": "陈老师", "phone": "13800002222", "channel": "企业微信"},
            {"of": "S-MID", "name": "李静", "phone": "0512-0000-0001"},
        ],
        "cycles": [{"id": "C-ALL", "name": "双周", "first": "2023-05-13", "rrule": "FREQ=WEEKLY;INTERVAL=2;COUNT=18"}],
        "activities": [
            {
                "id": "A-DAY",
                "name": "综合服务日",
                "name_en": "Service day",
                "cycle": "C-ALL",
                "times": ["09:30"],
                "minutes": 120,
            }
        ],
        "roles": [
            {"activity": "A-DAY", "role": "host"},
            {"activity": "A-DAY", "role": "partner"},
            {"activity": "A-DAY", "role": "instructor", "kind": "person"},
        ],
    }
)


def session(
    day: str,
    start: str,
    host: str,
    partner: str = "",
    *,
    site: str = "S-MID",
    line: str = "L-RES",
    guest: str = "P-CHEN",
) -> Session:
    begin = dt.datetime.fromisoformat(start).replace(tzinfo=CASE.zone)
    roles = {"host": (host,), "partner": (partner,), "instructor": (guest,)}
    part = {"id": "main", "room": "R-HALL" if site == "S-MID" else "R-ROOM", "line": line}
    seated = {role: seats for role, seats in roles.items() if seats != ("",)}
    return Session.model_validate(
        {
            "id": f"A-DAY@{day}",
            "activity": "A-DAY",
            "start": begin,
            "end": begin + dt.timedelta(hours=2),
            "site": site,
            "parts": [{**part, "roles": seated}],
        }
    )


def plan(*sessions: Session) -> Plan:
    return Plan(case=CaseRef(title=CASE.settings.title, hash=CASE.hash), sessions=sessions)


BEFORE = plan(
    session("2023-05-13", "2023-05-13T09:30", "U-TAX", "U-BANK"),
    session("2023-05-27", "2023-05-27T09:30", "U-LAW", "U-TAX"),
    session("2023-06-10", "2023-06-10T09:30", "U-BANK", guest=""),
    session("2023-06-24", "2023-06-24T09:30", "U-TAX", guest=""),
    session("2024-01-06", "2024-01-06T09:30", "U-LAW", guest=""),
)
AFTER = plan(
    session("2023-05-13", "2023-05-20T09:30", "U-TAX", "U-BANK", site="S-LAKE", line="L-GOV"),
    session("2023-05-27", "2023-05-27T09:30", "U-TAX", "U-LAW"),
    session("2023-06-10", "2023-06-10T09:30", "U-TAX", guest=""),
    session("2024-01-06", "2024-01-06T09:30", "U-TAX", guest=""),
)
"""The first moves elsewhere, in the second two change roles, the third and last go to 税务局, one is off."""

SECOND = AFTER.sessions[1]
NOW = dt.datetime(2023, 5, 6, 9, 30, tzinfo=CASE.zone)
COORDINATOR = CASE.contacts[2]
REQUEST = Request(
    id="Q1",
    mine=SeatRef(session="A-DAY@2023-05-27", part="main", role="host", who="U-LAW"),
    other=SeatRef(session="A-DAY@2023-05-13", part="main", role="host", who="U-TAX"),
    note="当天另有会议",
)


def envelope(who: str, name: str, language: Language) -> Envelope:
    return Envelope(CASE, who, Recipient(name, language=language), NOW.date())


def drafts(language: Language) -> dict[str, Draft]:
    """Every letter there is, in its variants, by a name."""
    english = language == "en"
    tax = envelope("U-TAX", "Wang Min" if english else "王敏", language)
    chen = envelope("P-CHEN", "Ms Chen" if english else "陈老师", language)
    law = envelope("U-LAW", "", language)
    lead = envelope("", "Li Jing" if english else "李静", language)
    linked = replace(
        tax, confirm="https://rota.example.com/a/x/confirm", decline="https://rota.example.com/a/x/decline"
    )
    whom = affected(BEFORE, AFTER)
    first = AFTER.session["A-DAY@2023-05-13"]
    week = dt.timedelta(days=7)
    found = {
        "notice to a unit": letters.notice(tax, BEFORE, AFTER, whom["U-TAX"]),
        "notice to a person": letters.notice(chen, BEFORE, AFTER, whom["P-CHEN"]),
        "notice to one who loses a turn": letters.notice(law, BEFORE, AFTER, whom["U-LAW"]),
        "notice of the first plan": letters.notice(tax, None, BEFORE, affected(plan(), BEFORE)["U-TAX"]),
        "reminder, 7 days": letters.reminder(tax, first, first.start - week),
        "reminder, 1 day": letters.reminder(chen, first, first.start - dt.timedelta(days=1)),
        "reminder, 2 hours": letters.reminder(law, SECOND, SECOND.start - dt.timedelta(hours=2)),
        "invitation of a unit": letters.invitation(tax, first),
        "invitation of a person": letters.invitation(chen, first),
        "invitation said anew": letters.invitation(tax, first, was=BEFORE.session[first.id]),
        "invitation taken back": letters.invitation(chen, first, gone=True),
        "invitation without a calendar": letters.invitation(linked, first, calendar=False),
        "invitation without a calendar said anew": letters.invitation(
            tax, first, was=BEFORE.session[first.id], calendar=False
        ),
        "invitation without a calendar taken back": letters.invitation(chen, first, gone=True, calendar=False),
        **{
            f"answer returned, {why}": letters.returned(tax, first, why)
            for why in ("stale", "counter", "delegated", "withdrawn", "over", "refused")
        },
        "swap asked": letters.swap_asked(tax, BEFORE, REQUEST),
        "swap agreed": letters.swap_answered(law, BEFORE, REQUEST.model_copy(update={"stage": Stage.AGREED})),
        "swap refused": letters.swap_answered(law, BEFORE, REQUEST.model_copy(update={"stage": Stage.REFUSED})),
        "swap confirmed": letters.swap_confirmed(tax, BEFORE, REQUEST),
        "availability": letters.availability(tax, dt.date(2023, 5, 12)),
        "digest": letters.digest(tax, AFTER, dt.date(2023, 5, 15), 14),
        "approval": letters.approval(lead, BEFORE, AFTER),
        "approval of the first plan": letters.approval(lead, None, BEFORE),
        "approval of no change": letters.approval(lead, BEFORE, BEFORE),
        "trial": letters.trial(lead, "Group" if english else "联络群"),
    }
    return {name: draft for name, draft in found.items() if draft is not None}


def all_drafts() -> list[tuple[Language, str, Draft]]:
    return [(language, name, draft) for language in LANGUAGES for name, draft in drafts(language).items()]
