"""`rota serve`: the feeds of a journal over HTTP, until the program is told to end."""

from __future__ import annotations

import logging
import signal
import sys
from pathlib import Path
from threading import Event

from console.desk import opened
from console.interrupt import stopped_by_interrupt
from console.links import public_base
from console.rendering import render
from rota.text import text
from web.application import Server
from web.logs import log_to
from web.running import listen, server


def serve(place: Path, lang: str | None, *, host: str, port: int, public_url: str | None) -> None:
    """Answer requests at an address until a signal ends it; answers under way are finished.

    Raises:
        RotaError: there is no journal, or the address cannot be had.
    """
    with opened(place, lang) as desk, listen(host, port) as listening:
        at = listening.getsockname()
        screen, shown = desk.screen, f"[{at[0]}]:{at[1]}" if ":" in at[0] else f"{at[0]}:{at[1]}"
        screen.note(
            text("Serving at http://{at}; Ctrl-C ends it.", "正在 http://{at} 提供服务，按 Ctrl-C 结束。", at=shown)
        )
        if public_url or desk.state.case.settings.url:
            base = public_base(desk.state.case, public_url)
            screen.note(text("Links begin with {base}/f/", "订阅链接以 {base}/f/ 开头", base=base))
        handler = log_to(sys.stderr)
        try:
            with stopped_by_interrupt(Event(), signal.SIGTERM):
                server(Server(desk.journal, render).application()).run(sockets=[listening])
        finally:
            logging.getLogger().removeHandler(handler)
