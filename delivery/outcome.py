"""Outcomes: what is known of a message after it was handed to a channel."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from rota.text import Message


@dataclass(frozen=True)
class Delivered:
    """The other side took the message over. A long one goes in `parts`."""

    parts: int = 1


@dataclass(frozen=True)
class Refused:
    """Refused for good: the same message will be refused again. `parts` of it had been taken before."""

    reason: Message
    parts: int = 0


@dataclass(frozen=True)
class TryAgain:
    """Nothing was taken beyond `parts`; it may be another time, not before `after` where that is known."""

    reason: Message
    after: dt.timedelta | None = None
    parts: int = 0


@dataclass(frozen=True)
class Unknown:
    """Nobody can tell: the message left, and no answer came that says what became of the part after `parts`.

    Sent again, it may arrive twice, unless the channel's receiver drops what has a key that it has seen.
    """

    reason: Message
    parts: int = 0


Outcome = Delivered | Refused | TryAgain | Unknown
