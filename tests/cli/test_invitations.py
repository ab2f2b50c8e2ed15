"""The whole way of an invitation: sent by a mail server, declined in a mailbox, answered by a repair, and said anew."""

from __future__ import annotations

import datetime as dt
import email
import json
from collections.abc import Iterator, Mapping
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import icalendar
import pytest

from rota.plan import load_plan
from tests.cli.conftest import Rota
from tests.conftest import RequireComponent
from tests.delivery.mailboxes import PASSWORD, PROGRAM, USER, Dovecot, dovecot
from tests.delivery.receivers import Mailroom, mail_server
from tests.keeping.test_external_calendars import Published, calendar, published

__all__ = ["published"]

HEAD = "所属 of,姓名 name,电话 phone,邮箱 email,渠道 channel,语言 language,备注 note\n"
CHANNELS = """\
[channels.mail]
kind = "smtp"
host = "127.0.0.1"
port = {smtp}
security = "none"
sender = "轮值 <{user}>"
[mailbox]
host = "127.0.0.1"
port = {imap}
security = "none"
user = "{user}"
password = {{ env = "ROTA_IMAP" }}
"""


@pytest.fixture(scope="module")
def server(require_component: RequireComponent) -> Iterator[Dovecot]:
    require_component("Dovecot", PROGRAM.exists(), "apt-get install dovecot-imapd")
    with dovecot() as running:
        yield running


@pytest.fixture
def mailroom() -> Mailroom:
    return Mailroom()


@pytest.fixture
def case(
    rota: Rota, planned: Path, mailroom: Mailroom, server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """The starter case, published with invitations on; every unit has a contact who is reached by mail."""
    for module in ("console.desk", "console.engine", "console.sending", "console.reminding"):
        monkeypatch.setattr(f"{module}.now", lambda: dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC), raising=False)
    monkeypatch.setenv("ROTA_IMAP", PASSWORD)
    plan = load_plan((planned / "plan.json").read_text("utf-8"))
    units = sorted({who for session in plan.sessions for who in session.serving("host")})
    lines = [f"{unit},王{unit},,{unit.lower()}@x.example,邮件,zh,\n" for unit in units]
    (planned / "contacts.csv").write_text(HEAD + "".join(lines), "utf-8")
    settings = (planned / "rotation.toml").read_text("utf-8").replace('quiet = "22:00-07:00"', 'quiet = ""')
    assert "invitations = false" in settings
    (planned / "rotation.toml").write_text(settings.replace("invitations = false", "invitations = true"), "utf-8")
    server.empty()
    with mail_server(mailroom) as port:
        channels = CHANNELS.format(smtp=port, imap=server.plain, user=USER)
        (planned / "channels.toml").write_text(channels, "utf-8")
        applied = rota("apply", "--case", planned)
        assert applied.code == 0, applied.err
        yield planned


def invitations(mailroom: Mailroom) -> list[tuple[str, str, icalendar.Calendar]]:
    """The invitations that were received: to whom, by which method, and the calendar; then none are left."""
    found = []
    for content in mailroom.taken:
        message = email.message_from_bytes(content, policy=default)
        assert isinstance(message, EmailMessage)
        for part in message.walk():
            if part.get_content_type() == "text/calendar":
                method = part["Content-Type"].params["method"]
                parsed = icalendar.Calendar.from_ical(part.get_content())
                found.append((message["To"].addresses[0].addr_spec, method, parsed))
    mailroom.taken.clear()
    return found


def event(parsed: icalendar.Calendar) -> Mapping[str, object]:
    (only,) = parsed.walk("VEVENT")
    return only


def answer(parsed: icalendar.Calendar, said: str, number: int) -> bytes:
    """What a program sends that knows the invitation: the same event, with the attendee's word."""
    about = event(parsed)
    lines = [
        *("BEGIN:VCALENDAR", "PRODID:-//Example//EN", "VERSION:2.0", "METHOD:REPLY", "BEGIN:VEVENT"),
        *(f"UID:{about['UID']}", f"SEQUENCE:{about['SEQUENCE']}", f"DTSTAMP:20260105T0900{number:02}Z"),
        *(f"ORGANIZER:mailto:{USER}", f"ATTENDEE;PARTSTAT={said}:{about['ATTENDEE']}", "COMMENT:当天有会"),
        *("END:VEVENT", "END:VCALENDAR", ""),
    ]
    sender = str(about["ATTENDEE"]).removeprefix("mailto:")
    head = f"From: {sender}\r\nTo: {USER}\r\nMessage-ID: <{number}@x.example>\r\n"
    return (head + "Content-Type: text/calendar; method=REPLY\r\n\r\n" + "\r\n".join(lines)).encode()


def told(rota: Rota, *arguments: object) -> dict[str, Any]:
    ended = rota(*arguments, "--json")
    assert ended.code == 0, ended.err
    body: dict[str, Any] = json.loads(ended.out)
    return body


