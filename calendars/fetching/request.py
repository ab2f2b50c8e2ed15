"""One request for a calendar: to an address that was looked up once, within bounds of time and size."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from threading import Timer
from typing import Final
from urllib.parse import urljoin

from calendars.fetching.addresses import Guard, Target, target_of
from calendars.fetching.refusal import FetchError
from rota import __version__

MOST_OCTETS: Final = 10 << 20
SECONDS: Final = 20.0
MOST_REDIRECTS: Final = 3
PIECE: Final = 1 << 16
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
NOT_MODIFIED: Final = 304


@dataclass(frozen=True)
class Fetched:
    """What a server sent: the calendar, and what to ask with next time; no content where nothing has changed."""

    content: bytes | None
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True)
class Limits:
    """How long all of a fetch may take, and how large a calendar may be, also once it is unpacked."""

    seconds: float = SECONDS
    octets: int = MOST_OCTETS
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)


def fetch(
    url: str, guard: Guard | None = None, *, etag: str = "", last_modified: str = "", limits: Limits | None = None
) -> Fetched:
    """Fetch a calendar. No proxy is used: the guard would then not know who is asked.

    Args:
        url: http, https or webcal; it may be a secret, and is never repeated in an error.
        guard: which addresses may be asked; public ones where none is given.
        etag: what the server called the content that is known already.
        last_modified: when that was changed, as the server said.
        limits: of time and size.

    Raises:
        FetchError: the address may not be asked, or does not give a calendar.
    """
    guard, limits = guard or Guard(), limits or Limits()
    known = {"If-None-Match": etag} if etag else {"If-Modified-Since": last_modified} if last_modified else {}
    until = time.monotonic() + limits.seconds
    target = target_of(url)
    for _ in range(MOST_REDIRECTS + 1):
        with _exchange(target, guard, limits, known, until) as response:
            if response.status in REDIRECTS:
                target = _next(url, response.getheader("Location", ""), target)
                url = f"{target.scheme}://{target.named}{target.path}"
                continue
            return _received(response, target, limits)
    raise FetchError("redirects", target.host)


def _next(url: str, location: str, before: Target) -> Target:
    target = target_of(urljoin(url.replace("webcal", "http", 1) if url.startswith("webcal") else url, location))
    if before.scheme == "https" and target.scheme == "http":
        raise FetchError("downgrade", before.host)
    return target


@contextmanager
def _exchange(
    target: Target, guard: Guard, limits: Limits, headers: dict[str, str], until: float
) -> Iterator[http.client.HTTPResponse]:
    """Ask one server; when time is up its connection is shut, however slowly it drips."""
    connection = _Pinned(target, guard.addresses(target), limits, until)
    stop = Timer(max(0.0, until - time.monotonic()), connection.shut)
    stop.daemon = True
    stop.start()
    with closing(connection):
        try:
            connection.request("GET", target.path, headers=_headers(target) | headers)
            with connection.getresponse() as response:
                yield response
        except ssl.SSLCertVerificationError:
            raise FetchError("certificate", target.host) from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            late = isinstance(error, TimeoutError) or connection.late
            raise FetchError("too-slow" if late else "connection", target.host) from None
        finally:
            stop.cancel()
    if connection.late:  # a body without a length seems to end where it was cut
        raise FetchError("too-slow", target.host)


def _headers(target: Target) -> dict[str, str]:
    return {
        "Host": target.named,
        "User-Agent": f"Rota/{__version__}",
        "Accept": "text/calendar, */*;q=0.1",
        "Accept-Encoding": "gzip",
        "Connection": "close",
    }


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was judged; the name serves for the certificate alone."""

    def __init__(self, target: Target, addresses: list[str], limits: Limits, until: float) -> None:
        super().__init__(target.host, target.port)
        self.target, self.addresses, self.limits, self.until = target, addresses, limits, until
        self.live: socket.socket | None = None
        self.late = False

    def connect(self) -> None:
        """Connect to the first of the addresses that answers."""
        self.sock = self.live = plain = self._first_that_answers()
        if self.target.scheme == "https":
            context, host = self.limits.context, self.target.host
            self.sock = self.live = sealed = context.wrap_socket(
                plain, server_hostname=host, do_handshake_on_connect=False
            )
            sealed.do_handshake()

    def _first_that_answers(self) -> socket.socket:
        failed: OSError | None = None
        for address in self.addresses:
            try:
                return socket.create_connection((address, self.port), max(0.01, self.until - time.monotonic()))
            except OSError as error:
                failed = error
        raise failed or OSError(self.host)

    def shut(self) -> None:
        """Shut the connection from another thread: whoever reads from it sees its end."""
        self.late = True
        if self.live is not None:
            with suppress(OSError):
                socket.socket.shutdown(self.live, socket.SHUT_RDWR)


def _received(response: http.client.HTTPResponse, target: Target, limits: Limits) -> Fetched:
    etag, last_modified = response.getheader("ETag", ""), response.getheader("Last-Modified", "")
    if response.status == NOT_MODIFIED:
        return Fetched(None, etag, last_modified)
    if response.status != http.client.OK:
        raise FetchError("status", str(response.status))
    packed = response.getheader("Content-Encoding", "identity").strip().lower()
    if packed not in {"gzip", "x-gzip", "identity", ""}:
        raise FetchError("encoding", target.host)
    content = _bounded(response, target, limits, packed=packed.endswith("gzip"))
    return Fetched(content, etag, last_modified)


def _bounded(response: http.client.HTTPResponse, target: Target, limits: Limits, *, packed: bool) -> bytes:
    """Read and unpack so many octets and no more; what a small piece unpacks to is bounded as well."""
    unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS) if packed else None
    gathered = bytearray()
    while piece := response.read1(PIECE):
        try:
            gathered += unpacker.decompress(piece, limits.octets + 1 - len(gathered)) if unpacker else piece
        except zlib.error:
            raise FetchError("encoding", target.host) from None
        if len(gathered) > limits.octets:
            raise FetchError("too-large", target.host)
    if (unpacker is not None and not unpacker.eof) or (response.length or 0) > 0:
        raise http.client.IncompleteRead(bytes(gathered[:0]))
    return bytes(gathered)
