"""Why there is no plan, and the ways out: what `rota why CASE` prints, and `rota plan` where it finds none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from constraints.quick import impossibilities
from constraints.remedies import remedies
from rota.text import Message, text
from scheduler.solving.conflict import Conflict, conflict_of
from scheduler.solving.question import Question
from scheduler.solving.ways_out import WayOut, ways_out

if TYPE_CHECKING:
    from console.screen import Screen
    from constraints.rule import Rule
    from scheduler.solving.control import Control
    from workbook.grid import Located
    from workbook.reading import CaseFile

MOST_SHOWN = 5
"""So many breaches, and so many rows to change, are shown of one way out."""


def why_no_plan(file: CaseFile, rules: Sequence[Rule], screen: Screen, control: Control) -> bool | None:
    """Print what cannot hold together, and the cheapest ways out, each as soon as it is known.

    Returns whether there is a plan; None where that was not found out in time.
    """
    case = file.required()
    seen = impossibilities(case, rules)
    if seen:
        screen.say(text("Seen without solving:", "不经求解即可看出："))
        screen.each(f"  - {problem.message.say(screen.language)}" for problem in seen)
    question = Question(case, rules, control)
    conflict = conflict_of(question, case, rules)
    if conflict is None:
        _no_conflict(question, screen)
        return True if question.always_answered else None
    say_conflict(conflict, screen)
    found = []
    for way in ways_out(question, case, rules, control):
        places = [file.locate(remedy) for remedy in remedies(case, rules, way.instances)]
        found.append((way, places))
        screen.say("")
        screen.each(line.say(screen.language) for line in _way_out(len(found), way, places))
    screen.say("")
    screen.say(_what_next(any_way=bool(found)))
    screen.emit(
        {
            **conflict_body(conflict, screen),
            "seen": [problem.message.say(screen.language) for problem in seen],
            "feasible": False,
            "ways_out": [_way_body(way, places, screen) for way, places in found],
        }
    )
    return False


def _what_next(*, any_way: bool) -> Message:
    if any_way:
        return text(
            "Change what one of them names, then run `rota plan`; or leave seats open: `rota plan --open-seats`.",
            "按其中一种办法修改后运行 `rota plan`；也可允许空缺：`rota plan --open-seats`。",
        )
    return text(
        "No way out was found in time. Allow more (--time-limit), or leave seats open: `rota plan --open-seats`.",
        "限时内未找到让步办法。可延长时间（--time-limit），或允许空缺：`rota plan --open-seats`。",
    )


def _no_conflict(question: Question, screen: Screen) -> None:
    if question.always_answered:
        screen.say(
            text("What is required can all hold: there is a plan.", "必须遵守的各项可以同时满足：存在可行安排。")
        )
    else:
        screen.say(text("In this time it was not found out whether there is a plan.", "限时内未能判断是否存在安排。"))
    screen.emit({"conflict": [], "feasible": True if question.always_answered else None, "ways_out": []})


def say_conflict(conflict: Conflict, screen: Screen) -> None:
    """Print a conflict, and whether fewer instances would do."""
    if conflict.minimal:
        screen.say(
            text(
                "These cannot all hold together; without any one of them this conflict is gone:",
                "以下各项不能同时满足，去掉任何一项，这处冲突即可解除：",
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


def _way_out(number: int, way: WayOut, places: Sequence[Located]) -> Iterator[Message]:
    """Say a way out: what it makes exceptions to, what its plan does against the rules, and where to change that."""
    yield text(
        "Way out {n} (difficulty {price}{doubt}): make an exception to",
        "办法 {n}（让步难度 {price}{doubt}）：放宽",
        n=number,
        price=way.price,
        doubt=text("", "") if way.cheapest else text(", perhaps not the least", "，未必最低"),
    )
    for sentence in way.sentences:
        yield text("  - {sentence}", "  - {sentence}", sentence=sentence)
    yield text("  With that there is a plan, in which", "  照此可以排出，其中：")
    for breach in way.breaches[:MOST_SHOWN]:
        yield text("  - {breach}", "  - {breach}", breach=breach.message)
    if more := len(way.breaches[MOST_SHOWN:]):
        yield text("    and {n} more; --json lists all", "    另有 {n} 处；--json 可列出全部", n=more)
    if places:
        yield text("  To allow it:", "  修改之处：")
    for located in places[:MOST_SHOWN]:
        yield Message(f"  - {located.say('en')}", f"  - {located.say('zh')}")
    if more := len(places[MOST_SHOWN:]):
        yield text("    and {n} more rows; --json lists all", "    另有 {n} 行；--json 可列出全部", n=more)


def _way_body(way: WayOut, places: Sequence[Located], screen: Screen) -> dict[str, object]:
    return {
        "price": way.price,
        "cheapest": way.cheapest,
        "exceptions": [sentence.say(screen.language) for sentence in way.sentences],
        "instances": [[instance.demand, *instance.about] for instance in way.instances],
        "breaches": [breach.message.say(screen.language) for breach in way.breaches],
        "change": [located.say(screen.language) for located in places],
    }
