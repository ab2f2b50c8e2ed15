"""Three programs that are not ours read the feeds alike: recurring-ical-events, khal and libical."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path

import icalendar
import pytest
import recurring_ical_events

from calendars import feeds
from tests.calendars.station import case_of, plan_of, stamps_of
from tests.conftest import RequireComponent

SYSTEM_PYTHON = "/usr/bin/python3"
READER = Path(__file__).with_name("read_with_libical.py")
KHAL_CONFIG = """\
[calendars]
[[feed]]
path = {folder}/calendar
[default]
default_calendar = feed
[sqlite]
path = {folder}/khal.db
[locale]
local_timezone = UTC
default_timezone = UTC
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%dT%H:%M
longdatetimeformat = %Y-%m-%dT%H:%M
"""

Event = dict[str, object]
"""uid, start and end in UTC, summary, location, description, cancelled."""


@pytest.fixture(
    scope="module",
    params=["Asia/Shanghai", pytest.param("Europe/Berlin", marks=pytest.mark.slow), "America/St_Johns"],
)
def zone(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def feed(zone: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    case = case_of(zone)
    file = tmp_path_factory.mktemp("feeds") / "all.ics"
    file.write_bytes(next(feeds(case, plan_of(case), stamps=stamps_of(case))).content)
    return file


@pytest.fixture(scope="module")
def written(zone: str) -> dict[str, Event]:
    """What the plan says: starts and ends, worked out without any calendar."""
    case = case_of(zone)
    gone = [stamp.last for stamp in stamps_of(case).values() if stamp.last]
    return {
        session.id: {"start": _utc(session.start), "end": _utc(session.end), "cancelled": session in gone}
        for session in (*plan_of(case).sessions, *gone)
    }


def _utc(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")


def _run(*command: str, folder: Path) -> str:
    environment = {"HOME": str(folder), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def by_recurring_ical_events(feed: Path) -> list[Event]:
    calendar = icalendar.Calendar.from_ical(feed.read_bytes())
    return [
        {
            "uid": str(event["UID"]),
            "start": _utc(event.DTSTART),
            "end": _utc(event.DTEND),
            "summary": str(event["SUMMARY"]),
            "location": str(event["LOCATION"]),
            "description": str(event["DESCRIPTION"]),
            "cancelled": event["STATUS"] == "CANCELLED",
        }
        for event in recurring_ical_events.of(calendar).between((2023, 1, 1), (2024, 1, 1))
    ]


def by_khal(feed: Path, folder: Path) -> list[Event]:
    (folder / "calendar").mkdir()
    config = folder / "config"
    config.write_text(KHAL_CONFIG.format(folder=folder), encoding="utf-8")
    khal = (sys.executable, "-m", "khal", "--config", str(config))
    _run(*khal, "import", "--batch", "-a", "feed", str(feed), folder=folder)
    fields = ("uid", "start-long", "end-long", "title", "location", "description", "status")
    asked = [word for field in fields for word in ("--json", field)]
    days = _run(*khal, "list", "--once", *asked, "2023-01-01", "365d", folder=folder)
    return [
        {
            "uid": event["uid"],
            "start": _utc(dt.datetime.fromisoformat(event["start-long"] + "+00:00")),
            "end": _utc(dt.datetime.fromisoformat(event["end-long"] + "+00:00")),
            "summary": event["title"],
            "location": event["location"],
            "description": event["description"],
            "cancelled": event["status"] == "CANCELLED",
        }
        for day in days.splitlines()
        for event in json.loads(day)
    ]


def by_libical(feed: Path, folder: Path) -> list[Event]:
    found = json.loads(_run(SYSTEM_PYTHON, str(READER), str(feed), folder=folder))
    assert found["errors"] == 0
    events: list[Event] = found["events"]
    return events


def has_libical() -> bool:
    ask = "import gi; gi.require_version('ICalGLib', '3.0'); from gi.repository import ICalGLib"
    if not Path(SYSTEM_PYTHON).exists():
        return False
    return subprocess.run([SYSTEM_PYTHON, "-c", ask], capture_output=True, check=False).returncode == 0


def in_order(events: list[Event]) -> list[Event]:
    return sorted(events, key=lambda event: str(event["uid"]))


def test_recurring_ical_events_reads_what_was_planned(feed: Path, written: dict[str, Event]) -> None:
    events = by_recurring_ical_events(feed)
    told = sorted((event["start"], event["end"], event["cancelled"]) for event in events)
    assert told == sorted((event["start"], event["end"], event["cancelled"]) for event in written.values())
    assert {event["summary"] for event in events} >= {"轮值服务日 · 税务局", "【取消】普法讲座 · 民法典 · 李𠮷"}


def test_khal_reads_the_same(feed: Path, tmp_path: Path) -> None:
    assert in_order(by_khal(feed, tmp_path)) == in_order(by_recurring_ical_events(feed))


def test_libical_reads_the_same(feed: Path, tmp_path: Path, require_component: RequireComponent) -> None:
    require_component("libical", has_libical(), "apt-get install gir1.2-ical-3.0 python3-gi")
    assert in_order(by_libical(feed, tmp_path)) == in_order(by_recurring_ical_events(feed))


def test_libical_finds_the_zone_in_the_file_and_not_in_its_own_tables(
    feed: Path, zone: str, tmp_path: Path, require_component: RequireComponent
) -> None:
    require_component("libical", has_libical(), "apt-get install gir1.2-ical-3.0 python3-gi")
    renamed = tmp_path / "renamed.ics"
    renamed.write_bytes(feed.read_bytes().replace(zone.encode(), b"Rota/Here"))
    assert in_order(by_libical(renamed, tmp_path)) == in_order(by_libical(feed, tmp_path))
