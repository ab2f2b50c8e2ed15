"""Webhook, folder, terminal and Apprise."""

from __future__ import annotations

import base64
import datetime as dt
import email
import hashlib
import hmac
import io
from email.policy import default
from pathlib import Path

import pytest

from delivery.channel import Invitation, Letter, Recipient
from delivery.local import Folder, Printed
from delivery.long_tail import ALLOWED, AppriseError, LongTail, checked
from delivery.outcome import Delivered, Refused, TryAgain, Unknown
from delivery.posting import poster
from delivery.webhook import Webhook, identifier, signature
from tests.components import extra
from tests.delivery.conftest import NOW
from tests.delivery.receivers import Answer, closed_port, http_receiver, json_answer

AGREED = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()


def webhook(url: str, seconds: float = 20) -> Webhook:
    return Webhook("program", url, AGREED, post=poster(seconds), now=lambda: NOW)


def test_a_webhook_is_signed_over_key_time_and_body(letter: Letter, wang: Recipient) -> None:
    with http_receiver(Answer(204)) as receiver:
        assert webhook(receiver.url).send(letter, wang, "notice:3:tax") == Delivered()
    _, headers, body = receiver.asked[0]
    moment = str(int(NOW.timestamp()))
    assert headers["webhook-id"] == "notice:3:tax"
    assert headers["webhook-timestamp"] == moment
    signed = f"notice:3:tax.{moment}.".encode() + body
    expected = base64.b64encode(hmac.new(b"0123456789abcdef01234567", signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert receiver.bodies[0] == {
        "format_version": 1,
        "key": "notice:3:tax",
        "subject": letter.subject,
        "text": letter.body,
        "language": "zh",
        "to": {"name": "王敏", "email": "wang@example.com", "phone": "138 0000 1111", "language": "zh", "others": []},
    }


def test_the_signature_of_the_specification() -> None:
    """The example of Standard Webhooks' reference libraries."""
    found = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}'
    )
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    ("answer", "kind", "after"),
    [
        (json_answer({}, 200), Delivered, None),
        (Answer(202), Delivered, None),
        (Answer(301, b"", {"Location": "http://127.0.0.1:1/"}), Refused, None),
        (Answer(401), Refused, None),
        (Answer(410), Refused, None),
        (Answer(408), TryAgain, None),
        (Answer(429, b"", {"Retry-After": "99999999999"}), TryAgain, 86_400),
        (Answer(503, b"", {"Retry-After": "soon"}), TryAgain, None),
        (Answer(500), Unknown, None),
        (Answer(504), Unknown, None),
        (Answer(behaviour="hang_up"), Unknown, None),
    ],
)
def test_the_outcome_of_each_answer(
    answer: Answer, kind: type, after: float | None, letter: Letter, wang: Recipient
) -> None:
    with http_receiver(answer) as receiver:
        outcome = webhook(receiver.url).send(letter, wang, "k")
    assert isinstance(outcome, kind)
    if isinstance(outcome, TryAgain):
        assert outcome.after == (dt.timedelta(seconds=after) if after else None)


def test_a_webhook_says_that_its_receiver_knows_keys_again(letter: Letter, wang: Recipient) -> None:
    with http_receiver(Answer(behaviour="hang_up"), Answer(200)) as receiver:
        channel = webhook(receiver.url)
        assert isinstance(channel.send(letter, wang, "k"), Unknown)
        assert channel.deduplicates
        assert channel.send(letter, wang, "k") == Delivered()
    first, again = (headers["webhook-id"] for _, headers, _ in receiver.asked)
    assert first == again


def test_nobody_listening_is_tried_again(letter: Letter, wang: Recipient) -> None:
    with closed_port() as port:
        assert isinstance(webhook(f"http://127.0.0.1:{port}/").send(letter, wang, "k"), TryAgain)


@pytest.mark.parametrize("key", ["通知:3", "a b", "a\r\nX: y", "", "x" * 9 + "é"])
def test_a_key_that_no_header_holds_is_told_by_its_digest(key: str) -> None:
    assert identifier(key) == hashlib.sha256(key.encode()).hexdigest()


