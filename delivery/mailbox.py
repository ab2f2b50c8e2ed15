"""A mailbox read over IMAP, RFC 3501: mails that nobody has seen are handed on, and marked once they are taken."""

from __future__ import annotations

import base64
import imaplib
import re
import socket
import ssl
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser

from delivery.deadline import within
from delivery.smtp import Security
from rota import __version__
from rota.incoming_mail import mail_key
from rota.problem import RotaError
from rota.text import Message, text
from rota.trouble import quoted, why_of

MOST_MAILS = 100
"""So many mails are taken in one go; the rest at the next."""
MOST_LOOKED_AT = 2_000
"""So many of the newest mails that nobody has seen are asked for their names."""
MOST_OCTETS = 1 << 20
"""Of a mail no more is read."""
LARGEST_ANSWER = 8 << 20
"""Octets that a server may announce at once."""
AT_ONCE = 100
UID = re.compile(rb"\bUID (\d+)")
IDENTITY = f'("name" "Rota" "version" "{__version__}")'


@dataclass(frozen=True)
class Mailbox:
    """A folder of a mail server, and as whom one reads it. `delete` removes what was taken in place of marking it."""

    host: str
    port: int
    security: Security
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    delete: bool = False
    seconds: float = 60.0
    context: ssl.SSLContext | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Looked:
    """What came of looking: how many mails nobody had seen, how many of these were handed on, and how many wait."""

    unseen: int
    handed: int
    left: int


class MailboxError(RotaError):
    """The mailbox cannot be read; `code` says why in one word."""

    def __init__(self, code: str, mailbox: Mailbox, said: str | Message = "") -> None:
        known = REASONS[code]
        about = {
            "host": mailbox.host,
            "port": mailbox.port,
            "folder": mailbox.folder,
            "said": said if isinstance(said, Message) else quoted(said),
        }
        super().__init__(text(known.en, known.zh, **about))
        self.code = code


Take = Callable[[bytes], bool]
"""Takes a mail; tells whether it is done with, and is to be marked or removed."""
Known = Callable[[Collection[str]], Collection[str]]
"""Tells which of these keys of mails are known already."""


def look(mailbox: Mailbox, known: Known, take: Take) -> Looked:
    """Hand on the mails that nobody has seen and whose keys are not known, the oldest first.

    A mail is marked only after it was taken, so that one is lost by no crash; that none is taken twice is for `known`
    to say. Nothing is removed unless the mailbox says so.

    Raises:
        MailboxError: the server cannot be reached, does not let us in, or takes too long.
    """
    with _session(mailbox) as session:
        return session.read(known, take)


def tried(mailbox: Mailbox) -> int:
    """Return how many mails nobody has seen; nothing is read or changed.

    Raises:
        MailboxError: as for `look`.
    """
    with _session(mailbox) as session:
        return len(session.unseen())


class _Client(imaplib.IMAP4):
    """A client whose socket can be shut from the start on, and that refuses answers of any size."""

    plain: socket.socket | None = None

    def __init__(self, mailbox: Mailbox, started: Callable[[_Client], None]) -> None:
        self._mailbox = mailbox
        started(self)
        super().__init__(mailbox.host, mailbox.port, timeout=mailbox.seconds)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        """Connect, encrypted where that is asked for; the standard library calls this one."""
        mailbox = self._mailbox
        self.plain = socket.create_connection((mailbox.host, mailbox.port), timeout)
        if mailbox.security != "ssl":
            return self.plain
        context = mailbox.context or ssl.create_default_context()
        sealed = context.wrap_socket(self.plain, server_hostname=mailbox.host, do_handshake_on_connect=False)
        self.plain = sealed
        sealed.do_handshake()
        return sealed

    def close_socket(self) -> None:
        """Close the connection, however far it came."""
        if self.plain is not None:
            self.plain.close()

    def read(self, size: int) -> bytes:
        """Read what the server announces, if it is not too much."""
        if size > LARGEST_ANSWER:
            raise self.abort("too large")
        return super().read(size)


@contextmanager
def _session(mailbox: Mailbox) -> Iterator[_Session]:
    """Connect, log in and open the folder; it is over in time, and what goes wrong is said in words."""
    clients: list[_Client] = []

    def sockets() -> Iterator[socket.socket | None]:
        yield from (client.plain for client in clients)

    with within(mailbox.seconds, sockets) as deadline:
        try:
            client = _Client(mailbox, clients.append)
            try:
                yield _Session(client, mailbox).opened()
            finally:
                with suppress(OSError, imaplib.IMAP4.error):
                    client.logout()
        except ssl.SSLCertVerificationError as error:
            raise MailboxError("certificate", mailbox) from error
        except (OSError, imaplib.IMAP4.error) as error:
            late = deadline.late or isinstance(error, TimeoutError)
            raise MailboxError("too-slow" if late else "connection", mailbox, why_of(error)) from error
        finally:
            for client in clients:
                client.close_socket()


