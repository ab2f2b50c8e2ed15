"""A mailbox: what a real server gives, what it keeps, and the end of every conversation that goes wrong."""

from __future__ import annotations

import dataclasses
import socket
import ssl
import time
from collections.abc import Callable, Collection, Iterator

import pytest

from delivery.mailbox import (
    LARGEST_ANSWER,
    MOST_MAILS,
    MOST_OCTETS,
    Looked,
    Mailbox,
    MailboxError,
    _quoted,
    look,
    tried,
)
from rota.incoming_mail import mail_key
from tests.conftest import RequireComponent
from tests.delivery.mailboxes import PROGRAM, Dovecot, dovecot
from tests.delivery.receivers import HERE, be_silent, closed_port, drip, hang_up, socket_server


@pytest.fixture(scope="module", params=[pytest.param("dovecot", marks=pytest.mark.slow)])
def server(require_component: RequireComponent) -> Iterator[Dovecot]:
    require_component("Dovecot", PROGRAM.exists(), "apt-get install dovecot-imapd")
    with dovecot() as running:
        yield running


@pytest.fixture
def post(server: Dovecot) -> Dovecot:
    server.empty()
    return server


def mail(number: int, size: int = 0) -> bytes:
    return f"Message-ID: <{number}@example.org>\r\nSubject: {number}\r\n\r\n{'x' * size}\r\n".encode()


@dataclasses.dataclass
class Reader:
    """Takes mails, and knows those that it took."""

    taken: list[bytes] = dataclasses.field(default_factory=list)
    done: bool = True

    def known(self, keys: Collection[str]) -> Collection[str]:
        return {mail_key(f"<{number}@example.org>") for number in range(1000) if mail(number) in self.taken} & set(keys)

    def take(self, content: bytes) -> bool:
        self.taken.append(content)
        return self.done

    def look(self, mailbox: Mailbox) -> Looked:
        return look(mailbox, self.known, self.take)


@pytest.mark.parametrize("security", ["ssl", "starttls", "none"])
def test_mails_are_taken_in_order_and_marked_as_seen_once(post: Dovecot, security: str) -> None:
    post.put(mail(1), mail(2), mail(3))
    reader = Reader()
    found = [reader.look(post.mailbox(security)) for _ in range(2)]  # type: ignore[arg-type]  # a column of the table
    assert found == [Looked(3, 3, 0), Looked(0, 0, 0)]
    assert reader.taken == [mail(1), mail(2), mail(3)]
    assert post.flags() == [r"\Seen"] * 3


def test_what_is_not_for_us_stays_as_it_is_and_is_not_fetched_again(post: Dovecot) -> None:
    post.put(mail(1))
    reader = Reader(done=False)
    assert [reader.look(post.mailbox()) for _ in range(2)] == [Looked(1, 1, 0), Looked(1, 0, 0)]
    assert reader.taken == [mail(1)]
    assert post.flags() == [""]


def test_what_somebody_has_seen_is_left_alone(post: Dovecot) -> None:
    post.put(mail(1))
    Reader().look(post.mailbox())
    assert Reader().look(post.mailbox()) == Looked(0, 0, 0)


def test_mails_are_removed_only_where_that_is_asked_for(post: Dovecot) -> None:
    post.put(mail(1), mail(2))
    reader = Reader(done=False)
    reader.look(post.mailbox(delete=True))
    assert post.flags() == ["", ""]
    post.put(mail(3))
    assert Reader().look(post.mailbox(delete=True)) == Looked(3, 3, 0)
    assert post.flags() == []


def test_a_crash_after_a_mail_was_taken_loses_none_and_takes_none_twice(post: Dovecot) -> None:
    post.put(mail(1), mail(2))
    reader = Reader()

    def dying(content: bytes) -> bool:
        reader.take(content)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        look(post.mailbox(), reader.known, dying)
    assert post.flags() == ["", ""]
    reader.look(post.mailbox())
    assert reader.taken == [mail(1), mail(2)]


