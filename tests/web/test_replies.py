"""Mails that programs hand on to the server: who is let in, in which forms, and what is answered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.rendering import render
from console.replies import BY_WEB, taking
from scheduler.keeping.journal import Journal
from tests.calendars.mails import Answered, bare, gmail
from tests.keeping.conftest import Ticking, opened
from tests.keeping.test_answers_by_mail import WENJING
from tests.keeping.test_inviting import begun, publish, send
from tests.web.conftest import Running, running_at
from web.application import Server

TOKEN = "a token of the tests, long enough"  # noqa: S105 - it opens nothing else
UID = "day-2027-03-06.small@rota"
HERS = f"ATTENDEE;PARTSTAT={{said}}:mailto:{WENJING}"


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with opened(tmp_path / "journal.db", Ticking(), invited) as found:
        yield found


def invited(journal: Journal) -> Journal:
    publish(begun(journal), "bank", "court", "bank", "court")
    send(journal)
    return journal


@pytest.fixture
def running(journal: Journal) -> Iterator[Running]:
    with running_at(Server(journal, render, token=lambda: TOKEN, take=taking(journal, BY_WEB))) as found:
        yield found


def accepted(said: str = "ACCEPTED") -> bytes:
    mail = gmail(Answered(said=said, uid=UID, sequence=0, attendee=HERS))
    return mail.replace(b"wang@example.org", WENJING.encode())


def post(running: Running, body: bytes, kind: str = "message/rfc822", token: str = TOKEN) -> tuple[int, object]:
    headers = {"content_type": kind, "authorization": f"Bearer {token}"}
    answer = running.ask("/api/replies", "POST", body, **headers)
    return answer.status, json.loads(answer.body)


def test_a_mail_is_taken_once_and_the_answer_is_recorded(running: Running, journal: Journal) -> None:
    assert post(running, accepted()) == (200, {"taken": ["recorded"]})
    assert post(running, accepted("DECLINED")) == (200, {"taken": []})
    assert [change.kind for change in journal.changes("small")][-1] == "accepted"


@pytest.mark.slow
def test_a_mail_may_be_wrapped_in_json_or_taken_apart(running: Running) -> None:
    raw = json.dumps({"raw": accepted().decode()}).encode()
    calendar = Answered(said="DECLINED", uid=UID, sequence=0, attendee=HERS, stamp="20270201T120000Z").calendar
    apart = json.dumps({"from": WENJING, "calendar": calendar, "message_id": "<2@bank.example>"}).encode()
    assert post(running, raw, "application/json") == (200, {"taken": ["recorded"]})
    assert post(running, apart, "application/json; charset=utf-8") == (200, {"taken": ["recorded"]})


@pytest.mark.parametrize("token", ["", "wrong", TOKEN + "x", "令牌"])
def test_nobody_is_let_in_without_the_token(running: Running, journal: Journal, token: str) -> None:
    headers = {"content_type": "message/rfc822", "authorization": f"Bearer {token}".encode().decode("latin-1")}
    assert running.ask("/api/replies", "POST", accepted(), **headers).status == 401
    assert journal.mails.all() == ()


def test_where_no_token_is_stated_nobody_is_let_in(journal: Journal) -> None:
    with running_at(Server(journal, render, take=taking(journal, BY_WEB))) as found:
        assert post(found, accepted(), token="")[0] == 401


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "message/rfc822"),
        (b"{", "application/json"),
        (b"[1]", "application/json"),
        (b'{"from": "a@b\\nBcc: c@d", "calendar": "x"}', "application/json"),
        (b"BEGIN:VCALENDAR", "text/calendar"),
    ],
)
def test_what_is_no_mail_is_refused(running: Running, body: bytes, kind: str) -> None:
    assert post(running, body, kind)[0] == 422


def test_a_mail_may_be_larger_than_other_requests_but_not_of_any_size(running: Running) -> None:
    large = bare(Answered()) + b" " * 500_000
    assert post(running, large)[0] == 200
    answer = running.ask("/api/replies", "POST", authorization=f"Bearer {TOKEN}", content_length="1100000")
    assert answer.status == 413
    assert running.ask("/healthz", "POST", content_length="100000").status == 413
