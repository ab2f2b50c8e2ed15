"""Fetching: who may be asked, what comes back, and when it is given up; against servers on this machine."""

from __future__ import annotations

import gzip
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from calendars.fetching import FetchError, Guard, fetch
from calendars.fetching.addresses import target_of
from calendars.fetching.refusal import REASONS
from calendars.fetching.request import Limits
from rota.text import LANGUAGES

CALENDAR = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
HERE = Guard.allowing("127.0.0.0/8", "::1")
PATIENT = Limits(seconds=60)


class CalendarServer(ThreadingHTTPServer):
    """Keeps what it was asked, and lets slow answers know when it is over."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.over = threading.Event()


class Handler(BaseHTTPRequestHandler):
    """Answers by path."""

    server: CalendarServer

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        name, _, rest = self.path.partition("?")[0].removeprefix("/").partition("/")
        getattr(self, f"give_{name}", self.give_nothing)(rest)

    def give_nothing(self, rest: str) -> None:
        self.send_error(404)

    def give_calendar(self, rest: str) -> None:
        self.give(CALENDAR, ETag='"1"', Last_Modified="Mon, 05 Jan 2026 00:00:00 GMT")

    def give_known(self, rest: str) -> None:
        self.send_response(304)
        self.send_header("ETag", '"1"')
        self.end_headers()

    def give_packed(self, rest: str) -> None:
        self.give(gzip.compress(CALENDAR), Content_Encoding="gzip")

    def give_half_a_packet(self, rest: str) -> None:
        self.give(gzip.compress(CALENDAR)[:-9], Content_Encoding="gzip")

    def give_bomb(self, rest: str) -> None:
        self.give(gzip.compress(bytes(50_000_000)), Content_Encoding="gzip")

    def give_brotli(self, rest: str) -> None:
        self.give(b"?", Content_Encoding="br")

    def give_large(self, rest: str) -> None:
        self.give(b"x" * 200_000)

    def give_promise(self, rest: str) -> None:
        self.give(CALENDAR, length=1000)

    def give_on(self, rest: str) -> None:
        self.send_response(302)
        self.send_header("Location", rest)
        self.end_headers()

    def give_drops(self, rest: str) -> None:
        self.send_response(200)
        self.end_headers()
        self.drip(b"x")

    def give_drops_of_headers(self, rest: str) -> None:
        self.wfile.write(b"HTTP/1.0 200 OK\r\nX-Slow: ")
        self.drip(b"x")

    def drip(self, drop: bytes) -> None:
        try:
            while not self.server.over.wait(0.01):
                self.wfile.write(drop)
        except OSError:
            return

    def give(self, body: bytes, *, length: int | None = None, **headers: str) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        return


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[CalendarServer]:
    server = CalendarServer()
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def server() -> Iterator[CalendarServer]:
    with serving() as running:
        yield running


def url_of(server: CalendarServer, path: str, scheme: str = "http") -> str:
    return f"{scheme}://127.0.0.1:{server.server_address[1]}/{path}"


def refusal(work: Callable[[], object]) -> str:
    with pytest.raises(FetchError) as refused:
        work()
    return refused.value.code


def test_a_calendar_comes_with_what_to_ask_with_next_time(server: CalendarServer) -> None:
    fetched = fetch(url_of(server, "calendar?key=1"), HERE)
    assert fetched.content == CALENDAR
    assert server.asked[0][0] == "/calendar?key=1"
    assert fetched.etag == '"1"'
    assert fetched.last_modified == "Mon, 05 Jan 2026 00:00:00 GMT"


@pytest.mark.parametrize(
    ("known", "header"),
    [({"etag": '"1"'}, "If-None-Match"), ({"last_modified": "Mon, 05 Jan 2026 00:00:00 GMT"}, "If-Modified-Since")],
)
def test_what_is_known_is_not_sent_again(server: CalendarServer, known: dict[str, Any], header: str) -> None:
    fetched = fetch(url_of(server, "known"), HERE, **known)
    assert fetched.content is None
    assert server.asked[0][1][header] in known.values()


OUTCOMES = {
    "packed": "",
    "half_a_packet": "connection",
    "bomb": "too-large",
    "brotli": "encoding",
    "large": "too-large",
    "promise": "connection",
    "missing": "status",
    "on//calendar": "",
    "on//on//on//calendar": "",
    "on//on//on//on//calendar": "redirects",
    "on/ftp://example.org/x": "address",
    "on/http://user:secret@example.org/x": "password",
    "on/http://10.0.0.1/x": "forbidden-host",
    "on/http://169.254.169.254/latest/meta-data": "forbidden-host",
    "on/http://[::ffff:10.0.0.1]/x": "forbidden-host",
}


@pytest.mark.parametrize("path", OUTCOMES)
def test_what_a_server_may_do(server: CalendarServer, path: str) -> None:
    limits = Limits(seconds=60, octets=100_000)
    if OUTCOMES[path]:
        assert refusal(lambda: fetch(url_of(server, path), HERE, limits=limits)) == OUTCOMES[path]
    else:
        assert fetch(url_of(server, path), HERE, limits=limits).content == CALENDAR


@pytest.mark.parametrize("path", ["drops", "drops_of_headers"])
def test_a_server_that_drips_is_given_up_however_often_a_drop_falls(server: CalendarServer, path: str) -> None:
    assert refusal(lambda: fetch(url_of(server, path), HERE, limits=Limits(seconds=0.5))) == "too-slow"


def test_a_server_that_is_not_there_is_said_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert refusal(lambda: fetch(f"http://127.0.0.1:{port}/", HERE, limits=PATIENT)) == "connection"


def test_this_machine_is_not_asked_unless_it_is_allowed(server: CalendarServer) -> None:
    assert refusal(lambda: fetch(url_of(server, "calendar"))) == "forbidden-host"
    assert refusal(lambda: fetch(url_of(server, "calendar"), Guard.allowing("10.0.0.0/8"))) == "forbidden-host"
    assert server.asked == []


@pytest.mark.parametrize(
    ("address", "admitted"),
    [
        ("203.0.114.1", True),
        ("2a00:1450:4001::1", True),
        ("10.1.2.3", False),
        ("100.64.0.1", False),
        ("127.0.0.1", False),
        ("169.254.169.254", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("198.18.0.1", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 - judged, not listened at
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:203.0.114.1", True),
        ("64:ff9b::10.0.0.1", False),
        ("64:ff9b::203.0.114.1", True),
        ("2002:7f00:1::", False),
        ("2001:0:cb00:7201::80ff:fefe", False),
    ],
)
def test_only_public_addresses_are_asked(address: str, admitted: bool) -> None:  # noqa: FBT001 - a column of the table
    assert Guard().admits(address) is admitted


def test_a_name_is_looked_up_once_and_every_address_of_it_is_judged(
    server: CalendarServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.getaddrinfo
    answers = [["127.0.0.1"], ["127.0.0.1", "10.0.0.1"]]

    def lookup(host: str, port: int, *rest: int, **more: int) -> list[object]:
        if host != "calendar.test":
            return list(real(host, port, *rest, **more))
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answers.pop(0)]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    url = f"http://calendar.test:{server.server_address[1]}/calendar"
    assert fetch(url, HERE).content == CALENDAR
    assert server.asked[0][1]["Host"] == f"calendar.test:{server.server_address[1]}"
    assert len(answers) == 1
    assert refusal(lambda: fetch(url, HERE)) == "forbidden-host"


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("webcal://example.org/a.ics", ("https", "example.org", 443, "/a.ics")),
        ("https://Example.org:8443?x=1#part", ("https", "example.org", 8443, "/?x=1")),
        ("http://日历.example.org/a", ("http", "xn--jmr704b.example.org", 80, "/a")),
        ("http://[2001:db8::1]/a", ("http", "2001:db8::1", 80, "/a")),
    ],
)
def test_addresses_are_read(url: str, where: tuple[str, str, int, str]) -> None:
    target = target_of(url)
    assert (target.scheme, target.host, target.port, target.path) == where


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://example.org", "https://", "https://a b/", "http://x:99999/", "http://x/\r\nHost: y"],
)
def test_what_is_no_address_of_a_calendar_is_refused(url: str) -> None:
    assert refusal(lambda: target_of(url)) in {"address", "unknown-host"}


@pytest.fixture
def certificate(tmp_path: Path, require_component: Callable[[str, bool, str], None]) -> Path:
    """A certificate for this machine, signed by itself, and its key."""
    require_component("openssl", shutil.which("openssl") is not None, "install openssl")
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=here"]
    files = ["-keyout", "key.pem", "-out", "cert.pem", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*made, *files], cwd=tmp_path, check=True, capture_output=True)
    return tmp_path


def test_a_sealed_connection_is_held_to_its_certificate(certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    trusting = Limits(60, context=ssl.create_default_context(cafile=certificate / "cert.pem"))
    with serving(context) as server:
        sealed = url_of(server, "calendar", "https")
        assert fetch(sealed, HERE, limits=trusting).content == CALENDAR
        assert refusal(lambda: fetch(sealed, HERE, limits=PATIENT)) == "certificate"
        lower = url_of(server, "on/http://127.0.0.1/x", "https")
        assert refusal(lambda: fetch(lower, HERE, limits=trusting)) == "downgrade"
        dripping = Limits(0.5, context=trusting.context)
        assert refusal(lambda: fetch(url_of(server, "drops", "https"), HERE, limits=dripping)) == "too-slow"


def test_an_error_never_repeats_the_secret_in_an_address(server: CalendarServer) -> None:
    for url in (
        url_of(server, "missing/hunter2?hunter2"),
        "ftp://hunter2/",
        "https://x:hunter2@y/",
        "http://hunter2:9999999/",
    ):
        with pytest.raises(FetchError) as refused:
            fetch(url, HERE)
        assert all("hunter2" not in refused.value.say(language) for language in LANGUAGES)


@pytest.mark.parametrize("code", REASONS)
def test_every_reason_is_said_in_both_languages(code: str) -> None:
    assert all("{" not in FetchError(code, "example.org").say(language) for language in LANGUAGES)
