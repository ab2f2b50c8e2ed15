"""A plan together with the case that it answers: from files, or from the journal where a revision is named."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from console.loading import plan_from, plan_meant, usable
from console.places import case_at, has_journal, names_draft, plan_at, plan_of, previous_of, revision_named
from rota.changes.sessions import SessionCancelled
from rota.past import past_sessions, present

if TYPE_CHECKING:
    from console.screen import Screen
    from rota.case import Case
    from rota.document import Edit
    from rota.edition import Edition
    from rota.plan import Plan, Session
    from rota.stamp import Stamps
    from rota.text import Message


@dataclass(frozen=True)
class Answer:
    """A plan, the case that it answers, and the reader's screen.

    `stamps` are those of a revision's sessions, `past` those that were over when it was published, and `replies` say
    what was answered to the turns of the newest one, `editions` are what feeds are made of with it; a plan from a file
    has none of these.
    """

    case: Case
    plan: Plan
    screen: Screen
    stamps: Stamps | None = None
    past: frozenset[str] = frozenset()
    replies: tuple[Message, ...] = ()
    editions: tuple[Edition, ...] = ()


def answered(case: Path | None, plan: Path | None, lang: str | None, *, as_json: bool = False) -> Answer:
    """Return the plan that is meant with its case: `@3` is a revision with its case as it was, `@` the newest.

    `@draft` is what the engine proposes.

    Raises:
        RotaError: one of them is not there, or they do not belong together.
    """
    if names_draft(plan):
        return proposed(case_at(case), lang, as_json=as_json)
    number = revision_named(plan)
    if number is None:
        place = case_at(case, plan)
        loaded, screen = usable(place, lang, as_json=as_json)
        return Answer(loaded, plan_meant(plan, place, loaded), screen)
    return published(case_at(case), number, lang, as_json=as_json)


def published(place: Path, number: int, lang: str | None, *, as_json: bool = False) -> Answer:
    """Return a revision, the newest for 0, with its case as it was when the plan was made.

    Raises:
        RotaError: there is no journal, or no such revision of this case.
    """
    from console.desk import opened  # noqa: PLC0415 - files alone need no journal
    from constraints.reading import read_rules  # noqa: PLC0415
    from rota.changes.answers import answer_lines  # noqa: PLC0415
    from scheduler.keeping.editions import editions  # noqa: PLC0415
    from scheduler.solving.decode import with_reasons  # noqa: PLC0415

    with opened(place, lang, as_json=as_json) as desk:
        revision = desk.revision(number)
        then = desk.journal.state(desk.stream, revision.case_sequence).case
        plan = with_reasons(then, read_rules(then), desk.journal.plan(revision.number))
        newest = revision.number == desk.newest.number
        past = past_sessions(then, plan, present(then, revision.at))
        if not newest:
            return Answer(then, plan, desk.screen, past=past)
        replies, shown = tuple(answer_lines(desk.state, plan)), desk.journal.store.read(editions)
        return Answer(then, plan, desk.screen, desk.journal.stamps(desk.stream), past, replies, shown)


def proposed(place: Path, lang: str | None, *, as_json: bool = False) -> Answer:
    """Return the draft that waits for approval, with its case as it was when the draft was made.

    Raises:
        RotaError: there is no journal, or no such draft.
    """
    from console.desk import opened  # noqa: PLC0415 - files alone need no journal
    from constraints.reading import read_rules  # noqa: PLC0415
    from scheduler.solving.decode import with_reasons  # noqa: PLC0415

    with opened(place, lang, as_json=as_json) as desk:
        draft = desk.draft
        then = desk.journal.state(desk.stream, draft.case_sequence).case
        plan = with_reasons(then, read_rules(then), desk.plan_of(draft))
        return Answer(then, plan, desk.screen, past=past_sessions(then, plan, present(then, draft.at)))


def cancelled_sessions(place: Path) -> tuple[Session, ...] | None:
    """Return the sessions that were published and are cancelled now, as they were; None where there is no journal."""
    if not has_journal(place):
        return None
    from console.desk import opened  # noqa: PLC0415 - files alone need no journal

    with opened(place, None) as desk:
        stamps = desk.journal.stamps(desk.stream).values()
        return tuple(stamp.last for stamp in stamps if stamp.cancelled and stamp.last is not None)


def cancellations(place: Path) -> tuple[Edit, ...]:
    """Return what the cancelling of single sessions did to the case, in order; nothing where there is no journal."""
    if not has_journal(place):
        return ()
    from console.desk import opened  # noqa: PLC0415 - files alone need no journal

    with opened(place, None) as desk:
        changes = desk.journal.changes(desk.stream) if desk.stream in desk.journal.streams() else ()
        return tuple(edit for change in changes if change.kind == SessionCancelled.kind for edit in change.edits)


def compared(
    case: Path | None, old: Path | None, new: Path | None, lang: str | None, *, as_json: bool = False
) -> tuple[Plan, Answer]:
    """Return the plan before and the one after, with the case of the latter.

    Raises:
        RotaError: one of them is not there.
    """
    place = case_at(case, new or old)
    after = answered(place, new, lang, as_json=as_json)
    number = revision_named(old) if old or not has_journal(place) else 0
    if number is not None:
        return published(place, number, lang).plan, after
    return plan_from(old or plan_at(previous_of(plan_of(place)), place)), after
