"""Course timetabling in Rota's words: an instance becomes a case of a single week.

A course is an activity with a session for each lecture, which may be held in any period of any day. Its teacher, its
class and its curricula sit in every session, so nobody is in two at once; what the course cannot is said by its class.
Sessions are told apart by the dates for which they are foreseen, one for each lecture: where a course has more lectures
than the week has days, these lie beyond it, on days off on which nothing is held.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from rota.case import Case

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.courses.instance import Course, Instance

MONDAY = dt.date(2027, 1, 4)
FIRST_PERIOD = 8
"""The hour at which a day's first period begins; each takes an hour."""

Row = dict[str, object]


def case_of(instance: Instance) -> Case:
    """Return the case that says what an instance says."""
    horizon = max(instance.days, *(course.lectures for course in instance.courses))
    settings = {"id": "week", "title": instance.name, "calendar": "none", "first": MONDAY, "last": _day(horizon - 1)}
    return Case.model_validate(
        {
            "settings": settings,
            "holidays": [{"day": _day(n), "kind": "off"} for n in range(instance.days, horizon)],
            "sites": [_named("campus")],
            "rooms": [_named(id_, site="campus", capacity=seats) for id_, seats in instance.rooms.items()],
            "units": [
                *(_named(_class(course.id), groups=_class(course.id)) for course in instance.courses),
                *(_named(id_, groups="; ".join(courses)) for id_, courses in instance.curricula.items()),
            ],
            "people": [_named(id_, groups=id_) for id_ in dict.fromkeys(each.teacher for each in instance.courses)],
            "cycles": [_named("days", first=MONDAY, rrule=f"FREQ=DAILY;COUNT={horizon}")],
            "activities": [_activity(instance, course, horizon) for course in instance.courses],
            "roles": [role for course in instance.courses for role in _roles(instance, course)],
            "availability": list(_unavailable(instance)),
            "demands": list(_demands(instance)),
        }
    )


def _activity(instance: Instance, course: Course, horizon: int) -> Row:
    times = "; ".join(f"{FIRST_PERIOD + period:02}:00" for period in range(instance.periods))
    anywhere = {"days_before": horizon - 1, "days_after": horizon - 1, "times": times, "minutes": 60}
    return _named(
        course.id, cycle="days", rounds=f"1-{course.lectures}", attendance=course.students, holidays="move", **anywhere
    )


def _roles(instance: Instance, course: Course) -> Iterator[Row]:
    studied = sum(course.id in courses for courses in instance.curricula.values())
    yield {"activity": course.id, "role": "teacher", "kind": "person", "groups": course.teacher}
    yield {"activity": course.id, "role": "class", "kind": "unit", "groups": _class(course.id)}
    if studied:
        yield _role_of_all(course.id, studied)


def _role_of_all(course: str, number: int) -> Row:
    """Return the role of the curricula of a course, all of which are there."""
    seats = {"least": number, "most": number}
    return {"activity": course, "role": "curriculum", "kind": "unit", "groups": course, **seats}


def _unavailable(instance: Instance) -> Iterator[Row]:
    for course, periods in instance.unavailable.items():
        for day, period in periods:
            hour = FIRST_PERIOD + period
            when = {"first": _day(day), "start": f"{hour:02}:00", "end": f"{hour + 1:02}:00"}
            yield {"resource": _class(course), "level": "cannot", **when}


def _demands(instance: Instance) -> Iterator[Row]:
    """Yield what costs, with the weights of the formulation UD2; one demand for each number of days."""
    yield _demand("room_capacity", "room_fit", 1)
    yield _demand("room_stability", "room_stability", 1, per="horizon")
    yield _demand("curriculum_compactness", "compactness", 2, role="curriculum")
    for days in sorted({course.days for course in instance.courses} - {0, 1}):
        spread = "; ".join(course.id for course in instance.courses if course.days == days)
        yield _demand(f"minimum_days_{days}", "minimum_days", 5, per="horizon", least=str(days), activities=spread)


def _demand(id_: str, kind: str, weight: int, **params: str) -> Row:
    return {"id": id_, "kind": kind, "priority": 1, "weight": weight, "params": params}


def _class(course: str) -> str:
    """Return the id of those who take a course, as one unit; it is also the name of their group."""
    return f"class_{course}"


def _named(id_: str, **cells: object) -> Row:
    return {"id": id_, "name": id_, **cells}


def _day(number: int) -> dt.date:
    return MONDAY + dt.timedelta(days=number)
