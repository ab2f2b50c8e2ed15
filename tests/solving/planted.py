"""Suzhou with one impossibility planted in it, ten times over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from rota.activity import Activity, Kind, Role
from rota.case import Case
from rota.demand import Availability, Demand, Level, Pin
from rota.facts import Travel
from tests.suzhou import suzhou


def with_rows(**tables: tuple[object, ...]) -> Case:
    """Return Suzhou with rows added to some tables."""
    case = suzhou()
    return case.model_copy(update={name: (*getattr(case, name), *rows) for name, rows in tables.items()})


def rule(id_: str, kind: str, **params: object) -> Demand:
    return Demand(id=id_, kind=kind, params=tuple((name, str(value)) for name, value in params.items()))


def away(*who: str, first: dt.date, last: dt.date) -> tuple[Availability, ...]:
    return tuple(Availability(resource=each, level=Level.CANNOT, first=first, last=last) for each in who)


def once(id_: str, name: str, name_en: str, **cells: object) -> Activity:
    """Make an activity of one session on the Saturday of round 5, 13 May, that needs nothing."""
    given = {"id": id_, "name": name, "name_en": name_en, "cycle": "fortnight", "rounds": "5", "times": "09:30"}
    return Activity.model_validate({**given, "minutes": 120, "sites": "station", "needs_room": False, **cells})


def holiday_clash() -> Case:
    """The round of 30 September lies in the holidays, and the station is closed on the days to which it could move."""
    return with_rows(availability=away("station", first=dt.date(2023, 10, 7), last=dt.date(2023, 10, 8)))


def too_few_with_a_skill() -> Case:
    """The business clinic takes four instructors who know business; there are three."""
    case = suzhou()
    roles = tuple(
        role.model_copy(update={"least": 4, "most": 4})
        if (role.activity, role.role) == ("business_clinic", "instructor")
        else role
        for role in case.roles
    )
    return case.model_copy(update={"roles": roles})


def circular_precedence() -> Case:
    """A course comes before its practice, and the practice before the course, each within the same nine days."""
    return with_rows(
        activities=(
            once("course", "急救课程", "First aid course", days_after=8),
            once("practice", "急救演练", "First aid practice", days_after=8),
        ),
        demands=(
            rule("course_first", "precedence", activities="course", then="practice"),
            rule("practice_first", "precedence", activities="practice", then="course"),
        ),
    )


def pin_against_absence() -> Case:
    """A committee is pinned as host of a round in which it said that it cannot."""
    return with_rows(
        pins=(Pin(session="rotation@2023-05-13", role="host", resource="U06"),),
        availability=away("U06", first=dt.date(2023, 5, 10), last=dt.date(2023, 5, 22)),
    )


def travel_too_long() -> Case:
    """An instructor is pinned to the station until 11:30 and to the plaza from 12:00, an hour's way from there."""
    return with_rows(
        activities=(
            once("booth", "广场咨询", "Booth on the plaza", times=(dt.time(12),), minutes=60, sites=("plaza",)),
        ),
        roles=(Role(activity="booth", role="instructor", kind=Kind.PERSON, groups=("instructors",)),),
        travel=(Travel(origin="plaza", destination="station", minutes=60),),
        pins=(
            Pin(session="rotation@2023-05-13", start="2023-05-13 09:30"),
            Pin(session="rotation@2023-05-13", role="instructor", resource="T01"),
            Pin(session="booth@2023-05-13", role="instructor", resource="T01"),
        ),
    )


def capacity() -> Case:
    """Five thousand people are expected at the party classes."""
    case = suzhou()
    crowded = case.activity["party_class"].model_copy(update={"attendance": 5000})
    return case.model_copy(update={"activities": tuple(crowded if a.id == crowded.id else a for a in case.activities)})


def duty_rest() -> Case:
    """An instructor is pinned to a class and, five days later, to the policy desk; nine days of rest are asked for."""
    return with_rows(
        demands=(rule("long_rest", "duty_rest", role="instructor", hours=9 * 24),),
        pins=(
            Pin(session="party_class@2023-04-13", start="2023-04-13 18:30"),
            Pin(session="party_class@2023-04-13", role="instructor", resource="T02"),
            Pin(session="policy_desk@2023-04-19", start="2023-04-19 10:00"),
            Pin(session="policy_desk@2023-04-19", role="instructor", resource="T02"),
        ),
    )


def absent_host() -> Case:
    """Every committee hosts, and the tax office is away all year: the sheets of rules and of availability."""
    return with_rows(availability=away("U01", first=dt.date(2023, 3, 1), last=dt.date(2023, 12, 31)))


def too_many_turns() -> Case:
    """Every committee supports twice: 38 turns, and there are 19 seats."""
    return with_rows(demands=(rule("support_twice", "cover", role="support", groups="committees", times=2),))


def rest_against_turns() -> Case:
    """Every committee hosts twice, 20 rounds apart: there are 20 rounds."""
    return with_rows(
        demands=(
            rule("long_rest", "rest_gap", role="host", groups="committees", cycle="fortnight", rounds=20),
            rule("host_twice", "cover", role="host", groups="committees", times=2),
        )
    )


PLANTED: dict[str, Callable[[], Case]] = {
    made.__name__: made
    for made in (
        holiday_clash,
        too_few_with_a_skill,
        circular_precedence,
        pin_against_absence,
        travel_too_long,
        capacity,
        duty_rest,
        absent_host,
        too_many_turns,
        rest_against_turns,
    )
}
