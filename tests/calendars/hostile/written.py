"""Calendars that cost without end, lie or break off; some are too large to keep as files, so all are written here."""

from __future__ import annotations

from collections.abc import Callable

from tests.calendars.foreign import START, calendar, event

CROWD = 2_000
LAWYER = "SUMMARY:法律咨询"
ENDLESS = ("DTSTART:19700101T000000Z", "DURATION:PT1M")


def zone(*rules: str, name: str = "Evil") -> str:
    """A VTIMEZONE with one observance, and an event in it."""
    observance = ["DTSTART:16010101T000000", *rules, "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200"]
    lines = ["BEGIN:VTIMEZONE", f"TZID:{name}", "BEGIN:STANDARD", *observance, "END:STANDARD", "END:VTIMEZONE"]
    return "\r\n".join([*lines, event(f"DTSTART;TZID={name}:20260105T090000", "DURATION:PT1H")])


def crowd(*lines: str) -> bytes:
    """Very many events alike."""
    return calendar(*(event(*lines, uid=f"{n}") for n in range(CROWD)))


def many(name: str, values: int) -> str:
    """One property with very many dates, all of this century."""
    dates = (
        f"20{26 + n // 9000 % 70}{1 + n // 28 % 12:02}{1 + n % 28:02}T{n // 336 % 24:02}0000Z" for n in range(values)
    )
    return f"{name}:" + ",".join(dates)


def folded_within_characters(text: str) -> bytes:
    """Fold a line after every octet, as some programs do that count octets and know no characters."""
    return b"\r\n ".join(bytes([octet]) for octet in text.encode())


SOUND = event(*START)
NESTED = [
    f"{edge}:X-{n}" for edge in ("BEGIN", "END") for n in (range(5000) if edge == "BEGIN" else range(4999, -1, -1))
]

