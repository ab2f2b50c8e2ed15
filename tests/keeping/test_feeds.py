"""Links lead to feeds, feeds are rendered once for each revision, and nothing of a secret is kept."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select

from calendars.feed import feeds_of
from rota.changes.sessions import SessionCancelled
from rota.edition import Edition
from rota.plan import Plan
from rota.text import Language
from scheduler.keeping.backup import restore
from scheduler.keeping.errors import StoreError
from scheduler.keeping.feeds import LARGE, Feeds
from scheduler.keeping.journal import Journal
from scheduler.keeping.subscribers import Fetch
from scheduler.keeping.tables import RENDERED, SUBSCRIBER
from tests.keeping.conftest import Places, Ticking
from tests.keeping.station import DAYS, OTHER_ROTATION, ROTATION, STREAM, WHO, hosted, station

CANCELLED = b"STATUS:CANCELLED"


def render(editions: Sequence[Edition], language: Language) -> Iterable[tuple[str, bytes]]:
    yield from ((feed.key, feed.content) for feed in feeds_of(editions, language))


class Counted:
    """A renderer that counts how often it is called."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, editions: Sequence[Edition], language: Language) -> Iterable[tuple[str, bytes]]:
        self.times += 1
        return render(editions, language)


def fetched(feeds: Feeds, token: str) -> bytes:
    found = feeds.find(token)
    assert found is not None
    body = feeds.body(found)
    assert body is not None
    assert (found.etag, found.size) == (hashlib.sha256(body).hexdigest(), len(body))
    return body


def without(plan: Plan, day: str) -> Plan:
    return plan.model_copy(update={"sessions": tuple(each for each in plan.sessions if each.id != f"day@{day}")})


@pytest.fixture
def published(full: Journal) -> Journal:
    return full


def test_a_link_leads_to_its_feed_until_it_is_rotated_or_revoked(published: Journal) -> None:
    feeds = Feeds(published.store, render)
    first = published.subscribers.issue("unit/bank", "zh", "王大姐的手机")
    assert "银行".encode() in fetched(feeds, first.token)
    second = published.subscribers.rotate(first.subscriber.id)
    assert feeds.find(first.token) is None
    assert fetched(feeds, second.token)
    assert second.subscriber.label == "王大姐的手机"
    published.subscribers.revoke(first.subscriber.id)
    assert feeds.find(second.token) is None
    assert published.subscribers.all() == ()
    assert [each.id for each in published.subscribers.all(revoked=True)] == [first.subscriber.id]
    for again in (published.subscribers.rotate, published.subscribers.revoke):
        with pytest.raises(StoreError, match=r"no link no\. 1"):
            again(first.subscriber.id)


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "\ud800", "0" * 64])
def test_an_unknown_link_leads_nowhere(published: Journal, token: str) -> None:
    published.subscribers.issue("all", "zh")
    assert Feeds(published.store, render).find(token) is None


def test_nothing_of_a_secret_or_a_label_is_kept_in_the_open(published: Journal) -> None:
    issued = published.subscribers.issue("unit/bank", "zh", "王大姐的手机")
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", issued.token)
    with published.store.database.engine.connect() as connection:
        row = connection.execute(select(SUBSCRIBER)).one()
    assert row.digest == hashlib.sha256(issued.token.encode()).hexdigest()
    assert issued.token not in str(row)
    assert "王大姐" not in str(row)


def test_feeds_are_rendered_once_for_each_revision_and_language(published: Journal) -> None:
    counted = Counted()
    feeds = Feeds(published.store, counted)
    tokens = [published.subscribers.issue(subject, "zh").token for subject in ("all", "unit/bank", "room/hall")]
    assert feeds.prepare()
    assert not feeds.prepare()
    bodies = [fetched(feeds, token) for token in tokens]
    assert len(set(bodies)) == 3
    assert counted.times == 1
    english = published.subscribers.issue("unit/bank", "en")
    assert b"Bank" in fetched(feeds, english.token)
    assert counted.times == 2
    assert [fetched(Feeds(published.store, counted), token) for token in tokens] == bodies
    assert counted.times == 2


