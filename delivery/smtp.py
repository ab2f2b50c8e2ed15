"""The channel e-mail: hands letters to one mail server, RFC 5321."""

from __future__ import annotations

import datetime as dt
import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from typing import Literal

from delivery.channel import Letter, Recipient
from delivery.deadline import SECONDS, Deadline, within
from delivery.mail import addressed, compose
from delivery.outcome import Delivered, Outcome, Refused, TryAgain, Unknown
from rota.plain import one_line
from rota.text import Message, name, text
from rota.trouble import LATE, quoted, why_of

Security = Literal["ssl", "starttls", "none"]
READY, FINE, ALSO_FINE, GO_ON = 220, 250, 251, 354
TEMPORARY = range(400, 500)
MOST_SAID = 160
HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Server:
    """A mail server, and as whom one sends there. `context` says whose certificates are trusted."""

    host: str
    port: int
    security: Security
    sender: Address
    user: str = ""
    password: str = field(default="", repr=False)
    reply_to: Address | None = None
    seconds: float = SECONDS
    context: ssl.SSLContext | None = field(default=None, repr=False)


class _AnswerError(Exception):
    """The server answered a step with a code that is not success."""

    def __init__(self, code: int, said: bytes) -> None:
        super().__init__(code)
        self.code = code
        self.said = said


class Mail:
    """A channel by e-mail, one message for each letter.

    A step that is answered 4xx is tried again, one answered 5xx is refused for good (RFC 5321 §4.2.1). The message is
    the server's from its answer to the final dot on; a connection that breaks between the dot and the answer leaves
    the outcome unknown (§4.1.1.4).
    """

    label = text("e-mail", "邮件")
    deduplicates = False
    ambiguity = text(
        "The mail server may have taken it. Its Message-ID stays the same, by which many mail programs show it once.",
        "邮件服务器可能已收下邮件。邮件标识不变，不少邮箱会把重复的合并显示。",
    )

    def __init__(
        self, name: str, server: Server, *, now: Callable[[], dt.datetime] = lambda: dt.datetime.now(tz=dt.UTC)
    ) -> None:
        self.name = name
        self._server = server
        self._now = now

    def send(self, letter: Letter, to: Recipient, key: str, *, done: int = 0) -> Outcome:
        """Hand one message to the server."""
        address = addressed(to)
        if address is None:
            return Refused(
                text("{who} has no e-mail address that can be used", "{who}没有可用的邮箱", who=name(to.name))
            )
        server = self._server
        message = compose(letter, server.sender, address, key, self._now(), server.reply_to)
        exchange = _Exchange(server, message, address)
        with within(server.seconds, exchange.sockets) as deadline:
            return exchange.outcome(deadline)


class _Exchange:
    """One conversation with a server; `handed` once all of the message is on its way."""

    def __init__(self, server: Server, message: bytes, to: Address) -> None:
        self._client = smtplib.SMTP(local_hostname="localhost")
        self._server = server
        self._message = message
        self._to = to
        self._handed = False

    def sockets(self) -> Iterator[socket.socket | None]:
        """Yield the socket in use."""
        yield self._client.sock

    def outcome(self, deadline: Deadline) -> Outcome:
        """Send the message and say what became of it."""
        try:
            return self._converse()
        except _AnswerError as answer:  # what was cut off is no answer
            return self._lost(LATE, late=True) if deadline.late else self._judged(answer.code, answer.said)
        except smtplib.SMTPResponseException as error:
            said = error.smtp_error
            return self._judged(error.smtp_code, said if isinstance(said, bytes) else str(said).encode())
        except (smtplib.SMTPNotSupportedError, UnicodeError):
            return Refused(self._about(_UNSUPPORTED))
        except (OSError, smtplib.SMTPException, ValueError) as error:
            if isinstance(error, ssl.SSLCertVerificationError):
                return TryAgain(self._about(_CERTIFICATE), HOUR)
            return self._lost(why_of(error), late=deadline.late or isinstance(error, TimeoutError))
        finally:
            self._client.close()

    def _converse(self) -> Outcome:
        client, server = self._client, self._server
        self._connect()
        client.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            self._start_tls()
        if server.user:
            client.login(server.user, server.password)
        self._expect(client.mail(server.sender.addr_spec), FINE)
        self._expect(client.rcpt(self._to.addr_spec), FINE, ALSO_FINE)
        self._expect(client.docmd("DATA"), GO_ON)
        client.send(self._written())
        self._handed = True
        self._expect(client.getreply(), FINE)
        with suppress(OSError, smtplib.SMTPException):
            client.quit()
        return Delivered()

    def _connect(self) -> None:
        client, server = self._client, self._server
        client.sock = socket.create_connection((server.host, server.port), server.seconds)
        here = client.sock.getsockname()[0]
        client.local_hostname = f"[IPv6:{here}]" if ":" in here else f"[{here}]"  # RFC 5321 §4.1.3; no name looked up
        if server.security == "ssl":
            self._seal()
        self._expect(client.getreply(), READY)

    def _start_tls(self) -> None:
        """Encrypt the connection or give up, and forget all that was said in the clear, RFC 3207 §4.2."""
        client = self._client
        if not client.has_extn("starttls"):
            raise smtplib.SMTPNotSupportedError
        self._expect(client.docmd("STARTTLS"), READY)
        self._seal()
        client.helo_resp = client.ehlo_resp = None
        client.esmtp_features = {}
        client.does_esmtp = False
        client.ehlo_or_helo_if_needed()

    def _seal(self) -> None:
        client, server = self._client, self._server
        context = server.context or ssl.create_default_context()
        assert client.sock is not None  # noqa: S101 - for the checker of types
        client.sock = sealed = context.wrap_socket(
            client.sock, server_hostname=server.host, do_handshake_on_connect=False
        )
        client.file = None
        sealed.do_handshake()

    def _written(self) -> bytes:
        """Return the message with its dots doubled and its end, RFC 5321 §4.5.2."""
        ends = b".\r\n" if self._message.endswith(b"\r\n") else b"\r\n.\r\n"
        return re.sub(rb"(?m)^\.", b"..", self._message) + ends

    @staticmethod
    def _expect(answer: tuple[int, bytes], *codes: int) -> None:
        if answer[0] not in codes:
            raise _AnswerError(*answer)

    def _judged(self, code: int, said: bytes) -> Outcome:
        if code <= 0:  # smtplib says -1 where there was no code
            return self._lost(quoted(said.decode("utf-8", errors="replace")), late=False)
        words = one_line(said.decode("utf-8", errors="replace"))[:MOST_SAID]
        reason = text(
            "{host} answers {code}: “{said}”",
            "{host} 应答 {code}：“{said}”",
            host=self._server.host,
            code=code,
            said=words,
        )
        return TryAgain(reason) if code in TEMPORARY else Refused(reason)

    def _lost(self, why: Message, *, late: bool) -> Outcome:
        broken = text(_BROKEN.en, _BROKEN.zh, host=self._server.host, why=why)
        reason = self._about(_LATE) if late else broken
        return Unknown(reason) if self._handed else TryAgain(reason)

    def _about(self, what: Message) -> Message:
        return text(what.en, what.zh, host=self._server.host)


_UNSUPPORTED = text(
    "{host} does not offer what is needed: encryption, or this way of logging in",
    "{host} 不支持所需的加密或登录方式",
)
_CERTIFICATE = text("{host} could not prove who it is", "{host} 的证书不受信任")
_LATE = text("{host} did not answer in time", "{host} 未及时应答")
_BROKEN = text("The connection to {host} broke, or there was none: {why}", "无法连接 {host}，或连接中断：{why}")
