"""Clients that are slow on purpose: they are hung up on, and nobody else waits for them."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from console.rendering import render
from scheduler.keeping.journal import Journal
from tests.web.conftest import BROAD, Running, running_at
from web.application import Server
from web.timely import Patience

MANY = 200
HEAD = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
PIECE = 0.02


@pytest.fixture
def hasty(journal: Journal) -> Iterator[Running]:
    with running_at(Server(journal, render, BROAD), Patience(head=1.0, body=1.0)) as found:
        yield found


def connected(running: Running) -> socket.socket:
    return socket.create_connection(("127.0.0.1", running.port), timeout=30)


def drip(slow: socket.socket) -> None:
    """Send byte after byte, as long as the other side takes them."""
    for _ in range(10_000):
        slow.sendall(b"x")
        time.sleep(PIECE)


def test_many_who_never_end_their_heads_are_hung_up_on_and_others_are_answered(hasty: Running, token: str) -> None:
    slow = [connected(hasty) for _ in range(MANY)]
    for number, each in enumerate(slow):
        each.sendall(HEAD[: number % len(HEAD)])
    assert hasty.feed(token).status == 200
    for each in slow:
        with each, suppress(ConnectionResetError):
            assert each.recv(1) == b""  # a server that goes on waiting lets this time out
    assert hasty.feed(token).status == 200


@pytest.mark.parametrize(
    "begun",
    [
        pytest.param(HEAD, id="head"),
        pytest.param(
            b"POST /api/replies HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n",
            id="body",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_no_byte_prolongs_the_time(hasty: Running, begun: bytes) -> None:
    with connected(hasty) as slow:
        slow.sendall(begun + b"x" * 7)
        with pytest.raises(OSError, match=r"reset|[Bb]roken pipe"):
            drip(slow)


@pytest.mark.slow
def test_a_connection_is_kept_for_further_requests(hasty: Running) -> None:
    with connected(hasty) as client:
        for _ in range(3):
            client.sendall(HEAD + b"\r\n")
            answer = b""
            while b'"ok"' not in answer:
                answer += client.recv(4096)
            time.sleep(0.6)  # altogether longer than a head may take
