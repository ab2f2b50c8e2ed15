"""Sessions that have left somebody, because others serve or they take place elsewhere, are cancelled for them alone."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

import pytest

from calendars.conformance import check
from rota.changes.sessions import SessionCancelled
from scheduler.keeping.editions import editions
from scheduler.keeping.feeds import Feeds
from scheduler.keeping.journal import Journal
from tests.keeping.conftest import Ticking
from tests.keeping.station import DAYS, OTHER_ROTATION, STREAM, WHO, hosted
from tests.keeping.test_feeds import fetched, render, without


@pytest.fixture
def published(full: Journal) -> Journal:
    return full


def rehosted(journal: Journal, *hosts: str, rooms: Sequence[str] = ()) -> None:
    """Publish other hosts, and other rooms where any are given."""
    plan = hosted(journal.state(STREAM).case, *hosts)
    sessions = [
        each.model_copy(update={"parts": (each.parts[0].model_copy(update={"room": room}),)})
        for each, room in zip(plan.sessions, rooms or ["hall"] * len(hosts), strict=True)
    ]
    newest = journal.newest(STREAM)
    assert newest is not None
    journal.publish(STREAM, plan.model_copy(update={"sessions": tuple(sessions)}), base=newest.number, actor=WHO)


def told(body: bytes, day: str) -> list[tuple[str, str, int]]:
    """What a feed says of the session of a day: its state, its title, and its number; nothing where it is not there."""
    unfolded = body.replace(b"\r\n ", b"").decode()
    events = re.findall(r"BEGIN:VEVENT.*?END:VEVENT", unfolded, re.DOTALL)
    found = [each for each in events if f"UID:day-{day}." in each]
    said = [dict(re.findall(r"(STATUS|SUMMARY|SEQUENCE):(.*)\r", each)) for each in found]
    return [(each["STATUS"], each["SUMMARY"], int(each["SEQUENCE"])) for each in said]


def test_whose_turn_has_gone_to_others_sees_it_as_no_longer_theirs(published: Journal) -> None:
    feeds = Feeds(published.store, render)
    bank, court, everybody = (published.subscribers.issue(of, "zh").token for of in ("unit/bank", "unit/court", "all"))
    day = DAYS[2]
    assert [state for state, *_ in told(fetched(feeds, bank), day)] == ["CONFIRMED"]
    rehosted(published, "court", "court", "court", "court")
    ((state, title, number),) = told(fetched(feeds, bank), day)
    assert (state, title.startswith("【不再参加】"), "银行" in title) == ("CANCELLED", True, True)
    for token in (court, everybody):
        ((held, shown, counted),) = told(fetched(feeds, token), day)
        assert (held, "法院" in shown, counted) == ("CONFIRMED", True, number)
    assert check(fetched(feeds, bank)) == []
    rehosted(published, "court", "court", "bank", "court")
    ((again, regained, more),) = told(fetched(feeds, bank), day)
    assert (again, "【" in regained, more) == ("CONFIRMED", False, number + 1)
    assert [state for state, *_ in told(fetched(feeds, court), day)] == ["CANCELLED"]


def test_a_room_sees_that_a_session_takes_place_elsewhere(published: Journal) -> None:
    feeds = Feeds(published.store, render)
    hall, corner = (published.subscribers.issue(f"room/{of}", "en").token for of in ("hall", "corner"))
    rehosted(published, *OTHER_ROTATION, rooms=("corner", "hall", "hall", "hall"))
    ((state, title, number),) = told(fetched(feeds, hall), DAYS[0])
    assert (state, title.partition("]")[0], number) == ("CANCELLED", "[elsewhere", 2)
    assert [state for state, *_ in told(fetched(feeds, corner), DAYS[0])] == ["CONFIRMED"]


def test_what_was_left_and_then_cancelled_stands_once_in_every_feed(published: Journal) -> None:
    feeds = Feeds(published.store, render)
    rehosted(published, "bank", "court", "bank", "court")
    rehosted(published, "court", "court", "bank", "court")
    published.record(STREAM, SessionCancelled(session=f"day@{DAYS[0]}"), actor=WHO)
    newest = published.newest(STREAM)
    assert newest is not None
    gone = without(hosted(published.state(STREAM).case, "court", "court", "bank", "court"), DAYS[0])
    published.publish(STREAM, gone, base=newest.number, actor=WHO)
    titles = {}
    for of in ("bank", "court"):
        ((state, title, _),) = told(fetched(feeds, published.subscribers.issue(f"unit/{of}", "zh").token), DAYS[0])
        titles[of] = (state, title.partition("】")[0])
    assert titles == {"bank": ("CANCELLED", "【不再参加"), "court": ("CANCELLED", "【取消")}


def test_what_somebody_has_lost_goes_with_the_first_revision_after_sixty_days(
    published: Journal, clock: Ticking
) -> None:
    feeds, token = Feeds(published.store, render), published.subscribers.issue("unit/bank", "zh").token
    rehosted(published, "court", "court", "court", "court")
    lost = told(fetched(feeds, token), DAYS[2])
    clock.now += dt.timedelta(days=59)
    rehosted(published, "court", "court", "court", "court", rooms=("corner", "hall", "hall", "hall"))
    assert told(fetched(feeds, token), DAYS[2]) == lost
    clock.now += dt.timedelta(days=2)
    assert told(fetched(feeds, token), DAYS[2]) == lost
    rehosted(published, "court", "court", "court", "court")
    assert told(fetched(feeds, token), DAYS[2]) == []


def test_what_was_lost_is_shown_as_it_last_was_theirs(published: Journal) -> None:
    rehosted(published, *OTHER_ROTATION, rooms=("hall", "hall", "corner", "hall"))
    rehosted(published, "court", "court", "court", "court", rooms=("hall", "hall", "hall", "hall"))
    (edition,) = published.store.read(editions)
    lost = {(each.of, each.session.id): each.session.parts[0].room for each in edition.former}
    first, third = (f"day@{DAYS[at]}" for at in (0, 2))
    assert lost == {("bank", first): "hall", ("bank", third): "corner", ("corner", third): "corner"}