class _Session:
    """A conversation with a server that has let us in."""

    def __init__(self, client: _Client, mailbox: Mailbox) -> None:
        self._client, self._mailbox = client, mailbox
        self._able: list[str] = []

    def opened(self) -> _Session:
        """Log in, say who we are (RFC 2971; some providers let nobody in who does not), and open the folder."""
        client, mailbox = self._client, self._mailbox
        if mailbox.security == "starttls":
            client.starttls(mailbox.context or ssl.create_default_context())
        try:
            client.login(mailbox.user, mailbox.password)
        except (imaplib.IMAP4.error, UnicodeError) as error:
            if isinstance(error, imaplib.IMAP4.abort):
                raise
            raise MailboxError("login", mailbox, _said(error)) from error
        _, said = client.capability()  # what a server can do, it says anew to those it knows
        self._able = _said(*said).upper().split()
        if "ID" in self._able:
            client.xatom("ID", IDENTITY)
        state, said = client.select(_quoted(mailbox.folder))
        if state != "OK":
            raise MailboxError("folder", mailbox, _said(*said))
        return self

    def unseen(self) -> list[int]:
        """Return the numbers of the mails that nobody has seen, the newest first."""
        found = self._asked("SEARCH", "UNSEEN")
        return sorted(
            {int(number) for line in found if isinstance(line, bytes) for number in line.split()}, reverse=True
        )

    def read(self, known: Known, take: Take) -> Looked:
        """Hand on what is new."""
        unseen = self.unseen()
        new = self._new(unseen[:MOST_LOOKED_AT], known)
        for number in new[:MOST_MAILS]:
            content = self._content(number)
            if content is not None and take(content):
                self._done(number)
        return Looked(len(unseen), len(new[:MOST_MAILS]), max(0, len(new) - MOST_MAILS))

    def _new(self, numbers: Sequence[int], known: Known) -> list[int]:
        keys = {number: key for some in _some(numbers) for number, key in self._keys(some)}
        old = set(known({key for key in keys.values() if key}))
        return sorted(number for number in numbers if keys.get(number, "") not in old)

    def _keys(self, numbers: Sequence[int]) -> Iterator[tuple[int, str]]:
        """Yield numbers of mails with the keys that their Message-IDs come to; a mail without one has no key yet."""
        found = self._asked("FETCH", ",".join(map(str, numbers)), "(UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")
        for number, head in _fetched(found):
            message_id = str(BytesHeaderParser().parsebytes(head).get("Message-ID") or "").strip()
            yield number, mail_key(message_id) if message_id else ""

    def _content(self, number: int) -> bytes | None:
        found = self._asked("FETCH", str(number), f"(UID BODY.PEEK[]<0.{MOST_OCTETS + 1}>)")
        return next((content for which, content in _fetched(found) if which == number), None)

    def _done(self, number: int) -> None:
        """Mark a mail as seen; or remove it and no other one, which not every server can do."""
        flags = r"(\Seen \Deleted)" if self._mailbox.delete else r"(\Seen)"
        self._asked("STORE", str(number), "+FLAGS.SILENT", flags)
        if self._mailbox.delete and "UIDPLUS" in self._able:
            self._asked("EXPUNGE", str(number))

    def _asked(self, command: str, *words: str) -> list[object]:
        state, found = self._client.uid(command, *words)
        if state != "OK":
            raise MailboxError("connection", self._mailbox, _said(*found))
        return list(found)


def _some(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for first in range(0, len(numbers), AT_ONCE):
        yield numbers[first : first + AT_ONCE]


def _fetched(found: Sequence[object]) -> Iterator[tuple[int, bytes]]:
    """Yield the numbers of mails with what was fetched of them; a server may name the number before or after it."""
    for place, item in enumerate(found):
        if isinstance(item, tuple):
            after = found[place + 1] if place + 1 < len(found) else b""
            number = UID.search(item[0]) or (UID.search(after) if isinstance(after, bytes) else None)
            if number:
                yield int(number[1]), item[1]


def _said(*words: object) -> str:
    return " ".join(word.decode("utf-8", "replace") if isinstance(word, bytes) else str(word) for word in words if word)


def _quoted(folder: str) -> str:
    """Return the name of a folder as IMAP has it: modified UTF-7 in quotation marks, RFC 3501 §5.1.3."""

    def shifted(run: re.Match[str]) -> str:
        packed = base64.b64encode(run[0].encode("utf-16-be")).decode().rstrip("=").replace("/", ",")
        return f"&{packed}-"

    name = re.sub(r"[^\x20-\x7e]+", shifted, folder.replace("&", "&-"))
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


REASONS: dict[str, Message] = {
    "connection": text(
        "{host}, port {port}, does not answer as a mailbox: {said}", "{host} 的 {port} 端口没有按收件服务器应答：{said}"
    ),
    "certificate": text(
        "{host} cannot prove that it is {host}: its certificate is not trusted here.",
        "{host} 的证书不受信任，无法确认其身份。",
    ),
    "too-slow": text("{host} did not answer in time.", "{host} 未能按时应答。"),
    "login": text(
        "{host} does not let us in: {said}. Check user and password; many providers want a code for programs.",
        "{host} 拒绝登录：{said}。请核对用户名和密码；多数邮箱须使用授权码。",
    ),
    "folder": text("{host} has no folder “{folder}”: {said}", "{host} 没有文件夹“{folder}”：{said}"),
}
