"""Programs that are not ours, asked what they read in a feed: recurring-ical-events, khal, libical and ical.js.

A feed is a file or an address. khal keeps calendars and fetches none: it takes in what was fetched.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import icalendar
import recurring_ical_events

SYSTEM_PYTHON = "/usr/bin/python3"
READER = Path(__file__).with_name("read_with_libical.py")
SCRIPTS = Path(__file__).with_name("js")
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
"""uid, start and end in UTC, summary, location, description, cancelled, sequence."""
Feed = Path | str
"""A file, or an address."""


def utc(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")


def _run(*command: str, folder: Path) -> str:
    environment = {"HOME": str(folder), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def address_of(feed: Feed) -> str:
    return feed if isinstance(feed, str) else feed.absolute().as_uri()


def octets_of(feed: Feed) -> bytes:
    with urlopen(address_of(feed), timeout=60) as answer:  # noqa: S310 - our own server, or a file of ours
        return bytes(answer.read())


def by_recurring_ical_events(feed: Feed, year: int = 2023, years: int = 1) -> list[Event]:
    calendar = icalendar.Calendar.from_ical(octets_of(feed))
    return [
        {
            "uid": str(event["UID"]),
            "start": utc(event.DTSTART),
            "end": utc(event.DTEND),
            "summary": str(event["SUMMARY"]),
            "location": str(event["LOCATION"]),
            "description": str(event["DESCRIPTION"]),
            "cancelled": event["STATUS"] == "CANCELLED",
            "sequence": int(event["SEQUENCE"]),
        }
        for event in recurring_ical_events.of(calendar).between((year, 1, 1), (year + years, 1, 1))
    ]


def by_khal(feed: Feed, folder: Path, year: int = 2023, years: int = 1) -> list[Event]:
    """What khal lists; into a folder where it has taken in a feed already it takes what is new."""
    (folder / "calendar").mkdir(exist_ok=True)
    config = folder / "config"
    config.write_text(KHAL_CONFIG.format(folder=folder), encoding="utf-8")
    khal = (sys.executable, "-m", "khal", "--config", str(config))
    fetched = folder / "fetched.ics"
    fetched.write_bytes(octets_of(feed))
    _run(*khal, "import", "--batch", "-a", "feed", str(fetched), folder=folder)
    fields = ("uid", "start-long", "end-long", "title", "location", "description", "status")
    asked = [word for field in fields for word in ("--json", field)]
    days = _run(*khal, "list", "--once", *asked, f"{year}-01-01", f"{366 * years}d", folder=folder)
    sequences = _sequences(folder / "calendar")
    return [
        {
            "uid": event["uid"],
            "start": utc(dt.datetime.fromisoformat(event["start-long"] + "+00:00")),
            "end": utc(dt.datetime.fromisoformat(event["end-long"] + "+00:00")),
            "summary": event["title"],
            "location": event["location"],
            "description": event["description"],
            "cancelled": event["status"] == "CANCELLED",
            "sequence": sequences[event["uid"]],
        }
        for day in days.splitlines()
        for event in json.loads(day)
    ]


def _sequences(calendar: Path) -> dict[str, int]:
    """What khal holds and does not list; each event has a file of its own."""
    found = {}
    for file in calendar.glob("*.ics"):
        event = icalendar.Calendar.from_ical(file.read_bytes()).walk("VEVENT")[0]
        assert str(event["UID"]) not in found
        found[str(event["UID"])] = int(str(event["SEQUENCE"]))
    return found


def by_libical(feed: Feed, folder: Path) -> list[Event]:
    found = json.loads(_run(SYSTEM_PYTHON, str(READER), address_of(feed), folder=folder))
    assert found["errors"] == 0
    events: list[Event] = found["events"]
    return events


def by_ical_js(feed: Feed, folder: Path) -> list[Event]:
    events: list[Event] = json.loads(_run("node", str(SCRIPTS / "read.mjs"), address_of(feed), folder=folder))
    return events


def has_ical_js() -> bool:
    return shutil.which("node") is not None and (SCRIPTS / "node_modules" / "ical.js").is_dir()


def has_libical() -> bool:
    ask = "import gi; gi.require_version('ICalGLib', '3.0'); from gi.repository import ICalGLib"
    if not Path(SYSTEM_PYTHON).exists():
        return False
    return subprocess.run([SYSTEM_PYTHON, "-c", ask], capture_output=True, check=False).returncode == 0


def in_order(events: list[Event]) -> list[Event]:
    return sorted(events, key=lambda event: str(event["uid"]))
