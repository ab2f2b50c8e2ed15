"""Programs that are not ours read the feeds alike: recurring-ical-events, khal, libical and ical.js."""

from __future__ import annotations

from pathlib import Path

import pytest

from calendars.feed import feeds
from tests.calendars.readers import (
    Event,
    by_ical_js,
    by_khal,
    by_libical,
    by_recurring_ical_events,
    has_ical_js,
    has_libical,
    in_order,
    utc,
)
from tests.calendars.station import case_of, plan_of, stamps_of
from tests.conftest import RequireComponent


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
        session.id: {"start": utc(session.start), "end": utc(session.end), "cancelled": session in gone}
        for session in (*plan_of(case).sessions, *gone)
    }


def test_recurring_ical_events_reads_what_was_planned(feed: Path, written: dict[str, Event]) -> None:
    events = by_recurring_ical_events(feed)
    told = sorted((event["start"], event["end"], event["cancelled"]) for event in events)
    assert told == sorted((event["start"], event["end"], event["cancelled"]) for event in written.values())
    assert {event["summary"] for event in events} >= {"轮值服务日 · 税务局", "【取消】普法讲座 · 民法典 · 李𠮷"}


@pytest.mark.slow
def test_khal_reads_the_same(feed: Path, tmp_path: Path) -> None:
    assert in_order(by_khal(feed, tmp_path)) == in_order(by_recurring_ical_events(feed))


def test_libical_reads_the_same(feed: Path, tmp_path: Path, require_component: RequireComponent) -> None:
    require_component("libical", has_libical(), "apt-get install gir1.2-ical-3.0 python3-gi")
    assert in_order(by_libical(feed, tmp_path)) == in_order(by_recurring_ical_events(feed))


def test_ical_js_reads_the_same(feed: Path, tmp_path: Path, require_component: RequireComponent) -> None:
    require_component("ical.js", has_ical_js(), "make components, with Node.js and npm")
    assert in_order(by_ical_js(feed, tmp_path)) == in_order(by_recurring_ical_events(feed))


def test_libical_finds_the_zone_in_the_file_and_not_in_its_own_tables(
    feed: Path, zone: str, tmp_path: Path, require_component: RequireComponent
) -> None:
    require_component("libical", has_libical(), "apt-get install gir1.2-ical-3.0 python3-gi")
    renamed = tmp_path / "renamed.ics"
    renamed.write_bytes(feed.read_bytes().replace(zone.encode(), b"Rota/Here"))
    assert in_order(by_libical(renamed, tmp_path)) == in_order(by_libical(feed, tmp_path))


def test_ical_js_finds_the_zone_in_the_file(
    feed: Path, zone: str, tmp_path: Path, require_component: RequireComponent
) -> None:
    require_component("ical.js", has_ical_js(), "make components, with Node.js and npm")
    renamed = tmp_path / "renamed.ics"
    renamed.write_bytes(feed.read_bytes().replace(zone.encode(), b"Rota/Here"))
    assert in_order(by_ical_js(renamed, tmp_path)) == in_order(by_ical_js(feed, tmp_path))
