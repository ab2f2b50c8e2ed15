"""Three programs that are not ours, asked what they read in a feed: recurring-ical-events, khal and libical."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path

import icalendar
import recurring_ical_events

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


def utc(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")


def _run(*command: str, folder: Path) -> str:
    environment = {"HOME": str(folder), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def by_recurring_ical_events(feed: Path, year: int = 2023) -> list[Event]:
    calendar = icalendar.Calendar.from_ical(feed.read_bytes())
    return [
        {
            "uid": str(event["UID"]),
            "start": utc(event.DTSTART),
            "end": utc(event.DTEND),
            "summary": str(event["SUMMARY"]),
            "location": str(event["LOCATION"]),
            "description": str(event["DESCRIPTION"]),
            "cancelled": event["STATUS"] == "CANCELLED",
        }
        for event in recurring_ical_events.of(calendar).between((year, 1, 1), (year + 1, 1, 1))
    ]


def by_khal(feed: Path, folder: Path, year: int = 2023) -> list[Event]:
    (folder / "calendar").mkdir()
    config = folder / "config"
    config.write_text(KHAL_CONFIG.format(folder=folder), encoding="utf-8")
    khal = (sys.executable, "-m", "khal", "--config", str(config))
    _run(*khal, "import", "--batch", "-a", "feed", str(feed), folder=folder)
    fields = ("uid", "start-long", "end-long", "title", "location", "description", "status")
    asked = [word for field in fields for word in ("--json", field)]
    days = _run(*khal, "list", "--once", *asked, f"{year}-01-01", "365d", folder=folder)
    return [
        {
            "uid": event["uid"],
            "start": utc(dt.datetime.fromisoformat(event["start-long"] + "+00:00")),
            "end": utc(dt.datetime.fromisoformat(event["end-long"] + "+00:00")),
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
