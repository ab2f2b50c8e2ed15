"""A search that is stopped, or whose time is up, while a board is still being built for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from console.exits import Exit, exit_of
from constraints.reading import read_rules
from constraints.rule import Rule
from constraints.verify import verify
from rota.text import Message, text
from scheduler.solving.conflict import find_conflict
from scheduler.solving.construct import construct
from scheduler.solving.control import Control, PartStop, SearchOverError
from scheduler.solving.errors import NoPlanFoundError
from scheduler.solving.frontier import Frontier
from scheduler.solving.question import Question
from scheduler.solving.search import Search
from scheduler.solving.solve import solve
from scheduler.solving.ways_out import ways_out
from workbook.starter import starter_case

if TYPE_CHECKING:
    from constraints.board import Board
    from constraints.breach import Breach
    from rota.case import Case
    from rota.roster import Roster

CASE = starter_case(2026)


class Calling(Rule):
    """A rule that does something when it is posted, and asks nothing of a plan."""

    kind = "calling"
    label = summary = unit = text("Calling", "呼")
    call: Callable[[], Any]

    def post(self, board: Board) -> None:
        self.call()

    def check(self, roster: Roster) -> Iterator[Breach]:
        return iter(())

    def describe(self, case: Case) -> Message:
        return self.label


def stopping(control: Control) -> tuple[list[str], list[Rule]]:
    """Return rules of which the first stops the search, and the names of those that were posted."""
    posted: list[str] = []

    def stop() -> None:
        posted.append("first")
        control.stop.set()

    return posted, [
        Calling(id="first", call=stop),
        *read_rules(CASE),
        Calling(id="last", call=lambda: posted.append("last")),
    ]


def test_go_on_returns_until_the_search_is_over() -> None:
    control = Control()
    control.go_on()
    control.stop.set()
    with pytest.raises(SearchOverError):
        control.go_on()


@pytest.mark.parametrize("whole_stops", [False, True])
def test_a_part_stops_by_itself_or_with_the_whole(whole_stops: bool) -> None:  # noqa: FBT001 - a column
    whole = Event()
    part = PartStop(whole)
    assert not part.wait(0.0)
    (whole if whole_stops else part).set()
    assert part.is_set()
    assert part.wait()
    assert whole.is_set() is whole_stops


def test_no_further_rule_is_posted_once_the_time_is_up() -> None:
    seconds = count()
    control = Control(seconds=3, now=lambda: next(seconds))
    posted: list[int] = []
    rules = [Calling(id=f"rule{n}", call=lambda n=n: posted.append(n)) for n in range(9)]  # type: ignore[misc]  # mypy on defaults of lambdas
    question = Question(CASE, rules, control)
    assert posted == [0, 1]
    assert question.conflict(()) is None
    assert not question.always_answered


def test_an_interrupt_while_the_board_is_built_leaves_the_constructed_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.solving.solve.GRACE", 60.0)  # on a busy machine
    control = Control()
    posted, rules = stopping(control)
    solved = solve(CASE, rules, control)
    assert solved.interrupted
    assert not solved.plan.proved
    assert verify(CASE, read_rules(CASE), solved.plan).holds
    assert posted[0] == "first"


def test_without_rules_to_weigh_an_unfinished_board_is_not_taken_for_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.solving.solve.GRACE", 60.0)
    control = Control()
    _, rules = stopping(control)
    solved = solve(CASE, [rule for rule in rules if rule.required], control)
    assert not solved.plan.solver.reproducible
    assert solved.verdict.holds


def test_an_interrupt_while_the_board_is_built_is_no_conflict_and_no_frontier() -> None:
    control = Control()
    posted, rules = stopping(control)
    assert find_conflict(CASE, rules, control) is None
    assert list(ways_out(Question(CASE, rules, control), CASE, rules, control)) == []
    control.stop.clear()
    frontier = Frontier(CASE, rules, (2, 3), control)
    assert list(frontier.points(5)) == []
    assert not frontier.complete
    assert "last" not in posted


def test_construction_ends_with_what_it_has() -> None:
    control = Control()
    posted, rules = stopping(control)
    assert construct(CASE, rules, control) == {}
    assert posted == ["first"]


def test_a_time_limit_that_is_spent_on_the_board_leaves_no_plan() -> None:
    seconds = count()
    with pytest.raises(NoPlanFoundError):
        solve(CASE, read_rules(CASE), Control(seconds=3, now=lambda: next(seconds)))


@pytest.mark.parametrize(
    ("stopped", "seconds", "said"),
    [
        (True, None, ("Interrupted before a plan was found", "被中断")),
        (False, 0.0, ("in the time given", "在给定时间内")),
        (False, None, ("ended before its time", "提前结束")),
    ],
)
def test_a_search_without_a_plan_says_how_it_ended(
    stopped: bool,  # noqa: FBT001 - a column
    seconds: float | None,
    said: tuple[str, str],
) -> None:
    control = Control(seconds=seconds)
    if stopped:
        control.stop.set()
    with pytest.raises(NoPlanFoundError) as told:
        Search(CASE, read_rules(CASE), control, None).finish()
    assert said[0] in told.value.message.say("en")
    assert said[1] in told.value.message.say("zh")
    assert exit_of(told.value) == (Exit.INTERRUPTED if stopped else Exit.NO_PLAN_IN_TIME)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.0, ("Allow more time", "请延长时间")), (None, ("Ask `rota why`", "用 `rota why`"))],
)
def test_who_has_opened_seats_already_is_not_told_to(seconds: float | None, said: tuple[str, str]) -> None:
    with pytest.raises(NoPlanFoundError) as told:
        Search(CASE, read_rules(CASE), Control(seconds=seconds), None, open_seats=True).finish()
    in_english, in_chinese = (told.value.message.say(language) for language in ("en", "zh"))
    assert "even with open seats" in in_english
    assert "即使允许空缺" in in_chinese
    assert said[0] in in_english
    assert said[1] in in_chinese
    assert "--open-seats" not in in_english + in_chinese


def test_a_limit_by_the_processor_is_not_reached_while_others_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    spent, waited = 5.0, count(step=3600.0)
    monkeypatch.setattr("scheduler.solving.control.time.monotonic", lambda: next(waited))
    monkeypatch.setattr("scheduler.solving.control.time.process_time", lambda: spent)
    control = Control.by_processor(20.0)
    spent = 24.0
    assert control.left() == 1.0
    assert not control.over
    spent = 25.0
    assert control.over
