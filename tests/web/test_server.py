"""The server around the feeds: what it says of itself, what it refuses, what it logs, and how it ends."""

from __future__ import annotations

import io
import json
import logging
import re
import socket
from collections.abc import Iterator

import pytest

from scheduler.keeping.journal import Journal
from tests.web.conftest import Running, serving
from web.logs import Lines, log_to, redacted
from web.running import AddressError, known_proxies, listen


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handler = log_to(stream)
    yield stream
    logging.getLogger().removeHandler(handler)


def test_no_secret_of_a_link_is_logged(logged: io.StringIO, journal: Journal, token: str) -> None:
    with serving(journal) as running:
        for path in (f"/f/{token}.ics?cancelled=0", f"/f/{token}/", f"/f/{token}", f"/f/{token}.ics/x", f"//f/{token}"):
            running.ask(path, referer=f"https://rota.example.org/f/{token}.ics")
        running.ask(f"/f/{token}.ics", "POST", b"x")
    assert token not in logged.getvalue()
    lines = [json.loads(line) for line in logged.getvalue().splitlines()]
    answered = [line for line in lines if line["message"] == "answered"]
    assert [line["status"] for line in answered] == [200, 404, 200, 404, 404, 405]
    assert answered[0].keys() >= {"at", "level", "method", "path", "octets", "ms", "program"}
    assert len({line["path"].split("/")[2].removesuffix(".ics") for line in answered[:2]}) == 1


def test_a_secret_in_a_fault_is_not_logged_either() -> None:
    token = "Zq3" * 14
    fault = ValueError(f"cannot serve /f/{token}.ics")
    said = ("rota", logging.ERROR, "", 0, "at %s", (f"https://host/f/{token}.ics?a=1",))
    record = logging.LogRecord(*said, (ValueError, fault, None))
    line = Lines().format(record)
    assert token not in line
    assert "ValueError" in json.loads(line)["error"]
    assert redacted("/files/x.ics") == "/files/x.ics"


def test_a_server_says_how_it_is(running: Running, token: str) -> None:
    assert json.loads(running.ask("/healthz").body) == {"status": "ok", "revision": 2}
    assert running.ask("/robots.txt").body == b"User-agent: *\nAllow: /\n"
    running.feed(token)
    running.feed("A" * 43)
    running.ask("/nothing")
    said = running.ask("/metrics").body.decode()
    for line in (
        'rota_http_requests_total{method="GET",route="feed",status="200"} 1.0',
        'rota_http_requests_total{method="GET",route="feed",status="404"} 1.0',
        'rota_http_requests_total{method="GET",route="other",status="404"} 1.0',
        "rota_links 1.0",
        "rota_links_behind 1.0",
        "rota_newest_revision 2.0",
    ):
        assert line in said.splitlines()
    assert token not in said
    assert running.ask("/metrics", x_forwarded_for="8.8.8.8").status == 404


def test_a_journal_that_cannot_be_read_is_said(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    from scheduler.keeping.errors import BusyError  # noqa: PLC0415

    def busy(*_: object) -> None:
        raise BusyError

    monkeypatch.setattr(running.server.journal, "revisions", busy)
    assert running.ask("/healthz").status == 503


@pytest.mark.parametrize("path", ["/", "/nothing", "/a/page/that/is/none", "/f/x/"])
def test_who_has_no_link_is_told_in_both_languages_how_to_get_one(running: Running, path: str) -> None:
    answer = running.ask(path)
    said = answer.body.decode()
    assert answer.status == (200 if path == "/" else 404)
    assert "your coordinator" in said
    assert "向联络员索取" in said
    assert "that/is" not in said
    style = re.search(r'href="([./]*)style\.css', said)
    assert style is not None
    assert style[1].count("..") == path.count("/") - 1


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_written(running: Running, token: str, method: str) -> None:
    answer = running.ask(f"/f/{token}.ics", method, b"x")
    assert answer.status == 405
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}


def test_large_bodies_and_heads_are_refused(running: Running, token: str) -> None:
    assert running.ask(f"/f/{token}.ics", "GET", content_length="70000").status == 413
    assert running.ask(f"/f/{token}.ics", "GET", b"x" * 1_000).status == 200
    assert running.ask("/healthz", cookie="x" * 20_000).status == 431


def test_a_port_that_is_taken_is_said() -> None:
    with listen("127.0.0.1", 0) as first, pytest.raises(AddressError) as error:
        listen("127.0.0.1", first.getsockname()[1])
    assert "--port" in error.value.say("zh")
    with pytest.raises(AddressError):
        listen("256.256.256.256", 0)


def test_answers_leave_at_once() -> None:
    """Nagle's algorithm would hold the second of two small segments back until the first is acknowledged."""
    with listen("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()):
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.proto == socket.IPPROTO_TCP


def test_a_proxy_elsewhere_is_believed_where_it_is_named() -> None:
    assert known_proxies(["172.16.0.0/12"]) == ["127.0.0.1", "::1", "172.16.0.0/12"]
    with pytest.raises(AddressError) as error:
        known_proxies(["proxy.example.org"])
    assert "172.16.0.0/12" in error.value.say("zh")
