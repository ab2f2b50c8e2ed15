"""A district in the public case format: neighbouring stations share units and instructors, who are away at times.

Stations lie on a grid of streets. Each has a fortnightly activity of 26 rounds, on a Saturday or Sunday at one of two
times; units host it or help in it at their own station and at two beside it, instructors rotate over more of these.
Whoever serves at two stations on one day needs the time for the way. The rules are of the kinds of the Suzhou case.
Absences leave room for at least one plan, as a coordinator sees to it: what does not is a wish (`planting`).
"""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import ceil, hypot, isqrt
from random import Random

from benchmarks.district.planting import Ground, Server, Turn, plant
from rota.agenda import MAIN_PART, session_id
from rota.case import Case
from rota.plan import CaseRef, Plan, PlanPart, Session

FIRST = dt.date(2027, 1, 9)
ROUNDS = 26
LINES = ("party", "government", "business", "residents")
TIMES = (dt.time(9), dt.time(11, 30))
MINUTES = 120
ON_TOP = 5
"""Minutes on top of each way."""
MONTHLY = 8
"""So many turns an instructor takes in a month at the most."""
UNITS = 4
"""Units for each station."""
BESIDE = 2
"""How many stations beside its own a unit serves."""
FEWEST = BESIDE + 1
"""So many stations a district has at the least."""
CALLED = 4
"""How many instructors each station can call: those who live nearest, one for every two stations."""
BLOCK = 700.0
"""Metres from one station to the next, about."""
PACE = 75.0
"""Metres walked in a minute."""
AROUND = 4
"""So many blocks to each side, other stations are looked for."""

Row = dict[str, object]
Ways = Mapping[tuple[int, int], int]


@dataclass(frozen=True)
class District:
    """Stations with their places in metres, their lines and how many come; who serves there; ways that somebody may go.

    `turns` are a plan that holds, which nobody is shown; `wishes` are days on which somebody had better not serve.
    """

    places: tuple[tuple[float, float], ...]
    lines: tuple[tuple[str, ...], ...]
    attendance: tuple[int, ...]
    units: tuple[Server, ...]
    instructors: tuple[Server, ...]
    ways: Ways
    turns: tuple[Turn, ...]
    wishes: tuple[tuple[str, dt.date, dt.date], ...]


def size(said: str) -> int:
    """Return a number of stations that is asked for on a command line.

    Raises:
        ArgumentTypeError: it is no number of which a district can be made.
    """
    if not said.isdecimal() or int(said) < FEWEST:
        raise argparse.ArgumentTypeError(
            f"{said} stations make no district: a unit serves its own and {BESIDE} beside it, so it takes {FEWEST}"
        )
    return int(said)


def district(stations: int, seed: int) -> Case:
    """Return the case of a district; the same stations and seed give the same one."""
    return case_of(laid_out(stations, seed), f"district-{stations}-{seed}")


def case_of(laid: District, id_: str) -> Case:
    """Return the case of a district that is laid out."""
    stations = len(laid.places)
    last = FIRST + dt.timedelta(days=14 * ROUNDS - 1)
    settings = {"id": id_, "title": f"{stations} 站轮值", "calendar": "none", "language": "zh"}
    when = {"cycle": "fortnights", "times": "; ".join(f"{time:%H:%M}" for time in TIMES), "minutes": MINUTES}
    stated = zip(laid.lines, laid.attendance, strict=True)
    return Case.model_validate(
        {
            "settings": {**settings, "title_en": f"A district of {stations}", "first": FIRST, "last": last},
            "lines": [_named(line) for line in LINES],
            "sites": [_named(f"s{n}", latitude=31.2 + y / 111_000, longitude=121.4 + x / 95_000) for n, (x, y) in
                      enumerate(laid.places)],
            "rooms": list(_rooms(stations)),
            "units": list(map(_server, laid.units)),
            "people": list(map(_server, laid.instructors)),
            "travel": [{"origin": f"s{one}", "destination": f"s{other}", "minutes": minutes}
                       for (one, other), minutes in laid.ways.items()],
            "cycles": [_named("fortnights", first=FIRST, rrule=f"FREQ=WEEKLY;INTERVAL=2;COUNT={ROUNDS}")],
            "activities": [_named(f"a{n}", sites=f"s{n}", lines="; ".join(lines), attendance=attendance, days_after=1,
                                  **when) for n, (lines, attendance) in enumerate(stated)],
            "roles": [row for n in range(stations) for row in _roles(n)],
            "availability": list(_absences(laid)),
            "demands": list(_demands()),
        }
    )  # fmt: skip


