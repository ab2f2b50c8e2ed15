"""`POST /api/replies`: programs that receive mail hand it on, as it came or taken apart."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from calendars.answers.reading import wrapped
from scheduler.keeping.mails import Taken
from web.limiting import Limiter

LOG = logging.getLogger("rota.web")

PATH = "/api/replies"
MAILS = frozenset({"message/rfc822", "application/octet-stream"})
NO_STORE = {"Cache-Control": "no-store"}
Take = Callable[[bytes], Sequence[Taken]]
"""Takes a mail, and says what was made of it; nothing where it was taken before."""


@dataclass(frozen=True)
class Replies:
    """Lets in whoever says the token; without a token nobody is let in, and nothing is told from a wrong one."""

    token: Callable[[], str]
    take: Take
    limiter: Limiter

    def routes(self) -> list[Route]:
        """Return the address."""
        return [Route(PATH, self.post, methods=["POST"], name="replies")]

    async def post(self, request: Request) -> Response:
        """Take one mail; the answer says what was made of it, so that whoever sent it may log it."""
        address = request.client.host if request.client else ""
        if not self.limiter.address(address):
            return self._too_many()
        said = request.headers.get("authorization", "").removeprefix("Bearer ")
        token = self.token()
        if not token or not secrets.compare_digest(said.encode(), token.encode()):
            told = self.limiter.refused(address)
            return JSONResponse({"error": "not authorized"}, 401, NO_STORE) if told else self._too_many()
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        mail = _mail(kind, await request.body())
        if mail is None:
            return JSONResponse({"error": "send message/rfc822, or JSON with `raw`, or `from` and `calendar`"}, 422)
        taken = await to_thread.run_sync(self.take, mail)
        return JSONResponse({"taken": [each.outcome.value for each in taken]}, headers=NO_STORE)

    def _too_many(self) -> Response:
        return JSONResponse({"error": "too many requests"}, 429, {"Retry-After": str(self.limiter.seconds)})


def _mail(kind: str, body: bytes) -> bytes | None:
    """Return the mail that a request holds; None where it holds none."""
    if kind in MAILS:
        return body or None
    try:
        return _from_json(json.loads(body)) if kind == "application/json" else None
    except ValueError:  # no JSON, no UTF-8, or a line break in an address
        return None


def _from_json(found: object) -> bytes | None:
    given = found if isinstance(found, dict) else {}
    raw, sender, calendar = (given.get(name) for name in ("raw", "from", "calendar"))
    if isinstance(raw, str):
        return raw.encode("utf-8", "surrogatepass")
    if isinstance(sender, str) and isinstance(calendar, str):
        return wrapped(sender, str(given.get("message_id", "")), calendar)
    return None
