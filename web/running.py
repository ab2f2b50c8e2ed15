"""Running the server: a socket that is there before anything else, and an end that waits for answers under way."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from ipaddress import ip_network

import uvicorn
from starlette.types import ASGIApp

from rota.problem import RotaError
from rota.text import text
from rota.trouble import why_of
from web.ending import Patient
from web.timely import PATIENCE, Patience, timely

PROXIES = ("127.0.0.1", "::1")
"""Who is believed to say for whom it asks: a proxy on this machine."""
ENDING = 10
"""Seconds that answers under way have to come to their end."""
HEADERS = 16 * 1024
"""Octets that the head of a request may have."""
AT_ONCE = 512
"""Connections at the same time; whoever comes beyond is asked to come again."""


class AddressError(RotaError):
    """The address is not there, or another program has it."""


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens at an address; port 0 takes any that is free.

    Raises:
        AddressError: it cannot be had.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        # The protocol is named, for asyncio sends at once (TCP_NODELAY) only where it is: else each answer waits 40 ms.
        listening = socket.socket(family, kind, protocol)
        try:
            if os.name != "nt":  # there it would let two programs have the same port
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
            listening.listen(AT_ONCE)
        except BaseException:
            listening.close()
            raise
    except (OSError, OverflowError) as error:
        raise AddressError(
            text(
                "Rota cannot listen at {host}, port {port}: {why}. Choose another one by --host and --port.",
                "无法在 {host} 的 {port} 端口监听：{why}。请用 --host、--port 另选。",
                host=host,
                port=port,
                why=why_of(error),
            )
        ) from error
    return listening


def known_proxies(also: Sequence[str]) -> list[str]:
    """Return who is believed to say for whom it asks: a proxy on this machine, and those that are named.

    Raises:
        AddressError: one of them is neither an address nor a network.
    """
    for said in also:
        try:
            ip_network(said, strict=False)
        except ValueError as error:
            raise AddressError(
                text(
                    '"{said}" is neither an address nor a network; e.g. 10.0.0.7 or 172.16.0.0/12',
                    "“{said}”既不是 IP 地址，也不是网段；应如 10.0.0.7 或 172.16.0.0/12",
                    said=said,
                )
            ) from error
    return [*PROXIES, *also]


def server(app: ASGIApp, proxies: Sequence[str] = PROXIES, patience: Patience = PATIENCE) -> uvicorn.Server:
    """Return a server for an application; `run(sockets=[…])` answers until a signal, or `should_exit`, ends it."""
    return Patient(
        uvicorn.Config(
            app,
            http=timely(patience),
            log_config=None,
            access_log=False,  # it would write down the secrets in links
            server_header=False,
            lifespan="on",
            ws="none",
            forwarded_allow_ips=list(proxies),
            limit_concurrency=AT_ONCE,
            timeout_keep_alive=15,
            timeout_graceful_shutdown=ENDING,
            h11_max_incomplete_event_size=HEADERS,
        )
    )
