"""The application: its addresses, what stands around each of them, and its own jobs for the clock."""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from calendars.answers.reading import MOST_OCTETS
from rota.problem import RotaError
from rota.text import text
from scheduler.keeping.clock import Job
from scheduler.keeping.feeds import Feeds, Renderer
from scheduler.keeping.journal import Journal
from web.feed import FeedPage
from web.fetches import Fetches
from web.limiting import LimitedSizes, Limiter, Rates
from web.metrics import CONTENT_TYPE, Metrics
from web.observing import Observed
from web.participants.letter import LetterPages
from web.participants.page import ParticipantPages
from web.participants.reading import ReadingPages
from web.participants.rendering import style
from web.participants.visit import Door, refusal
from web.replies import PATH as REPLIES
from web.replies import Replies, Take

LOG = logging.getLogger("rota.web")

FLUSHING = 30.0
"""Seconds after which fetches are written down."""
PREPARING = 2.0
"""Seconds after which a new revision is looked for, so that its feeds are rendered before they are asked for."""
HOME = text("Turns and calendars", "轮值安排与日历")
ASK = text(
    "This is where Rota keeps a rotation plan: everybody who takes part has a page of their own with their turns "
    "and a calendar to subscribe to. They open by a personal link alone; this address shows no plan. "
    "Ask your coordinator for your link.",
    "这里是轮值安排系统：每个参与单位和人员都有自己的页面，可查看轮值场次、订阅日历。页面须凭个人链接打开，"
    "本网址不显示任何安排。请向联络员索取链接。",
)
NOTHING = text("There is nothing at this address", "此网址没有内容")
COPIED = text(
    "The address may not have been copied in full. Open your personal link once more, or ask your coordinator for it.",
    "网址可能未复制完整。请重新打开您的个人链接，或向联络员索取。",
)
DEEPEST = 8
"""Folders that an address has at the most from which the way back to the root is shown."""
ROBOTS = "User-agent: *\nAllow: /\n"
"""Google Calendar fetches a feed only where robots.txt lets it."""


@dataclass
class Server:
    """What answers requests for one journal.

    Several may stand before the same journal; each counts for itself. `base` is the address at which people reach the
    server; where it is not known, pages show no links to feeds. `take` takes a mail from whoever says `token`.
    """

    journal: Journal
    render: Renderer
    rates: Rates = field(default_factory=Rates)
    base: str = ""
    token: Callable[[], str] = str
    take: Take = lambda _: ()

    def __post_init__(self) -> None:
        self.feeds = Feeds(self.journal.store, self.render)
        self.fetches = Fetches(self.journal.subscribers.note)
        self.visits = Fetches(self.journal.subscribers.note_visits)
        self.metrics = Metrics()

    def application(self) -> Starlette:
        """Return the application, to be run by any server that speaks ASGI."""
        limiter = Limiter(self.rates)
        feed = FeedPage(self.feeds, self.fetches, limiter, self.journal.store, self.base)
        door = Door(self.journal, limiter, self.visits)
        routes = [
            Route("/f/{token}.ics", feed.get, name="feed"),
            *ParticipantPages(door, self.feeds, self.base).routes(),
            *ReadingPages(door, self.base).routes(),
            *LetterPages(door, self.base).routes(),
            *Replies(self.token, self.take, limiter).routes(),
            Route("/style.css", styles, name="style"),
            Route("/", home, name="home"),
            Route("/healthz", self.health, name="health"),
            Route("/metrics", self.measures, name="metrics"),
            Route("/robots.txt", robots, name="robots"),
        ]
        around = [Middleware(Observed, metrics=self.metrics), Middleware(LimitedSizes, larger={REPLIES: MOST_OCTETS})]
        application = Starlette(routes=routes, middleware=around, exception_handlers={404: nothing})
        application.router.redirect_slashes = False  # an answer would repeat the secret of a link
        return application

    @property
    def jobs(self) -> tuple[Job, ...]:
        """What is to be done from time to time beside answering."""
        return (
            Job("rendering feeds", PREPARING, self.feeds.prepare),
            Job("noting fetches", FLUSHING, self.fetches.flush, at_stop=True),
            Job("noting visits", FLUSHING, self.visits.flush, at_stop=True),
        )

    def health(self, _request: Request) -> Response:
        """Say whether the journal can be read, and which revision is the newest."""
        try:
            newest = self._newest()
        except RotaError:
            LOG.exception("the journal cannot be read")
            return JSONResponse({"status": "failing"}, 503, {"Cache-Control": "no-store"})
        return JSONResponse({"status": "ok", "revision": newest}, headers={"Cache-Control": "no-store"})

    def measures(self, request: Request) -> Response:
        """Return the metrics to whoever asks from this machine or a private network."""
        if not _is_near(request):
            return nothing(request)
        said = self.metrics.said(self.journal.subscribers.all(), self._newest(), self.feeds.sizes())
        return Response(said, headers={"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store"})

    def _newest(self) -> int:
        return max((revision.number for revision in self.journal.revisions()), default=0)


def robots(_request: Request) -> Response:
    """Let every program fetch what it has a link to."""
    return PlainTextResponse(ROBOTS, headers={"Cache-Control": "max-age=86400"})


def styles(_request: Request) -> Response:
    """Return the stylesheet of the pages, which is kept until its address is another one."""
    return Response(style(), media_type="text/css", headers={"Cache-Control": "public, max-age=31536000, immutable"})


def home(_request: Request) -> Response:
    """Say what this is to those who have the address without a link."""
    return refusal(200, HOME, ASK, root="./")


def nothing(request: Request, _: Exception | None = None) -> Response:
    """Say that there is nothing at an address; nothing of the address is repeated."""
    folders = min(request.url.path.count("/") - 1, DEEPEST)
    return refusal(404, NOTHING, COPIED, root="../" * folders or "./")


def _is_near(request: Request) -> bool:
    try:
        return ipaddress.ip_address(request.client.host if request.client else "").is_private
    except ValueError:
        return False
