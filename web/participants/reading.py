"""`/f/{token}`: the page to which a calendar leads back; it is only read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from web.participants.fields import Form
from web.participants.looks import frame, inside_of, turns_read
from web.participants.rendering import rendered
from web.participants.subscribing import addresses
from web.participants.visit import SAFE, Door, Visit
from web.participants.words import WORDS

if TYPE_CHECKING:
    from starlette.requests import Request


class ReadingPages:
    """Answers those who come from a calendar. `base` is the address at which people reach the server, if it is known.

    The page opens by the secret of the feed, so it tells what the feed tells: that secret lies with calendar services,
    and whoever has it may read, but not answer.
    """

    def __init__(self, door: Door, base: str) -> None:
        self.door, self.base = door, base

    def routes(self) -> list[Route]:
        """Return the address of the page."""
        return [Route("/f/{token}", self.show, name="feed_page")]

    def show(self, request: Request) -> Response:
        """Show the page. No visit is noted: what a calendar service opens, nobody has read."""
        visit = self.door.open(request, find=self.door.journal.subscribers.by_feed)
        if isinstance(visit, HTMLResponse):
            return visit
        return HTMLResponse(self._page(visit, request.headers.get("user-agent", "")), headers=SAFE)

    def _page(self, visit: Visit, agent: str) -> str:
        language = visit.language
        feed = f"{visit.token}.ics"
        told = WORDS["as_calendar_answering" if visit.who.serves else "as_calendar"]
        about = {
            **frame(visit, Form()),
            **turns_read(visit.published, visit.who, visit.now, language),
            "subscribed": addresses(f"{self.base}/f/{feed}", WORDS["qr"].say(language)) if self.base else None,
            "download": feed,
            "inside": inside_of(agent, language),
            "made": told.say(language),
            "home": "",
        }
        return rendered("participant.html", language, **about)
