"""`/p/{token}`: the page of one participant, and the forms on it; only what is sent by a form records anything."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from rota.changes.answers import seats_of
from rota.problem import RotaError
from rota.request import Reply, SeatRef
from rota.text import Message, text
from scheduler.keeping.answer_links import Asked
from scheduler.keeping.participation import (
    ParticipationError,
    answer,
    answer_swap,
    ask_swap,
    candidates,
    now_of,
    record_times,
    withdraw_swap,
)
from scheduler.keeping.subscribers import feed_token
from web.participants import times
from web.participants.fields import Form, UnreadableError, read_form
from web.participants.looks import mark_of, page_html, swap_html
from web.participants.visit import REFUSED, SAFE, Door, Visit, refusal

if TYPE_CHECKING:
    from scheduler.keeping.feeds import Feeds

Sent = Callable[[Request, Visit, Form], Response]
"""What a form does, and the answer to it."""

CALENDAR = "text/calendar; charset=utf-8"
UNREADABLE = text("What was sent cannot be read.", "提交的内容无法读取。")
CHOOSE = text("Please choose a turn.", "请选择一个场次。")
NO_ANSWER = text("Please choose an answer.", "请选择一种答复。")
NOT_YOURS = text("There is no such turn of yours any more.", "您已没有该场次。")


class Meant(NamedTuple):
    """The turn that a form is about: its case, and the seats of whoever sends the form in it, each to be answered."""

    stream: str
    seats: tuple[SeatRef, ...]
    asked: tuple[Asked, ...]


def _meant(visit: Visit, form: Form) -> Meant:
    """Return the turn that a form is about, as it is published.

    Raises:
        ParticipationError: it is none of theirs.
    """
    for edition in visit.published.editions:
        session = edition.plan.session.get(form["session"])
        if session is not None and edition.case.settings.id == form["stream"]:
            seats = tuple(seat for seat in seats_of(session) if seat.who == visit.who.of)
            if seats:
                return Meant(form["stream"], seats, tuple(Asked(form["stream"], s, form["start"]) for s in seats))
    raise ParticipationError(NOT_YOURS)


class ParticipantPages:
    """Answers those who open their page. `base` is the address at which people reach the server, if it is known."""

    def __init__(self, door: Door, feeds: Feeds, base: str) -> None:
        self.door, self.feeds, self.base = door, feeds, base

    def routes(self) -> list[Route]:
        """Return the addresses of the page and of its forms."""
        return [
            Route("/p/{token}", self.show, name="page"),
            Route("/p/{token}/calendar.ics", self.download, name="page_calendar"),
            Route("/p/{token}/answer", self._form(self._answer, 1), methods=["POST"], name="page_answer"),
            Route("/p/{token}/swap", self.show_swap, methods=["GET"], name="page_swaps"),
            Route("/p/{token}/swap", self._form(self._ask_swap, 1), methods=["POST"], name="page_swap"),
            Route("/p/{token}/swap/{id}", self._form(self._answer_swap, 2), methods=["POST"], name="page_swap_answer"),
            Route("/p/{token}/times", self._form(self._add_times, 1), methods=["POST"], name="page_times"),
            Route("/p/{token}/sheet", self._form(self._fill_sheet, 1), methods=["POST"], name="page_sheet"),
            Route("/p/{token}/times/{mark}", self._form(self._take_back, 2), methods=["POST"], name="page_again"),
        ]

    # What is shown

    def show(self, request: Request) -> Response:
        """Show the page."""
        visit = self.door.open(request)
        if isinstance(visit, HTMLResponse):
            return visit
        self.door.note(request, visit)
        return self._page(request, visit)

    def _page(
        self, request: Request, visit: Visit, form: Form | None = None, problem: Message | None = None
    ) -> Response:
        agent, done = request.headers.get("user-agent", ""), request.query_params.get("done", "")
        body = page_html(visit, self.base, agent=agent, done=done, form=form or Form(), problem=problem)
        return HTMLResponse(body, 422 if problem else 200, headers=SAFE)

    def download(self, request: Request) -> Response:
        """Send the feed as a file, the same octets as behind its link."""
        visit = self.door.open(request, 1)
        if isinstance(visit, HTMLResponse):
            return visit
        found = self.feeds.find(feed_token(visit.token))
        body = self.feeds.body(found) if found else None
        if body is None:
            return refusal(503, REFUSED, UNREADABLE, root="../../")
        kept = {"Content-Disposition": 'attachment; filename="rota.ics"', "Cache-Control": "private, no-store"}
        return Response(body, media_type=CALENDAR, headers=kept)

    def show_swap(self, request: Request) -> Response:
        """Show for which turns of others one could be exchanged."""
        visit = self.door.open(request, 1)
        if isinstance(visit, HTMLResponse):
            return visit
        return self._swap_page(visit, Form(dict(request.query_params)))

    def _swap_page(self, visit: Visit, form: Form, problem: Message | None = None) -> Response:
        try:
            found = _meant(visit, form)
            offered = candidates(now_of(visit.journal, found.stream), found.seats[0])
        except RotaError as error:
            return refusal(404, REFUSED, error.message, root="../../")
        body = swap_html(visit, found.asked[0], offered, form=form, problem=problem)
        return HTMLResponse(body, 422 if problem else 200, headers=SAFE)

    # What forms do

    def _form(self, act: Sent, depth: int) -> Callable[[Request], Awaitable[Response]]:
        async def taken(request: Request) -> Response:
            try:
                form = read_form(await request.body())
            except UnreadableError:
                return refusal(400, REFUSED, UNREADABLE, root="../" * (depth + 1))
            return await run_in_threadpool(self._taken, request, act, form, depth)

        return taken

    def _taken(self, request: Request, act: Sent, form: Form, depth: int) -> Response:
        visit = self.door.writing(request, form, self.base, depth)
        if isinstance(visit, HTMLResponse):
            return visit
        if not visit.who.serves:
            return refusal(403, REFUSED, NOT_YOURS, root="../" * (depth + 1))
        try:
            return act(request, visit, form)
        except RotaError as error:
            return self._page(request, visit, form, error.message)

    def _answer(self, request: Request, visit: Visit, form: Form) -> Response:
        if form["reply"] not in set(Reply):
            return self._page(request, visit, form, NO_ANSWER)
        reply = Reply[form["reply"].upper()]
        found, did = _meant(visit, form), False
        for each in found.asked:
            did |= answer(visit.journal, each, reply, reason=form["reason"], actor=visit.actor)
        return visit.back(reply.value if did else "same")

    def _ask_swap(self, _request: Request, visit: Visit, form: Form) -> Response:
        found = _meant(visit, form)
        offered = candidates(now_of(visit.journal, found.stream), found.seats[0])
        named = {mark_of(each.seat): each.seat for each in offered}
        if form["other"] in named:
            other, note = named[form["other"]], form["note"]
            did = ask_swap(visit.journal, found.stream, found.seats[0], other, note=note, actor=visit.actor)
            return visit.back("asked" if did else "same")
        if self._is_asked(visit, found, form["other"]):
            return visit.back("same")
        return self._swap_page(visit, form, CHOOSE)

    def _is_asked(self, visit: Visit, found: Meant, other: str) -> bool:
        """Tell whether the same was asked for before: a form that is sent twice."""
        requests = visit.state(found.stream).requests
        return any(mark_of(each.other) == other and each.mine in found.seats for each in requests)

    def _answer_swap(self, request: Request, visit: Visit, form: Form) -> Response:
        id_, stream, who, actor = request.path_params["id"], form["stream"], visit.who.of, visit.actor
        if stream not in {each.case.settings.id for each in visit.published.editions}:
            raise ParticipationError(NOT_YOURS)
        if form["step"] == "withdraw":
            did = withdraw_swap(visit.journal, stream, id_, who, actor=actor)
            return visit.back("withdrawn" if did else "same")
        agreed = form["step"] == "agree"
        did = answer_swap(visit.journal, stream, id_, who, agreed=agreed, note=form["note"], actor=actor)
        return visit.back(("agreed" if agreed else "refused") if did else "same")

    def _add_times(self, request: Request, visit: Visit, form: Form) -> Response:
        wanted, errors = times.statement_of(form, visit.who.of)
        if wanted is None:
            return self._page(request, visit, form.with_errors(errors), text("Not saved.", "未保存。"))
        case = times.stream_for([each.case for each in visit.published.editions], form["first"])
        did = record_times(visit.journal, case.settings.id, wanted, actor=visit.actor)
        return visit.back("times" if did else "same")

    def _fill_sheet(self, _request: Request, visit: Visit, form: Form) -> Response:
        wanted = times.answers_of(form, visit.who, visit.today, visit.language)
        did = record_times(visit.journal, visit.published.case.settings.id, wanted, actor=visit.actor)
        return visit.back("times" if did else "same")

    def _take_back(self, request: Request, visit: Visit, form: Form) -> Response:
        wanted = times.taken_back(request.path_params["mark"], visit.who.of)
        streams = [each.case.settings.id for each in visit.published.editions]
        stream = form["stream"] if form["stream"] in streams else streams[-1]
        did = record_times(visit.journal, stream, wanted, actor=visit.actor)
        return visit.back("times" if did else "same")
