"""The address of a cluster: what is none, or answers as none, is told at once; nobody waits for it for ever."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread, Timer

import pytest

from scheduler.solving.cluster import cluster
from scheduler.solving.errors import ExecutorError, InterruptedSearchError
from tests.components import extra


@pytest.mark.parametrize(
    "address",
    ["here", "dask://", "dask://host", "tcp://host:8786", "dask://host:port", "dask://[::1", "dask://[x]:1"],
)
def test_an_address_that_is_none_is_told_with_one_that_is(address: str) -> None:
    with pytest.raises(ExecutorError) as told, cluster(address):
        pass
    for language in ("en", "zh"):
        assert address in told.value.message.say(language)
        assert "dask://10.0.0.5:8786" in told.value.message.say(language)


@contextmanager
def listening(says: bytes) -> Iterator[str]:
    """Accept connections at an address, and say the same to all."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        accepted: list[socket.socket] = []

        def accept() -> None:
            with suppress(OSError):
                while True:
                    accepted.append(server.accept()[0])
                    accepted[-1].sendall(says)

        Thread(target=accept, daemon=True).start()
        try:
            yield f"dask://127.0.0.1:{server.getsockname()[1]}"
        finally:
            server.shutdown(socket.SHUT_RDWR)
            for each in accepted:
                each.close()


def refusal(address: str) -> str:
    """Return what is said of an address where no cluster is."""
    with pytest.raises(ExecutorError) as told, cluster(address):
        pass
    assert f"{address} 没有集群响应" in told.value.message.say("zh")
    return told.value.message.say("en")


@pytest.mark.parametrize("says", [b"", b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
def test_somebody_who_is_no_cluster_is_told(monkeypatch: pytest.MonkeyPatch, says: bytes) -> None:
    extra("distributed")
    monkeypatch.setattr("scheduler.solving.cluster.PATIENCE", 0.5)
    with listening(says) as address:
        assert f"no cluster answers at {address};" in refusal(address)


@pytest.mark.parametrize("host", ["a..b", ".", "a" * 300], ids=["two dots", "a dot", "too long"])
def test_a_host_that_can_have_no_name_is_told(host: str) -> None:
    extra("distributed")
    assert f"no cluster answers at dask://{host}:8786;" in refusal(f"dask://{host}:8786")


def test_an_interrupt_ends_the_wait_for_a_cluster_that_says_nothing() -> None:
    extra("distributed")
    stop = Event()
    Timer(0.2, stop.set).start()
    with listening(b"") as address, pytest.raises(InterruptedSearchError), cluster(address, stop=stop):
        pass


def test_an_address_at_which_nobody_answers_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.solving.cluster.PATIENCE", 1)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = taken.getsockname()[1]
    assert f"127.0.0.1:{free}" in refusal(f"dask://127.0.0.1:{free}")
