"""Stamps: which revision of a session is published, and when it was last touched."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from rota.plan import Session


@dataclass(frozen=True)
class Stamp:
    """What the journal knows of one session: the counter of its changes, and the moment of the last one.

    A `cancelled` session stays in the feeds as a tombstone. Where the plan no longer holds it, `last` is the session as
    it was last published.

    Raises:
        ValueError: the sequence is negative, or the moment has no time zone.
    """

    sequence: int
    modified: dt.datetime
    cancelled: bool = False
    last: Session | None = None

    def __post_init__(self) -> None:
        if self.sequence < 0:
            raise ValueError(f"sequence {self.sequence} is negative; a session starts at 0")
        if self.modified.utcoffset() is None:
            raise ValueError(f"modified {self.modified.isoformat()} has no time zone; give an aware moment")


Stamps = Mapping[str, Stamp]
"""Stamps by session id."""
