"""A visit: who opens a page with which secret, what holds then, and how addresses on the page are written."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from operator import itemgetter
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from rota.document import State
from rota.text import LANGUAGES, Language, Message, text
from scheduler.keeping.journal import Journal
from scheduler.keeping.subscribers import Fetch, Subscriber
from web.agents import program_of
from web.fetches import Fetches
from web.limiting import Limiter
from web.participants.fields import Form
from web.participants.origin import is_ours, is_proved
from web.participants.published import Publications, Published, Who
from web.participants.rendering import rendered

SAFE = {
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
}
Finder = Callable[[str], Subscriber | None]
PREFERRED = re.compile(r"(?P<tag>zh|en)(?:-[a-z0-9-]+)?\s*(?:;\s*q=(?P<quality>[01](?:\.\d{0,3})?))?", re.IGNORECASE)
"""One of our languages, as browsers ask for it."""
GONE = text(
    "Nothing is behind this link: it was exchanged, ended or not copied in full. Ask your coordinator for a new one.",
    "此链接无效：可能已更换、停用，或未复制完整。请联系联络员索取新链接。",
)
TOO_MANY = text("Too many requests; try again in a minute.", "请求过于频繁，请稍后再试。")
NOT_OURS = text(
    "This was not sent from your own page, so nothing was recorded. Open your page and try again.",
    "本次提交并非来自您的个人页面，未作登记。请打开个人页面后重试。",
)


@dataclass(frozen=True)
class Visit:
    """One request for a page: the secret, whose page it is, what is published, and how deep below it the address is."""

    token: str
    link: Subscriber
    published: Published
    who: Who
    language: Language
    now: dt.datetime
    journal: Journal
    depth: int = 0
    _states: dict[str, State] = field(default_factory=dict, compare=False)

    @property
    def actor(self) -> str:
        """Under which name changes are written down: whose page it is, and the number of the link."""
        return f"{self.who.label.say(self.published.case.settings.language)}#{self.link.id}"

    def state(self, stream: str) -> State:
        """Return what holds in a case as it was first looked at."""
        if stream not in self._states:
            self._states[stream] = self.journal.state(stream)
        return self._states[stream]

    @property
    def today(self) -> dt.date:
        """The day where the newest case is."""
        return self.now.astimezone(self.published.case.zone).date()

    @property
    def page(self) -> str:
        """The address of the page from where the request was for."""
        return "../" * self.depth + self.token

    @property
    def below(self) -> str:
        """What addresses below the page begin with."""
        return f"{self.token}/" if self.depth == 0 else "../" * (self.depth - 1)

    def back(self, done: str) -> RedirectResponse:
        """Send the browser back to the page, which says what was done: loading it again sends nothing again."""
        said = urlencode({"done": done, "lang": self.language})
        return RedirectResponse(f"{self.page}?{said}", 303, headers=SAFE)


def spoken(request: Request, fallback: Language) -> Language:
    """Return the language that a reader chose by the switch, else the link's."""
    said = request.query_params.get("lang", "")
    return said if said in LANGUAGES else fallback


def accepted(request: Request, fallback: Language) -> Language:
    """Return the language that a browser asks for first among ours (RFC 9110 §12.5.4), else the one to fall back on."""
    asked: list[tuple[float, Language]] = []
    for each in request.headers.get("accept-language", "").split(","):
        found = PREFERRED.fullmatch(each.strip())
        if found:
            asked.append((float(found["quality"] or 1), "zh" if found["tag"].lower() == "zh" else "en"))
    quality, language = max(asked, key=itemgetter(0), default=(0.0, fallback))
    return language if quality else fallback


def refusal(
    status: int, title: Message, told: Message, *, root: str, headers: dict[str, str] | None = None
) -> HTMLResponse:
    """Return a page that says why there is none, in both languages: nobody knows who reads it."""
    body = rendered(
        "refusal.html",
        "zh",
        root=root,
        switches=[],
        titles=[title.say(each) for each in LANGUAGES],
        told=[told.say(each) for each in LANGUAGES],
    )
    return HTMLResponse(body, status, headers=SAFE | (headers or {}))


EXPIRED = text("This link does not work", "链接无效")
BUSY = text("Please wait", "请稍候")
REFUSED = text("Nothing was recorded", "未作登记")


class Door:
    """Lets those in who have the secret of a page, and no more often than anybody needs."""

    def __init__(self, journal: Journal, limiter: Limiter, visits: Fetches) -> None:
        self.journal, self.limiter, self.visits = journal, limiter, visits
        self.publications = Publications(journal.store)

    def busy(self, root: str) -> HTMLResponse:
        """Return what is said to those who ask too often."""
        return refusal(429, BUSY, TOO_MANY, root=root, headers={"Retry-After": str(self.limiter.seconds)})

    def nowhere(self, address: str, root: str) -> HTMLResponse:
        """Return the one answer to whatever secret leads nowhere; who tries many of them has to wait."""
        told = self.limiter.refused(address)
        return refusal(404, EXPIRED, GONE, root=root) if told else self.busy(root)

    def open(self, request: Request, depth: int = 0, find: Finder | None = None) -> Visit | HTMLResponse:
        """Return the visit, or the same refusal for whatever secret leads nowhere; `find` says whose a secret is."""
        address, root = request.client.host if request.client else "", "../" * (depth + 1)
        if not self.limiter.address(address):
            return self.busy(root)
        visit = self._visit(request, depth, find or self.journal.subscribers.by_page)
        if visit is None:
            return self.nowhere(address, root)
        return visit if self.limiter.link(visit.link.id) else self.busy(root)

    def _visit(self, request: Request, depth: int, find: Finder) -> Visit | None:
        token: str = request.path_params["token"]
        link, published = find(token), self.publications.newest()
        who = published.subjects.get(link.subject) if link and published else None
        if link is None or published is None or who is None:
            return None
        now = self.journal.store.clock()
        return Visit(token, link, published, who, spoken(request, link.language), now, self.journal, depth)

    def note(self, request: Request, visit: Visit) -> None:
        """Remember that a page was seen."""
        program = program_of(request.headers.get("user-agent", ""))
        self.visits.add(Fetch(visit.link.id, visit.now, visit.published.revision, program))

    def writing(self, request: Request, form: Form, base: str, depth: int) -> Visit | HTMLResponse:
        """Return the visit of somebody who sends a form from their own page, in the language of that page."""
        visit = self.open(request, depth)
        if isinstance(visit, HTMLResponse):
            return visit
        root = "../" * (depth + 1)
        if not is_ours(request.headers, base) or not is_proved(visit.token, form["proof"]):
            return refusal(403, REFUSED, NOT_OURS, root=root)
        if not self.limiter.write(f"page {visit.link.id}"):
            return self.busy(root)
        return replace(visit, language=form["lang"]) if form["lang"] in LANGUAGES else visit