@pytest.mark.slow
def test_a_turn_that_is_declined_by_mail_is_given_to_another_who_is_invited(
    rota: Rota, case: Path, mailroom: Mailroom, server: Dovecot
) -> None:
    told(rota, "remind", "run", "--case", case)
    sent = invitations(mailroom)
    assert {method for _, method, _ in sent} == {"REQUEST"}
    first, last = (pick(sent, key=lambda each: event(each[2])["DTSTART"].dt) for pick in (min, max))  # type: ignore[attr-defined]
    server.put(answer(first[2], "ACCEPTED", 1), answer(last[2], "DECLINED", 2), b"Subject: lunch?\r\n\r\nAt noon?\r\n")
    assert told(rota, "replies", "test", "--case", case)["n"] == 3
    assert told(rota, "replies", "read", "--case", case)["taken"] == ["recorded", "recorded", "other"]
    assert server.flags() == [r"\Seen", r"\Seen", ""]
    listed = rota("replies", "list", "--case", case, "--lang", "zh").out
    assert "已登记" in listed
    assert "其他邮件" in listed

    assert rota("engine", case, "--once").code == 0
    assert rota("apply", "@draft", "--case", case).code == 0
    told(rota, "remind", "run", "--case", case)
    said = [
        (to, method) for to, method, parsed in invitations(mailroom) if event(parsed)["UID"] == event(last[2])["UID"]
    ]
    assert (last[0], "CANCEL") in said
    assert [method for to, method in said if to != last[0]] == ["REQUEST"]


@pytest.mark.slow
def test_who_has_answered_is_listed_and_whoever_has_not_is_invited_again(
    rota: Rota, case: Path, mailroom: Mailroom, tmp_path: Path
) -> None:
    told(rota, "remind", "run", "--case", case)
    sent = invitations(mailroom)
    file = tmp_path / "answer.eml"
    file.write_bytes(answer(sent[0][2], "ACCEPTED", 4))
    turns = told(rota, "replies", "turns", "--case", case)["turns"]
    hosts = [turn for turn in turns if turn["role"] == "host"]
    assert {(turn["reply"], *(each["state"] for each in turn["invitations"])) for turn in hosts} == {(None, "sent")}
    assert told(rota, "replies", "take", file, "--case", case)["taken"] == ["recorded"]
    listed = rota("replies", "turns", "--case", case, "--lang", "zh").out
    assert f"已确认 1 个岗位，共 {len(turns)} 个" in listed
    assert listed.count("未答复  ") == len(turns) - 1
    left = told(rota, "replies", "turns", "--open", "--case", case)["turns"]
    assert len(left) == len(turns) - 1
    assert told(rota, "remind", "resend", "--unanswered", "--case", case)["resent"] == len(sent) - 1
    file.write_bytes(answer(sent[1][2], "DECLINED", 5))
    taken = told(rota, "replies", "take", file, "--case", case)["taken"]
    assert taken == ["recorded"], "it was sent before, and is known while it waits again"
    told(rota, "remind", "run", "--case", case)
    again = invitations(mailroom)
    assert len(again) == len(sent) - 1
    assert {each[2].to_ical() for each in again} <= {each[2].to_ical() for each in sent}


@pytest.mark.slow
def test_a_saved_mail_is_taken_from_a_file(rota: Rota, case: Path, mailroom: Mailroom, tmp_path: Path) -> None:
    told(rota, "remind", "run", "--case", case)
    parsed = invitations(mailroom)[0][2]
    file = tmp_path / "answer.eml"
    file.write_bytes(answer(parsed, "TENTATIVE", 3))
    assert [told(rota, "replies", "take", file, "--case", case)["taken"] for _ in range(2)] == [["recorded"], []]


def test_of_several_saved_mails_one_that_is_missing_keeps_back_no_other(rota: Rota, case: Path, tmp_path: Path) -> None:
    (tmp_path / "other.eml").write_bytes(b"Subject: Hello\r\n\r\nHello\r\n")
    files = [tmp_path / "missing.eml", tmp_path / "other.eml"]
    ended = rota("replies", "take", *files, "--case", case, "--lang", "zh")
    assert (ended.code, "missing.eml：未能读取" in ended.err, "other.eml：" in ended.out) == (1, True, True)


@pytest.mark.slow
def test_a_calendar_is_added_listed_and_removed_with_what_it_said(rota: Rota, case: Path, published: Published) -> None:
    published.content = calendar("20260306")
    added = told(rota, "calendars", "add", published.url, "--for", "U01", "--allow", "127.0.0.0/8", "--case", case)
    assert (added["changed"], added["failure"]) == (True, None)
    assert rota("calendars", "list", "--case", case).code == 0
    published.status = 404
    assert rota("calendars", "refresh", "--case", case).code == 1
    listed = told(rota, "calendars", "list", "--case", case)["calendars"]
    assert "404" in str(listed)
    assert "secret" not in str(listed)
    rota("calendars", "remove", "1", "--case", case)
    assert told(rota, "calendars", "list", "--case", case)["calendars"] == []
    assert "2026-03-06" not in (case / "availability.csv").read_text("utf-8")


@pytest.mark.slow
def test_a_calendar_inside_a_private_network_is_kept_only_when_its_network_is_named(
    rota: Rota, case: Path, published: Published
) -> None:
    adding = ("calendars", "add", published.url, "--for", "U01", "--case", case)
    refused = rota(*adding)
    assert (refused.code, refused.err.count("\n")) == (1, 1)
    assert "--allow" in refused.err
    assert told(rota, "calendars", "list", "--case", case)["calendars"] == []
    published.content = calendar("20260306")
    assert told(rota, *adding, "--allow", "127.0.0.0/8")["failure"] is None
    assert "`rota calendars remove 1`" in rota(*adding, "--allow", "127.0.0.0/8").err
