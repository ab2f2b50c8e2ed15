"""`rota replan`: the smallest repair in words - what changes, for whom, what had to be opened, and what it costs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from console.choices import candidate_body, candidate_line, effect_body, start_line
from console.desk import DeskError
from console.interrupt import said_to_stop
from console.no_plan import conflict_body, say_conflict
from console.progress import progress_line
from console.reaching import contact_bodies, reached
from console.verifying import costs_line
from constraints.verify import Verdict
from rota.agenda import MAIN_PART, agenda_of
from rota.demand import REQUIRED
from rota.difference import affected, difference
from rota.past import present
from rota.text import Message, text
from scheduler.solving.control import Control
from scheduler.solving.errors import InfeasibleError
from scheduler.solving.repair import Loosened, Purchase, Repair, Request, purchases, repair, why_none
from workbook.output.changes import diff_lines

if TYPE_CHECKING:
    from threading import Event

    from console.screen import Screen
    from constraints.rule import Rule
    from rota.case import Case
    from rota.plan import Plan

EXPLAINING = 20.0
"""Seconds of the processor for finding out why there is no repair."""
MOST_SHOWN = 5
"""So many candidates for one seat are shown."""


def moment_of(case: Case, today: dt.date | None, now: dt.datetime, screen: Screen) -> dt.datetime | None:
    """Return from when on things can be changed: the morning of `today`, else now.

    Where the whole horizon lies before now, a year that is over is being tried: nothing is past then, which is said.
    """
    if today is not None:
        return dt.datetime.combine(today, dt.time.min, case.zone)
    begun = present(case, now)
    if begun is None:
        screen.note(
            text(
                "note: all of {title} lies in the past; it is tried as if nothing of it did (--today DATE sets a day)",
                "提示：“{title}”已全部过期；此处视为尚未开始（可用 --today 日期 另行指定）",
                title=case.settings.label,
            )
        )
    return begun


def refuse_unknown(rules: Sequence[Rule], order: Sequence[int]) -> None:
    """Let no priority go first that no rule has.

    Raises:
        DeskError: one of them is at no rule.
    """
    known = sorted({rule.priority for rule in rules if not rule.required})
    if strange := sorted({priority for priority in order if priority not in known}):
        raise DeskError(
            text(
                "No rule has the priority {strange} (--order); there are: {known}.",
                "没有优先级为 {strange} 的规则（--order）；现有优先级：{known}。",
                strange=tuple(strange),
                known=tuple(known) or text("none", "无"),
            )
        )


def search_repair(
    case: Case, rules: Sequence[Rule], request: Request, screen: Screen, *, seconds: float | None, stop: Event
) -> tuple[Repair, tuple[Purchase, ...]]:
    """Search for the smallest repair and for what a budget buys; where there is none, say why before the error goes on.

    Raises:
        RotaError: there is no plan, or none was found in time.
    """
    with progress_line(screen.language) as report:
        control = Control(seconds=seconds, stop=stop, report=report)
        try:
            with said_to_stop(stop, screen):
                found = repair(case, rules, request, control)
                bought = tuple(purchases(case, rules, request, control, request.budget)) if request.budget else ()
            if request.budget and len(bought) <= request.budget:
                screen.note(CUT_SHORT)
            return replace(found, interrupted=stop.is_set()), bought
        except InfeasibleError:
            conflict = why_none(case, rules, request, Control.by_processor(EXPLAINING))
            if conflict is not None:
                say_conflict(conflict, screen)
                screen.emit(conflict_body(conflict, screen))
            raise


def show_repair(
    case: Case,
    rules: Sequence[Rule],
    baseline: Plan,
    found: Repair,
    bought: Sequence[Purchase],
    screen: Screen,
    target: str | None,
) -> None:
    """Print what a repair changes, session by session and for whom, and what it costs."""
    screen.each(diff_lines(case, difference(baseline, found.plan), screen.language))
    screen.each(_to_be_told(case, baseline, found))
    screen.each(line for opened in found.forced for line in _opened(case, rules, opened, screen))
    uncounted = {*difference(baseline, found.plan).sessions} - {*found.changed}
    screen.say(_how_little(found) if found.changed or not uncounted else NOTHING_ELSE)
    if uncounted:
        screen.say(_of_the_case(len(uncounted)))
    screen.each(_costs(found))
    if bought:
        screen.each(_table(bought))
    elif found.changed and any(level.value > found.before.costs.get(level.priority, 0) for level in found.levels):
        screen.note(DEARER)
    if found.verdict.standing:
        screen.note(_standing(found.verdict))
    if target is not None:
        screen.say(target)
    screen.emit(repair_body(case, baseline, found, bought, screen) | {"plan": target})


CUT_SHORT = text(
    "note: what all of the further changes buy was not worked out: time was over before, or the case is too large",
    "提示：多改几场的收益未全部算出：限时已到，或排班规模过大",
)
"""Said where the table of what a budget buys is not complete."""
NOTHING = text(
    "Nothing has to change (proved): the plan before holds as it is.", "无需改动（已证明）：原安排仍然成立。"
)
NOTHING_ELSE = text("Nothing else has to change (proved).", "其他场次无需改动（已证明）。")


def _how_little(found: Repair) -> Message:
    said = {"n": len(found.changed), "least": found.least, "price": found.price}
    if not found.changed:
        return NOTHING
    if not found.proved:
        return text(
            "Changed: {n}, at a price of {price}; {least} have to at the least, perhaps fewer than {n} would do.",
            "改动 {n} 场，改动代价 {price}；已证明至少须改 {least} 场，尚未证明能否更少。",
            **said,
        )
    if len(found.changed) > found.least:
        return text(
            "Changed: {n}, at a price of {price}; the least is {least} (proved), the rest is the budget.",
            "改动 {n} 场，改动代价 {price}；最少须改 {least} 场（已证明），其余在允许范围内。",
            **said,
        )
    return text(
        "Changed: {n}, the least (proved), at a price of {price}{proved}.",
        "改动 {n} 场，已证明最少；改动代价 {price}{proved}。",
        proved=text(", the least too", "，亦为最低") if found.price_proved else text("", ""),
        **said,
    )


def _of_the_case(n: int) -> Message:
    return text(
        "Not counted as changed: {n} that the case itself adds or drops.",
        "另有 {n} 场因资料本身增减而变动，不计入改动。",
        n=n,
    )


def _costs(found: Repair) -> Iterator[Message]:
    """Say the cost at each priority before and after."""
    for level in found.levels:
        before = found.before.costs.get(level.priority, 0)
        yield text(
            "{what}: {before} → {after}{proved}",
            "{what}：{before} → {after}{proved}",
            what=_at(level.priority),
            before=before,
            after=level.value,
            proved=text("", "") if level.proved else text(" (perhaps less would do)", "（未证明最低）"),
        )


DEARER = text(
    "Few changes came first, so some costs have gone up. `rota replan --budget 3` shows what up to 3 "
    "more changes would buy, `rota plan --fresh --dry-run` what a plan made anew would cost.",
    "以少改为先，部分代价有所上升。`rota replan --budget 3` 显示多改至多 3 场能改善多少，"
    "`rota plan --fresh --dry-run` 显示重新排班的代价。",
)
"""Said where a repair costs more than the plan before it."""


def _at(priority: int) -> Message:
    if priority == REQUIRED:
        return text("open seats", "空缺")
    return text("priority {p}", "优先级 {p}", p=priority)


def _to_be_told(case: Case, baseline: Plan, found: Repair) -> Iterator[Message]:
    """Say whom the repair concerns, and how they are reached."""
    concerned = affected(baseline, found.plan)
    if concerned:
        yield text("To be told:", "需通知：")
    known = [who for who in case.resources if who in concerned]
    for who in (*known, *(each for each in concerned if each not in known)):
        yield text("  {who}: {reached}", "  {who}：{reached}", who=case.label.get(who, who), reached=reached(case, who))


def _opened(case: Case, rules: Sequence[Rule], opened: Loosened, screen: Screen) -> Iterator[str]:
    """Say what of a frozen session could not stay, why, what it is now, and what else it could be."""
    yield _could_not_stay(case, opened).say(screen.language)
    for breach in opened.breaches:
        yield f"  {breach.message.say(screen.language)}"
    for candidate in opened.candidates[:MOST_SHOWN]:
        line = candidate_line(case, rules, candidate).say(screen.language)
        yield f"  - {line} [{reached(case, candidate.who).say(screen.language)}]"
    for other in opened.starts[:MOST_SHOWN]:
        yield f"  - {start_line(rules, other).say(screen.language)}"
    more = max(len(opened.candidates), len(opened.starts)) - MOST_SHOWN
    if more > 0:
        yield text("    and {n} more; --json lists all", "    另有 {n} 项；--json 可列出全部", n=more).say(
            screen.language
        )


def _could_not_stay(case: Case, opened: Loosened) -> Message:
    said = {
        "session": agenda_of(case).by_id[opened.session].label,
        "what": _what(case, opened),
        "before": _names(case, opened.before),
        "after": _names(case, opened.after),
    }
    if not opened.before and not opened.after:
        return text("Frozen, but it cannot stay: {session}, {what}", "已冻结但无法保留：{session}，{what}", **said)
    return text(
        "Frozen, but it cannot stay: {session}, {what}: {before} → {after}",
        "已冻结但无法保留：{session}，{what}：{before} → {after}",
        **said,
    )


def _what(case: Case, opened: Loosened) -> Message:
    match opened.what:
        case "seat":
            name = case.role_label[opened.role or ""]
        case "time":
            return text("its time", "时间")
        case "site":
            return text("its site", "站点")
        case "room":
            name = text("its room", "场地")
        case _:
            return text("all of it", "整场")
    several = opened.part not in {None, MAIN_PART}
    return text(
        "{name}{part}",
        "{name}{part}",
        name=name,
        part=text(" ({part})", "（{part}）", part=opened.part) if several else text("", ""),
    )


def _names(case: Case, ids: Sequence[str]) -> object:
    return tuple(case.label.get(id_, id_) for id_ in ids) or text("none", "无")


def _table(bought: Sequence[Purchase]) -> Iterator[Message]:
    """Say what each further changed session buys, a line for each."""
    yield text("What more changes buy:", "多改几场的收益：")
    for row in bought:
        yield text(
            "  {budget} more: changed {n}, price {price}; {costs}{proved}",
            "  多改 {budget} 场：共改动 {n} 场，改动代价 {price}；{costs}{proved}",
            budget=row.budget,
            n=row.number,
            price=row.price,
            costs=costs_line(row.costs),
            proved=text("", "") if row.proved else text(" (not proved)", "（未证明）"),
        )


def _standing(verdict: Verdict) -> Message:
    return text(
        "note: what is past breaks {n} of what must hold; that stands: {first}",
        "提示：已过去的场次有 {n} 处不符合必须条件，不再更改：{first}",
        n=len(verdict.standing),
        first=verdict.standing[0].message,
    )


def repair_body(
    case: Case, baseline: Plan, found: Repair, bought: Sequence[Purchase], screen: Screen
) -> dict[str, object]:
    """Return a repair for programs."""
    concerned = affected(baseline, found.plan)
    return {
        "changed": list(found.changed),
        "number": len(found.changed),
        "least": found.least,
        "proved": found.proved,
        "price": found.price,
        "price_proved": found.price_proved,
        "interrupted": found.interrupted,
        "costs": [
            {"priority": level.priority, "before": found.before.costs.get(level.priority, 0), "after": level.value}
            | {"proved": level.proved}
            for level in found.levels
        ],
        "affected": [
            {"who": who, "sessions": list(sessions), "contacts": contact_bodies(case, who)}
            for who, sessions in concerned.items()
        ],
        "forced": [_opened_body(case, opened, screen) for opened in found.forced],
        "standing": [breach.message.say(screen.language) for breach in found.verdict.standing],
        "purchases": [
            {"budget": row.budget, "number": row.number, "price": row.price, "costs": dict(row.costs)}
            | {"proved": row.proved}
            for row in bought
        ],
        "lines": diff_lines(case, difference(baseline, found.plan), screen.language),
    }


def _opened_body(case: Case, opened: Loosened, screen: Screen) -> dict[str, object]:
    return {
        "session": opened.session,
        "what": opened.what,
        "part": opened.part,
        "role": opened.role,
        "before": list(opened.before),
        "after": list(opened.after),
        "breaches": [breach.message.say(screen.language) for breach in opened.breaches],
        "candidates": [
            candidate_body(each, screen) | {"contacts": contact_bodies(case, each.who)} for each in opened.candidates
        ],
        "starts": [{"start": other.start.isoformat(), **effect_body(other.effect, screen)} for other in opened.starts],
    }
