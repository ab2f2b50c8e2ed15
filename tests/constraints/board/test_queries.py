"""What the board answers about decisions: open, fixed and dropped ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from constraints.board import Board, Mode
from constraints.trial import Trial, plans_of
from rota.agenda import agenda_of
from rota.plan import Session
from tests.constraints.board.saying import (
    THREE,
    counted,
    given,
    saying,
    seat,
)
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
    unit,
    units,
)

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
