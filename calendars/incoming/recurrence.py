"""Rules of repetition: which are worked out at all. A rule of 20 letters can ask for more than any machine has time."""

from __future__ import annotations

import re
from math import prod

from calendars.incoming.refusal import UnreadableError
from calendars.incoming.sieve import Block

FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
PARTS = frozenset(
    {
        *("FREQ", "UNTIL", "COUNT", "INTERVAL", "WKST", "BYSECOND", "BYMINUTE", "BYHOUR"),
        *("BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH", "BYSETPOS"),
    }
)
"""Those of RFC 5545 §3.3.10; of any other the meaning is not known."""
RANGES = {
    "BYSECOND": (0, 60),
    "BYMINUTE": (0, 59),
    "BYHOUR": (0, 23),
    "BYMONTH": (1, 12),
    "BYMONTHDAY": (-31, 31),
    "BYYEARDAY": (-366, 366),
    "BYWEEKNO": (-53, 53),
    "BYSETPOS": (-366, 366),
}
"""The numbers that each part may hold; dateutil takes others without a word, and they never come to pass."""
MOST_TIMES_A_DAY = 24
NATURAL = re.compile(r"0*[1-9]\d{0,17}")
NUMBER = re.compile(r"[+-]?\d{1,3}")


def judge(event: Block) -> None:
    """Let pass an event whose rule can be worked out in bounded time.

    Raises:
        UnreadableError: it repeats within the day, or its rule is none of RFC 5545.
    """
    if event.values("EXRULE"):
        raise UnreadableError("rule", "EXRULE")
    for rule in event.values("RRULE"):
        _judge_rule(rule.strip().upper())


def _judge_rule(rule: str) -> None:
    pairs = [part.partition("=") for part in rule.split(";") if part]
    parts = {name: value for name, _, value in pairs}
    if not parts.keys() <= PARTS or len(parts) < len(pairs) or "FREQ" not in parts:
        raise UnreadableError("rule", rule)
    if parts["FREQ"] not in FREQUENCIES:
        raise UnreadableError("frequency", parts["FREQ"])
    for name in ("COUNT", "INTERVAL"):
        if name in parts and not NATURAL.fullmatch(parts[name]):
            raise UnreadableError("rule", f"{name}={parts[name]}")
    for name in RANGES.keys() & parts.keys():
        if not all(_in_range(each, *RANGES[name]) for each in parts[name].split(",")):
            raise UnreadableError("rule", f"{name}={parts[name]}")
    times = prod(len(parts.get(name, "").split(",")) for name in ("BYHOUR", "BYMINUTE", "BYSECOND"))
    if times > MOST_TIMES_A_DAY:
        raise UnreadableError("frequency", rule)


def _in_range(number: str, low: int, high: int) -> bool:
    return bool(NUMBER.fullmatch(number)) and low <= int(number) <= high and (int(number) != 0 or low == 0)
