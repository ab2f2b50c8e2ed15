"""What a certificate proves about an instance of the rotation benchmark, computed anew from the instance alone.

    python benchmarks/rotation/certificate.py L7.json certificate.json

Files may be packed (.gz). Nothing of Rota is imported, numpy alone is, and nothing is computed but whole numbers. Why
the sum below is a bound: let any valid answer be given. Every turn of a unit in a seat earns that seat's price. What
all units earn is what all seats pay, since every seat is taken once. So the answer costs what the seats pay, plus for
each unit what its own turns cost less what they earn; and that is at least what its cheapest schedule comes to. Rooms
likewise: each use pays its room's price for that slot, and all uses in a slot pay no more than all rooms' prices,
since none is used twice.
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

FIRST = "2027-01-04"
"""The day of slot 0 in certificates; slots are weeks."""
PART, ROLES = "main", ("host", "partner")
"""The seats that units take; whoever instructs costs nothing."""
TOO_CLOSE = 5
"""What a turn costs for each slot that it lies too close to another."""

LARGEST = 2**60
"""No cost of a schedule may exceed it, nor what is earned."""
NEVER = 4 * LARGEST - 1
"""What a schedule costs that there is not; so far above that no price brings it down to one."""

Prices = dict[tuple[int, str], int]


def proved(instance: dict[str, Any], certificate: dict[str, Any]) -> int:
    """Return the bound that the prices of a certificate prove, in whole costs.

    Raises:
        ValueError: the certificate says something that is none of a price in this instance.
    """
    (proof,) = certificate["priorities"]
    scale = _whole(certificate["scale"])
    if scale <= 0:
        raise ValueError(f"the scale is {scale}")
    prices = _seats(instance, proof["seats"])
    units = sum(prices.values()) + sum(_cheapest(instance, unit, prices, scale) for unit in instance["units"])
    return -(-units // scale) + _rooms(instance, proof["rooms"], scale)


def _seats(instance: dict[str, Any], stated: list[dict[str, Any]]) -> Prices:
    """Return what is earned in each seat; only such seats may be named as units take."""
    prices: Prices = {}
    for row in stated:
        seat = _activity(instance, row["session"]), row["role"]
        if seat in prices or row["role"] not in ROLES or row["part"] != PART:
            raise ValueError(f"no seat of its own: {row}")
        prices[seat] = _whole(row["price"])
    return prices


def _activity(instance: dict[str, Any], session: str) -> int:
    """Return the number of the activity that a session is of, on its day."""
    found = re.fullmatch(r"a(0|[1-9]\d*)@(.*)", session)
    number = int(found[1]) if found else len(instance["activities"])
    activities = instance["activities"][number : number + 1]
    if not found or [activity["slot"] for activity in activities] != [_slot(found[2])]:
        raise ValueError(f"no session of the instance: {session}")
    return number


def _whole(number: object) -> int:
    if type(number) is not int:
        raise ValueError(f"no whole number: {number!r}")
    return number


def _cheapest(instance: dict[str, Any], unit: dict[str, Any], prices: Prices, scale: int) -> int:
    """Return what the unit's cheapest schedule costs less what it earns.

    A schedule is known so far by a mask of the latest slots (bit 0: the one before), its turns and its turns as host:
    these are the axes of `least`.
    """
    gap, off, lines = instance["gap"], set(unit["off"]), set(unit["lines"])
    masks = range(1 << (gap - 1))
    close = [scale * TOO_CLOSE * sum(gap - 1 - bit for bit in range(gap - 1) if mask >> bit & 1) for mask in masks]
    earned: dict[tuple[int, int], int] = {}
    for number, activity in enumerate(instance["activities"]):
        if activity["slot"] not in off:
            for host, role in enumerate(("partner", "host")):
                if not host or activity["line"] in lines:
                    seat = activity["slot"], host
                    earned[seat] = max(prices.get((number, role), 0), earned.get(seat, -LARGEST))
    counts = np.arange(instance["slots"] + 1, dtype=np.int64)
    _fits(sum(map(abs, earned.values())) + len(counts) * max(close) + 2 * scale * len(counts) ** 2)
    least = np.full((len(masks), len(counts), len(counts)), NEVER)
    least[0, 0, 0] = 0
    for slot in range(instance["slots"]):
        after = np.full_like(least, NEVER)
        for mask in masks:
            idle, taken = after[(mask << 1) % len(masks)], after[(mask << 1 | 1) % len(masks)]
            np.minimum(idle, least[mask], out=idle)
            for host in (0, 1):
                if (slot, host) in earned:
                    served = least[mask, :-1, : len(counts) - host] + (close[mask] - earned[slot, host])
                    np.minimum(taken[1:, host:], served, out=taken[1:, host:])
        least = after
    squares = scale * counts * counts
    return int((least + squares[:, np.newaxis] + squares).min())


def _fits(number: int) -> None:
    """Refuse what numbers of 64 bits could not be sure to hold."""
    if number > LARGEST:
        raise ValueError("the prices are too high")


def _rooms(instance: dict[str, Any], stated: list[dict[str, Any]], scale: int) -> int:
    """Return what seats missing in rooms cost at the least, slot by slot."""
    prices: dict[int, dict[int, int]] = defaultdict(dict)
    for row in stated:
        slot, room = _slot(row["start"]), re.fullmatch(r"r(0|[1-9]\d*)", row["room"])
        if not room or int(room[1]) >= len(instance["rooms"]) or int(room[1]) in prices[slot]:
            raise ValueError(f"no room of its own: {row}")
        prices[slot][int(room[1])] = _whole(row["price"])
    if any(price < 0 for paid in prices.values() for price in paid.values()):
        raise ValueError("a room has a price below nothing")
    total = 0
    for slot in range(instance["slots"]):
        paid, sizes = prices[slot], [a["size"] for a in instance["activities"] if a["slot"] == slot]
        open_ = [(n, room["seats"]) for n, room in enumerate(instance["rooms"]) if slot not in room["off"]]
        cost = sum(min(max(0, size - seats) * scale + paid.get(n, 0) for n, seats in open_) for size in sizes)
        total += max(0, -(-(cost - sum(paid.values())) // scale))
    return total


def _slot(start: str) -> int:
    """Return the slot of a day, or of a time on it."""
    days = (dt.date.fromisoformat(start[:10]) - dt.date.fromisoformat(FIRST)).days
    if days % 7:
        raise ValueError(f"no day of a slot: {start}")
    return days // 7


def _read(file: str) -> Any:  # noqa: ANN401 - what JSON says
    octets = Path(file).read_bytes()
    return json.loads(gzip.decompress(octets) if file.endswith(".gz") else octets)


def main(instance: str, certificate: str) -> int:
    """Say what the certificate claims and what its prices prove; fail where they prove less."""
    body = _read(certificate)
    claimed = body["priorities"][0]["bound"]
    try:
        found = proved(_read(instance), body)
    except ValueError as error:
        sys.stdout.write(f"claimed {claimed}, refused: {error}\n")
        return 1
    sys.stdout.write(f"claimed {claimed}, proved {found}\n")
    return int(found < claimed)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
