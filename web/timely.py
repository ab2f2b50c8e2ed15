"""Requests that come in time: whoever sends one byte after the other holds no connection for ever."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol


@dataclass(frozen=True)
class Patience:
    """Seconds within which the head of a request has to be there, and its body after that."""

    head: float = 10.0
    body: float = 30.0


PATIENCE = Patience()


class Timely(H11Protocol):
    """Hangs up on whoever does not say in time what they want.

    By itself uvicorn waits for ever for the rest of a request, and for the first one; only between two requests it does
    not. The time counts from the connection, and in later requests from their first byte; no byte prolongs it.
    """

    patience = PATIENCE
    _late: asyncio.TimerHandle | None = None
    _awaited: object = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take what has come, and go on waiting for the rest."""
        super().data_received(data)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._end()
        super().connection_lost(exc)

    def _wait(self) -> None:
        state = self.conn.their_state
        if state is self._awaited:
            return
        self._end()
        seconds = {h11.IDLE: self.patience.head, h11.SEND_BODY: self.patience.body}.get(state)
        if seconds is not None and not self.transport.is_closing():
            self._awaited = state
            self._late = self.loop.call_later(seconds, self.transport.abort)

    def _end(self) -> None:
        self._awaited = None
        if self._late is not None:
            self._late.cancel()
            self._late = None


def timely(patience: Patience) -> type[Timely]:
    """Return the protocol with another patience."""
    return type("Timely", (Timely,), {"patience": patience})
