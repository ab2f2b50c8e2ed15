"""External calendars that are read from time to time: by real requests, with what is new recorded as one change."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from console.polling import Polled, Poller
from rota.case import Case
from scheduler.keeping.errors import StoreError
from scheduler.keeping.external import EVERY, LONGEST, ExternalCalendar
from scheduler.keeping.journal import Journal
from tests.keeping.conftest import Ticking
from tests.keeping.station import STREAM, WHO, station

HERE = "127.0.0.0/8"


def calendar(*days: str) -> bytes:
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{day}\r\nDTSTAMP:20270101T000000Z\r\nSUMMARY:看牙\r\nDTSTART:{day}T010000Z\r\n"
        f"DTEND:{day}T030000Z\r\nEND:VEVENT\r\n"
        for day in days
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{events}END:VCALENDAR\r\n".encode()


@dataclass
class Published:
    """What a server gives, and what it answered so far."""

    url: str
    content: bytes = calendar("20270306")
    etag: str = '"1"'
    status: int = 200
    answered: list[int] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    published: Published

    def do_GET(self) -> None:
        known = self.headers["If-None-Match"] == self.published.etag
        status = 304 if known and self.published.status == 200 else self.published.status
        self.published.answered.append(status)
        self.send_response(status)
        self.send_header("ETag", self.published.etag)
        self.send_header("Content-Length", "0" if status == 304 else str(len(self.published.content)))
        self.end_headers()
        if status != 304:
            self.wfile.write(self.published.content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        pass


@pytest.fixture
def published() -> Iterator[Published]:
    class Own(Handler):
        pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Own) as server:
        Own.published = Published(f"http://127.0.0.1:{server.server_port}/secret/basic.ics")
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield Own.published
        server.shutdown()


@pytest.fixture
def journal(journal: Journal) -> Journal:
    journal.begin(station(), actor=WHO)
    return journal


def added(journal: Journal, published: Published, who: str = "bank") -> ExternalCalendar:
    return journal.external.add(who, "cal", published.url, all_day="busy", allowed=[HERE])


def turn(journal: Journal) -> list[Polled]:
    return list(Poller(journal).turn())


def busy(journal: Journal) -> list[dt.date]:
    case: Case = journal.state(STREAM).case
    return [row.first for row in case.availability if row.source == "cal"]


def kinds(journal: Journal) -> list[str]:
    return [change.kind for change in journal.changes(STREAM)]


def test_what_is_new_in_a_calendar_is_one_change(journal: Journal, published: Published) -> None:
    added(journal, published)
    assert [polled.changed for polled in turn(journal)] == [True]
    assert busy(journal) == [dt.date(2027, 3, 6)]
    assert kinds(journal) == ["opened", "calendar_refreshed"]


def test_nothing_is_asked_before_its_time_and_nothing_new_is_no_change(
    journal: Journal, published: Published, clock: Ticking
) -> None:
    added(journal, published)
    assert len(turn(journal)) == 1
    assert turn(journal) == []
    clock.now += dt.timedelta(seconds=EVERY + 120)
    assert [polled.changed for polled in turn(journal)] == [False]
    assert published.answered == [200, 304]
    assert kinds(journal).count("calendar_refreshed") == 1


@pytest.mark.slow
def test_a_changed_calendar_takes_the_place_of_what_it_said(
    journal: Journal, published: Published, clock: Ticking
) -> None:
    added(journal, published)
    turn(journal)
    published.content, published.etag = calendar("20270313"), '"2"'
    clock.now += dt.timedelta(hours=2)
    turn(journal)
    assert busy(journal) == [dt.date(2027, 3, 13)]


@pytest.mark.slow
def test_another_horizon_is_read_anew_though_the_calendar_is_the_same(
    journal: Journal, published: Published, clock: Ticking
) -> None:
    added(journal, published)
    turn(journal)
    journal.begin(station({"id": "next", "first": "2027-04-01", "last": "2027-12-31"}, cycles=[]), actor=WHO)
    clock.now += dt.timedelta(hours=2)
    turn(journal)
    assert published.answered == [200, 200]


@pytest.mark.slow
def test_a_failure_is_listed_and_tried_again_later_each_time(
    journal: Journal, published: Published, clock: Ticking
) -> None:
    added(journal, published)
    published.status = 503
    pauses = []
    for _ in range(7):
        (polled,) = turn(journal)
        assert polled.failure is not None
        kept = journal.external.all()[0]
        pauses.append((kept.next - clock.now).total_seconds())
        clock.now = kept.next
    assert pauses == sorted(pauses)
    assert max(pauses) < LONGEST + 120
    (failing,) = journal.external.all()
    assert failing.failures == 7
    assert failing.reason is not None
    assert "secret" not in failing.reason.say("zh")
    published.status = 200
    assert [polled.changed for polled in turn(journal)] == [True]
    assert journal.external.all()[0].failures == 0


def test_what_is_no_calendar_changes_nothing(journal: Journal, published: Published) -> None:
    added(journal, published)
    published.content = b"<html>Please sign in</html>"
    (polled,) = turn(journal)
    assert polled.failure is not None
    assert kinds(journal) == ["opened"]


def test_this_machine_is_not_asked_unless_that_was_allowed(journal: Journal, published: Published) -> None:
    journal.external.add("bank", "cal", published.url, all_day="busy", allowed=[])
    (polled,) = turn(journal)
    assert polled.failure is not None
    assert published.answered == []


def test_two_programs_do_not_read_one_calendar_at_once(journal: Journal, published: Published) -> None:
    added(journal, published)
    assert len(journal.external.claim()) == 1
    assert journal.external.claim() == ()


def test_one_calendar_of_somebody_is_added_once(journal: Journal, published: Published) -> None:
    added(journal, published)
    with pytest.raises(StoreError):
        added(journal, published)


def test_the_address_stands_nowhere_in_clear_and_is_forgotten_with_its_owner(
    journal: Journal, published: Published
) -> None:
    added(journal, published)
    turn(journal)
    exported = "\n".join(journal.export())
    assert "secret" not in exported
    assert "看牙" not in exported
    journal.forget("bank", actor=WHO)
    assert journal.external.all() == ()
