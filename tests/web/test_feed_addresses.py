"""Where a feed says that it is: its own address and that of the page beside it, for each link its own."""

from __future__ import annotations

import gzip
import zlib

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.conformance import check
from scheduler.keeping.address import remember_address
from scheduler.keeping.feeds import Feeds, Found
from scheduler.keeping.journal import Journal
from tests.web.conftest import serving
from tests.web.forms import forms_of
from web.asking import asked
from web.compressing import Pieces, packed

BASE = "https://rota.example.org/轮值"
SAID = "https://rota.example.org/%E8%BD%AE%E5%80%BC"
PLAIN, GZIP = {"accept_encoding": "identity"}, {"accept_encoding": "gzip"}


def unfolded(body: bytes) -> list[str]:
    return body.replace(b"\r\n ", b"").decode().split("\r\n")


def test_a_feed_says_where_it_is_and_where_its_page_is(journal: Journal, token: str) -> None:
    with serving(journal, base=BASE) as running:
        body = running.feed(token, **PLAIN).body
    assert check(body) == []
    assert [line for line in unfolded(body) if token in line] == [
        f"SOURCE;VALUE=URI:{SAID}/f/{token}.ics",
        f"URL:{SAID}/f/{token}",
    ]
    calendar = icalendar.Calendar.from_ical(body)
    assert (calendar["SOURCE"], calendar["URL"]) == (f"{SAID}/f/{token}.ics", f"{SAID}/f/{token}")
    assert not any("URL" in event for event in calendar.walk("VEVENT"))


def test_nothing_else_differs_from_link_to_link(journal: Journal, token: str) -> None:
    other = journal.subscribers.issue("unit/bank", "zh").token
    with serving(journal) as bare, serving(journal, base=BASE) as running:
        answers = [running.feed(each, **PLAIN) for each in (token, other)]
        assert len({each.etag for each in (*answers, bare.feed(token), bare.feed(other))}) == 3
        for answer, each in zip(answers, (token, other), strict=True):
            kept = [line for line in unfolded(answer.body) if each not in line]
            assert kept == unfolded(bare.feed(each, **PLAIN).body)


@pytest.mark.parametrize("query", ["", "?cancelled=0", "?alarm=1h&alarm=90m&alarm=24h"])
def test_it_is_the_same_in_every_process_and_known_again(journal: Journal, token: str, query: str) -> None:
    with serving(journal, base=BASE) as one, serving(journal, base=BASE) as other:
        for coding in (PLAIN, GZIP):
            first, second = (each.feed(token, query, **coding) for each in (one, other))
            assert (first.etag, first.body) == (second.etag, second.body)
            assert int(first.headers["content-length"]) == len(first.body)
            again = other.feed(token, query, if_none_match=first.etag, **coding)
            assert (again.status, again.body) == (304, b"")
        compressed = one.feed(token, query, **GZIP)
        assert gzip.decompress(compressed.body) == one.feed(token, query, **PLAIN).body