WRITTEN: dict[str, Callable[[], bytes]] = {
    # Repetition
    "every second, in 230 octets": lambda: calendar(event(*ENDLESS, "RRULE:FREQ=SECONDLY")),
    "every second by lists": lambda: calendar(
        event(*START, *(["RRULE:FREQ=DAILY;BYHOUR=0,1,2,3;BYMINUTE=0,15,30,45;BYSECOND=0,30"]))
    ),
    "a thousand million times": lambda: calendar(event(*START, "RRULE:FREQ=DAILY;COUNT=1000000000")),
    "a number of a thousand digits": lambda: calendar(event(*START, f"RRULE:FREQ=DAILY;COUNT={'9' * 1000}")),
    "interval of nothing": lambda: calendar(event(*START, "RRULE:FREQ=DAILY;INTERVAL=0")),
    "never, told two thousand times": lambda: crowd(*START, "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
    "every hour by lists, since 1601, two thousand times": lambda: crowd(
        "DTSTART:16010101T000000Z",
        "DURATION:PT1M",
        f"RRULE:FREQ=DAILY;BYHOUR={','.join(map(str, range(24)))}",
    ),
    "50,000 dates": lambda: calendar(event(*START, many("RDATE", 50_000))),
    "50,000 exceptions": lambda: calendar(event(*START, "RRULE:FREQ=DAILY", many("EXDATE", 50_000))),
    "a rule that takes back what it gives": lambda: calendar(event(*ENDLESS, "RRULE:FREQ=DAILY", "EXRULE:FREQ=DAILY")),
    "two thousand events daily for years": lambda: crowd(*START, "RRULE:FREQ=DAILY"),
    "a thousand changes of one event": lambda: calendar(
        event(*START, "RRULE:FREQ=DAILY"),
        *(
            event(f"RECURRENCE-ID;TZID=Asia/Shanghai:20260{1 + n // 28}{1 + n % 28:02}T090000", *START)
            for n in range(28 * 9)
        ),
    ),
    "a rule in Chinese words": lambda: calendar(event(*START, "RRULE:每周一")),
    # Zones
    "a zone that changes every second": lambda: calendar(zone("RRULE:FREQ=SECONDLY")),
    "a zone of no offset": lambda: calendar(zone().replace("TZOFFSETTO:+0200", "TZOFFSETTO:noon")),
    "a zone without rules": lambda: calendar(
        "BEGIN:VTIMEZONE", "TZID:Evil", "END:VTIMEZONE", event("DTSTART;TZID=Evil:20260105T090000", "DURATION:PT1H")
    ),
    "a zone of a hundred hours": lambda: calendar(zone().replace("+0200", "+9959")),
    "a zone of its own": lambda: calendar(zone("RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", name="Ours")),
    "a zone that is not there": lambda: calendar(event("DTSTART;TZID=Mars/Olympus:20260105T090000", "DURATION:PT1H")),
    "a path for a zone": lambda: calendar(event("DTSTART;TZID=/etc/passwd:20260105T090000", "DURATION:PT1H")),
    "a zone with control characters": lambda: calendar(
        event("DTSTART;TZID=a\x1b[31mb\x00:20260105T090000", "DURATION:PT1H")
    ),
    "the zone of Outlook in Chinese": lambda: calendar(
        event("DTSTART;TZID=中国标准时间:20260105T090000", "DURATION:PT1H")
    ),
    # Octets
    "GBK": lambda: calendar(event(*START, LAWYER)).decode().encode("gbk"),
    "GBK, folded within characters": lambda: (
        calendar(event(*START, LAWYER))
        .decode()
        .encode("gbk")
        .replace("律".encode("gbk"), b"\r\n ".join(bytes([octet]) for octet in "律".encode("gbk")))
    ),
    "UTF-8, folded within characters": lambda: calendar(event(*START, "@")).replace(
        b"@", folded_within_characters(LAWYER)
    ),
    "UTF-16 with its mark": lambda: calendar(event(*START, LAWYER)).decode().encode("utf-16"),
    "UTF-16 without": lambda: calendar(event(*START, LAWYER)).decode().encode("utf-16-be"),
    "UTF-16 that breaks off": lambda: calendar(event(*START, LAWYER)).decode().encode("utf-16")[:-1],
    "UTF-32": lambda: calendar(SOUND).decode().encode("utf-32"),
    "Latin-1": lambda: calendar(event(*START, "SUMMARY:Caf\xe9 .")).decode().encode("latin-1"),
    "octets of a picture": lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
    "nothing but NUL": lambda: b"\0" * 100_000,
    "NUL and BEL in a title": lambda: calendar(event(*START, "SUMMARY:a\x00b\x07c")),
    "NUL in a date": lambda: calendar(event("DTSTART:2026\x000105T010000Z", "DURATION:PT1H")),
    "a line of 9 MB": lambda: calendar(event(*START, "DESCRIPTION:" + "长" * 3_000_000)),
    "a line of 12 MB": lambda: calendar(event(*START, "DESCRIPTION:" + "长" * 4_000_000)),
    "9 MB of colons after a quote": lambda: calendar(event(*START, 'EXDATE;X="' + ":" * 9_000_000)),
    "9 MB of folds": lambda: calendar(event(*START, "DESCRIPTION:" + "\r\n " * 2_900_000)),
    "400,000 empty lines": lambda: calendar(SOUND) + b"\r\n" * 400_000,
    # Structure
    "nothing": lambda: b"",
    "a page that asks to sign in": lambda: b"<!DOCTYPE html><html><body>Sign in</body></html>",
    "an archive": lambda: b"PK\x03\x04" + b"\0" * 200,
    "5,000 parts in each other": lambda: calendar(*NESTED),
    "calendars in each other": lambda: b"BEGIN:VCALENDAR\r\n" * 3 + b"END:VCALENDAR\r\n" * 3,
    "an event in an event": lambda: calendar("BEGIN:VEVENT", SOUND, "END:VEVENT"),
    "parts closed across": lambda: calendar("BEGIN:VEVENT", "BEGIN:VALARM", "END:VEVENT", "END:VALARM"),
    "ends that nothing begins": lambda: b"END:VCALENDAR\r\n" * 3,
    "an event without its calendar": SOUND.encode,
    "broken off": lambda: calendar(SOUND)[:-30],
    "60,000 events": lambda: calendar(*(event(*START, uid=f"{n}") for n in range(60_000))),
    "40,000 events": lambda: calendar(
        *(event(f"DTSTART:20{n % 90 + 10}0105T010000Z", uid=f"{n}") for n in range(40_000))
    ),
    "a calendar of the moon": lambda: calendar("CALSCALE:CHINESE", SOUND),
    "an empty calendar": calendar,
    # Values
    "no start": lambda: calendar(event(LAWYER)),
    "an end before the start": lambda: calendar(
        event(START[1].replace("DTEND", "DTSTART"), START[0].replace("DTSTART", "DTEND"))
    ),
    "a negative duration": lambda: calendar(event(START[0], "DURATION:-P1D")),
    "a duration beyond all years": lambda: calendar(event(START[0], "DURATION:P999999999999D")),
    "a duration of 2,000 years": lambda: calendar(event(START[0], "DURATION:P730000D")),
    "the year 9999": lambda: calendar(event("DTSTART:99991231T230000Z", "DURATION:P30D", "RRULE:FREQ=YEARLY")),
    "the year 1": lambda: calendar(event("DTSTART:00010101T000000Z", "DURATION:PT1H", "RRULE:FREQ=YEARLY")),
    "a rule until the year 9999": lambda: calendar(event(*START, "RRULE:FREQ=MONTHLY;UNTIL=99991231T235959Z")),
    "the 30th of February": lambda: calendar(event("DTSTART:20260230T010000Z")),
    "one UID for 2,000 events": lambda: calendar(*(event(*START) for _ in range(CROWD))),
    "a UID of 1 MB": lambda: calendar(event(*START, uid="u" * 1_000_000)),
    "a change of an event that is not there": lambda: calendar(event("RECURRENCE-ID:20260105T010000Z", *START)),
    "a sequence beyond all numbers": lambda: calendar(event(*START, f"SEQUENCE:{'9' * 5000}")),
    "100,000 free-busy periods": lambda: calendar(
        "BEGIN:VFREEBUSY", many("FREEBUSY", 100_000).replace("Z,", "Z/PT1M,") + "/PT1M", "END:VFREEBUSY"
    ),
}