def test_a_folder_holds_one_file_for_each_letter(tmp_path: Path, letter: Letter, wang: Recipient) -> None:
    channel = Folder("files", tmp_path / "out")
    for key in ("a", "b", "a"):
        assert channel.send(letter, wang, key) == Delivered()
    files = sorted((tmp_path / "out").iterdir())
    assert len(files) == 2
    assert all(file.name.startswith("王敏-") and file.suffix == ".txt" for file in files)
    assert files[0].read_text(encoding="utf-8") == (
        "收件人：王敏, wang@example.com, 138 0000 1111\n主题：轮值安排有变动\n\n"
        "王敏，您好！\n\n5月13日（周六）09:30 的综合服务日改到 5月20日。\n"
    )


def test_a_folder_of_messages_that_mail_programs_open(tmp_path: Path, letter: Letter, wang: Recipient) -> None:
    invited = Letter(letter.subject, letter.body, "zh", Invitation(b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"))
    Folder("files", tmp_path, "eml", now=lambda: NOW).send(invited, wang, "a")
    (file,) = tmp_path.iterdir()
    message = email.message_from_bytes(file.read_bytes(), policy=default)
    assert message["Subject"] == letter.subject
    said = [part.get_content_type() for part in message.walk() if not part.is_multipart()]
    assert said == ["text/plain", "text/html", "text/calendar", "application/ics"]


@pytest.mark.parametrize("shown", ["../../etc/passwd", "a/b", "con", ".hidden", "", "名" * 300, "a\x00b"])
def test_no_name_leads_out_of_the_folder(shown: str, tmp_path: Path, letter: Letter) -> None:
    outcome = Folder("files", tmp_path / "out").send(letter, Recipient(shown), "k")
    assert outcome == Delivered()
    (file,) = (tmp_path / "out").iterdir()
    assert not file.name.startswith(".")
    assert [each.name for each in tmp_path.iterdir()] == ["out"]


def test_a_folder_that_cannot_be_written_is_tried_again(tmp_path: Path, letter: Letter, wang: Recipient) -> None:
    (tmp_path / "out").write_text("a file", encoding="utf-8")
    outcome = Folder("files", tmp_path / "out").send(letter, wang, "k")
    assert isinstance(outcome, TryAgain)
    assert str(tmp_path / "out") in outcome.reason.say("zh")


def test_the_terminal_shows_whom_it_is_for_and_what_is_said(letter: Letter, wang: Recipient) -> None:
    stream = io.StringIO()
    Printed("screen", stream).send(letter, wang, "k")
    assert stream.getvalue().startswith("收件人：王敏, wang@example.com")
    assert letter.body in stream.getvalue()


@pytest.mark.parametrize(
    "url",
    [
        *("file:///etc/passwd", "json://localhost/", "https://discord.com/api/webhooks/1/2", "dbus://", "syslog://"),
        *("NTFYX://a", "mailto://a:b@example.com", "x", ""),
    ],
)
def test_apprise_is_given_no_scheme_that_is_not_allowed(url: str) -> None:
    with pytest.raises(AppriseError) as raised:
        checked(url)
    assert "/etc" not in raised.value.say("zh")
    assert "example.com" not in raised.value.say("en")


@pytest.mark.slow
def test_every_allowed_scheme_is_one_of_apprise() -> None:
    apprise = extra("apprise")
    known = set(apprise.plugins.N_MGR.schemas())
    assert known >= ALLOWED


def test_apprise_delivers_to_a_service(letter: Letter, wang: Recipient) -> None:
    extra("apprise")
    with http_receiver(json_answer({"id": "1"})) as receiver:
        place = receiver.url.removeprefix("http://").partition("/")[0]
        outcome = LongTail("phone", f"ntfy://{place}/rota").send(letter, wang, "k")
    assert outcome == Delivered()
    assert receiver.asked[0][2].decode().startswith("王敏，您好！") or receiver.bodies[0]["message"].startswith("王敏")


def test_apprise_that_fails_leaves_the_outcome_unknown(letter: Letter, wang: Recipient) -> None:
    extra("apprise")
    with http_receiver(Answer(500)) as receiver:
        place = receiver.url.removeprefix("http://").partition("/")[0]
        outcome = LongTail("phone", f"ntfy://{place}/rota").send(letter, wang, "k")
    assert isinstance(outcome, Unknown)
