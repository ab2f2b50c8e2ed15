"""`/a/{token}/confirm`, `decline` and `swap`: one turn, answered from a letter.

Mail programs open links before anybody reads the letter, so opening shows a button; pressing it records the answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from delivery.turns import Teller
from rota.changes.answers import seats_of
from rota.changes.making import UNSETTLED
from rota.changes.seating import same
from rota.problem import RotaError
from rota.request import Reply
from rota.request import Request as Open
from rota.text import LANGUAGES, Language, Message
from scheduler.keeping.answer_links import AnswerLinks, Asked
from scheduler.keeping.participation import Now, ParticipationError, answer, answer_swap, now_of
from web.participants.fields import Form, UnreadableError, read_form
from web.participants.origin import is_ours, is_proved, proof_of
from web.participants.page import UNREADABLE
from web.participants.rendering import rendered, switches
from web.participants.visit import NOT_OURS, REFUSED, SAFE, Door, accepted, refusal, spoken
from web.participants.words import DONE, WORDS, Spoken

ACTIONS = {"confirm": Reply.ACCEPTED, "decline": Reply.DECLINED}
SWAP = "swap"
QUESTIONS = {"confirm": WORDS["yes_confirm"], "decline": WORDS["yes_decline"]}
ROOT = "../../"


@dataclass(frozen=True)
class Opened:
    """A letter's link that was opened: the secret, what is asked, what it is to say, what holds, and the language."""

    token: str
    asked: Asked
    action: str
    now: Now
    language: Language


class LetterPages:
    """Answers those who open a link in a letter."""

    def __init__(self, door: Door, base: str) -> None:
        self.door, self.base = door, base
        self.links = AnswerLinks(door.journal.store)

    def routes(self) -> list[Route]:
        """Return the addresses of the page: one shows it, one takes its form."""
        return [
            Route("/a/{token}/{action}", self.show, methods=["GET"], name="letter"),
            Route("/a/{token}/{action}", self.take, methods=["POST"], name="letter_answer"),
        ]

    def show(self, request: Request) -> Response:
        """Show the turn and the button."""
        opened = self._opened(request)
        return opened if isinstance(opened, HTMLResponse) else _page(opened)

    async def take(self, request: Request) -> Response:
        """Record the answer."""
        try:
            form = read_form(await request.body())
        except UnreadableError:
            return refusal(400, REFUSED, UNREADABLE, root=ROOT)
        return await run_in_threadpool(self._take, request, form)

    def _take(self, request: Request, form: Form) -> Response:
        opened = self._opened(request, form["lang"])
        if isinstance(opened, HTMLResponse):
            return opened
        if not is_ours(request.headers, self.base) or not is_proved(opened.token, form["proof"]):
            return refusal(403, REFUSED, NOT_OURS, root=ROOT)
        if not self.door.limiter.write(f"letter {opened.asked.seat.who}"):
            return self.door.busy(ROOT)
        case = opened.now.state.case
        actor = case.label[opened.asked.seat.who].say(case.settings.language)
        try:
            done = self._exchanged(opened, form, actor) if opened.action == SWAP else self._replied(opened, form, actor)
        except RotaError as error:
            return _page(opened, problem=error.message)
        return _page(opened, done=DONE[done])

    def _exchanged(self, opened: Opened, form: Form, actor: str) -> str:
        """Record what they say to an exchange that somebody asked for; return what was done."""
        request, agreed = _request(opened), form["reply"] == "agree"
        if request is None:
            raise ParticipationError(WORDS["settled"])
        asked = opened.asked
        did = answer_swap(self.door.journal, asked.stream, request.id, asked.seat.who, agreed=agreed, actor=actor)
        return ("agreed" if agreed else "refused") if did else "same"

    def _replied(self, opened: Opened, form: Form, actor: str) -> str:
        reply = ACTIONS[opened.action]
        return reply.value if self._answered(opened, reply, form["reason"], actor) else "same"

    def _answered(self, opened: Opened, reply: Reply, reason: str, actor: str) -> bool:
        """Record an answer for every seat that they have in the session; tell whether there was anything to record."""
        asked, session = opened.asked, opened.now.plan.session[opened.asked.seat.session]
        seats = [seat for seat in seats_of(session) if seat.who == asked.seat.who] or [asked.seat]
        did = False
        for seat in seats:
            did |= answer(self.door.journal, replace(asked, seat=seat), reply, reason=reason, actor=actor)
        return did

    def _opened(self, request: Request, said: str = "") -> Opened | HTMLResponse:
        address = request.client.host if request.client else ""
        if not self.door.limiter.address(address):
            return self.door.busy(ROOT)
        asked, action = self.links.find(request.path_params["token"]), request.path_params["action"]
        now = self._now(asked) if asked else None
        if asked is None or now is None or action not in {*ACTIONS, SWAP}:
            return self.door.nowhere(address, ROOT)
        language = spoken(request, said if said in LANGUAGES else accepted(request, now.state.case.settings.language))
        return Opened(request.path_params["token"], asked, action, now, language)

    def _now(self, asked: Asked) -> Now | None:
        """Return what holds in the case that is asked about, where the plan still has the session."""
        try:
            now = now_of(self.door.journal, asked.stream)
        except RotaError:
            return None
        return now if asked.seat.session in now.plan.session else None


def _request(opened: Opened) -> Open | None:
    """Return the open request to exchange the turn, as it is asked of them."""
    requests = opened.now.state.requests
    return next((r for r in requests if r.stage in UNSETTLED and same(r.other, opened.asked.seat)), None)


def _exchange(opened: Opened, teller: Teller) -> dict[str, str]:
    """Say what is asked for in an exchange; nothing where it is settled."""
    request = _request(opened)
    theirs = opened.now.plan.session.get(request.mine.session) if request else None
    if request is None or theirs is None:
        return {}
    gets = f"{teller.when(theirs)} · {teller.label(theirs)} · {teller.where(theirs, theirs.parts)}"
    return {"other": teller.named(request.mine.who), "gets": gets, "note": request.note}


def _page(opened: Opened, *, done: Message | None = None, problem: Message | None = None) -> HTMLResponse:
    language, asked, now = opened.language, opened.asked, opened.now
    case, session = now.state.case, now.plan.session[asked.seat.session]
    teller = Teller(case, language, now.at.astimezone(case.zone).date())
    swap = _exchange(opened, teller) if opened.action == SWAP else {}
    if opened.action == SWAP and not swap and not done and not problem:
        problem = WORDS["settled"]
    asked_by = Spoken(language).filled("asked_by", who=swap["other"]) if swap else ""
    other = next((action for action in ACTIONS if action != opened.action), "") if opened.action in ACTIONS else ""
    body = rendered(
        "letter.html",
        language,
        root=ROOT,
        switches=switches(language, lambda other: f"{opened.action}?lang={other}"),
        who=teller.named(asked.seat.who),
        title=case.settings.label.say(language),
        eyebrow=case.settings.label.say(language),
        revision=teller.role(asked.seat.role),
        question=QUESTIONS[opened.action].say(language)
        if opened.action in QUESTIONS
        else asked_by or WORDS["swap"].say(language),
        swap=swap,
        other_action=other,
        other_question=QUESTIONS[other].say(language) if other else "",
        action=opened.action,
        told=teller.turn(session, asked.seat.who),
        start=asked.start,
        proof=proof_of(opened.token),
        done=done.say(language) if done else "",
        problem=problem.say(language) if problem else "",
    )
    return HTMLResponse(body, 422 if problem else 200, headers=SAFE)
