"""What the pages of a participant show: everything in words, for the templates to lay out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from delivery.turns import Teller
from rota.document import canonical
from rota.text import Message
from scheduler.keeping.participation import is_requested
from scheduler.keeping.subscribers import feed_token
from web.participants import times
from web.participants.fields import Form
from web.participants.origin import proof_of
from web.participants.rendering import rendered, switches
from web.participants.subscribing import STEPS, addresses, inside
from web.participants.turns import NEXT, Shown, as_text, swaps, turns
from web.participants.words import DONE, WORDS, Spoken

if TYPE_CHECKING:
    import datetime as dt

    from rota.request import SeatRef
    from rota.text import Language
    from scheduler.keeping.answer_links import Asked
    from scheduler.keeping.participation import Candidate
    from web.participants.published import Published, Who
    from web.participants.visit import Visit


class Errors(dict[str, str]):
    """What is wrong with a form, by field; nothing with those that are not named."""

    def __missing__(self, field: str) -> str:
        """Return nothing."""
        return ""


NOTHING_TO_FILL: Mapping[str, object] = {
    "writes": False,
    "proof": "",
    "form": Form(),
    "errors": Errors(),
    "problem": "",
    "done": "",
    "inside": "",
    "swaps": (),
    "below": "",
    "stated": (),
    "sheet": (),
    "levels": (),
}
"""What a page without forms says of forms."""


@dataclass(frozen=True)
class Step:
    """What to do in one program to subscribe."""

    program: str
    steps: tuple[str, ...]


def steps(language: Language) -> list[Step]:
    """Return what to do in each program."""
    return [Step(program.say(language), tuple(step.say(language) for step in each)) for program, each in STEPS]


def by_month(shown: Sequence[Shown]) -> list[tuple[str, list[Shown]]]:
    """Return the turns of a year, month by month."""
    return [(month, list(group)) for month, group in groupby(shown, key=lambda each: each.month)]


def page_html(visit: Visit, base: str, *, agent: str, done: str, form: Form, problem: Message | None) -> str:
    """Return the page of a participant."""
    language, who, published = visit.language, visit.who, visit.published
    shown = turns(published, who, visit.state, visit.now, language)
    ahead = [each for each in shown if not each.over]
    return rendered(
        "participant.html",
        language,
        **frame(visit, form, problem),
        done=DONE[done].say(language) if done in DONE else "",
        next_turns=ahead[:NEXT],
        more=len(ahead) > NEXT,
        year=by_month(shown),
        swaps=list(swaps(published, who, visit.state, visit.now, language)),
        copied=as_text(who, [each for each in ahead[:NEXT] if not each.cancelled], language),
        subscribed=addresses(f"{base}/f/{feed_token(visit.token)}.ics", WORDS["qr"].say(language)) if base else None,
        download=f"{visit.below}calendar.ics",
        steps=steps(language),
        inside=inside_of(agent, language),
        made="",
        home="",
        **_times(visit),
    )


def turns_read(published: Published, who: Who, now: dt.datetime, language: Language) -> dict[str, Any]:
    """Return what a page that is only read says of the turns of somebody; what was answered to them is not told."""
    shown = turns(published, who, None, now, language)
    ahead = [each for each in shown if not each.over]
    return {
        **NOTHING_TO_FILL,
        "title": published.case.settings.label.say(language),
        "who": who.label.say(language),
        "serves": who.serves,
        "next_turns": ahead[:NEXT],
        "more": len(ahead) > NEXT,
        "year": by_month(shown),
        "copied": as_text(who, [each for each in ahead[:NEXT] if not each.cancelled], language),
        "steps": steps(language),
    }


def frame(visit: Visit, form: Form, problem: Message | None = None) -> dict[str, Any]:
    """Return what every page of a participant has around it."""
    language, settings = visit.language, visit.published.case.settings
    alliance = Message(settings.alliance_en or settings.alliance, settings.alliance)
    return {
        "root": "../" * (visit.depth + 1),
        "page": visit.page,
        "switches": switches(language, lambda other: f"{visit.page}?lang={other}"),
        "writes": visit.who.serves,
        "below": visit.below,
        "who": visit.who.label.say(language),
        "kind": visit.who.subject.label.say(language),
        "serves": visit.who.serves,
        "eyebrow": alliance.say(language) or settings.label.say(language),
        "title": settings.label.say(language),
        "revision": Spoken(language).filled("revision", n=visit.published.revision),
        "proof": proof_of(visit.token),
        "form": form,
        "errors": Errors({field: message.say(language) for field, message in form.errors.items()}),
        "problem": problem.say(language) if problem else "",
    }


def _times(visit: Visit) -> dict[str, Any]:
    """Return what is stated about times in every case that is shown, and the dates that are asked about."""
    if not visit.who.serves:
        return {"stated": [], "sheet": [], "levels": ()}
    streams = [each.case.settings.id for each in visit.published.editions]
    cases = [visit.state(stream).case for stream in streams]
    found = [(case.settings.id, times.stated(case, visit.who.of, visit.today, visit.language)) for case in cases]
    return {
        "stated": found,
        "sheet": times.asked(cases[-1], visit.who, visit.today, visit.language),
        "levels": ("cannot", "avoid", "prefer"),
    }


def inside_of(agent: str, language: Language) -> str:
    """Return what to do inside a program whose browser cannot subscribe; nothing elsewhere."""
    program = inside(agent)
    return Spoken(language).filled("inside", program=program) if program else ""


def mark_of(seat: SeatRef) -> str:
    """Return by what a seat is named in a form."""
    return hashlib.sha256(canonical(seat.model_dump()).encode()).hexdigest()[:12]


def swap_html(visit: Visit, asked: Asked, offered: Sequence[Candidate], *, form: Form, problem: Message | None) -> str:
    """Return the page on which one turn is offered in exchange for another."""
    edition = next(each for each in visit.published.editions if each.case.settings.id == asked.stream)
    teller = Teller(edition.case, visit.language, visit.today)
    mine = edition.plan.session[asked.seat.session]
    choices = [
        (mark_of(each.seat), teller.turn(each.session, each.seat.who), teller.named(each.seat.who)) for each in offered
    ]
    return rendered(
        "swap.html",
        visit.language,
        **frame(visit, form, problem),
        asked=asked,
        start=f"{mine.start:%Y-%m-%d %H:%M}",
        mine=teller.turn(mine, visit.who.of),
        choices=choices,
        requested=is_requested(visit.state(asked.stream), asked.seat),
    )
