"""The rotation benchmark in Rota's words: an instance becomes a case, and a plan an answer that its judge reads.

A slot is a week, and an activity a session in it. What the benchmark forbids is forbidden by rules that stand in every
case; what it charges is said by four demands: seats missing in a room, turns too close, squared turns and host turns.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rota.case import Case
from rota.plan import PlanPart, Session

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType


INSTANCES = Path(__file__).resolve().parents[3] / "shared" / "bench" / "rotation" / "instance.py"
"""Where the benchmark's own program lies, which makes the instances and judges the answers."""
FIRST = dt.date(2027, 1, 4)
ROLES = {"host": "u", "partner": "u", "instructor": "p"}
"""The roles of an activity, and with what letter the ids of those begin who take them."""

Instance = dict[str, Any]
Answer = dict[str, list[int]]


@cache
def benchmark() -> ModuleType:
    """Return the benchmark's own program as a module.

    Raises:
        FileNotFoundError: it is not there.
    """
    spec = importlib.util.spec_from_file_location("rotation_instance", INSTANCES)
    if spec is None or spec.loader is None or not INSTANCES.exists():
        raise FileNotFoundError(INSTANCES)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def case_of(instance: Instance) -> Case:
    """Return the case that says what an instance says."""
    settings = {"id": instance["name"], "title": instance["name"], "calendar": "none"}
    last = _day(instance["slots"]) - dt.timedelta(days=1)
    return Case.model_validate(
        {
            "settings": {**settings, "first": FIRST, "last": last},
            "lines": [_named(line) for line in sorted({each["line"] for each in instance["activities"]})],
            "sites": [_named("hall")],
            "rooms": [_named(f"r{n}", site="hall", capacity=room["seats"]) for n, room in _each(instance, "rooms")],
            "units": [_named(f"u{n}", groups="units", lines=unit["lines"]) for n, unit in _each(instance, "units")],
            "people": [_named(f"p{n}", lines=person["lines"]) for n, person in _each(instance, "instructors")],
            "cycles": [_named("slots", first=FIRST, rrule=f"FREQ=WEEKLY;COUNT={instance['slots']}")],
            "activities": [_activity(n, each) for n, each in _each(instance, "activities")],
            "roles": [
                {"activity": f"a{n}", "role": role, "kind": "unit" if letter == "u" else "person"}
                for n, _ in _each(instance, "activities")
                for role, letter in ROLES.items()
            ],
            "availability": [
                {"resource": f"{letter}{n}", "level": "cannot", "first": _day(slot)}
                for letter, table in (("u", "units"), ("p", "instructors"), ("r", "rooms"))
                for n, each in _each(instance, table)
                for slot in each["off"]
            ],
            "demands": list(_demands(instance["gap"])),
        }
    )


def _demands(gap: int) -> Iterable[dict[str, object]]:
    yield {"id": "lines", "kind": "eligibility", "params": {"roles": "host; instructor"}}
    wishes = {
        "seats": ("room_fit", 1, {}),
        "gap": ("rest_gap", 5, {"groups": "units", "cycle": "slots", "rounds": str(gap)}),
        "turns": ("rising_load", 1, {"groups": "units"}),
        "host_turns": ("rising_load", 1, {"role": "host"}),
    }
    for id_, (kind, weight, params) in wishes.items():
        yield {"id": id_, "kind": kind, "priority": 1, "weight": weight, "params": params}


def answer_of(sessions: Iterable[Session]) -> Answer:
    """Return the sessions of a plan as an answer: by activity, the numbers of those who serve in it."""
    parts = [part for _, part in sorted((int(s.activity[1:]), s.parts[0]) for s in sessions)]
    served = {role: [int(part.roles[role][0][1:]) for part in parts] for role in ROLES}
    return {**served, "room": [_number(part.room) for part in parts]}


def _number(room: str | None) -> int:
    """Return the number of a room.

    Raises:
        ValueError: there is none, and what is no answer is not judged.
    """
    if room is None:
        raise ValueError("an activity has no room")
    return int(room[1:])


def sessions_of(instance: Instance, answer: Answer) -> list[Session]:
    """Return an answer as the sessions of a plan."""
    zone = case_of({**instance, "activities": instance["activities"][:1]}).zone
    found = []
    for n, activity in _each(instance, "activities"):
        start = dt.datetime.combine(_day(activity["slot"]), dt.time(9), zone)
        roles: dict[str, tuple[str, ...]] = {r: (f"{letter}{answer[r][n]}",) for r, letter in ROLES.items()}
        part = PlanPart(id="main", room=f"r{answer['room'][n]}", line=activity["line"], roles=roles)
        found.append(
            Session(
                id=f"a{n}@{_day(activity['slot'])}",
                activity=f"a{n}",
                start=start,
                end=start + dt.timedelta(hours=1),
                site="hall",
                parts=(part,),
            )
        )
    return found


def _activity(n: int, activity: Instance) -> dict[str, object]:
    when = {"cycle": "slots", "rounds": str(activity["slot"] + 1), "times": "09:00", "minutes": 60}
    return _named(f"a{n}", lines=activity["line"], attendance=activity["size"], **when)


def _named(id_: str, **cells: object) -> dict[str, object]:
    return {"id": id_, "name": id_, **cells}


def _each(instance: Instance, table: str) -> enumerate[Instance]:
    return enumerate(instance[table])


def _day(slot: int) -> dt.date:
    return FIRST + dt.timedelta(weeks=slot)
