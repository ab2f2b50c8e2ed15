"""A district in the public case format: neighbouring stations share units and instructors, who are away at times.

Stations lie on a grid of streets. Each has a fortnightly activity of 26 rounds, on a Saturday or Sunday at one of two
times; units host it or help in it at their own station and at two beside it, instructors rotate over more of these.
Whoever serves at two stations on one day needs the time for the way. The rules are of the kinds of the Suzhou case.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, hypot, isqrt
from random import Random

from rota.case import Case

FIRST = dt.date(2027, 1, 9)
ROUNDS = 26
LINES = ("party", "government", "business", "residents")
UNITS = 4
"""Units for each station."""
BESIDE = 2
"""How many stations beside its own a unit serves."""
CALLED = 4
"""How many instructors each station can call: those who live nearest, one for every two stations."""
BLOCK = 700.0
"""Metres from one station to the next, about."""
PACE = 75.0
"""Metres walked in a minute."""
RANGE = 3.2
"""So many blocks away, ways are known."""
AROUND = 4
"""So many blocks to each side, other stations are looked for."""

Row = dict[str, object]


@dataclass(frozen=True)
class District:
    """Where stations lie, in metres, and who serves at which of them."""

    places: tuple[tuple[float, float], ...]
    units: tuple[tuple[int, ...], ...]
    instructors: tuple[tuple[int, ...], ...]


def district(stations: int, seed: int) -> Case:
    """Return the case of a district; the same stations and seed give the same one."""
    draw = Random(seed)
    laid = _laid_out(stations, draw)
    last = FIRST + dt.timedelta(days=14 * ROUNDS - 1)
    settings = {
        "id": f"district-{stations}-{seed}",
        "title": f"{stations} 站轮值",
        "calendar": "none",
        "language": "zh",
    }
    return Case.model_validate(
        {
            "settings": {**settings, "title_en": f"A district of {stations}", "first": FIRST, "last": last},
            "lines": [_named(line) for line in LINES],
            "sites": [_named(f"s{n}", latitude=31.2 + y / 111_000, longitude=121.4 + x / 95_000) for n, (x, y) in
                      enumerate(laid.places)],
            "rooms": list(_rooms(stations)),
            "units": [_server(f"u{n}", at, draw) for n, at in enumerate(laid.units)],
            "people": [_server(f"p{n}", at, draw) for n, at in enumerate(laid.instructors)],
            "travel": list(_ways(laid.places)),
            "cycles": [_named("fortnights", first=FIRST, rrule=f"FREQ=WEEKLY;INTERVAL=2;COUNT={ROUNDS}")],
            "activities": [_activity(n, draw) for n in range(stations)],
            "roles": [row for n in range(stations) for row in _roles(n)],
            "availability": list(_absences(laid, draw)),
            "demands": list(_demands()),
        }
    )  # fmt: skip


def _laid_out(stations: int, draw: Random) -> District:
    wide = isqrt(stations - 1) + 1
    places = tuple(
        ((n % wide + draw.uniform(-0.3, 0.3)) * BLOCK, (n // wide + draw.uniform(-0.3, 0.3)) * BLOCK)
        for n in range(stations)
    )
    near = [_nearest(places, n, wide) for n in range(stations)]

    units = tuple((n // UNITS, *draw.sample(near[n // UNITS][:8], BESIDE)) for n in range(stations * UNITS))
    homes = range(0, stations, 2)
    calling: dict[int, list[int]] = {home: [] for home in homes}
    for n in range(stations):
        for home in [other for other in (n, *near[n]) if other in homes][:CALLED]:
            calling[home].append(n)
    return District(places, units, tuple(tuple(served) for served in calling.values()))


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


def _rooms(stations: int) -> Iterator[Row]:
    for n in range(stations):
        yield _named(f"s{n}-hall", site=f"s{n}", capacity=80)
        yield _named(f"s{n}-room", site=f"s{n}", capacity=40)


def _server(id_: str, stations: tuple[int, ...], draw: Random) -> Row:
    lines = draw.sample(LINES, 3)
    return _named(id_, groups="; ".join(f"at{n}" for n in stations), lines="; ".join(lines))


def _ways(places: tuple[tuple[float, float], ...]) -> Iterator[Row]:
    wide = isqrt(len(places) - 1) + 1
    for n in range(len(places)):
        for other in _nearest(places, n, wide):
            if n < other and (metres := _apart(places, n, other)) < RANGE * BLOCK:
                yield {"origin": f"s{n}", "destination": f"s{other}", "minutes": ceil(metres / PACE)}


def _activity(n: int, draw: Random) -> Row:
    when = {"cycle": "fortnights", "times": "09:30; 14:00", "minutes": 120, "days_after": 1}
    return _named(
        f"a{n}", sites=f"s{n}", lines="; ".join(draw.sample(LINES, 2)), attendance=draw.choice((30, 60)), **when
    )


def _roles(n: int) -> Iterator[Row]:
    for role, kind in (("host", "unit"), ("partner", "unit"), ("instructor", "person")):
        yield {"activity": f"a{n}", "role": role, "kind": kind, "groups": f"at{n}"}


def _absences(laid: District, draw: Random) -> Iterator[Row]:
    """Yield for everybody one stretch without and one better without, of two to four weeks."""
    for letter, served in (("u", laid.units), ("p", laid.instructors)):
        for n in range(len(served)):
            for level in ("cannot", "avoid"):
                first = FIRST + dt.timedelta(days=draw.randrange(14 * ROUNDS - 30))
                last = first + dt.timedelta(days=draw.randrange(13, 28))
                yield {"resource": f"{letter}{n}", "level": level, "first": first, "last": last}


def _demands() -> Iterator[Row]:
    yield {"id": "lines", "kind": "eligibility", "params": {"roles": "host; instructor"}}
    yield {"id": "week", "kind": "load", "params": {"role": "instructor", "most": "10", "per": "month"}}
    yield {"id": "on_the_way", "kind": "travel_time", "params": {"minutes": "5"}}
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