def test_more_mails_than_are_taken_at_once_wait_for_the_next_time(post: Dovecot) -> None:
    post.put(*(mail(number) for number in range(MOST_MAILS + 5)))
    reader = Reader()
    assert reader.look(post.mailbox()) == Looked(MOST_MAILS + 5, MOST_MAILS, 5)
    assert reader.look(post.mailbox()) == Looked(5, 5, 0)
    assert reader.taken == [mail(number) for number in range(MOST_MAILS + 5)]


def test_of_a_large_mail_no_more_is_read_than_is_allowed(post: Dovecot) -> None:
    post.put(mail(1, 3 * MOST_OCTETS))
    reader = Reader()
    reader.look(post.mailbox())
    assert [len(content) for content in reader.taken] == [MOST_OCTETS + 1]


def test_a_folder_may_have_a_chinese_name(post: Dovecot) -> None:
    post.put(mail(1), folder=_quoted("轮值 & 答复"))
    assert tried(post.mailbox(folder="轮值 & 答复")) == 1


def test_trying_changes_nothing(post: Dovecot) -> None:
    post.put(mail(1))
    assert [tried(post.mailbox()) for _ in range(2)] == [1, 1]


REFUSALS: list[tuple[str, dict[str, object], str]] = [
    ("a wrong password", {"password": "another"}, "login"),
    ("a password that is not ASCII", {"password": "密码"}, "login"),
    ("a folder that is not there", {"folder": "nowhere"}, "folder"),
    ("a certificate that nobody vouches for", {"context": None}, "certificate"),
]


@pytest.mark.parametrize(("stated", "code"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS])
def test_what_keeps_us_out_is_said(post: Dovecot, stated: dict[str, object], code: str) -> None:
    with pytest.raises(MailboxError) as raised:
        tried(post.mailbox(**stated))  # type: ignore[arg-type]  # a column of the table
    assert raised.value.code == code
    assert raised.value.say("zh") != raised.value.say("en")


def greeting(more: bytes) -> Callable[[socket.socket], None]:
    def serve(connection: socket.socket) -> None:
        connection.sendall(b"* OK [CAPABILITY IMAP4rev1] here\r\n")
        for line in connection.makefile("rb"):
            tag, command = line.split()[:2]
            if command == b"UID":
                connection.sendall(more)
            connection.sendall(tag + b" OK done\r\n")

    return serve


BROKEN: list[tuple[str, Callable[[socket.socket], None], str]] = [
    ("it hangs up", hang_up, "connection"),
    ("it speaks another language", lambda connection: connection.sendall(b"SSH-2.0-OpenSSH\r\n" * 9), "connection"),
    ("it says nothing", be_silent, "too-slow"),
    ("it drips", drip, "too-slow"),
    ("it announces more than anybody reads", greeting(b"* 1 FETCH ({%d}\r\n" % (LARGEST_ANSWER + 1)), "connection"),
]


@pytest.mark.parametrize(("serve", "code"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_every_conversation_ends(serve: Callable[[socket.socket], None], code: str) -> None:
    with socket_server(serve) as port, pytest.raises(MailboxError) as raised:
        tried(Mailbox(HERE, port, "none", "rota", "geheim", seconds=1))
    assert raised.value.code == code
    assert "geheim" not in raised.value.say("en")


def test_a_sealed_conversation_that_drips_ends_as_well() -> None:
    began = time.monotonic()
    with socket_server(drip) as port, pytest.raises(MailboxError):
        tried(Mailbox(HERE, port, "ssl", "rota", "p", seconds=1, context=ssl.create_default_context()))
    assert time.monotonic() - began < 60


def test_nobody_listens() -> None:
    with closed_port() as port, pytest.raises(MailboxError) as raised:
        tried(Mailbox(HERE, port, "none", "rota", "p"))
    assert str(port) in raised.value.say("zh")
