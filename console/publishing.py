"""`rota apply`: a plan becomes the newest revision; and the way back to the one before."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from console.desk import (
    Desk,
    DeskError,
    created,
    opened,
    opened_for,
    publishes,
    refuse_other_rows,
    who_acts,
    working_copy,
)
from console.loading import plan_from
from console.places import names_draft, plan_at, revision_named
from console.screen import Screen
from rota.difference import difference, told
from rota.plan import CaseRef, Plan
from rota.text import Message, text
from scheduler.keeping.errors import RefusedPlanError
from scheduler.keeping.publication import NO_PLAN, refuse_unsound
from workbook.output.changes import diff_lines

if TYPE_CHECKING:
    from rota.case import Case
    from rota.problem import Problem
    from scheduler.keeping.publication import Revision


def publish_draft(
    place: Path,
    draft: Path | None,
    lang: str | None,
    *,
    as_json: bool,
    actor: str | None,
    note: str,
    accept_open: bool,
    dry_run: bool,
) -> None:
    """Publish a plan of the case at `place`; the first publication makes the journal.

    Raises:
        RotaError: the draft is stale, does not hold, or the working copy differs from the journal.
    """
    if names_draft(draft):
        _publish_proposed(place, lang, who_acts(actor), note, as_json=as_json, accept_open=accept_open, dry_run=dry_run)
        return
    number = revision_named(draft)
    if number is not None:
        with opened(place, lang, as_json=as_json) as desk:
            publish_earlier(desk, desk.revision(number), who_acts(actor), note, dry_run=dry_run)
        return
    case, screen = working_copy(place, lang, as_json=as_json)
    plan = plan_from(plan_at(draft, place), case)
    if not publishes(place, case):
        _publish_first(place, case, plan, screen, who_acts(actor), note, accept_open=accept_open, dry_run=dry_run)
        return
    with opened_for(place, case, screen) as desk:
        refuse_other_rows(desk, case)
        before = desk.plan()
        changes = difference(before, plan)
        if not changes and _says_nothing_new(desk, case, plan):
            screen.say(text("Nothing differs from the newest revision.", "与最新版本没有差异。"))
            screen.emit({"revision": desk.newest.number, "published": False})
            return
        revision = _published(desk, plan, who_acts(actor), note, accept_open=accept_open, dry_run=dry_run)
        screen.each(diff_lines(case, changes, screen.language))
        if revision is not None:
            say_published(desk, revision, before, plan)


def _published(
    desk: Desk, plan: Plan, actor: str, note: str, *, cause: int | None = None, accept_open: bool, dry_run: bool
) -> Revision | None:
    """Make a plan the newest revision, or only look whether it could be; it is verified once either way.

    Raises:
        RotaError: it is stale, or does not hold.
    """
    if dry_run:
        desk.journal.refuse_unfit(desk.stream, plan, base=plan.base, accept_open=accept_open)
        return None
    return desk.journal.publish(
        desk.stream, plan, base=plan.base, actor=actor, note=note, cause=cause, accept_open=accept_open
    )


def _says_nothing_new(desk: Desk, case: Case, plan: Plan) -> bool:
    """Tell whether a plan that differs in nothing is what is published, and no answer to a case that has changed.

    Raises:
        DeskError: the case has changed, and the plan was made before.
    """
    newest = desk.newest
    if newest.case_hash == case.hash:
        return True
    if plan.base != newest.number:
        raise DeskError(
            text(
                "The case has changed since revision {n}: `rota replan` makes a draft that answers it.",
                "第 {n} 版发布后资料已有变动：请运行 `rota replan` 生成新的草案。",
                n=newest.number,
            )
        )
    return False


def _publish_proposed(
    place: Path, lang: str | None, actor: str, note: str, *, as_json: bool, accept_open: bool, dry_run: bool
) -> None:
    """Publish what the engine proposes; it answers the case as the journal has it, whatever the working copy says.

    Raises:
        RotaError: no draft waits, it is stale, or it does not hold.
    """
    with opened(place, lang, as_json=as_json) as desk:
        draft, before = desk.draft, desk.plan()
        plan = desk.plan_of(draft)
        desk.screen.each(diff_lines(desk.state.case, difference(before, plan), desk.screen.language))
        if dry_run:
            return
        revision = desk.journal.publish(
            desk.stream, plan, base=draft.base, actor=actor, note=note, accept_open=accept_open, draft=draft.id
        )
        say_published(desk, revision, before, plan)


def _publish_first(
    place: Path,
    case: Case,
    plan: Plan,
    screen: Screen,
    actor: str,
    note: str,
    *,
    accept_open: bool,
    dry_run: bool,
) -> None:
    """Open the journal with the case as it is, and publish the first revision.

    Raises:
        RotaError: the plan does not hold, leaves seats open, or answers another case; then no journal is made.
    """
    refuse_unfit(case, plan, accept_open=accept_open)
    if dry_run:
        return
    with created(place, case, screen) as desk:
        if case.settings.id in desk.journal.streams():  # taken in already, and never published
            refuse_other_rows(desk, case)
            begun = None
            revision = desk.journal.publish(
                desk.stream, plan, base=None, actor=actor, note=note, accept_open=accept_open
            )
        else:
            begun, revision = desk.journal.begin_published(case, plan, actor=actor, note=note, accept_open=accept_open)
        if begun and begun.warnings:
            screen.note(_exposed(case, begun.warnings))
        say_published(desk, revision, NO_PLAN, plan)


def _exposed(case: Case, warnings: Sequence[Problem]) -> Message:
    return text(
        "warning: the journal keeps ids for ever, and these give away names: {ids}; numbers would not",
        "提醒：编号会永久保存在变更记录中，以下编号会泄露姓名：{ids}；建议改用序号",
        ids=tuple(case.people[warning.row or 0].id for warning in warnings),
    )


def refuse_unfit(case: Case, plan: Plan, *, accept_open: bool) -> None:
    """Let no journal begin with a plan that would not be published in it.

    Raises:
        DeskError: the case has changed since.
        RefusedPlanError: the verifier does not pass the plan, or seats are open and not accepted.
    """
    if plan.case.hash != case.hash:
        raise DeskError(
            text(
                "The case has changed since the plan was made. Run `rota plan` again.",
                "安排生成后资料已有改动，请重新运行 `rota plan`。",
            )
        )
    refuse_unsound(case, plan, past=frozenset(), accept_open=accept_open)


def say_published(desk: Desk, revision: Revision, before: Plan, plan: Plan) -> None:
    """Say what was published, where it is kept, and how many are told."""
    screen, concerned = desk.screen, len(told(before, plan, revision.at))
    screen.say(
        text(
            "Revision {n} is published. Units and people to be told: {concerned}. Head of the journal: {head}",
            "第 {n} 版已发布。需通知的单位和人员：{concerned}。变更记录校验值：{head}",
            n=revision.number,
            concerned=concerned or text("none", "无"),
            head=revision.head[:12],
        )
    )
    screen.note(desk.journal.where)
    screen.emit(
        {
            "revision": revision.number,
            "published": True,
            "head": revision.head,
            "affected": concerned,
            "at": revision.at.isoformat(),
        }
    )


def publish_earlier(desk: Desk, earlier: Revision, actor: str, note: str, *, dry_run: bool = False) -> None:
    """Publish the plan of an earlier revision once more, where it still holds; what was open in it may stay open.

    Raises:
        DeskError: it does not hold for the case as it is now.
    """
    newest, case, before = desk.newest, desk.state.case, desk.plan()
    plan = desk.plan(earlier.number)
    answers = CaseRef(title=case.settings.title, hash=case.hash)
    again = plan.model_copy(update={"case": answers}).made_from(newest.number)
    try:
        revision = _published(desk, again, actor, note, cause=newest.sequence, accept_open=True, dry_run=dry_run)
    except RefusedPlanError as error:
        raise DeskError(
            text(
                "Revision {n} does not hold any more: {first}. Take back the change first (`rota history`, `rota undo "
                "NUMBER`).",
                "第 {n} 版已不成立：{first}。请先撤销相关变更（`rota history`、`rota undo 编号`）。",
                n=earlier.number,
                first=error.breaches[0] if error.breaches else error.message,
            )
        ) from error
    desk.screen.each(diff_lines(case, difference(before, again), desk.screen.language))
    if revision is not None:
        say_published(desk, revision, before, again)


def publish_again(desk: Desk, actor: str | None, note: str) -> None:
    """Take the newest publication back: publish the plan before it once more.

    Raises:
        DeskError: there is no earlier revision, or its plan does not hold for the case as it is now.
    """
    earlier = [each for each in desk.journal.revisions(desk.stream) if each.number < desk.newest.number]
    if not earlier:
        raise DeskError(text("There is no earlier revision to return to.", "没有更早的版本可以恢复。"))
    publish_earlier(desk, earlier[-1], who_acts(actor), note)
