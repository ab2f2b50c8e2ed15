"""Free-busy out: the times of a plan without its contents, as RFC 5545 has it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import pytest

from calendars.conformance import check
from calendars.feed import Feed
from calendars.freebusy import free_busy, only_busy
from calendars.incoming.bounds import BOUNDS
from calendars.incoming.busy import Horizon, merged, minutes
from calendars.incoming.expanding import Asked, expand
from rota.case import Case
from rota.plan import Plan
from rota.stamp import Stamp
from tests.calendars.station import SECRETS

RESOURCES = ("U1", "U2", "E1", "R1")


def serving(plan: Plan, who: str, cancelled: set[str]) -> list[tuple[int, int]]:
    """The minutes in which somebody serves, or a room is used, out of the plan itself."""
    return merged(
        minutes(session.start, session.end)
        for session in plan.sessions
        for part in session.parts
        if session.id not in cancelled and (part.room == who or any(who in seated for seated in part.roles.values()))
    )


@pytest.mark.parametrize("who", RESOURCES)
def test_free_busy_is_read_back_as_the_times_of_the_plan(
    case: Case, plan: Plan, stamps: dict[str, Stamp], who: str
) -> None:
    content = free_busy(case, plan, who, stamps=stamps)
    horizon = Horizon(case.settings.first, case.settings.last)
    found = expand(content, Asked(case.settings.zone, horizon, "busy", "", BOUNDS))
    expected = serving(plan, who, {id_ for id_, stamp in stamps.items() if stamp.cancelled})
    assert expected
    assert (found["firm"], found["left_out"]) == (expected, [])


@pytest.mark.parametrize("who", [*RESOURCES, "nobody"])
def test_free_busy_keeps_to_the_standard_and_says_nothing_else(case: Case, plan: Plan, who: str) -> None:
    content = free_busy(case, plan, who)
    assert check(content) == []
    assert content == free_busy(case, plan, who)
    said = content.decode()
    assert not any(secret in said for secret in (*SECRETS, "税务局", "轮值"))
    assert {line.partition(";")[0].partition(":")[0] for line in said.splitlines()} <= {
        *("BEGIN", "END", "PRODID", "VERSION", "CALSCALE"),
        *("UID", "DTSTAMP", "DTSTART", "DTEND", "FREEBUSY"),
    }


def test_whoever_subscribes_to_the_own_free_busy_does_not_block_the_next_plan(case: Case, plan: Plan) -> None:
    horizon = Horizon(case.settings.first, case.settings.last)
    asked = Asked(case.settings.zone, horizon, "busy", case.settings.id, BOUNDS)
    found = expand(free_busy(case, plan, "U1"), asked)
    assert (found["firm"], found["own"]) == ([], 1)


@pytest.mark.parametrize("who", RESOURCES)
def test_the_free_busy_of_a_feed_tells_the_same_times_and_keeps_to_the_standard(
    case: Case, plan: Plan, published: Mapping[str, Feed], who: str
) -> None:
    horizon = Horizon(case.settings.first, case.settings.last)
    told = only_busy(published[who].content)
    asked = Asked(case.settings.zone, horizon, "busy", "", BOUNDS)
    assert expand(told, asked)["firm"] == expand(free_busy(case, plan, who), asked)["firm"]
    assert expand(told, dataclasses.replace(asked, own=case.settings.id))["own"] == 1
    assert check(told) == []
    assert not any(secret in told.decode() for secret in (*SECRETS, "税务局", "轮值"))


FAULTS = [
    ("value", b"FREEBUSY;FBTYPE=BUSY:", b"FREEBUSY;FBTYPE=BUSY:soon/"),
    ("not-utc", b"DTSTART:20230228T160000Z", b"DTSTART:20230228T160000"),
    ("order", b"DTSTART:20230228T160000Z", b"DTSTART:20330228T160000Z"),
    ("missing-property", b"DTSTART:20230228T160000Z\r\n", b""),
    ("forbidden-property", b"DTSTART:", b"SUMMARY:secret\r\nDTSTART:"),
    ("order", b"END:VFREEBUSY", b"FREEBUSY:20230101T000000Z/20230101T010000Z\r\nEND:VFREEBUSY"),
    ("order", b"END:VFREEBUSY", b"FREEBUSY:20331231T000000Z/20331230T000000Z\r\nEND:VFREEBUSY"),
]


@pytest.mark.parametrize(("code", "old", "new"), FAULTS)
def test_a_planted_fault_is_found(case: Case, plan: Plan, code: str, old: bytes, new: bytes) -> None:
    sound = free_busy(case, plan, "U1")
    assert old in sound
    assert code in {finding.code for finding in check(sound.replace(old, new, 1))}
