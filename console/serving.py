"""`rota serve`: feeds over HTTP, the engine and the clock in one program, until it is told to end."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from threading import Event

import uvicorn

from console.desk import Desk, opened
from console.engine import answering_at, reaping
from console.interrupt import stopped_by_interrupt
from console.links import known_base
from console.polling import Poller
from console.rendering import render
from console.replies import BY_WEB, reading_at, taking
from console.sending import sending_at
from console.watching import Watched
from rota.text import text
from scheduler.keeping.address import remember_address
from scheduler.keeping.clock import Clock, Job
from web.application import Server
from web.logs import log_to
from web.running import known_proxies, listen, server


@dataclass(frozen=True)
class Duties:
    """What one program does beside answering; where several share a journal, some may leave out a duty."""

    engine: bool = True
    sending: bool = True


def jobs(desk: Desk, channels: Watched, serving: Server, duties: Duties, stop: Event) -> tuple[Job, ...]:
    """Return everything that is done from time to time."""
    return (
        *serving.jobs,
        channels.job,
        *(answering_at(desk, stop).jobs if duties.engine else ()),
        *(sending_at(desk, channels, stop, serving.base) if duties.sending else ()),
        reading_at(desk, channels),
        Poller(desk.journal).job,
        reaping(desk.journal),
    )


def serve(
    place: Path,
    lang: str | None,
    *,
    host: str,
    port: int,
    public_url: str | None,
    duties: Duties,
    proxies: Sequence[str] = (),
) -> None:
    """Answer requests at an address, and changes as they come, until a signal ends it; what is under way is finished.

    `proxies` are addresses and networks from which X-Forwarded-For is believed, beside this machine.

    Raises:
        RotaError: there is no journal, an address is none or cannot be had, or the clock has stopped.
    """
    believed = known_proxies(proxies)
    with opened(place, lang) as desk, listen(host, port) as listening:
        base = known_base(desk, public_url)
        if base:
            remember_address(desk.journal.store, base)
        channels, take = Watched(desk), taking(desk.journal, BY_WEB)
        serving = Server(desk.journal, render, base=base, token=lambda: channels.token, take=take)
        answering = server(serving.application(), believed)
        with stopped_by_interrupt(_Ending(answering)):
            stop = Event()
            clock = Clock(jobs(desk, channels, serving, duties, stop), serving.metrics.failed)
            _say(desk, listening, base)
            _run(answering, listening, clock, stop)


def _say(desk: Desk, listening: socket, base: str) -> None:
    at = listening.getsockname()
    shown = f"[{at[0]}]:{at[1]}" if ":" in at[0] else f"{at[0]}:{at[1]}"
    desk.screen.note(
        text("Serving at http://{at}; Ctrl-C ends it.", "正在 http://{at} 提供服务，按 Ctrl-C 结束。", at=shown)
    )
    if base:
        desk.screen.note(text("Links begin with {base}/", "链接以 {base}/ 开头", base=base))


class _Ending(Event):
    """Ends a server, also one that has not begun: a signal that comes before it does is not lost."""

    def __init__(self, answering: uvicorn.Server) -> None:
        super().__init__()
        self._answering = answering

    def set(self) -> None:
        """Let the server end."""
        super().set()
        self._answering.should_exit = True


def _run(answering: uvicorn.Server, listening: socket, clock: Clock, stop: Event) -> None:
    """Let HTTP and the clock run together; each ends the other."""

    def end() -> None:
        answering.should_exit = True

    handler = log_to(sys.stderr)
    try:
        with clock.running(died=end):
            try:
                answering.run(sockets=[listening])
            finally:
                stop.set()
    finally:
        logging.getLogger().removeHandler(handler)
