"""Posting over HTTP: one request and its answer, and how far it came where there was none."""

from __future__ import annotations

import datetime as dt
import email.utils
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, LocationParseError
from urllib3.util import Timeout

from delivery.deadline import SECONDS, within
from delivery.outcome import Outcome, Refused, TryAgain, Unknown
from rota import __version__
from rota.problem import RotaError
from rota.text import Message, name, text

MOST_OCTETS: Final = 1 << 16
"""Of an answer no more is read."""
LATEST: Final = dt.timedelta(days=1)
"""A server that asks to be left alone for longer is asked again after this."""
LATER: Final = frozenset({408, 425, 429, 503})
"""Statuses that say that nothing was done: RFC 9110 §15.5.9 and §15.6.4, RFC 8470 §5.2, RFC 6585 §4."""


@dataclass(frozen=True)
class Reply:
    """What a server answered; the names of the headers are in small letters."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class PostError(RotaError):
    """There was no answer. `sent` tells whether the request may have arrived."""

    def __init__(self, message: Message, *, sent: bool) -> None:
        super().__init__(message)
        self.sent = sent

    @property
    def outcome(self) -> Outcome:
        """What is known of the message."""
        return Unknown(self.message) if self.sent else TryAgain(self.message)


Post = Callable[[str, bytes, Mapping[str, str]], Reply]
"""Posts a body with headers to an address, or raises `PostError`."""


class _Plain(HTTPConnection):
    reached = False

    def connect(self) -> None:
        super().connect()
        self.reached = True


class _Sealed(HTTPSConnection):
    reached = False

    def connect(self) -> None:
        super().connect()
        self.reached = True


def poster(seconds: float = SECONDS, context: ssl.SSLContext | None = None) -> Post:
    """Return what posts within so many seconds, follows no redirect and never repeats a request by itself.

    `context` says whose certificates are trusted: those that the system trusts, where none is given.
    """

    def post(url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        pool, path = _pool(url, seconds, context)
        made: list[_Plain | _Sealed] = []
        pool.ConnectionCls = _recorded(made, sealed=pool.scheme == "https")  # type: ignore[assignment]
        with within(seconds, lambda: (connection.sock for connection in made)) as deadline:
            try:
                reply = _exchanged(pool, path, body, {"User-Agent": f"Rota/{__version__}", **headers})
            except (HTTPError, OSError, ValueError) as error:
                sent = any(connection.reached for connection in made)
                raise PostError(_said(pool.host, error, late=deadline.late), sent=sent) from None
            finally:
                pool.close()
        if deadline.late:  # what was cut off seems to be a whole answer
            raise PostError(_late(pool.host), sent=True)
        return reply

    return post


def _pool(url: str, seconds: float, context: ssl.SSLContext | None) -> tuple[urllib3.HTTPConnectionPool, str]:
    try:
        parts = urlsplit(url)
        timeout = Timeout(connect=seconds, read=seconds)
        if parts.scheme == "https":
            pool: urllib3.HTTPConnectionPool = urllib3.HTTPSConnectionPool(
                parts.hostname or "", parts.port, timeout=timeout, ssl_context=context
            )
        else:
            pool = urllib3.HTTPConnectionPool(parts.hostname or "", parts.port, timeout=timeout)
    except (ValueError, LocationParseError):
        raise PostError(text("The address is none of the web", "网址无效"), sent=False) from None
    return pool, parts._replace(scheme="", netloc="", fragment="").geturl() or "/"


def _recorded(made: list[_Plain | _Sealed], *, sealed: bool) -> Callable[..., _Plain | _Sealed]:
    def connection(*args: object, **keywords: object) -> _Plain | _Sealed:
        new: _Plain | _Sealed = (_Sealed if sealed else _Plain)(*args, **keywords)  # type: ignore[arg-type]
        made.append(new)
        return new

    return connection


def _exchanged(pool: urllib3.HTTPConnectionPool, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
    response = pool.urlopen(
        "POST", path, body, headers, retries=False, redirect=False, preload_content=False, decode_content=False
    )
    known = {header.lower(): value for header, value in response.headers.items()}
    answer = b""
    while len(answer) < MOST_OCTETS and (piece := response.read(MOST_OCTETS - len(answer), decode_content=False)):
        answer += piece
    return Reply(response.status, known, answer)


def _said(host: str, error: Exception, *, late: bool) -> Message:
    where = name(host)
    if not late and isinstance(error, urllib3.exceptions.NewConnectionError):
        return text("{host} cannot be reached", "无法连接 {host}", host=where)
    if late or isinstance(error, urllib3.exceptions.TimeoutError):
        return _late(host)
    if isinstance(error, urllib3.exceptions.SSLError):
        return text("{host} could not prove who it is", "{host} 的证书不受信任", host=where)
    return text("The connection to {host} broke", "与 {host} 的连接中断", host=where)


def _late(host: str) -> Message:
    return text("{host} did not answer in time", "{host} 未及时应答", host=name(host))


def by_status(reply: Reply, now: dt.datetime) -> Outcome:
    """Judge an answer other than success by its status alone."""
    reason = text("The server answered {status}", "服务器应答 {status}", status=reply.status)
    if reply.status in LATER:
        return TryAgain(reason, retry_after(reply, now))
    if reply.status in range(300, 500):
        return Refused(reason)
    return Unknown(reason)


def retry_after(reply: Reply, now: dt.datetime) -> dt.timedelta | None:
    """Return how long a server asks to be left alone, RFC 9110 §10.2.3, within a day; None where it does not say."""
    said = reply.headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        return min(dt.timedelta(seconds=int(said[:9])), LATEST)
    try:
        moment = email.utils.parsedate_to_datetime(said)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return min(max(moment - now, dt.timedelta()), LATEST)
