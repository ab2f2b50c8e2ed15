"""What is answered to whoever fetches a feed: conditions, compression, variants, and links that lead nowhere."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import re

import pytest

from calendars.conformance import check
from rota.changes.sessions import SessionCancelled
from scheduler.keeping.journal import Journal
from tests.keeping.station import DAYS, ROTATION, STREAM, WHO, hosted
from tests.web.conftest import Running, serving
from web.limiting import Rates

OLD, LATER = "Mon, 04 Jan 2021 01:00:16 GMT", "Mon, 04 Jan 2038 01:00:16 GMT"


def test_a_feed_is_sent_as_a_calendar_with_the_digest_of_its_bytes(running: Running, token: str) -> None:
    answer = running.feed(token)
    assert answer.status == 200
    assert answer.body.startswith(b"BEGIN:VCALENDAR\r\n")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.etag == f'"{hashlib.sha256(answer.body).hexdigest()}"'
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert int(answer.headers["content-length"]) == len(answer.body)
    assert "server" not in answer.headers


CONDITIONS = [
    ("nothing is said", {}, 200),
    ("the tag is known", {"if_none_match": "{etag}"}, 304),
    ("the tag is known as weak, as proxies that compress say it", {"if_none_match": "W/{etag}"}, 304),
    ("the tag is one of several", {"if_none_match": '"other", {etag} , W/"third"'}, 304),
    ("any tag will do", {"if_none_match": "*"}, 304),
    ("another tag is known", {"if_none_match": '"other"'}, 200),
    ("a part of the tag is known", {"if_none_match": '"abc'}, 200),
    ("it was not changed since", {"if_modified_since": "{modified}"}, 304),
    ("it was fetched later", {"if_modified_since": LATER}, 304),
    ("it was changed since", {"if_modified_since": OLD}, 200),
    ("the date is none", {"if_modified_since": "yesterday"}, 200),
    ("the tag decides: known, though changed since", {"if_none_match": "{etag}", "if_modified_since": OLD}, 304),
    ("the tag decides: unknown, though fetched later", {"if_none_match": '"x"', "if_modified_since": LATER}, 200),
]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_conditions(running: Running, token: str, method: str) -> None:
    first = running.feed(token)
    known = {"etag": first.etag, "modified": first.headers["last-modified"]}
    for what, headers, status in CONDITIONS:
        answer = running.feed(token, "", method, **{name: said.format(**known) for name, said in headers.items()})
        assert (answer.status, answer.etag) == (status, first.etag), what
        assert answer.body == (first.body if status == 200 and method == "GET" else b""), what
        assert answer.headers["last-modified"] == known["modified"], what


def test_head_says_what_get_would(running: Running, token: str) -> None:
    for coding in ("identity", "gzip"):
        got, head = (running.feed(token, "", method, accept_encoding=coding) for method in ("GET", "HEAD"))
        assert {**got.headers, "date": ""} == {**head.headers, "date": ""}
        assert head.body == b""


WELCOME = ("gzip", "gzip, deflate, br", "br;q=1.0, gzip;q=0.5", "*", "GZIP")
UNWELCOME = ("", "identity", "gzip;q=0", "br, *;q=0", "gzip;q=none")


@pytest.mark.parametrize("accepted", [*WELCOME, *UNWELCOME])
def test_it_is_compressed_where_that_is_welcome(running: Running, token: str, accepted: str) -> None:
    packed = accepted in WELCOME
    plain, answer = running.feed(token), running.feed(token, accept_encoding=accepted)
    assert ("content-encoding" in answer.headers) is packed
    assert (answer.etag != plain.etag) is packed
    assert (gzip.decompress(answer.body) if packed else answer.body) == plain.body
    assert running.feed(token, accept_encoding=accepted, if_none_match=answer.etag).status == 304
    assert running.feed(token, accept_encoding=accepted).body == answer.body


def test_a_link_may_hide_what_is_cancelled_and_ask_for_reminders(journal: Journal, running: Running) -> None:
    token = journal.subscribers.issue("all", "zh").token
    cancel(journal, DAYS[0])
    whole, hidden = running.feed(token), running.feed(token, "?cancelled=0")
    assert (whole.body.count(b"STATUS:CANCELLED"), hidden.body.count(b"STATUS:CANCELLED")) == (1, 0)
    assert (whole.body.count(b"BEGIN:VEVENT"), hidden.body.count(b"BEGIN:VEVENT")) == (4, 3)
    reminding = running.feed(token, "?alarm=1h&alarm=1d")
    assert reminding.body.count(b"BEGIN:VALARM") == 2 * 3
    for answer in (whole, hidden, reminding):
        assert answer.etag == f'"{hashlib.sha256(answer.body).hexdigest()}"'
        assert check(answer.body) == []
    assert running.feed(token, "?cancelled=0", if_none_match=hidden.etag).status == 304
    assert running.feed(token, "?cancelled=0", if_none_match=whole.etag).status == 200
    assert running.feed(token, "?utm=x").etag == whole.etag


@pytest.mark.parametrize("query", ["?alarm=soon", "?alarm=29d", "?alarm=1h&alarm=2h&alarm=3h&alarm=4h", "?alarm=-1h"])
def test_a_reminder_that_is_none_is_said(running: Running, token: str, query: str) -> None:
    answer = running.feed(token, query)
    assert answer.status == 400
    assert "30m" in answer.body.decode()
    assert "?alarm=1h&alarm=2d" in answer.body.decode()


def cancel(journal: Journal, day: str) -> None:
    """Publish what is left when one of the Saturdays is cancelled."""
    journal.record(STREAM, SessionCancelled(session=f"day@{day}"), actor=WHO)
    plan = hosted(journal.state(STREAM).case, *ROTATION)
    kept = tuple(session for session in plan.sessions if session.id != f"day@{day}")
    journal.publish(STREAM, plan.model_copy(update={"sessions": kept}), base=2, actor=WHO)


def test_unknown_revoked_and_rotated_links_get_the_same_answer(journal: Journal, running: Running) -> None:
    revoked, rotated = (journal.subscribers.issue("all", "zh") for _ in range(2))
    assert [running.feed(each.token).status for each in (revoked, rotated)] == [200, 200]
    journal.subscribers.revoke(revoked.subscriber.id)
    fresh = journal.subscribers.rotate(rotated.subscriber.id)
    answers = [running.feed(each) for each in ("A" * 43, revoked.token, rotated.token, "x", "%00", "a%2Fb")]
    assert {answer.status for answer in answers} == {404}
    assert len({(a.body, tuple(sorted({**a.headers, "date": ""}.items()))) for a in answers[:4]}) == 1
    assert running.feed(fresh.token).status == 200


def test_after_a_publication_the_feed_is_new_without_any_delay(journal: Journal, running: Running, token: str) -> None:
    before = running.feed(token)
    journal.publish(STREAM, hosted(journal.state(STREAM).case, *ROTATION), base=2, actor=WHO)
    after = running.feed(token, if_none_match=before.etag)
    assert after.status == 200
    assert after.etag != before.etag
    uids = re.findall(rb"^UID:(.*)\r$", after.body, re.MULTILINE)
    assert len(uids) == len(set(uids))
    assert running.feed(token, if_none_match=after.etag).status == 304


def test_two_servers_before_one_journal_send_the_same_bytes(journal: Journal, running: Running, token: str) -> None:
    with serving(journal) as other:
        for coding in ("identity", "gzip"):
            answers = [each.feed(token, accept_encoding=coding) for each in (running, other)]
            assert answers[0].body == answers[1].body
            assert answers[0].etag == answers[1].etag


def test_fetches_are_noted_together_and_when_the_server_stops(journal: Journal, token: str) -> None:
    with serving(journal) as running:
        (before,) = journal.subscribers.all()
        etag = running.feed(token, user_agent="iOS/17.4 (21E219) dataaccessd/1.0").etag
        running.feed(token, user_agent="iOS/17.4 (21E219) dataaccessd/1.0", if_none_match=etag)
        running.feed("A" * 43)
        assert journal.subscribers.all() == (before,)
    (after,) = journal.subscribers.all()
    assert (after.seen, after.agent) == (2, "apple")
    assert after.fetched is not None
    assert after.fetched.tzinfo == dt.UTC


def test_who_asks_too_often_is_told_when_to_come_again(journal: Journal, token: str) -> None:
    with serving(journal, Rates("100/minute", "3/minute", "2/minute")) as running:
        assert [running.feed(token).status for _ in range(4)] == [200, 200, 200, 429]
        assert running.feed(token).headers["retry-after"] == "60"
        other = journal.subscribers.issue("all", "zh").token
        assert running.feed(other).status == 200


def test_who_guesses_is_slowed_and_keeps_nobody_at_the_same_address_from_their_links(
    journal: Journal, token: str
) -> None:
    gone = journal.subscribers.issue("unit/court", "zh")
    journal.subscribers.revoke(gone.subscriber.id)
    page = journal.subscribers.issue("unit/bank", "zh").page
    with serving(journal, Rates("100/minute", "100/minute", "2/minute")) as running:
        assert [running.feed("A" * 43).status for _ in range(3)] == [404, 404, 429]
        guessed, revoked = running.feed("B" * 43), running.feed(gone.token)
        assert (guessed.status, guessed.body) == (revoked.status, revoked.body)
        assert [running.ask(f"/p/{each}").status for each in ("A" * 43, gone.page)] == [429, 429]
        assert running.feed(token).status == 200
        assert running.ask(f"/p/{page}").status == 200


def test_an_address_behind_a_trusted_proxy_is_counted_by_itself(journal: Journal, token: str) -> None:
    with serving(journal, Rates("2/minute", "100/minute", "100/minute")) as running:
        for address in ("203.0.113.7", "203.0.113.8", "2001:db8::1"):
            assert [running.feed(token, x_forwarded_for=address).status for _ in range(3)] == [200, 200, 429]
        assert running.feed(token, x_forwarded_for="2001:db8::2").status == 429