def test_what_is_unchanged_is_said_without_reading_it(
    journal: Journal, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(journal, base=BASE) as before:
        etag = before.feed(token).etag

    def unread(_: Feeds, found: Found) -> bytes:
        raise AssertionError(found)

    monkeypatch.setattr(Feeds, "body", unread)
    with serving(journal, base=BASE) as running:
        assert running.feed(token, if_none_match=etag).status == 304


def test_another_address_of_the_server_is_another_feed(journal: Journal, token: str) -> None:
    with serving(journal, base=BASE) as before:
        etag = before.feed(token).etag
    with serving(journal, base="https://other.example.org") as after:
        answer = after.feed(token, if_none_match=etag)
    assert answer.status == 200
    assert f"URL:https://other.example.org/f/{token}" in unfolded(answer.body)


def test_who_goes_by_dates_alone_sees_another_address_too(journal: Journal, token: str) -> None:
    remember_address(journal.store, BASE)
    with serving(journal, base=BASE) as before:
        modified = before.feed(token).headers["last-modified"]
        assert before.feed(token, if_modified_since=modified).status == 304
    remember_address(journal.store, "https://other.example.org")
    with serving(journal, base="https://other.example.org") as after:
        assert after.feed(token, if_modified_since=modified).status == 200


@pytest.mark.parametrize(
    ("query", "said"),
    [("?cancelled=no&utm=1", "?cancelled=0"), ("?alarm=1h&alarm=24h&alarm=90m", "?alarm=1d&alarm=90m&alarm=1h")],
)
def test_a_variant_says_its_own_address(journal: Journal, token: str, query: str, said: str) -> None:
    with serving(journal, base=BASE) as running:
        lines = unfolded(running.feed(token, query).body)
        assert f"SOURCE;VALUE=URI:{SAID}/f/{token}.ics{said}" in lines
        assert f"URL:{SAID}/f/{token}" in lines
        assert running.feed(token, said, **PLAIN).body == running.feed(token, query, **PLAIN).body


@given(st.lists(st.sampled_from(["alarm=1h", "alarm=60m", "alarm=999m", "alarm=28d", "cancelled=0", "busy=1"])))
def test_the_address_of_a_variant_asks_for_it_again(said: list[str]) -> None:
    found = asked([(name, value) for name, _, value in (each.partition("=") for each in said)])
    if found is not None:
        pairs = [each.partition("=") for each in found.query.lstrip("?").split("&")]
        assert asked([(name, value) for name, _, value in pairs]) == found


def test_times_alone_and_files_to_keep_hold_no_secret(journal: Journal) -> None:
    """What is made to be handed on carries no link."""
    issued = journal.subscribers.issue("unit/bank", "zh")
    with serving(journal, base=BASE) as running:
        for answer in (running.feed(issued.token, "?busy=1"), running.ask(f"/p/{issued.page}/calendar.ics")):
            assert answer.status == 200
            assert b"rota.example.org" not in answer.body


def test_the_page_of_a_feed_shows_the_turns_and_takes_nothing(journal: Journal, token: str) -> None:
    with serving(journal, base=BASE) as running:
        page = running.ask(f"/f/{token}")
        english = running.ask(f"/f/{token}?lang=en")
    said = page.body.decode()
    for expected in (
        "银行",
        "3月20日（周六）09:00–11:00",
        f"webcal://rota.example.org/轮值/f/{token}.ics",
        "仅供查看",
    ):
        assert expected in said
    assert "待答复" not in said
    assert forms_of(page.body) == []
    assert "/p/" not in said
    assert page.headers["cache-control"] == "private, no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "This page shows what the calendar shows" in english.body.decode()
    assert [each.visited for each in journal.subscribers.all()] == [None]


def test_pages_behind_wrong_links_are_all_alike(journal: Journal) -> None:
    revoked, kept = (journal.subscribers.issue("unit/bank", "zh") for _ in range(2))
    journal.subscribers.revoke(revoked.subscriber.id)
    with serving(journal, base=BASE) as running:
        answers = [running.ask(f"/f/{each}") for each in ("A" * 43, revoked.token, kept.page, "x")]
        assert running.ask(f"/p/{kept.token}").status == 404
    assert {answer.status for answer in answers} == {404}
    assert len({(a.body, tuple(sorted({**a.headers, "date": ""}.items()))) for a in answers}) == 1


@given(head=st.binary(max_size=300), rest=st.binary(max_size=3000), between=st.binary(max_size=200))
def test_what_is_put_between_compressed_pieces_stands_there_unpacked(head: bytes, rest: bytes, between: bytes) -> None:
    made = packed(Pieces(head, rest)).around(between)
    assert made == packed(Pieces(head, rest)).around(between)
    reading = zlib.decompressobj(16 + zlib.MAX_WBITS)
    assert reading.decompress(made) == head + between + rest == Pieces(head, rest).around(between)
    assert (reading.eof, reading.unused_data) == (True, b"")


def test_a_personal_address_keeps_a_compressed_feed_small(journal: Journal, token: str) -> None:
    with serving(journal, base=BASE) as running:
        plain, compressed = (running.feed(token, **coding) for coding in (PLAIN, GZIP))
    whole = len(gzip.compress(plain.body))
    assert len(compressed.body) < 1.2 * whole + 100
