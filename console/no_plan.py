"""Why there is no plan, and the ways out: what `rota why CASE` prints, and `rota plan` where it finds none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from constraints.quick import impossibilities
from rota.text import text
from scheduler.solving.conflict import Conflict, conflict_of
from scheduler.solving.question import Question
from scheduler.solving.ways_out import WayOut, ways_out

if TYPE_CHECKING:
    from console.screen import Screen
    from constraints.rule import Rule
    from rota.case import Case
    from scheduler.solving.control import Control


def why_no_plan(case: Case, rules: Sequence[Rule], screen: Screen, control: Control) -> None:
    """Print what cannot hold together, and the cheapest ways out, each as soon as it is known."""
    seen = impossibilities(case, rules)
    if seen:
        screen.say(text("Seen without solving:", "不经求解即可看出："))
        screen.each(f"  - {problem.message.say(screen.language)}" for problem in seen)
    question = Question(case, rules, control)
    conflict = conflict_of(question, case, rules)
    if conflict is None:
        _no_conflict(question, screen)
        return
    say_conflict(conflict, screen)
    found = []
    for way in ways_out(question, case, rules, control):
        found.append(way)
        screen.say("")
        screen.each(_way_out(len(found), way, screen))
    if not found:
        screen.say(text("No way out was found in time.", "限时内未找到可行的让步办法。"))
    screen.emit({**conflict_body(conflict, screen), "ways_out": [_way_body(way, screen) for way in found]})


def _no_conflict(question: Question, screen: Screen) -> None:
    if question.always_answered:
        screen.say(
            text("What is required can all hold: there is a plan.", "必须遵守的各项可以同时满足：存在可行安排。")
        )
    else:
        screen.say(text("In this time it was not found out whether there is a plan.", "限时内未能判断是否存在安排。"))
    screen.emit({"conflict": [], "feasible": question.always_answered, "ways_out": []})


def say_conflict(conflict: Conflict, screen: Screen) -> None:
    """Print a conflict, and whether fewer instances would do."""
    if conflict.minimal:
        screen.say(
            text(
                "These cannot all hold together; without any one of them they could:",
                "以下各项不能同时满足，去掉任何一项即可：",
            )
        )
    else:
        screen.say(
            text("These cannot all hold together (perhaps fewer would do):", "以下各项不能同时满足（可能还可精简）：")
        )
    screen.each(f"  - {sentence.say(screen.language)}" for sentence in conflict.sentences)


def conflict_body(conflict: Conflict, screen: Screen) -> dict[str, object]:
    """Return a conflict for programs."""
    return {
        "conflict": [sentence.say(screen.language) for sentence in conflict.sentences],
        "instances": [[instance.demand, *instance.about] for instance in conflict.instances],
        "minimal": conflict.minimal,
    }


def _way_out(number: int, way: WayOut, screen: Screen) -> Iterator[str]:
    head = (
        text("Way out {n}, price {p}: make an exception to", "办法 {n}（代价 {p}）：放宽", n=number, p=way.price)
        if way.cheapest
        else text(
            "Way out {n}, price {p} (perhaps not the cheapest): make an exception to",
            "办法 {n}（代价 {p}，未必最省）：放宽",
            n=number,
            p=way.price,
        )
    )
    yield head.say(screen.language)
    for sentence in way.sentences:
        yield f"  - {sentence.say(screen.language)}"
    yield text(
        "  A plan with it was found. It does this against the rules:", "  已求得相应安排，其中不合规则之处："
    ).say(screen.language)
    for breach in way.breaches:
        yield f"    · {breach.message.say(screen.language)}"


def _way_body(way: WayOut, screen: Screen) -> dict[str, object]:
    return {
        "price": way.price,
        "cheapest": way.cheapest,
        "exceptions": [sentence.say(screen.language) for sentence in way.sentences],
        "instances": [[instance.demand, *instance.about] for instance in way.instances],
        "breaches": [breach.message.say(screen.language) for breach in way.breaches],
    }
