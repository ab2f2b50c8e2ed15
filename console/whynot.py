"""`rota whynot`: the conflict that forbids a decision, or its price and the plan that would result."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from console.interrupt import said_to_stop
from console.naming import UnclearNameError
from console.no_plan import conflict_body
from console.prices import price_lines
from console.progress import progress_line
from constraints.instances import say_instances
from rota.demand import Pin
from rota.difference import difference
from rota.plan import dump_plan
from rota.text import Message, several, text
from scheduler.solving.control import Control
from scheduler.solving.forcing import Forced, force
from workbook.output.changes import diff_lines
from workbook.saving import write_file

if TYPE_CHECKING:
    from threading import Event

    from console.screen import Screen
    from constraints.rule import Rule
    from rota.agenda import Occurrence
    from rota.case import Case
    from rota.plan import Plan


MOST_LINES = 30
"""So many lines of the difference from the present plan are shown."""


def pin_of(case: Case, occurrence: Occurrence, who: str, role: str | None) -> Pin:
    """Return the pin that seats `who` in a session; without a role, in the one that they could take there.

    Raises:
        UnclearNameError: they cannot take the role, or there are several that they could take.
    """
    able = {
        seats.name: seats.role.label for part in occurrence.parts for seats in part.seats if who in seats.candidates
    }
    if role is None and len(able) == 1:
        role = next(iter(able))
    if role in able:
        return Pin(session=occurrence.id, role=role, resource=who)
    if role is None and able:
        raise UnclearNameError(
            text(
                "{who} could take several roles there: {roles}. Say which with --as.",
                "{who} 在该场可任多个岗位：{roles}。请用 --as 指明。",
                who=case.label[who],
                roles=tuple(able.values()),
            )
        )
    raise UnclearNameError(
        text(
            "{who} is not among those who may serve so in {session}: the table of roles draws from others.",
            "{who} 不在 {session} 该岗位的候选之列：岗位表中的来源、分组不包括该对象。",
            who=case.label[who],
            session=occurrence.label,
        )
    )


def why_not(
    case: Case,
    rules: Sequence[Rule],
    plan: Plan,
    pin: Pin,
    screen: Screen,
    *,
    seconds: float | None,
    stop: Event,
    output: Path | None,
) -> None:
    """Print the conflict that forbids what a pin fixes, or its price and the plan that would result."""
    if _is_so(plan, pin):
        screen.say(text("That is so in this plan.", "现有安排正是如此。"))
        screen.emit({"so": True})
        return
    with progress_line(screen.language) as report, said_to_stop(stop, screen):
        forced = force(case, plan, [pin], Control(seconds=seconds, stop=stop, report=report))
    if forced.impossible:
        _forbidden(case, rules, pin, forced, screen)
        return
    _priced(case, rules, plan, forced, screen)
    if output is not None and forced.solved is not None:
        write_file(output, dump_plan(forced.solved.plan).encode())
        screen.say(str(output))


def _is_so(plan: Plan, pin: Pin) -> bool:
    session = plan.session.get(pin.session)
    return session is not None and (not pin.resource or pin.resource in session.serving(pin.role))


def _forbidden(case: Case, rules: Sequence[Rule], pin: Pin, forced: Forced, screen: Screen) -> None:
    """Print what excludes the choice; the pin that stands for it is left unsaid."""
    if forced.conflict is None:
        screen.say(text("That cannot be. What forbids it was not found in time.", "无法这样安排；限时内未能找出原因。"))
        screen.emit({"possible": False, "conflict": None})
        return
    others = [i for i in forced.conflict.instances if i.about != (pin.session, pin.resource)]
    sentences = say_instances(case, rules, others or forced.conflict.instances)
    if forced.conflict.minimal:
        screen.say(text("That cannot be, because all of these stand:", "无法这样安排，因为以下各项同时成立："))
    else:
        screen.say(text("That cannot be; the reason lies among these:", "无法这样安排，原因在以下各项之中："))
    screen.each(f"  - {sentence.say(screen.language)}" for sentence in sentences)
    screen.emit({"possible": False, **conflict_body(forced.conflict, screen)})


def _verdict(*, exact: bool, free: bool) -> Message:
    """Say that something can be, and what the lines below are: its price, or no more than a comparison."""
    if exact and free:
        return text("That can be, at no cost.", "可以这样安排，没有代价。")
    if exact:
        return text("That can be. Its price:", "可以这样安排，代价为：")
    if free:
        return text(
            "That can be, and the plan found costs as much as this one. As not both are proved the best, its price is "
            "not known.",
            "可以这样安排，求得的方案与现有安排代价相同。两者未都证明最优，真正的代价尚不可知。",
        )
    return text(
        "That can be. As not both plans are proved the best, these differences from this plan mix the price of the "
        "choice with what a longer search gains or misses:",
        "可以这样安排。两份安排未都证明最优，以下增减既含这一选择的代价，也含搜索先后的得失，不能单看作代价：",
    )


def _priced(case: Case, rules: Sequence[Rule], plan: Plan, forced: Forced, screen: Screen) -> None:
    if forced.solved is None:
        return
    prices = price_lines(case, rules, forced.by_priority, forced.by_rule)
    screen.say(_verdict(exact=forced.exact, free=not prices))
    screen.each(f"  - {price.say(screen.language)}" for price in prices)
    changes = difference(plan, forced.solved.plan)
    lines = diff_lines(case, changes, screen.language)
    screen.say("")
    screen.say(text("The plan nearest to this one that was found:", "所求得的、与现有安排最接近的方案："))
    screen.each(lines[:MOST_LINES])
    if more := len(lines[MOST_LINES:]):
        screen.say(
            text(
                "and {n}; --json or -o shows all", "另有 {n}；--json 或 -o 可看全部", n=several(more, "more line", "行")
            )
        )
    screen.emit(
        {
            "possible": True,
            "exact": forced.exact,
            "by_priority": dict(forced.by_priority),
            "by_rule": dict(forced.by_rule),
            "sessions": list(changes.sessions),
            "lines": lines,
            "plan": forced.solved.plan.model_dump(mode="json"),
        }
    )
