"""An end that loses no answer: whoever was let in is heard, and nobody is let in who would not be."""

from __future__ import annotations

import asyncio
import os
from socket import socket

import uvicorn

LAST = 0.3
"""Seconds in which whoever was let in last may still say what it wants."""


class Patient(uvicorn.Server):
    """Ends in order: takes in who has come, stops listening, hears everybody out.

    By itself uvicorn hangs up on whoever is connected and was not read yet, and the system on whoever waits outside.
    """

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """Stop listening, answer for a moment longer, and end."""
        waiting = [each for listening in sockets or () for each in _waiting(listening)]
        for serving in self.servers:
            serving.close()
        for each in waiting:
            await asyncio.get_running_loop().connect_accepted_socket(self._protocol, each)
        await asyncio.sleep(LAST)
        await super().shutdown(sockets)

    def _protocol(self) -> asyncio.Protocol:
        """Return what speaks to one connection, as `uvicorn.Server.startup` makes it."""
        speaking = self.config.http_protocol_class
        return speaking(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)  # type: ignore[call-arg]


def _waiting(listening: socket) -> list[socket]:
    """Return the connections that the system holds for us; without any delay, for more may come meanwhile."""
    found: list[socket] = []
    if os.name == "nt":  # asyncio waits for them there in another way
        return found
    while True:
        try:
            found.append(listening.accept()[0])
        except OSError:  # there is none any more
            return found
