"""Programs that people use subscribe to a running server, and see what is published, also after a repair."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from constraints.reading import read_rules
from rota.changes.sessions import SessionCancelled
from rota.past import present
from rota.plan import Plan
from scheduler.keeping.journal import Journal
from scheduler.solving.control import Control
from scheduler.solving.repair import Request, repair
from tests.calendars.readers import Event, by_khal, by_libical, by_recurring_ical_events, has_libical, in_order, utc
from tests.conftest import RequireComponent
from tests.keeping.station import DAYS, STREAM, WHO, away
from tests.web.conftest import Running

YEAR = 2027


def repaired(journal: Journal) -> Plan:
    """Approve the smallest repair of what is published."""
    case, base = journal.state(STREAM).case, journal.newest(STREAM)
    assert base is not None
    request = Request(journal.plan(base.number), present(case, journal.store.clock()), 0)
    found = repair(case, read_rules(case), request, Control())
    assert found.proved
    journal.publish(STREAM, found.plan, base=base.number, actor=WHO)
    return found.plan


def components(feed: bytes) -> dict[str, bytes]:
    """The events of a feed by the day of their session; every UID stands once."""
    events = re.findall(rb"BEGIN:VEVENT\r\n.*?END:VEVENT\r\n", feed, re.DOTALL)
    found = {re.search(rb"UID:day-(\S+)\.small@rota", event)[1].decode(): event for event in events}  # type: ignore[index]  # each has one
    assert len(found) == len(events) == len(set(re.findall(rb"UID:.*", feed)))
    return found


def number(event: bytes) -> int:
    found = re.search(rb"SEQUENCE:(\d+)", event)
    assert found
    return int(found[1])


def test_an_approved_repair_counts_up_what_it_changed_and_nothing_else(journal: Journal, running: Running) -> None:
    token = journal.subscribers.issue("all", "zh").token
    before = running.feed(token)
    assert running.feed(token, if_none_match=before.etag).status == 304
    host = components(before.body)[DAYS[3]]
    assert "法院".encode() in host
    journal.record(STREAM, away(DAYS[3], who="court"), actor=WHO)
    assert running.feed(token, if_none_match=before.etag).status == 304  # a change is not published yet
    repaired(journal)
    after = running.feed(token, if_none_match=before.etag)
    assert (after.status, after.etag != before.etag) == (200, True)
    old, new = components(before.body), components(after.body)
    assert [day for day in DAYS if old[day] != new[day]] == [DAYS[3]]
    assert number(new[DAYS[3]]) == number(old[DAYS[3]]) + 1
    assert "银行".encode() in new[DAYS[3]]


def test_a_repair_that_drops_a_session_leaves_a_tombstone(journal: Journal, running: Running) -> None:
    token = journal.subscribers.issue("all", "zh").token
    before = components(running.feed(token).body)
    journal.record(STREAM, SessionCancelled(session=f"day@{DAYS[1]}"), actor=WHO)
    repaired(journal)
    after = components(running.feed(token).body)
    assert after.keys() == before.keys()
    assert b"STATUS:CANCELLED" in after[DAYS[1]]
    assert "【取消】".encode() in after[DAYS[1]]
    assert number(after[DAYS[1]]) == number(before[DAYS[1]]) + 1
    assert components(running.feed(token, "?cancelled=0").body).keys() == before.keys() - {DAYS[1]}


@pytest.mark.slow
def test_three_programs_read_from_the_running_server_what_is_published(
    journal: Journal, running: Running, tmp_path: Path, require_component: RequireComponent
) -> None:
    require_component("libical", has_libical(), "apt-get install gir1.2-ical-3.0 python3-gi")
    token = journal.subscribers.issue("all", "zh").token
    journal.record(STREAM, SessionCancelled(session=f"day@{DAYS[1]}"), actor=WHO)
    plan = repaired(journal)
    file = tmp_path / "fetched.ics"
    file.write_bytes(running.feed(token).body)
    read: list[Event] = in_order(by_recurring_ical_events(file, YEAR))
    assert in_order(by_khal(file, tmp_path, YEAR)) == read
    assert in_order(by_libical(file, tmp_path)) == read
    taking_place = [(event["start"], event["end"]) for event in read if not event["cancelled"]]
    assert sorted(taking_place) == sorted((utc(each.start), utc(each.end)) for each in plan.sessions)
    assert [event["uid"] for event in read if event["cancelled"]] == [f"day-{DAYS[1]}.small@rota"]