def planted(laid: District, case: Case) -> Plan:
    """Return the plan that is planted in a district, of which the case is."""
    found = (_session(turn, case) for turn in laid.turns)
    sessions = tuple(sorted(found, key=lambda session: (session.start, session.id)))
    return Plan(case=CaseRef(title=case.settings.title, hash=case.hash), sessions=sessions)


def _session(turn: Turn, case: Case) -> Session:
    start = dt.datetime.combine(turn.first + dt.timedelta(days=turn.slot[0]), TIMES[turn.slot[1]], case.zone)
    seated: dict[str, tuple[str, ...]] = {
        "host": (turn.host,),
        "partner": (turn.partner,),
        "instructor": (turn.instructor,),
    }
    return Session(
        id=session_id(f"a{turn.station}", turn.first),
        activity=f"a{turn.station}",
        start=start,
        end=start + dt.timedelta(minutes=MINUTES),
        site=f"s{turn.station}",
        parts=(PlanPart(id=MAIN_PART, room=f"s{turn.station}-hall", line=turn.line, roles=seated),),
    )


def laid_out(stations: int, seed: int) -> District:
    """Return the district itself."""
    draw = Random(seed)
    wide = isqrt(stations - 1) + 1
    places = tuple(
        ((n % wide + draw.uniform(-0.3, 0.3)) * BLOCK, (n // wide + draw.uniform(-0.3, 0.3)) * BLOCK)
        for n in range(stations)
    )
    near = [_nearest(places, n, wide) for n in range(stations)]
    units = tuple(_drawn(f"u{n}", at, draw) for n, at in enumerate(_homes_of_units(near, draw)))
    instructors = tuple(_drawn(f"p{n}", at, draw) for n, at in enumerate(_rounds_of_instructors(near)))
    lines = tuple(tuple(draw.sample(LINES, 2)) for _ in range(stations))
    attendance = tuple(draw.choice((30, 60)) for _ in range(stations))
    ways = _ways(places, (*units, *instructors))
    gap = (TIMES[1].hour - TIMES[0].hour) * 60 + TIMES[1].minute - TIMES[0].minute - MINUTES
    ground = Ground(lines, units, instructors, ways, gap - ON_TOP, MONTHLY, draw)
    turns = tuple(plant(ground, [FIRST + dt.timedelta(days=14 * n) for n in range(ROUNDS)]))
    wishes = tuple((server.id, *_days(draw)) for server in (*units, *instructors))
    return District(places, lines, attendance, units, instructors, ways, turns, wishes)


def _homes_of_units(near: Sequence[Sequence[int]], draw: Random) -> Iterator[tuple[int, ...]]:
    """Yield the stations that each unit serves: its own, and some beside it."""
    for n in range(len(near) * UNITS):
        yield (n // UNITS, *draw.sample(near[n // UNITS][:8], BESIDE))


def _rounds_of_instructors(near: Sequence[Sequence[int]]) -> list[tuple[int, ...]]:
    """Return the stations that call each instructor: one lives at every other station, and the nearest are called."""
    calling: dict[int, list[int]] = {home: [] for home in range(0, len(near), 2)}
    for n, others in enumerate(near):
        for home in [other for other in (n, *others) if other in calling][:CALLED]:
            calling[home].append(n)
    return [tuple(called) for called in calling.values()]


def _nearest(places: tuple[tuple[float, float], ...], n: int, wide: int) -> list[int]:
    """Return the other stations by their distance, those in the blocks around."""
    around = [
        other
        for row in range(-AROUND, AROUND + 1)
        for column in range(-AROUND, AROUND + 1)
        if 0 <= n % wide + column < wide and 0 <= (other := n + row * wide + column) < len(places) and other != n
    ]
    return sorted(around, key=lambda other: _apart(places, n, other))


def _apart(places: tuple[tuple[float, float], ...], one: int, other: int) -> float:
    (x, y), (a, b) = places[one], places[other]
    return hypot(x - a, y - b)


def _drawn(id_: str, stations: tuple[int, ...], draw: Random) -> Server:
    return Server(id_, stations, tuple(draw.sample(LINES, 3)), _days(draw))


def _days(draw: Random) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of a stretch of two to four weeks."""
    first = FIRST + dt.timedelta(days=draw.randrange(14 * ROUNDS - 30))
    return first, first + dt.timedelta(days=draw.randrange(13, 28))


def _ways(places: tuple[tuple[float, float], ...], servers: Sequence[Server]) -> Ways:
    """Return the minutes between stations of which somebody serves both."""
    pairs = sorted({pair for server in servers for pair in combinations(sorted(server.stations), 2)})
    return {pair: ceil(_apart(places, *pair) / PACE) for pair in pairs}


def _rooms(stations: int) -> Iterator[Row]:
    for n in range(stations):
        yield _named(f"s{n}-hall", site=f"s{n}", capacity=80)
        yield _named(f"s{n}-room", site=f"s{n}", capacity=40)


def _server(server: Server) -> Row:
    groups = "; ".join(f"at{n}" for n in server.stations)
    return _named(server.id, groups=groups, lines="; ".join(server.lines))


def _roles(n: int) -> Iterator[Row]:
    for role, kind in (("host", "unit"), ("partner", "unit"), ("instructor", "person")):
        yield {"activity": f"a{n}", "role": role, "kind": kind, "groups": f"at{n}"}


def _absences(laid: District) -> Iterator[Row]:
    """Yield for everybody one stretch without, unless they are needed then, and one better without."""
    for server in (*laid.units, *laid.instructors):
        first, last = server.away
        yield {"resource": server.id, "level": "cannot" if server.granted else "avoid", "first": first, "last": last}
    for who, first, last in laid.wishes:
        yield {"resource": who, "level": "avoid", "first": first, "last": last}


def _demands() -> Iterator[Row]:
    yield {"id": "lines", "kind": "eligibility", "params": {"roles": "host; instructor"}}
    yield {"id": "month", "kind": "load", "params": {"role": "instructor", "most": str(MONTHLY), "per": "month"}}
    yield {"id": "on_the_way", "kind": "travel_time", "params": {"minutes": str(ON_TOP)}}
    wishes: dict[str, tuple[str, int, int, Row]] = {
        "avoid": ("availability", 1, 100, {"level": "avoid"}),
        "host_rest": ("rest_gap", 1, 50, {"role": "host", "cycle": "fortnights", "rounds": "2"}),
        "host_share": ("fair_share", 2, 1, {"role": "host"}),
        "partner_share": ("fair_share", 2, 1, {"role": "partner"}),
        "instructor_share": ("fair_share", 2, 1, {"role": "instructor"}),
        "places": ("room_fit", 3, 1, {}),
        "walking": ("travel_cost", 3, 1, {"role": "instructor"}),
        "dates": ("date_preference", 4, 1, {}),
    }
    for id_, (kind, priority, weight, params) in wishes.items():
        yield {"id": id_, "kind": kind, "priority": priority, "weight": weight, "params": params}


def _named(id_: str, **cells: object) -> Row:
    return {"id": id_, "name": id_, **cells}
