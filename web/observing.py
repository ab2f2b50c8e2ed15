"""What stands around every answer: headers that browsers heed, a line in the log, and a count."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.agents import program_of
from web.logs import redacted
from web.metrics import Metrics

LOG = logging.getLogger("rota.web")

SAFE = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
OTHER = "other"
"""The name of every address that there is not."""


@dataclass
class _Answer:
    status: int = 500
    octets: int = 0


class Observed:
    """Counts and logs every answer of an application, and makes it safer."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, and note how."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer, begun = _Answer(), time.perf_counter()
        try:
            await self.app(scope, receive, _watched(send, answer))
        finally:
            self._note(scope, answer, time.perf_counter() - begun)

    def _note(self, scope: Scope, answer: _Answer, seconds: float) -> None:
        route = getattr(scope.get("route"), "name", None) or OTHER
        self.metrics.answered(route, scope["method"], answer.status, seconds, answer.octets)
        fields = {
            "method": scope["method"],
            "path": redacted(scope["path"]),
            "status": answer.status,
            "octets": answer.octets,
            "ms": round(seconds * 1000, 1),
            "program": program_of(dict(scope["headers"]).get(b"user-agent", b"").decode("latin-1")),
        }
        LOG.info("answered", extra={"fields": fields})


def _watched(send: Send, answer: _Answer) -> Send:
    async def watched(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            said = {name for name, _ in message["headers"]}
            message["headers"] = [*message["headers"], *(each for each in SAFE if each[0] not in said)]
        elif message["type"] == "http.response.body":
            answer.octets += len(message.get("body", b""))
        await send(message)

    return watched
