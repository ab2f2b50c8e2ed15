"""Why there is no plan, and the ways out: what `rota why CASE` prints, and `rota plan` where it finds none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from constraints.quick import impossibilities
from constraints.remedies import remedies
from rota.text import Message, several, text
from scheduler.solving.conflict import Conflict, conflict_of
from scheduler.solving.question import Question
from scheduler.solving.ways_out import WayOut, ways_out

if TYPE_CHECKING:
    from console.screen import Screen
    from constraints.rule import Rule
    from scheduler.solving.control import Control
    from workbook.grid import Located
    from workbook.reading import CaseFile

DIFFICULTY = text(
    "Difficulty is counted in points, for each exception from 1 to 9: 1 for a rule that somebody decided, 2 for a pin, "
    "3 for what is said of times, hours, rooms and abilities, 4 for an open seat, 6 for a session that falls away or "
    "a way, 8 for membership; 9, being in two places at once, is never proposed.",
    "难度按分计，每处例外 1 至 9 分：人为规定的规则 1 分，锁定 2 分，时间意向、开放时间、场地、能力 3 分，"
    "岗位空缺 4 分，取消一场或路程 6 分，成员期 8 分；9 分（分身两处）从不建议。",
)
"""What the price of a way out is counted in (`Rule.firmness`)."""
MOST_SHOWN = 5
"""So many breaches, and so many rows to change, are shown of one way out."""


def why_no_plan(file: CaseFile, rules: Sequence[Rule], screen: Screen, control: Control) -> bool | None:
    """Print what cannot hold together, and the cheapest ways out, the easiest first.

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
    ways = sorted(ways_out(question, case, rules, control), key=lambda way: way.price)
    found = [(way, [file.locate(fix) for fix in remedies(case, rules, way.instances, way.plan)]) for way in ways]
    for number, (way, places) in enumerate(found, start=1):
        screen.say("")
        screen.each(line.say(screen.language) for line in _way_out(number, way, places))
    screen.say("")
    if found:
        screen.say(DIFFICULTY)
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
        "Way out {n} (difficulty {price}{sum}{doubt}): make an exception to",
        "办法 {n}（难度 {price} 分{sum}{doubt}）：放宽",
        n=number,
        price=way.price,
        sum=_sum(way),
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
        yield text(
            "    and {n}; --json lists all", "    另有 {n}；--json 可列出全部", n=several(more, "more row", "行")
        )


def _sum(way: WayOut) -> Message:
    """Say how the price of several exceptions adds up."""
    counted = sorted(Counter(way.points).items())
    terms = tuple(text("{n} × {points}", "{n}×{points}", n=n, points=points) for points, n in counted)
    return (
        text(
            " = {terms}",
            "={terms}",
            terms=Message(" + ".join(t.say("en") for t in terms), "+".join(t.say("zh") for t in terms)),
        )
        if len(way.points) > 1
        else text("", "")
    )


def _way_body(way: WayOut, places: Sequence[Located], screen: Screen) -> dict[str, object]:
    return {
        "price": way.price,
        "points": list(way.points),
        "cheapest": way.cheapest,
        "exceptions": [sentence.say(screen.language) for sentence in way.sentences],
        "instances": [[instance.demand, *instance.about] for instance in way.instances],
        "breaches": [breach.message.say(screen.language) for breach in way.breaches],
        "change": [located.say(screen.language) for located in places],
    }
