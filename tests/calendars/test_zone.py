"""VTIMEZONE components say what the IANA rules say, read back by dateutil, which knows nothing of ours."""

from __future__ import annotations

import datetime as dt
import io
from zoneinfo import ZoneInfo

import pytest
from dateutil import tz

from calendars.zone import timezone_component

FIRST, LAST = dt.date(2023, 1, 1), dt.date(2024, 12, 31)


@pytest.mark.parametrize(
    "zone",
    [
        "Asia/Shanghai",  # no change at all
        "Europe/Berlin",  # last Sundays
        pytest.param("America/New_York", marks=pytest.mark.slow),  # second and first Sunday
        "Australia/Lord_Howe",  # south, by half an hour
        pytest.param("Europe/Dublin", marks=pytest.mark.slow),  # winter as the exception
        pytest.param("Asia/Jerusalem", marks=pytest.mark.slow),  # the Friday before the last Sunday
        "Africa/Casablanca",  # after the moon
        pytest.param("Asia/Almaty", marks=pytest.mark.slow),  # one change for good, in March 2024
        pytest.param("America/St_Johns", marks=pytest.mark.slow),  # three hours and a half
    ],
)
def test_every_hour_of_the_horizon_has_the_offset_of_the_zone(zone: str) -> None:
    octets = timezone_component(zone, FIRST, LAST).to_ical(sorted=False)
    read = tz.tzical(io.StringIO(octets.decode())).get(zone)
    known = ZoneInfo(zone)

    hour = dt.datetime.combine(FIRST, dt.time())
    while hour.date() <= LAST:
        early, late = (hour.replace(tzinfo=known, fold=fold).utcoffset() for fold in (0, 1))
        if early == late:  # else the clock shows the hour twice or never
            assert hour.replace(tzinfo=read).utcoffset() == early, hour
        hour += dt.timedelta(hours=1)


def test_yearly_changes_are_written_as_rules_that_outlook_reads() -> None:
    lines = timezone_component("Europe/Berlin", FIRST, LAST).to_ical(sorted=False).decode().split("\r\n")
    assert lines.count("RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3") == 1
    assert lines.count("RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10") == 1
    assert lines.count("BEGIN:DAYLIGHT") == lines.count("BEGIN:STANDARD") == 1


def test_changes_that_follow_no_rule_are_written_one_by_one() -> None:
    lines = timezone_component("Africa/Casablanca", FIRST, LAST).to_ical(sorted=False).decode().split("\r\n")
    assert not [line for line in lines if line.startswith("RRULE")]
    starts = [line for line in lines if line.startswith("DTSTART")]
    assert starts == sorted(starts)
