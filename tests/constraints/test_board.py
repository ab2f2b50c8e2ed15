"""The board: what its queries answer, what its demands cost, and what changes where seats may stay open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from itertools import combinations, product
from typing import TYPE_CHECKING, Any

import pytest
from ortools.sat.python import cp_model

from constraints.board import Board, Count, Lit, Mode
from constraints.instances import Instance
from constraints.rule import Rule
from constraints.structure import LEAST, TAKES_PLACE
from constraints.trial import Trial, describe, plans_of, quick_solver, roster
from rota.agenda import agenda_of
from rota.plan import Session
from rota.text import Message, text
from tests.constraints.building import (
    case_of,
    demand,
    held,
    line,
    part,
    room,
    rule_of,
    seats,
    series,
    session_ids,
    site,
    states,
    turns,
    unit,
    units,
)

if TYPE_CHECKING:
    from constraints.breach import Breach
    from rota.case import Case
    from rota.roster import Roster


class Saying(Rule):
    """A rule that says to the board whatever a test wants said."""

    kind = "saying"
    label = summary = unit = text("Saying", "说")
    say: Callable[[Any], object]

    def post(self, board: Board) -> None:
        self.say(board)

    def check(self, roster: Roster) -> Iterator[Breach]:
        return iter(())

    def describe(self, case: Case) -> Message:
        return self.label


def saying(say: Callable[[Board], object], **frame: Any) -> Saying:
    return Saying(id="said", say=say, **frame)


THREE = case_of(*units("a b c"), series(rounds="1-3"), seats(least=0, most=3))


def seat(board: Board, number: int, who: str) -> Lit:
    occurrence = board.agenda.occurrences[number]
    return board.seat(occurrence, occurrence.parts[0], "host", who)


def plans_with(*who: str) -> dict[str, Session]:
    """Return the plan of THREE in which these sit in the first session and nobody in the others."""
    first, *others = session_ids(THREE)
    return {first: held(THREE, first, host=" ".join(who)), **{id_: held(THREE, id_) for id_ in others}}


def outcomes(
    say: Callable[[Board], object], *, mode: Mode = "plan", assumed: bool | None = None, **frame: Any
) -> list[int | None]:
    """Return the least costs with 0, 1, 2 and 3 seats taken in the first session."""
    board = Board(THREE, mode=mode)
    board.post([saying(say, **frame)])
    trial = Trial(board, assumed=assumed)
    return [trial.least_cost(plans_with(*"abc"[:n])) for n in range(4)]


def terms(board: Board) -> list[tuple[Lit, int]]:
    return [(seat(board, 0, who), 1) for who in "abc"]


def lits(board: Board) -> list[Lit]:
    return [seat(board, 0, who) for who in "abc"]


def counted(board: Board) -> Count:
    """Return the number of seats taken in the first session."""
    return board.count(terms(board))


def single(board: Board, who: str) -> Count:
    return board.count([(seat(board, 0, who), 1)])


def given(board: Board, n: int) -> Count:
    return board.count([(True, n)])


def ahead(board: Board, *others: int) -> tuple[list[Count], list[Count]]:
    """Compare the number of seats taken in the first session with numbers that are given."""
    return [counted(board)], [given(board, n) for n in others]


# Demands.

DEMANDS: dict[str, tuple[Callable[[Board], object], list[int]]] = {
    "between": (lambda board: board.between(terms(board), 1, 2, ()), [1, 0, 0, 1]),
    "between, dearer": (lambda board: board.between(terms(board), 2, None, (), 5), [10, 5, 0, 0]),
    "at most": (lambda board: board.between(terms(board), None, 0, ()), [0, 1, 2, 3]),
    "with coefficients": (
        lambda board: board.between([(lit, (-1) ** n * (n + 1)) for n, lit in enumerate(lits(board))], -1, 1, ()),
        [0, 0, 0, 1],  # 0; 1; 1 - 2 = -1; 1 - 2 + 3 = 2
    ),
    "with coefficients, too low": (
        lambda board: board.between([(lit, (-1) ** n * (n + 1)) for n, lit in enumerate(lits(board))], 0, None, ()),
        [0, 0, 1, 0],
    ),
    "with what is fixed": (lambda board: board.between([(True, 2), (False, 9), *terms(board)], 3, 4, ()), [1, 0, 0, 1]),
    "of the same twice": (lambda board: board.between([*terms(board), *terms(board)], 1, 3, ()), [1, 0, 1, 3]),
    "forbid all": (lambda board: board.forbid(lits(board), (), 7), [0, 0, 0, 7]),
    "forbid one": (lambda board: board.forbid([seat(board, 0, "b"), True], (), 7), [0, 0, 7, 7]),
    "forbid none": (lambda board: board.forbid([*lits(board), False], ()), [0, 0, 0, 0]),
    "forbid what is fixed": (lambda board: board.forbid([True], (), 7), [7, 7, 7, 7]),
    "forbid the opposite": (
        lambda board: board.forbid([board.negation(seat(board, 0, "a")), board.negation(seat(board, 0, "b"))], (), 7),
        [7, 0, 0, 0],
    ),
    "demand one": (lambda board: board.demand(lits(board), (), 7), [7, 0, 0, 0]),
    "demand nothing": (lambda board: board.demand([], (), 7), [7, 7, 7, 7]),
    "charge": (lambda board: board.charge(terms(board), lambda n: (n - 1) ** 2, ()), [1, 0, 1, 4]),
    "charge a run": (lambda board: board.charge(terms(board), lambda n: max(0, 1 - n, n - 2), ()), [1, 0, 0, 1]),
    "charge always": (lambda board: board.charge(terms(board), lambda n: n + 1, ()), [1, 2, 3, 4]),
    "charge what is fixed": (lambda board: board.charge([(True, 2), (False, 1)], lambda n: n, ()), [2, 2, 2, 2]),
    "charge counts": (lambda board: board.charge([(counted(board), 2), (True, 1)], lambda n: n, ()), [1, 3, 5, 7]),
    "between counts": (lambda board: board.between([(counted(board), -2), (True, 1)], -3, 0, ()), [1, 0, 0, 2]),
    "count of counts": (
        lambda board: board.between([(board.count([(counted(board), 2), (seat(board, 0, "a"), 1)]), 1)], None, 3, ()),
        [0, 0, 2, 4],  # 0; 2 + 1; 4 + 1; 6 + 1
    ),
    "spread": (lambda board: board.spread([ahead(board, 0, 0)], 1, ()), [0, 0, 1, 2]),
    "spread, and the other way round": (
        lambda board: board.spread([ahead(board, 1), ahead(board, 1)[::-1]], 1, ()),
        [0, 0, 0, 1],  # 1 behind; level; 1 ahead; 2 ahead
    ),
    "spread, the other way round": (lambda board: board.spread([ahead(board, 0, 2)[::-1]], 0, ()), [2, 1, 0, 0]),
    "spread of several": (
        lambda board: board.spread([ahead(board, 1, 2, 3), ahead(board, 2, 2)], 0, ()),
        [0, 0, 1, 2],  # against the least of each group
    ),
    "spread of what is open": (
        lambda board: board.spread(
            [([single(board, "a"), single(board, "b")], [single(board, "c"), counted(board)])], 0, ()
        ),
        [0, 1, 1, 0],  # level; a above c; a and b above c; all have 1, and the count is above
    ),
    "spread of what is fixed": (lambda board: board.spread([([given(board, 5)], [given(board, 2)])], 1, ()), [2] * 4),
    "spread of nothing": (lambda board: board.spread([], 0, ()), [0] * 4),
    "greatest": (
        lambda board: board.charge(
            [(board.greatest([single(board, "a"), single(board, "b"), board.count([(seat(board, 0, "c"), 2)])]), 1)],
            int,
            (),
        ),
        [0, 1, 1, 2],
    ),
    "greatest with what is fixed": (
        lambda board: board.charge([(board.greatest([given(board, 2), counted(board), given(board, 1)]), 1)], int, ()),
        [2, 2, 2, 3],
    ),
    "greatest of what is fixed": (
        lambda board: board.charge([(board.greatest([given(board, 2), given(board, 1)]), 1)], int, ()),
        [2] * 4,
    ),
    "any": (lambda board: board.forbid([board.any_of(lits(board)[1:])], (), 7), [0, 0, 7, 7]),
    "any with what is fixed": (lambda board: board.forbid([board.any_of([*lits(board), True])], (), 7), [7] * 4),
    "any of none": (lambda board: board.forbid([board.any_of([False])], (), 7), [0] * 4),
    "all": (lambda board: board.forbid([board.all_of(lits(board)[:2])], (), 7), [0, 0, 7, 7]),
    "all with what is fixed": (lambda board: board.forbid([board.all_of([False, *lits(board)])], (), 7), [0] * 4),
    "all of none": (lambda board: board.forbid([board.all_of([True])], (), 7), [7] * 4),
    "any of opposites": (
        lambda board: board.forbid([board.any_of(board.negation(lit) for lit in lits(board))], (), 7),
        [7, 7, 7, 0],
    ),
    "all of opposites": (
        lambda board: board.forbid([board.all_of(board.negation(lit) for lit in lits(board))], (), 7),
        [7, 0, 0, 0],
    ),
    "one and its opposite": (
        lambda board: board.forbid([seat(board, 0, "a"), board.negation(seat(board, 0, "a"))], (), 7),
        [0] * 4,
    ),
    "the opposite of all": (
        lambda board: board.forbid([board.negation(board.all_of(lits(board)[:2]))], (), 7),
        [7, 7, 0, 0],
    ),
    "one twice": (lambda board: board.forbid([board.any_of([seat(board, 0, "a")] * 2)], (), 7), [0, 7, 7, 7]),
}


@pytest.mark.parametrize("named", DEMANDS)
def test_a_preferred_demand_costs_its_breach_times_the_weight(named: str) -> None:
    say, expected = DEMANDS[named]
    assert outcomes(say, priority=1, weight=3) == [3 * cost for cost in expected]


@pytest.mark.parametrize("named", DEMANDS)
def test_a_required_demand_rules_out_what_breaks_it(named: str) -> None:
    say, expected = DEMANDS[named]
    assert outcomes(say) == [None if cost else 0 for cost in expected]


@pytest.mark.parametrize("named", DEMANDS)
def test_what_is_to_be_explained_holds_under_its_instance_only(named: str) -> None:
    say, expected = DEMANDS[named]
    assert outcomes(say, mode="explain", assumed=True) == [None if cost else 0 for cost in expected]
    assert outcomes(say, mode="explain", assumed=False) == [0] * 4


def test_a_demand_is_made_by_a_rule() -> None:
    with pytest.raises(RuntimeError, match="while a rule is being posted"):
        Board(THREE).forbid([True], ())


def test_a_charge_returns_its_number() -> None:
    board = Board(THREE)
    counts: list[Any] = []
    board.post([saying(lambda b: counts.append(b.charge([(True, 2), *terms(b)], lambda _: 0, ())), priority=1)])
    trial = Trial(board)
    solver = quick_solver()
    assert trial.least_cost(plans_with("a", "b")) == 0
    solver.solve(board.model)
    assert solver.value(counts[0]) == 4


def test_what_follows_anyway_may_be_stated() -> None:
    board = Board(THREE)
    board.post([saying(lambda b: b.imply([(lit, 1) for lit in lits(b)], 1, 2))])
    trial = Trial(board)
    assert [trial.least_cost(plans_with(*"abc"[:n])) for n in range(4)] == [None, 0, 0, None]


def test_a_sum_of_what_is_known_is_known() -> None:
    board = Board(THREE)
    four = board.count([(True, 3), (False, 7), (given(board, 1), 1)])
    assert (four.least, four.most) == (4, 4)
    more = board.count([(four, 2), (seat(board, 0, "a"), -3)])
    assert (more.least, more.most) == (5, 8)


def test_a_tally_counts_what_has_happened_by_the_end_of_each_day() -> None:
    board = Board(THREE)
    days = [dt.date(2027, 1, day) for day in (4, 11, 18)]
    dated: list[tuple[dt.date, Lit]] = [
        (dt.date(2026, 12, 28), True),
        (days[0], seat(board, 0, "a")),
        (days[0], seat(board, 0, "b")),
        (dt.date(2027, 1, 12), seat(board, 0, "c")),
        (dt.date(2027, 1, 19), True),
    ]
    counts = board.tally(dated, days)
    assert [(day, count.least, count.most) for day, count in counts.items()] == [
        (days[0], 1, 3),
        (days[1], 1, 3),
        (days[2], 1, 4),
    ]
    assert outcomes(
        lambda b: b.charge([(b.tally([(days[0], lit) for lit in lits(b)], days)[days[1]], 1)], int, ()), priority=1
    ) == [0, 1, 2, 3]


def test_costs_are_kept_by_priority() -> None:
    board = Board(THREE)
    later = saying(lambda b: b.forbid([seat(b, 0, "a")], ()), priority=2)
    sooner = saying(lambda b: b.forbid([seat(b, 0, "b")], ()), priority=1, weight=4)
    board.post([later, sooner])
    assert {priority: [amount for amount, _ in costs] for priority, costs in board.costs.items()} == {1: [4], 2: [1]}


def test_instances_are_named_after_the_demand_and_whom_it_is_about() -> None:
    board = Board(case_of(unit("a"), series(rounds="1"), seats()), mode="explain")
    board.post([saying(lambda b: b.forbid([seat(b, 0, "a")], ("a", "duty@2027-01-04")))])
    assert set(board.instances) == {
        Instance(TAKES_PLACE, ("duty@2027-01-04",)),
        Instance(LEAST, ("duty@2027-01-04", "main", "host")),
        Instance("said", ("a", "duty@2027-01-04")),
    }


# Facts and the candidates that they drop.

ABSENT = case_of(
    *units("a b"), series(rounds="1"), seats(), states("a", "cannot", "2027-01-04"), demand("availability")
)


@pytest.mark.parametrize(("mode", "expected"), [("plan", ["b"]), ("explain", ["a", "b"])])
def test_a_candidate_that_a_fact_forbids_is_dropped_unless_it_is_to_be_explained(
    mode: Mode, expected: list[str]
) -> None:
    board = Board(ABSENT, mode=mode)
    seen: list[str] = []
    look = saying(lambda b: seen.extend(who for who in "ab" if b.places(who)))
    board.post([look, rule_of(ABSENT)])  # facts speak first, whatever the order
    assert seen == expected
    assert [seat(board, 0, who) is not False for who in "ab"] == [who in expected for who in "ab"]
    assert board.touched() == ("a", "b")


def test_a_dropped_candidate_stays_out() -> None:
    board = Board(ABSENT)
    before = seat(board, 0, "a")
    board.post([rule_of(ABSENT), saying(lambda b: b.forbid([b.negation(before)], ()), priority=1)])
    trial = Trial(board)
    (id_,) = session_ids(ABSENT)
    assert trial.least_cost({id_: held(ABSENT, id_, host="a")}) is None
    assert trial.least_cost({id_: held(ABSENT, id_, host="b")}) == 1


# Queries.

WIDE = case_of(
    site("hall"),
    site("yard"),
    room("red"),
    room("shed", at="yard"),
    line("law"),
    line("tea"),
    *units("a b"),
    series(rounds="1-2", times="09:00; 10:00", needs_room=True, lines="law; tea"),
    series("walk", rounds="1", presence="may"),
    part("duty", "p"),
    part("duty", "q"),
    seats(),
    seats("partner", part="q"),
)
FIRST, WALK, SECOND = agenda_of(WIDE).occurrences
FIXED = held(
    WIDE,
    FIRST.id,
    start="10:00",
    at="yard",
    parts={"p": {"host": "a", "line": "tea"}, "q": {"host": "b", "partner": "a"}},
)


def test_what_is_fixed_is_answered_with_constants() -> None:
    board = Board(WIDE, {SECOND.id}, {FIRST.id: FIXED})
    p, q = FIRST.parts
    nine, ten = FIRST.starts
    assert [board.held(o) for o in (FIRST, WALK)] == [True, False]
    assert [board.start(FIRST, start) for start in (nine, ten)] == [False, True]
    assert board.starts(FIRST) == (ten,)
    assert [board.site(FIRST, each) for each in ("hall", "yard")] == [False, True]
    assert [board.room(FIRST, p, each) for each in ("red", "shed")] == [False, True]
    assert [board.line(FIRST, each, "tea") for each in (p, q)] == [True, False]
    assert [board.seat(FIRST, q, "partner", who) for who in "ab"] == [True, False]
    assert board.starts_in(FIRST, [nine]) is False
    assert board.starts_in(FIRST, [ten]) is True
    assert [board.is_open(o) for o in (FIRST, WALK, SECOND)] == [False, False, True]


def test_a_turn_at_some_of_the_starts_is_less_than_the_turn_and_at_all_of_them_the_turn_itself() -> None:
    case = case_of(*units("a"), series(rounds="1", times="09:00; 14:00", presence="may"), seats())
    board = Board(case)
    (turn,) = board.turns("a")
    nine, two = turn.occurrence.starts
    assert board.serves_in(turn, [nine, two]) is turn.serves
    assert board.serves_in(turn, []) is False
    at_two = held(case, turn.occurrence.id, start="14:00", host="a")
    early, late = (board.serves_in(turn, [start]) for start in (nine, two))
    assert not isinstance(early, bool)
    assert not isinstance(late, bool)
    board.model.add_bool_or([early, late.negated()])
    trial = Trial(board)
    assert trial.least_cost({at_two.id: at_two}) is None
    assert trial.least_cost({at_two.id: held(case, turn.occurrence.id, start="09:00", host="a")}) == 0
    assert trial.least_cost({}) == 0


@pytest.mark.parametrize("n", range(5))
def test_so_many_are_true_or_more(n: int) -> None:
    case = case_of(unit("a"), series(rounds="1-3", presence="may"), seats())
    board = Board(case)
    assert board.at_least([True, False], 1) is True
    assert board.at_least([True, False], 2) is False
    enough = board.at_least([True, *(board.held(o) for o in board.occurrences)], n)
    assert isinstance(enough, bool) is (n in {0, 1})
    board.model.add_bool_or([enough])
    trial = Trial(board)
    for sessions in plans_of(case):
        assert (trial.least_cost(sessions) is not None) is (1 + len(sessions) >= n)
    board.model.add_bool_or([board.negation(enough)])
    assert all(Trial(board).least_cost(sessions) is None for sessions in plans_of(case))


def test_a_start_written_in_another_zone_is_the_same_start() -> None:
    utc = FIXED.model_copy(update={"start": FIXED.start.astimezone(dt.UTC), "end": FIXED.end.astimezone(dt.UTC)})
    board = Board(WIDE, {SECOND.id}, {FIRST.id: utc})
    assert board.start(FIRST, FIRST.starts[1]) is True
    assert board.starts(FIRST) == (FIRST.starts[1],)
    values = dict(named_values(Board(WIDE), {FIRST.id: utc}))
    assert values["start", FIRST.id, FIRST.starts[1].isoformat()] is True


def named_values(board: Board, sessions: dict[str, Session]) -> Iterator[tuple[tuple[str, ...], bool]]:
    values = {literal.index: value for literal, value in board.values(sessions)}
    for name, literal in board.decisions():
        yield name, values[literal.index]


def test_turns_join_the_seats_of_a_session_and_places_do_not() -> None:
    board = Board(WIDE, {SECOND.id}, {FIRST.id: FIXED})
    assert [(t.occurrence.id, t.serves) for t in board.turns("a") if t.occurrence is FIRST] == [(FIRST.id, True)]
    assert [t.occurrence.id for t in board.turns("b", "partner")] == [SECOND.id]
    assert [(p.part.id, p.role, p.taken) for p in board.places("a")][:2] == [
        ("p", "host", True),
        ("q", "partner", True),
    ]
    assert len(board.places("a")) == 5  # three that could be taken in the second session
    assert board.touched() == ("a", "b")


def test_a_visit_is_a_turn_at_a_site_whenever_it_begins() -> None:
    board = Board(WIDE, {SECOND.id}, {FIRST.id: FIXED})
    visits = board.visits("a")
    assert [(visit.occurrence.id, visit.site) for visit in visits] == [
        (FIRST.id, "yard"),
        (SECOND.id, "hall"),
        (SECOND.id, "yard"),
    ]
    assert visits[0].made is True
    assert [visit.occurrence.id for visit in board.visits("b", "partner")] == [SECOND.id] * 2


def test_the_greatest_of_some_counts_is_known_where_one_exceeds_the_others_anyway() -> None:
    board = Board(THREE)
    taken = counted(board)
    assert board.greatest([given(board, 0), taken]) is taken
    assert board.greatest([given(board, 3), taken])[1:] == (3, 3)
    assert board.greatest([given(board, 1), taken])[1:] == (1, 3)


def test_nobody_is_touched_where_nothing_is_open() -> None:
    assert Board(WIDE, set(), {FIRST.id: FIXED}).touched() == ()


def test_sessions_that_are_neither_open_nor_fixed_do_not_take_place() -> None:
    board = Board(WIDE, {SECOND.id})
    assert board.held(FIRST) is False
    assert [turn.occurrence.id for turn in board.turns("a")] == [SECOND.id]


def test_all_that_is_not_fixed_is_open_where_nothing_else_is_said() -> None:
    assert [o.id for o in Board(WIDE, fixed={FIRST.id: FIXED}).occurrences] == [WALK.id, SECOND.id]


def test_a_plan_has_one_value_for_every_decision() -> None:
    board = Board(WIDE)
    sessions = {FIRST.id: FIXED, SECOND.id: FIXED.model_copy(update={"id": SECOND.id})}
    values = dict(named_values(board, sessions))
    assert set(values) == {name for name, _ in board.decisions()}
    mine = sorted(name for name, value in values.items() if value and FIRST.id in name)
    assert mine == sorted(
        [
            ("start", FIRST.id, FIRST.starts[1].isoformat()),
            ("site", FIRST.id, "yard"),
            ("room", FIRST.id, "p", "shed"),
            ("room", FIRST.id, "q", "shed"),
            ("line", FIRST.id, "p", "tea"),
            ("line", FIRST.id, "q", "law"),
            ("seat", FIRST.id, "p", "host", "a"),
            ("seat", FIRST.id, "q", "host", "b"),
            ("seat", FIRST.id, "q", "partner", "a"),
        ]
    )
    assert values["held", WALK.id] is False


# Seats and sessions that may stay open.


def test_every_seat_and_session_left_open_is_counted() -> None:
    case = case_of(
        *units("a b"),
        series(rounds="1-2"),
        part("duty", "p"),
        part("duty", "q"),
        seats(least=1, most=2),
        seats("partner", part="q"),
    )
    board = Board(case, open_seats=True)
    trial = Trial(board)
    first, second = session_ids(case)
    whole = {"p": {"host": "a"}, "q": {"host": "b", "partner": "a"}}
    for said, missing in (
        (whole, 0),
        ({"p": {"host": "a b"}, "q": {"host": "b", "partner": "a"}}, 0),
        ({"p": {}, "q": {"host": "b", "partner": "a"}}, 1),
        ({"p": {"host": "a b"}, "q": {"host": "a"}}, 1),
        ({}, 3),
    ):
        sessions = {first: held(case, first, parts=whole), second: held(case, second, parts=said or {"p": {}})}
        assert trial.least_cost(sessions) == missing
    # a session that does not take place lacks itself and its three seats
    assert trial.least_cost({first: held(case, first, parts=whole)}) == 4
    assert trial.least_cost({}) == 8


@pytest.mark.parametrize(("who", "missing"), [("", 2), ("a", 1), ("a b", 0), ("a b c", 0)])
def test_every_seat_of_a_role_that_needs_two_is_counted(who: str, missing: int) -> None:
    case = case_of(*units("a b c"), series(rounds="1"), seats(least=2, most=3))
    (id_,) = session_ids(case)
    assert Trial(Board(case, open_seats=True)).least_cost({id_: held(case, id_, host=who)}) == missing


@pytest.mark.parametrize("presence", ["must", "may"])
@pytest.mark.parametrize("mode", ["plan", "explain"])
def test_as_many_sit_in_a_role_as_it_has_seats(mode: Mode, presence: str) -> None:
    case = case_of(*units("a b c d"), series(rounds="1", presence=presence), seats(least=2, most=3))
    trial = Trial(Board(case, mode=mode), assumed=True)
    (id_,) = session_ids(case)
    admitted = [trial.least_cost({id_: held(case, id_, host=" ".join("abcd"[:n]))}) for n in range(5)]
    assert admitted == [None, None, 0, 0, None]
    assert trial.least_cost({}) == (0 if presence == "may" else None)


def test_too_few_may_sit_there_while_that_is_to_be_explained() -> None:
    case = case_of(*units("a b c d"), series(rounds="1"), seats(least=2, most=3))
    trial = Trial(Board(case, mode="explain"), assumed=False)
    (id_,) = session_ids(case)
    admitted = [trial.least_cost({id_: held(case, id_, host=" ".join("abcd"[:n]))}) for n in range(5)]
    assert admitted == [0, 0, 0, 0, None]
    assert trial.least_cost({}) == 0


def test_a_session_that_may_take_place_lacks_nothing_where_it_does_not() -> None:
    case = case_of(*units("a"), series(rounds="1", presence="may"), seats())
    board = Board(case, open_seats=True)
    trial = Trial(board)
    (id_,) = session_ids(case)
    assert [trial.least_cost(s) for s in ({}, {id_: held(case, id_)}, {id_: held(case, id_, host="a")})] == [0, 1, 0]


def test_no_more_than_the_most_sit_in_a_role_even_where_seats_may_stay_open() -> None:
    case = case_of(*units("a b c"), series(rounds="1"), seats(least=1, most=2))
    trial = Trial(Board(case, open_seats=True))
    (id_,) = session_ids(case)
    found = {
        n: {trial.least_cost({id_: held(case, id_, host=" ".join(who))}) for who in combinations("abc", n)}
        for n in range(4)
    }
    assert found == {0: {1}, 1: {0}, 2: {0}, 3: {None}}


# Plans built up bit by bit.

MINIMA = (
    ("cover", {"times": 2}, 2),  # 2 turns each for a and b, who have 1 each
    ("load", {"least": 2}, 2),
    ("fair_share", {"role": "host"}, 2),  # 4 sessions, 2 each
)


@pytest.mark.parametrize(("kind", "params", "missing"), MINIMA)
def test_a_minimum_that_later_sessions_may_still_reach_is_a_wish_while_a_plan_is_built_up(
    kind: str, params: dict[str, Any], missing: int
) -> None:
    case = case_of(*units("a b"), series(rounds="1-4"), seats(), demand(kind, **params))
    rule = rule_of(case)
    first = {session.id: session for session in turns(case, "a b")}
    whole = Board(case, set(first))
    whole.post([rule])
    assert Trial(whole).least_cost(first) is None
    begun = Board(case, set(first), partial=True)
    begun.post([rule])
    assert Trial(begun).least_cost(first) == missing


@pytest.mark.parametrize(
    ("kind", "params"),
    [("load", {"most": 2}), ("fair_share", {"role": "host"}), ("rest_gap", {"cycle": "weeks", "rounds": 2})],
)
def test_what_no_later_session_can_mend_is_ruled_out_while_a_plan_is_built_up(
    kind: str, params: dict[str, Any]
) -> None:
    case = case_of(*units("a b"), series(rounds="1-4"), seats(), demand(kind, **params))
    begun = Board(case, partial=True)
    begun.post([rule_of(case)])
    everywhere = {session.id: session for session in turns(case, "a a a b")}
    assert Trial(begun).least_cost(everywhere) is None


def test_a_bare_board_admits_every_plan_of_a_wide_case_and_no_other() -> None:
    case = case_of(
        site("hall"),
        site("yard"),
        room("red"),
        room("shed", at="yard"),
        unit("a"),
        series(rounds="1", needs_room=True, presence="may"),
        part("duty", "p"),
        part("duty", "q", rooms="shed; red"),
    )
    board = Board(case)
    trial = Trial(board)
    structural = [describe(sessions) for sessions in plans_of(case)]
    (id_,) = session_ids(case)
    admitted = []
    for at, p, q in product(("hall", "yard"), ("red", "shed"), ("red", "shed")):
        sessions = {id_: held(case, id_, at=at, parts={"p": {"room": p}, "q": {"room": q}})}
        if trial.least_cost(sessions) is not None:
            admitted.append(describe(sessions))
    assert admitted == structural[:-1]
    assert structural[-1] == ""
    assert trial.least_cost({}) == 0


def test_a_role_that_nobody_may_take_rules_out_what_needs_it() -> None:
    rows = (unit("a"), series(rounds="1", presence="may"))
    needed = case_of(*rows, seats(groups="nobody"))
    idle = case_of(*rows, seats(groups="nobody", least=0))
    (id_,) = session_ids(needed)
    for mode in ("plan", "explain"):
        trial = Trial(Board(needed, mode=mode), assumed=True)
        assert [trial.least_cost(sessions) for sessions in ({}, {id_: held(needed, id_)})] == [0, None]
        trial = Trial(Board(idle, mode=mode), assumed=True)
        assert [trial.least_cost(sessions) for sessions in ({}, {id_: held(idle, id_)})] == [0, 0]
    assert list(plans_of(needed)) == [{}]
    must = case_of(unit("a"), series(rounds="1"), seats(groups="nobody"))
    assert quick_solver().solve(Board(must).model) == cp_model.INFEASIBLE


def test_rules_about_a_role_that_nobody_may_take_are_about_nobody() -> None:
    case = case_of(
        unit("a"),
        series(rounds="1"),
        seats(groups="nobody", least=0),
        demand("cover", id="cover", role="host"),
        demand("fair_share", id="fair", role="host"),
        demand("load", id="load", role="host", least=1),
    )
    rules = [rule_of(case, id_) for id_ in ("cover", "fair", "load")]
    board = Board(case)
    board.post(rules)
    plan = {id_: held(case, id_) for id_ in session_ids(case)}
    assert Trial(board).least_cost(plan) == 0
    assert [list(rule.check(roster(case, plan))) for rule in rules] == [[], [], []]


def test_a_session_without_a_start_takes_no_place() -> None:
    late = case_of(unit("a"), series(rounds="1", weekdays="Tue"), seats())
    solver = quick_solver()
    assert solver.solve(Board(late).model) == cp_model.INFEASIBLE
    maybe = case_of(unit("a"), series(rounds="1", weekdays="Tue", presence="may"), seats())
    assert Trial(Board(maybe)).least_cost({}) == 0


# What runs at once.

MEETING = case_of(
    *units("a b"),
    series(rounds="1", times="09:00; 10:00; 11:00", minutes=120),
    series("talk", rounds="1", times="10:00", minutes=60),
    seats(least=0, most=2),
    seats(activity="talk", least=0, most=2),
)
DUTY, TALK = session_ids(MEETING)


def at_once(board: Board, most: int, *who: str) -> bool:
    return board.at_once([(p.occurrence, p.taken) for each in who for p in board.places(each)], most, ())


@pytest.mark.parametrize(("most", "apart"), [(1, ["11:00"]), (2, ["09:00", "10:00", "11:00"])])
def test_sessions_for_which_a_decision_holds_do_not_run_at_once_beyond_what_may(most: int, apart: list[str]) -> None:
    board, said = Board(MEETING), []
    board.post([saying(lambda b: said.append(at_once(b, most, "a")))])
    assert said == [True]
    trial = Trial(board)
    free = []
    for start in ("09:00", "10:00", "11:00"):
        talk = held(MEETING, TALK, host="a")
        both = {DUTY: held(MEETING, DUTY, start=f"2027-01-04 {start}", host="a"), TALK: talk}
        one = {DUTY: held(MEETING, DUTY, start=f"2027-01-04 {start}", host="b"), TALK: talk}
        assert trial.least_cost(one) == 0
        free += [start] if trial.least_cost(both) == 0 else []
    assert free == apart


@pytest.mark.parametrize(
    ("opened", "fixed", "frame", "who", "said"),
    [
        ({DUTY, TALK}, {}, {}, "a", True),
        ({DUTY, TALK}, {}, {"priority": 1}, "a", False),
        ({DUTY, TALK}, {}, {"mode": "explain"}, "a", False),
        ({DUTY}, {TALK: held(MEETING, TALK, host="a")}, {}, "a", False),
        ({DUTY}, {TALK: held(MEETING, TALK, host="a")}, {}, "b", True),  # what is fixed is not about b
    ],
)
def test_what_may_be_broken_or_is_to_be_explained_or_fixed_in_part_is_not_said_at_once(
    opened: set[str], fixed: dict[str, Session], frame: dict[str, Any], who: str, said: object
) -> None:
    board = Board(MEETING, opened, fixed, mode=frame.pop("mode", "plan"))
    heard: list[bool] = []
    board.post([saying(lambda b: heard.append(at_once(b, 1, who)), **frame)])
    assert heard == [said]


def test_what_facts_forbid_together_is_known_not_to_be() -> None:
    board = Board(MEETING)
    duty, _ = board.agenda.occurrences
    early, late = board.starts(duty)[:2], board.starts(duty)[2:]
    who = board.places("a")[0].taken
    board.post([saying(lambda b: b.forbid([who, b.starts_in(duty, early)], ()))])
    assert [board.all_of([who, board.start(duty, start)]) is False for start in (*early, *late)] == [True, True, False]
    assert [stay.start for stay in board.stays("a") if stay.occurrence is duty] == list(late)