def test_a_link_before_the_first_publication_leads_nowhere_yet(journal: Journal) -> None:
    journal.begin(station(), actor=WHO)
    issued = journal.subscribers.issue("all", "zh")
    feeds = Feeds(journal.store, render)
    assert feeds.find(issued.token) is None
    journal.publish(STREAM, hosted(journal.state(STREAM).case, *ROTATION), base=None, actor=WHO)
    assert fetched(feeds, issued.token)


def test_a_new_revision_changes_only_the_feeds_that_it_concerns(published: Journal) -> None:
    feeds = Feeds(published.store, render)
    tokens = {key: published.subscribers.issue(key, "zh").token for key in ("unit/bank", "unit/shop")}
    before = {key: feeds.find(token) for key, token in tokens.items()}
    plan = hosted(published.state(STREAM).case, *ROTATION)
    published.publish(STREAM, plan, base=2, actor=WHO)
    after = {key: feeds.find(token) for key, token in tokens.items()}
    for key, same in (("unit/shop", True), ("unit/bank", False)):
        old, new = before[key], after[key]
        assert old is not None
        assert new is not None
        assert (new.revision, old.revision) == (3, 2)
        assert ((new.etag, new.at) == (old.etag, old.at)) is same


def test_the_feed_that_was_found_can_be_read_after_the_next_revision_but_not_for_ever(published: Journal) -> None:
    feeds = Feeds(published.store, render)
    token = published.subscribers.issue("unit/bank", "zh").token
    found = feeds.find(token)
    assert found is not None
    for base, rotation in pairwise([2, 3, 4]):
        case = published.state(STREAM).case
        plan = hosted(case, *(ROTATION if base == 2 else OTHER_ROTATION))
        assert published.publish(STREAM, plan, base=base, actor=WHO).number == rotation
        assert fetched(feeds, token)
        assert (feeds.body(found) is not None) is (rotation == 3)


def test_a_changed_session_counts_up_and_says_when(published: Journal) -> None:
    feeds = Feeds(published.store, render)
    token = published.subscribers.issue("all", "zh").token
    before = fetched(feeds, token)
    published.publish(STREAM, hosted(published.state(STREAM).case, *ROTATION), base=2, actor=WHO)
    after = fetched(feeds, token)
    assert before.count(b"SEQUENCE:1\r\n") == 1
    assert after.count(b"SEQUENCE:2\r\n") == 1
    uids = re.findall(rb"UID:(.*)\r\n", after)
    assert uids == re.findall(rb"UID:(.*)\r\n", before)
    assert len(set(uids)) == len(uids) == len(DAYS)


def test_a_tombstone_stands_for_its_time_and_goes_with_a_later_revision(published: Journal, clock: Ticking) -> None:
    feeds = Feeds(published.store, render)
    token = published.subscribers.issue("all", "zh").token
    published.record(STREAM, SessionCancelled(session=f"day@{DAYS[0]}"), actor=WHO)

    def publish(base: int, *hosts: str) -> bytes:
        case = published.state(STREAM).case
        plan = hosted(case, "bank", *hosts)
        published.publish(STREAM, without(plan, DAYS[0]), base=base, actor=WHO)
        return fetched(feeds, token)

    assert CANCELLED not in fetched(feeds, token)
    cancelled = publish(2, "court", "bank", "court")
    assert cancelled.count(CANCELLED) == 1
    clock.now += dt.timedelta(days=59)
    assert publish(3, "court", "court", "bank").count(CANCELLED) == 1
    clock.now += dt.timedelta(days=2)
    assert fetched(feeds, token).count(CANCELLED) == 1
    assert CANCELLED not in publish(4, "court", "bank", "court")


