"""The checker finds every fault that is planted in a sound feed: a culprit for each finding."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from calendars.conformance import check
from calendars.feed import Feed

UID = b"UID:rotation-2023-04-01.suzhou-2023@rota\r\n"
OTHER = b"UID:rotation-2023-04-15.suzhou-2023@rota\r\n"
START = b"DTSTART;TZID=Asia/Shanghai:20230401T093000\r\n"
ZONE = b"BEGIN:VTIMEZONE\r\n"
SUMMARY = "SUMMARY:轮值服务日 · 司法局\r\n".encode()
FAULTS = [
    # code, what stands in the sound feed, what is put in its place
    ("first-octet", b"BEGIN:VCALENDAR\r\n", b"\xef\xbb\xbfBEGIN:VCALENDAR\r\n"),
    ("line-end", b"VERSION:2.0\r\n", b"VERSION:2.0\n"),
    ("line-end", b"VERSION:2.0\r\n", b"VERSION:2.0\r"),
    ("line-end", b"END:VCALENDAR\r\n", b"END:VCALENDAR"),
    ("line-length", b"VERSION:2.0\r\n", b"VERSION:2.0\r\nX-LONG:" + b"x" * 69 + b"\r\n"),
    ("fold", SUMMARY, SUMMARY.replace("司".encode(), b"\xe5\r\n \x8f\xb8")),
    ("encoding", SUMMARY, "SUMMARY:轮值服务日\r\n".encode("gbk")),
    ("control-character", SUMMARY, b"SUMMARY:\x07\r\n"),
    ("control-character", SUMMARY, b"SUMMARY:\x00\r\n"),
    ("control-character", SUMMARY, b"SUMMARY:\xc2\x85\r\n"),
    ("content-line", SUMMARY, SUMMARY + b"no name here\r\n"),
    ("content-line", SUMMARY, SUMMARY + b"\r\n"),
    ("content-line", SUMMARY, SUMMARY + b'X-A;B="c:d\r\n'),
    ("nesting", b"END:VCALENDAR\r\n", b""),
    ("nesting", b"BEGIN:VTIMEZONE\r\n", b""),
    ("nesting", b"END:VTIMEZONE\r\n", b""),
    ("nesting", b"END:VCALENDAR\r\n", b"END:VCALENDAR\r\nX-A:b\r\n"),
    ("nesting", b"END:VCALENDAR\r\n", b"END:VCALENDAR\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),
    ("nesting", SUMMARY, SUMMARY + b"BEGIN:VTODO\r\nEND:VTODO\r\n"),
    ("missing-property", b"PRODID:-//Rota//Rota calendars//ZH\r\n", b""),
    ("missing-property", b"VERSION:2.0\r\n", b""),
    ("missing-property", UID, b""),
    ("missing-property", SUMMARY, b""),
    ("missing-property", START, b""),
    ("missing-property", b"TZOFFSETTO:+0800\r\n", b""),
    ("missing-property", b"TZID:Asia/Shanghai\r\n", b""),
    ("missing-component", ZONE, b"BEGIN:VTIMEZONE\r\nTZID:Etc/UTC\r\nEND:VTIMEZONE\r\n" + ZONE),
    ("repeated-property", UID, UID + b"UID:another\r\n"),
    ("repeated-property", SUMMARY, SUMMARY + b"DTSTAMP:20230310T000000Z\r\n"),
    ("repeated-uid", OTHER, UID),
    ("forbidden-property", b"VERSION:2.0\r\n", b"VERSION:2.0\r\nMETHOD:PUBLISH\r\n"),
    ("forbidden-property", SUMMARY, SUMMARY + b"ATTENDEE:mailto:a@example.org\r\n"),
    ("forbidden-property", SUMMARY, SUMMARY + b"ORGANIZER:mailto:a@example.org\r\n"),
    ("forbidden-property", SUMMARY, SUMMARY + b"RRULE:FREQ=DAILY\r\n"),
    ("value-type", b"REFRESH-INTERVAL;VALUE=DURATION:", b"REFRESH-INTERVAL:"),
    ("value-type", b"VERSION:2.0\r\n", b"VERSION:2.0\r\nSOURCE:https://example.org/a.ics\r\n"),
    ("value", b"X-PUBLISHED-TTL:PT1H", b"X-PUBLISHED-TTL:PT"),
    ("value", b"X-PUBLISHED-TTL:PT1H", b"X-PUBLISHED-TTL:1H"),
    ("value", b"VERSION:2.0\r\n", b"VERSION:1.0\r\n"),
    ("value", b"SEQUENCE:2\r\n", b"SEQUENCE:two\r\n"),
    ("value", b"STATUS:CANCELLED", b"STATUS:GONE"),
    ("value", b"TZOFFSETTO:+0800", b"TZOFFSETTO:+8"),
    ("value", b"COLOR:", b"COLOR:#"),
    ("value", SUMMARY, SUMMARY + b"GEO:1e-05;3\r\n"),
    ("value", SUMMARY, SUMMARY + "URL:https://example.org/轮\r\n".encode()),
    ("value", START, b"DTSTART;TZID=Asia/Shanghai:20230231T093000\r\n"),
    ("value", START, b"DTSTART;VALUE=DATE:20230401\r\n"),
    ("value", START, b"DTSTART;TZID=Asia/Shanghai:20230401T093000Z\r\n"),
    ("escape", SUMMARY, b"SUMMARY:a,b\r\n"),
    ("escape", SUMMARY, b"SUMMARY:a;b\r\n"),
    ("escape", SUMMARY, b"SUMMARY:a\\b\r\n"),
    ("escape", SUMMARY, b"SUMMARY:a\\\r\n"),
    ("escape", SUMMARY, SUMMARY + b"CATEGORIES:a;b\r\n"),
    ("unknown-zone", START, START.replace(b"Shanghai", b"Tokyo")),
    ("floating-time", START, b"DTSTART:20230401T093000\r\n"),
    ("not-utc", b"DTSTAMP:20230320T083000Z\r\n", b"DTSTAMP:20230320T083000\r\n"),
    ("order", START, START.replace(b"T093000", b"T193000")),
]


@pytest.fixture(scope="module")
def sound(published: Mapping[str, Feed]) -> bytes:
    return published[""].content


def test_a_sound_feed_has_no_finding(sound: bytes) -> None:
    assert check(sound) == []


@pytest.mark.parametrize(("code", "old", "new"), FAULTS, ids=[f"{n}-{fault[0]}" for n, fault in enumerate(FAULTS)])
def test_a_planted_fault_is_found(sound: bytes, code: str, old: bytes, new: bytes) -> None:
    assert old in sound
    faulty = sound.replace(old, new, 1)
    assert code in {finding.code for finding in check(faulty)}


def test_a_finding_names_the_line(sound: bytes) -> None:
    line = sound[: sound.index(SUMMARY)].count(b"\r\n") + 1
    (finding,) = check(sound.replace(SUMMARY, b"SUMMARY:a,b\r\n", 1))
    assert finding.line == line
    assert "SUMMARY" in finding.message.say("zh")


def test_two_parameters_and_quoted_ones_are_read(sound: bytes) -> None:
    quoted = START.replace(b"TZID=Asia/Shanghai", b'X-A="b;c:d",e;TZID="Asia/Shanghai"')
    assert check(sound.replace(START, quoted, 1)) == []


@pytest.mark.parametrize("content", [b"", b"\r\n", b" ", b"BEGIN:VCALENDAR", b"\xff\xfe\x00", b"END:VCALENDAR\r\n"])
def test_what_is_no_calendar_has_findings_and_no_crash(content: bytes) -> None:
    assert check(content)
