"""What a calendar of METHOD:REPLY or METHOD:COUNTER says, RFC 5546 §3.2.3 and §3.2.7, in the forms programs give it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from calendars.incoming.bounds import Bounds
from calendars.incoming.encoding import unfolded
from calendars.incoming.refusal import RefusedError
from calendars.incoming.sieve import Block, Property, sift
from rota.plain import one_line

BOUNDS = Bounds(octets=1 << 18, lines=10_000, events=20)
KEPT = {
    "VCALENDAR": frozenset({"METHOD"}),
    "VEVENT": frozenset({"UID", "SEQUENCE", "DTSTAMP", "ATTENDEE", "COMMENT"}),
}
MOST_ATTENDEES = 50
LONGEST_COMMENT = 300
LONGEST_VALUE = 1000
PARAMETER = re.compile(r';?([A-Za-z0-9-]+)=("[^"]*"|[^;:"]*)')
SEQUENCE = re.compile(r"\+?0*[0-9]{1,9}")
STAMP = re.compile(r"(\d{8}T\d{6})Z")
ESCAPED = re.compile(r"\\([\\;,nN])")
OUTLOOK = "040000008200E00074C5B7101A82E008"
"""How an Outlook object id begins, in hexadecimal digits: [MS-OXCICAL] §2.1.3.1.1.20.26."""
FOREIGN = b"vCal-Uid\x01\x00\x00\x00"
"""What stands in such an id before a UID that another program made."""


@dataclass(frozen=True)
class Reply:
    """One event of an answer, with all attendees that it names: their addresses and what they say."""

    uid: str
    sequence: int
    stamp: str
    comment: str
    attendees: tuple[tuple[str, str], ...]


def replies(content: bytes, method: str = "") -> tuple[str, tuple[Reply, ...]]:
    """Return the method of a calendar in capitals, and its events; `method` is what the mail says of it.

    Raises:
        RefusedError: it is no calendar, or too large, or a SEQUENCE in it is no number of an invitation.
    """
    calendars = sift(unfolded(content[: BOUNDS.octets], BOUNDS), BOUNDS, KEPT)
    stated = next((each.value("METHOD") for each in calendars if each.value("METHOD")), method.strip().upper())
    return stated, tuple(_reply(event) for calendar in calendars for event in calendar.of_kind("VEVENT"))


def _reply(event: Block) -> Reply:
    stamp = STAMP.fullmatch(event.value("DTSTAMP"))
    attendees = [each for each in event.properties if each.name == "ATTENDEE"][:MOST_ATTENDEES]
    return Reply(
        uid_meant(next(iter(event.values("UID")), "").strip()[:LONGEST_VALUE]),
        _sequence(event.value("SEQUENCE")),
        _moment(stamp[1]) if stamp else "",
        one_line(_unescaped(" ".join(event.values("COMMENT"))))[:LONGEST_COMMENT],
        tuple(_attendees(attendees)),
    )


def _sequence(said: str) -> int:
    """Return the number of the invitation that is answered; the first where none is stated, RFC 5545 §3.8.7.4."""
    if said and not SEQUENCE.fullmatch(said):
        raise RefusedError("value", "SEQUENCE")
    return int(said or 0)


def _moment(said: str) -> str:
    try:
        return dt.datetime.strptime(said, "%Y%m%dT%H%M%S").replace(tzinfo=dt.UTC).isoformat()
    except ValueError:
        return ""


def _attendees(properties: list[Property]) -> Iterator[tuple[str, str]]:
    for each in properties:
        params = {name.upper(): value.strip('"') for name, value in PARAMETER.findall(each.params)}
        address = address_meant(each.value) or address_meant(params.get("EMAIL", ""))
        yield address, params.get("PARTSTAT", "NEEDS-ACTION").strip().upper()


def address_meant(said: str) -> str:
    """Return an e-mail address in small letters, without `mailto:`; empty where it is none."""
    address = unquote(said.strip()[:LONGEST_VALUE]).strip().strip("<>").lower().removeprefix("mailto:").strip()
    return address if "@" in address and not re.search(r"\s", address) else ""


def uid_meant(uid: str) -> str:
    """Return the UID that stands inside an id of Outlook's, where one does; some Exchange servers send that back."""
    if not uid.upper().startswith(OUTLOOK):
        return uid
    try:
        _, found, inside = bytes.fromhex(uid).partition(FOREIGN)
        return inside.rstrip(b"\0").decode() if found else uid
    except ValueError:
        return uid


def _unescaped(value: str) -> str:
    return ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)
