"""`/f/{token}.ics`: the feed behind a link, in as few bytes as whoever asks can do with."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from calendars.addressing import Addresses, divided
from calendars.text import uri
from rota.text import LANGUAGES, Message, text
from scheduler.keeping.address import address_since
from scheduler.keeping.feeds import Feeds, Found
from scheduler.keeping.subscribers import Fetch
from scheduler.keeping.transaction import Store
from web.agents import program_of
from web.asking import Asked, asked
from web.compressing import Packed, Pieces, packed, takes_gzip
from web.conditions import http_date, is_fresh
from web.fetches import Fetches
from web.kept import Kept
from web.limiting import Limiter

CALENDAR = "text/calendar; charset=utf-8"
ROOM = 64 * 1024 * 1024
"""So many octets of feeds are kept ready to be sent."""
NOT_FOUND = text("There is no feed behind this link; ask for a new one.", "此链接无效，请索取新的链接。")
TOO_MANY = text("Too many requests; try again in a minute.", "请求过于频繁，请稍后再试。")
NO_ALARM = text(
    "An alarm is given as 30m, 2h or 1d, at most 28d. Up to three are given one by one: ?alarm=1h&alarm=2d.",
    "提醒须写作 30m、2h 或 1d，最长 28d。最多三个，须逐个写明：?alarm=1h&alarm=2d。",
)
AWAY = text("The feed is being made anew; try again in a second.", "日历正在重新生成，请稍后再试。")


class Ready(NamedTuple):
    """One form of a feed, the same for all who have a link to it: octets with a gap for addresses, and their tag."""

    etag: str
    body: Pieces | Packed


@dataclass(frozen=True)
class Form:
    """In which form a feed is sent."""

    asked: Asked
    packed: bool


class FeedPage:
    """Answers who fetches a feed; the store's clock says when that was.

    Where `base` says at which address people reach the server, each is told at which address they fetched it, and where
    the page beside it is. The secret in both is theirs already, and is written down nowhere.
    """

    def __init__(self, feeds: Feeds, fetches: Fetches, limiter: Limiter, store: Store, base: str = "") -> None:
        self.feeds, self.fetches, self.limiter, self.clock = feeds, fetches, limiter, store.clock
        self._base, self._since = uri(base), address_since(store)
        self._kept: Kept[Ready] = Kept(ROOM, lambda ready: ready.body.size)

    def get(self, request: Request) -> Response:
        """Answer a request: the same 404 for links that are unknown, revoked or rotated."""
        address = request.client.host if request.client else ""
        if not self.limiter.address(address):
            return self._too_many()
        found = self.feeds.find(request.path_params["token"])
        if found is None:
            return _said(NOT_FOUND, 404) if self.limiter.refused(address) else self._too_many()
        if not self.limiter.link(found.subscriber):
            return self._too_many()
        wanted = asked(request.query_params.multi_items())
        if wanted is None:
            return _said(NO_ALARM, 400)
        form = Form(wanted, takes_gzip(request.headers.get("accept-encoding", "")))
        return self._answer(request, found, form, self._addresses(request.path_params["token"], wanted))

    def _addresses(self, token: str, wanted: Asked) -> Addresses | None:
        """Return the addresses of a feed; what tells times alone tells no address either, for it is made for others."""
        if not self._base or wanted.busy:
            return None
        page = f"{self._base}/f/{token}"
        return Addresses(f"{page}.ics{wanted.query}", page)

    def _answer(self, request: Request, found: Found, form: Form, addresses: Addresses | None) -> Response:
        etag, at = self._etag(found, form, addresses), self._modified(found, addresses)
        if etag is not None and is_fresh(request.headers, etag, at):
            self._noted(request, found)
            return Response(status_code=304, headers=_headers(etag, at))
        ready = self._ready(found, form)
        if ready is None or etag is None:  # something newer has taken its place since it was found
            return _said(AWAY, 503, {"Retry-After": "1"})
        self._noted(request, found)
        coding = {"Content-Encoding": "gzip"} if form.packed else {}
        shown = {"Content-Disposition": 'inline; filename="calendar.ics"'}
        body = ready.body.around(addresses.lines if addresses else b"")
        return Response(body, media_type=CALENDAR, headers=_headers(etag, at) | coding | shown)

    def _modified(self, found: Found, addresses: Addresses | None) -> dt.datetime:
        """Return since when the octets are what they are: rendered then, or at this address since then."""
        return max(found.at, self._since) if addresses and self._since else found.at

    def _etag(self, found: Found, form: Form, addresses: Addresses | None) -> str | None:
        """Return the tag of a form; that of a feed as it was rendered is known without its octets."""
        if form.asked.is_plain:
            return _tag(found.etag, form, addresses)
        ready = self._ready(found, form)
        return _tag(ready.etag, form, addresses) if ready else None

    def _ready(self, found: Found, form: Form) -> Ready | None:
        return self._kept.get((found.etag, form), lambda: self._made(found, form))

    def _made(self, found: Found, form: Form) -> Ready | None:
        feed = self.feeds.body(found)
        if feed is None:
            return None
        body = form.asked.made(feed)
        etag = found.etag if form.asked.is_plain else hashlib.sha256(body).hexdigest()
        pieces = Pieces(*divided(body))
        return Ready(etag, packed(pieces) if form.packed else pieces)

    def _noted(self, request: Request, found: Found) -> None:
        program = program_of(request.headers.get("user-agent", ""))
        self.fetches.add(Fetch(found.subscriber, self.clock(), found.revision, program))

    def _too_many(self) -> Response:
        return _said(TOO_MANY, 429, {"Retry-After": str(self.limiter.seconds)})


def _tag(etag: str, form: Form, addresses: Addresses | None) -> str:
    """Return a strong tag: one for each link, and another one where the octets are packed, RFC 9110 §8.8.3.3.

    All octets follow from the digest of what is the same for all, and from the addresses.
    """
    if addresses:
        etag = hashlib.sha256(f"{etag} {addresses.source} {addresses.page}".encode()).hexdigest()
    return f'"{etag}-gzip"' if form.packed else f'"{etag}"'


def _headers(etag: str, at: dt.datetime) -> dict[str, str]:
    return {
        "ETag": etag,
        "Last-Modified": http_date(at),
        "Cache-Control": "private, no-cache",
        "Vary": "Accept-Encoding",
        "X-Robots-Tag": "noindex",
    }


def _said(what: Message, status: int, headers: dict[str, str] | None = None) -> Response:
    """Say something in both languages: who asks is a program, and who reads it may be anybody."""
    lines = "".join(what.say(language) + "\n" for language in LANGUAGES)
    return PlainTextResponse(lines, status, {"Cache-Control": "no-store", **(headers or {})})