def test_forgetting_somebody_takes_their_links_and_every_rendered_feed(published: Journal) -> None:
    feeds = Feeds(published.store, render)
    own = published.subscribers.issue("person/p1", "zh", "欧阳明珠的手机").token
    other = published.subscribers.issue("unit/bank", "zh", "银行前台").token
    assert "欧阳明珠".encode() in fetched(feeds, own)
    published.forget("p1", actor=WHO)
    with published.store.database.engine.connect() as connection:
        assert connection.execute(select(RENDERED.c.subject)).all() == []
    assert feeds.find(own) is None
    assert fetched(feeds, other)
    with published.store.database.engine.connect() as connection:
        bodies = connection.execute(select(RENDERED.c.body)).scalars().all()
    assert bodies
    assert not any("欧阳明珠".encode() in body for body in bodies)
    assert [each.label for each in published.subscribers.all()] == ["银行前台"]


def test_the_last_fetch_of_each_link_is_noted_and_older_ones_change_nothing(published: Journal) -> None:
    link = published.subscribers.issue("all", "zh").subscriber
    other = published.subscribers.issue("all", "zh").subscriber
    at = dt.datetime(2027, 1, 5, 8, 0, tzinfo=dt.UTC)
    later = at + dt.timedelta(minutes=5)
    published.subscribers.note([Fetch(link.id, later, 2, "apple"), Fetch(link.id, at, 1, "google")])
    published.subscribers.note([Fetch(link.id, at, 1, "outlook")])
    published.subscribers.note([])
    noted, untouched = published.subscribers.all()
    assert (noted.fetched, noted.seen, noted.agent) == (later, 2, "apple")
    assert untouched == other


def test_links_come_along_in_a_backup_and_lead_to_the_same_bytes(
    published: Journal, places: Places, clock: Ticking, tmp_path: Path
) -> None:
    token = published.subscribers.issue("unit/bank", "zh", "王大姐的手机").token
    before = fetched(Feeds(published.store, render), token)
    assert published.audit() == ()
    published.backup(tmp_path / "backup.db")
    restored = places()
    restore(tmp_path / "backup.db", restored)
    with Journal.open(restored, clock=clock) as journal:
        counted = Counted()
        assert fetched(Feeds(journal.store, counted), token) == before
        assert counted.times == 0
        assert journal.subscribers.issue("all", "zh").subscriber.id == 2


def test_a_feed_near_a_megabyte_is_warned_of(published: Journal, caplog: pytest.LogCaptureFixture) -> None:
    published.subscribers.issue("all", "zh")
    feeds = Feeds(published.store, lambda *_: [("all", b"x" * LARGE), ("unit/bank", b"x")])
    with caplog.at_level(logging.WARNING):
        feeds.prepare()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert [size[::2] for size in feeds.sizes()] == [("all", LARGE), ("unit/bank", 1)]


def test_a_feed_goes_on_into_the_next_year(published: Journal) -> None:
    feeds = Feeds(published.store, render)
    token = published.subscribers.issue("unit/bank", "zh").token
    before = fetched(feeds, token)
    settings = {"id": "next", "title": "小站二〇二八", "first": "2028-01-01", "last": "2028-12-31"}
    cycle = {"id": "weeks", "name": "每周", "first": "2028-03-04", "rrule": "FREQ=WEEKLY;COUNT=1"}
    case = station(settings, cycles=[cycle])
    published.begin(case, actor=WHO)
    plan = hosted(case, "bank", "bank", "bank", "bank")
    session = plan.sessions[0]
    start, end = (moment.replace(year=2028, day=4) for moment in (session.start, session.end))
    moved = session.model_copy(update={"id": "day@2028-03-04", "start": start, "end": end})
    published.publish("next", plan.model_copy(update={"sessions": (moved,)}), base=None, actor=WHO)
    after = fetched(feeds, token)
    uids = re.findall(rb"UID:(.*)\r\n", after)
    assert len(set(uids)) == len(uids)
    assert set(re.findall(rb"UID:(.*)\r\n", before)) < set(uids)
    assert before.count(b"BEGIN:VEVENT") + 1 == after.count(b"BEGIN:VEVENT")
    assert "小站二〇二八".encode() in after.replace(b"\r\n ", b"")
    assert after.count(b"BEGIN:VTIMEZONE") == 1
