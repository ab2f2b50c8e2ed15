"""E-mail: what a server receives, and the outcome of each way in which a conversation with it can end."""

from __future__ import annotations

import dataclasses
import datetime as dt
import email
import socket
import ssl
from collections.abc import Callable
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.channel import Invitation, Letter, Recipient
from delivery.mail import addressed, as_html, compose, message_id
from delivery.outcome import Delivered, Refused, TryAgain, Unknown
from delivery.smtp import Mail, Security, Server, _Exchange
from rota.plain import clean, one_line
from tests.delivery.conftest import NOW
from tests.delivery.receivers import (
    HERE,
    Mailroom,
    be_silent,
    closed_port,
    drip,
    hang_up,
    mail_server,
    scripted_smtp,
    socket_server,
)

SENDER = Address("轮值", "rota", "example.com")

Script = dict[str, Callable[[socket.socket], None] | bytes]


def channel(port: int, security: Security = "none", *, seconds: float = 20, **more: object) -> Mail:
    server = Server(HERE, port, security, SENDER, seconds=seconds)
    return Mail("mail", dataclasses.replace(server, **more), now=lambda: NOW)  # type: ignore[arg-type]


def read(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def test_the_server_receives_the_letter_as_text_and_as_html(letter: Letter, wang: Recipient) -> None:
    mailroom = Mailroom()
    with mail_server(mailroom) as port:
        assert channel(port).send(letter, wang, "notice:3:tax") == Delivered()
    assert mailroom.to == [["wang@example.com"]]
    message = read(mailroom.taken[0])
    assert message["Subject"] == "轮值安排有变动"
    assert message["From"] == "轮值 <rota@example.com>"
    assert message["To"] == "王敏 <wang@example.com>"
    assert message["Message-ID"] == message_id("notice:3:tax", "example.com")
    assert message["Date"].datetime == NOW
    text, page = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert page is not None
    assert text.get_content().splitlines() == letter.body.splitlines()
    assert "<p>王敏，您好！</p>" in page.get_content()
    assert mailroom.taken[0].isascii()


def test_every_try_has_the_same_message_id_and_another_letter_has_another(letter: Letter, wang: Recipient) -> None:
    mailroom = Mailroom()
    with mail_server(mailroom) as port:
        for key in ("a", "a", "b"):
            channel(port).send(letter, wang, key)
    first, again, other = (read(content)["Message-ID"] for content in mailroom.taken)
    assert first == again != other


def test_an_invitation_goes_along_byte_by_byte(wang: Recipient) -> None:
    calendar = "BEGIN:VCALENDAR\r\nSUMMARY:综合服务日\r\nEND:VCALENDAR\r\n".encode()
    mailroom = Mailroom()
    with mail_server(mailroom) as port:
        channel(port).send(Letter("邀请", "请查收", "zh", Invitation(calendar, "REQUEST")), wang, "k")
    said, file = read(mailroom.taken[0]).iter_parts()
    parts = list(said.iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html", "text/calendar"]
    assert parts[2]["Content-Type"].params["method"] == "REQUEST"
    assert parts[2].get_payload(decode=True) == file.get_payload(decode=True) == calendar
    assert (file.get_content_type(), file.get_filename()) == ("application/ics", "invite.ics")


@pytest.mark.parametrize(
    ("message", "sent"),
    [
        (b"a\r\n.\r\n..b\r\n", b"a\r\n..\r\n...b\r\n.\r\n"),
        (b".a", b"..a\r\n.\r\n"),
        (b"a.\r\n b", b"a.\r\n b\r\n.\r\n"),
    ],
)
def test_no_line_of_a_message_can_be_taken_for_its_end(message: bytes, sent: bytes) -> None:
    exchange = _Exchange(Server(HERE, 1, "none", SENDER), message, SENDER)
    assert exchange._written() == sent


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # the connection is encrypted already
@pytest.mark.parametrize("security", ["ssl", "starttls"])
def test_an_encrypted_conversation_with_login(
    security: Security, letter: Letter, wang: Recipient, tls: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    server, client = tls
    mailroom, who = Mailroom(), ("rota", "geheim")
    kinds = {"tls": server} if security == "starttls" else {"sealed": server}
    with mail_server(mailroom, **kinds, login=who) as port:
        known = channel(port, security, context=client, user=who[0], password=who[1])
        wrong = channel(port, security, context=client, user=who[0], password="other")  # noqa: S106 - a wrong one
        distrustful = channel(port, security, user=who[0], password=who[1])
        assert known.send(letter, wang, "k") == Delivered()
        assert isinstance(wrong.send(letter, wang, "k"), Refused)
        outcome = distrustful.send(letter, wang, "k")
    assert isinstance(outcome, TryAgain)
    assert outcome.after == dt.timedelta(hours=1)
    assert "证书" in outcome.reason.say("zh")
    assert len(mailroom.taken) == 1


def test_no_password_is_ever_sent_in_the_clear_where_encryption_was_asked_for(letter: Letter, wang: Recipient) -> None:
    heard: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        connection.sendall(b"220 here\r\n")
        for line in connection.makefile("rb"):
            heard.append(line)
            connection.sendall(
                b"250-here\r\n250 AUTH PLAIN LOGIN\r\n" if line.lower().startswith(b"ehlo") else b"250 ok\r\n"
            )

    with socket_server(serve) as port:
        outcome = channel(port, "starttls", user="rota", password="p").send(letter, wang, "k")  # noqa: S106 - none
    assert isinstance(outcome, Refused)
    assert [line.split()[0] for line in heard] == [b"ehlo"]


ANSWERS: list[tuple[str, dict[str, str], type]] = [
    ("the mailbox is unknown", {"RCPT": "550 5.1.1 no such user"}, Refused),
    ("the mailbox is full for now", {"RCPT": "452 4.2.2 mailbox full"}, TryAgain),
    ("the recipient is greylisted", {"RCPT": "451 4.7.1 greylisted, try later"}, TryAgain),
    ("forwarded, and taken", {"RCPT": "251 will forward"}, Delivered),
    ("the sender is not allowed", {"MAIL": "553 5.7.1 not yours"}, Refused),
    ("too many of this sender", {"MAIL": "450 4.7.1 too many"}, TryAgain),
    ("the message is refused as spam", {"DATA": "554 5.7.1 spam"}, Refused),
    ("the server has no room for it", {"DATA": "452 4.3.1 no room"}, TryAgain),
]


@pytest.mark.parametrize(("replies", "kind"), [a[1:] for a in ANSWERS], ids=[a[0] for a in ANSWERS])
def test_the_outcome_of_each_answer(replies: dict[str, str], kind: type, letter: Letter, wang: Recipient) -> None:
    mailroom = Mailroom(replies)
    with mail_server(mailroom) as port:
        outcome = channel(port).send(letter, wang, "k")
    assert isinstance(outcome, kind)
    assert len(mailroom.taken) == (kind is Delivered)


ENDS: list[tuple[str, Script, float, type]] = [
    ("no greeting, hangs up", {"": hang_up}, 20, TryAgain),
    ("no greeting, silent", {"": be_silent}, 1.5, TryAgain),
    ("a greeting that drips", {"": drip}, 1.5, TryAgain),
    ("another service", {"": b"SSH-2.0-OpenSSH_9.2\r\n"}, 20, TryAgain),
    ("closing for now", {"": b"421 too busy\r\n"}, 20, TryAgain),
    ("no service for us", {"": b"554 go away\r\n"}, 20, Refused),
    ("hangs up at the sender", {"MAIL": hang_up}, 20, TryAgain),
    ("hangs up before the message", {"DATA": hang_up}, 20, TryAgain),
    ("will not have the message", {"DATA": b"503 no\r\n"}, 20, Refused),
    ("hangs up after the message", {".": hang_up}, 20, Unknown),
    ("silent after the message", {".": be_silent}, 1.5, Unknown),
    ("nonsense after the message", {".": b"hm\r\n"}, 20, Unknown),
    ("closing, after the message", {".": b"421 shutting down\r\n"}, 20, TryAgain),
    ("hangs up at the good-bye", {"QUIT": hang_up}, 20, Delivered),
]


@pytest.mark.parametrize(("script", "seconds", "kind"), [e[1:] for e in ENDS], ids=[e[0] for e in ENDS])
def test_the_outcome_where_a_conversation_breaks(
    script: Script, seconds: float, kind: type, letter: Letter, wang: Recipient
) -> None:
    with socket_server(scripted_smtp(script)) as port:
        outcome = channel(port, seconds=seconds).send(letter, wang, "k")
    assert isinstance(outcome, kind), outcome


def test_nobody_listening_is_tried_again(letter: Letter, wang: Recipient) -> None:
    with closed_port() as port:
        assert isinstance(channel(port).send(letter, wang, "k"), TryAgain)


@pytest.mark.parametrize("address", ["", "nobody", "@example.com", "王敏@例子.cn"])
def test_whoever_has_no_mailbox_is_refused_by_name(address: str, letter: Letter) -> None:
    outcome = channel(1).send(letter, Recipient("王敏", address), "k")
    assert isinstance(outcome, Refused)
    assert outcome.reason.say("zh") == "王敏没有可用的邮箱"


def test_a_host_in_chinese_is_written_as_the_network_knows_it(letter: Letter) -> None:
    mailroom = Mailroom()
    with mail_server(mailroom) as port:
        assert channel(port).send(letter, Recipient("王敏", "wang@例子.cn"), "k") == Delivered()
    assert mailroom.to == [["wang@xn--fsqu00a.cn"]]


LINES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=200)
CHINESE = st.text(st.sampled_from("轮值安排有变动综合服务日（5月13日周六）09:30·、，!\t\r\n"), max_size=400)


@given(subject=LINES | CHINESE, shown=LINES | CHINESE, body=LINES | CHINESE)
def test_headers_fold_and_come_back_as_they_were(subject: str, shown: str, body: str) -> None:
    to = Address(one_line(shown), "wang", "example.com")
    content = compose(Letter(subject, body, "zh"), SENDER, to, "k", NOW)
    assert content.isascii()
    head = content.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert all(len(line) <= 78 or b" " not in line.strip() for line in head if b"=?" in line)
    assert all(len(line) <= 998 for line in head)
    assert {line.partition(b":")[0].lower() for line in head if line[:1] not in b" \t"} == HEADERS
    back = email.message_from_bytes(content)
    assert decoded(back["Subject"]) == one_line(subject)
    name, address = parseaddr(back["To"])
    assert (decoded(name), address) == (one_line(shown), "wang@example.com")


def decoded(header: str) -> str:
    """A header as mail programs show it."""
    return str(make_header(decode_header(header.replace("\r\n", "").replace("\n", ""))))


HEADERS = {
    *(b"from", b"to", b"subject", b"date", b"message-id", b"auto-submitted", b"content-language"),
    *(b"mime-version", b"content-type"),
}


@given(email=LINES | st.from_regex(r"[^@\s]{1,20}@[^@\s]{1,20}", fullmatch=True), name=LINES, key=st.text(max_size=20))
def test_no_address_or_name_adds_a_header(email: str, name: str, key: str) -> None:
    to = addressed(Recipient(name, email))
    if to is None:
        return
    head = compose(Letter("x", "y", "zh"), SENDER, to, key, NOW).partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert {line.partition(b":")[0].lower() for line in head if line[:1] not in b" \t"} == HEADERS


class Page(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert all(name in {"lang", "charset", "style"} or (tag, name) == ("a", "href") for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


@given(body=LINES | CHINESE | st.sampled_from(["<script>alert(1)</script>", 'https://a.cn/"onclick=1', "&lt;b&gt;"]))
def test_html_holds_the_text_and_nothing_that_acts(body: str) -> None:
    page = Page(as_html(Letter("x", body, "zh")))
    assert page.tags <= {"html", "head", "meta", "title", "body", "p", "br", "a"}
    assert "".join(page.text.split()) == "x" + "".join(clean(body).split())


def test_links_are_links_and_end_where_the_sentence_goes_on() -> None:
    page = as_html(Letter("x", "见 https://example.com/a?b=1&c=2。谢谢 <b>", "zh"))
    assert '<a href="https://example.com/a?b=1&amp;c=2">https://example.com/a?b=1&amp;c=2</a>。谢谢 &lt;b&gt;' in page
