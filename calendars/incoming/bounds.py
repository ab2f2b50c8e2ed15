"""How much of a foreign calendar is looked at before it is refused."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True)
class Bounds:
    """Limits on what a calendar may hold, and on what reading it may cost; larger than any that a person keeps.

    `octets`, `lines` and `events` are those of the whole file, `occurrences` those in the horizon. `depth` is how deep
    components may stand in each other. `processor` and `wall` are seconds, `memory` is octets of address space; where
    the system knows no such limits (Windows), the wall clock alone bounds the reading.
    """

    octets: int = 10 * MIB
    lines: int = 500_000
    events: int = 50_000
    occurrences: int = 50_000
    depth: int = 8
    processor: int = 4
    wall: float = 5.0
    memory: int = 500 * MIB


BOUNDS = Bounds()
