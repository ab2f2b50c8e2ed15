"""The inner loop of annealing: a session moves, or two change places, and what that costs is counted step by step.

After Bellio, Ceschia, Di Gaspero, Schaerf and Urli, "Feature-based tuning of simulated annealing applied to the
curriculum-based course timetabling problem", Computers & Operations Research 65 (2016).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduler.solving.annealing.compiling import compiled, compiled_within
from scheduler.solving.annealing.layout import FORBIDDEN, HARD, Tables

HALF = HARD // 2
EXCHANGES = 0.3
"""The share of moves in which two sessions drawn at random change places."""
STAYS = 0.1
"""The share of the other moves in which a session keeps its start, and changes its room alone."""


class State(NamedTuple):
    """Where sessions are held, and what is counted of it.

    Of each group that shares something, and of each place, how many sessions run in each stretch of time, and who is
    there; of each group that wants company, how many turns each span holds; of those whose days or rooms are counted,
    how many sessions each of them has, and how many of them there are.
    """

    start: NDArray[np.int64]
    place: NDArray[np.int64]
    running: NDArray[np.int64]
    inside: NDArray[np.int64]
    holder: NDArray[np.int64]
    turns: NDArray[np.int64]
    held: NDArray[np.int64]
    number: NDArray[np.int64]


def state_of(tables: Tables, starts: Sequence[int], places: Sequence[int]) -> tuple[State, int]:
    """Return the state in which sessions have these starts and places, and what it comes to."""
    stretches, n_places = int(tables.last.max()), tables.alone.shape[2]
    different = len(tables.about)
    state = State(
        start=np.array(starts, np.int64),
        place=np.array(places, np.int64),
        running=np.zeros((len(tables.capacity), stretches), np.int64),
        inside=np.zeros((n_places, stretches), np.int64),
        holder=np.full((n_places, stretches), -1, np.int64),
        turns=np.zeros((len(tables.near_of), int(tables.span.max()) + 1), np.int64),
        held=np.zeros((different, int(tables.value.max()) + 1), np.int64),
        number=np.zeros(different, np.int64),
    )
    return state, int(tables.prices[:, 0].sum()) + hold_all(tables, state)


@compiled
def hold_all(tables: Tables, state: State) -> int:
    """Count all sessions where they are to be held; return by how much the total rises."""
    total = 0
    for session in range(len(state.start)):
        total += _price_of(tables, state, session, state.start[session], state.place[session])
        _count(tables, state, session, 1)
    return total


@compiled_within
def _price_of(tables: Tables, state: State, session: int, start: int, place: int) -> int:
    """Return by how much the total would rise if a session that is held nowhere were held there."""
    kind = tables.kind[session]
    price: int = tables.alone[kind, start, place]
    price += HARD * _clashes(tables, state, kind, start)
    for stretch in range(tables.first[kind, start], tables.last[kind, start]):
        if state.inside[place, stretch] >= tables.place_capacity[place]:
            price += HARD
    span = tables.span[kind, start]
    for number in range(tables.n_company[kind]):
        price += _company_lost(tables, state, tables.company[kind, number], span)
    for number in range(tables.n_different[kind]):
        group = tables.different[kind, number]
        value = tables.value[tables.about[group], place if tables.about[group] else start]
        if value >= 0 and state.held[group, value] == 0:
            known = state.number[group]
            price += tables.prices[group, known + 1] - tables.prices[group, known]
    return price


@compiled_within
def _clashes(tables: Tables, state: State, kind: int, start: int) -> int:
    """Return how often something would be shared by too many if one more session of a kind began at a start."""
    found = 0
    for stretch in range(tables.first[kind, start], tables.last[kind, start]):
        for number in range(tables.n_shared[kind]):
            group = tables.shared[kind, number]
            if state.running[group, stretch] >= tables.capacity[group]:
                found += 1
    return found


@compiled_within
def _company_lost(tables: Tables, state: State, group: int, span: int) -> int:
    """Return what one more turn of a group in a span comes to: it may be alone, and others may be so no longer."""
    row = tables.near_of[group] + span
    around = 0
    for number in range(tables.n_near[row]):
        around += state.turns[group, tables.near[row, number]]
    here = state.turns[group, span]
    if around == 0:
        price: int = tables.company_price[group]
        return price * (1 if here == 0 else -1 if here == 1 else 0)
    if here > 0:
        return 0
    change = 0
    for number in range(tables.n_near[row]):
        other = tables.near[row, number]
        if state.turns[group, other] == 1 and _is_alone(tables, state, group, other):
            change -= tables.company_price[group]
    return change


@compiled_within
def _is_alone(tables: Tables, state: State, group: int, span: int) -> bool:
    """Tell whether no turn of a group is near to a span."""
    row = tables.near_of[group] + span
    for number in range(tables.n_near[row]):  # noqa: SIM110 - a generator is not compiled
        if state.turns[group, tables.near[row, number]] > 0:
            return False
    return True


@compiled_within
def _put_in(tables: Tables, state: State, session: int, start: int, place: int) -> None:
    """Hold a session there."""
    state.start[session], state.place[session] = start, place
    _count(tables, state, session, 1)


@compiled_within
def _take_out(tables: Tables, state: State, session: int) -> int:
    """Hold a session nowhere; return by how much the total changes."""
    _count(tables, state, session, -1)
    return -_price_of(tables, state, session, state.start[session], state.place[session])


@compiled_within
def _count(tables: Tables, state: State, session: int, by: int) -> None:
    """Count a session where it is held, or no more."""
    kind, start, place = tables.kind[session], state.start[session], state.place[session]
    for stretch in range(tables.first[kind, start], tables.last[kind, start]):
        for number in range(tables.n_shared[kind]):
            state.running[tables.shared[kind, number], stretch] += by
        state.inside[place, stretch] += by
        if by > 0:
            state.holder[place, stretch] = session
        elif state.holder[place, stretch] == session:
            state.holder[place, stretch] = -1
    for number in range(tables.n_company[kind]):
        state.turns[tables.company[kind, number], tables.span[kind, start]] += by
    for number in range(tables.n_different[kind]):
        group = tables.different[kind, number]
        value = tables.value[tables.about[group], place if tables.about[group] else start]
        if value >= 0:
            before = state.held[group, value]
            state.held[group, value] = before + by
            state.number[group] += (before + by > 0) - (before > 0)


@compiled_within
def _weighed(change: int, hard: float) -> float:
    """Return a change of the total with what must hold at another price."""
    breaches = (change + HALF) // HARD
    return (change - breaches * HARD) + breaches * hard


@compiled
def anneal(  # noqa: PLR0913, PLR0917 - what is compiled takes arrays and numbers, not objects
    tables: Tables,
    state: State,
    best: tuple[NDArray[np.int64], NDArray[np.int64]],
    draw: np.random.Generator,
    total: int,
    least: int,
    moves: int,
    temperature: float,
    hard: float,
) -> tuple[int, int]:
    """Try so many moves at a temperature; return what the state comes to then, and what the best has come to.

    A breach of what must hold is weighed at `hard`.
    """
    sessions = len(state.start)
    for _ in range(moves):
        session = int(draw.random() * sessions)
        limit = -temperature * np.log(1.0 - draw.random())
        kind = tables.kind[session]
        if draw.random() < EXCHANGES:
            other = int(draw.random() * sessions)
            start, place = state.start[other], state.place[other]
        else:
            start, place = state.start[session], tables.places[kind, int(draw.random() * tables.n_places[kind])]
            if draw.random() >= STAYS:
                start = tables.starts[kind, int(draw.random() * tables.n_starts[kind])]
            other = state.holder[place, tables.first[kind, start]]
        if total < HARD and _is_hopeless(tables, state, session, other, start, limit / hard):
            continue
        if other < 0:
            change = _move(tables, state, session, start, place, limit, hard)
        else:
            change = _exchange(tables, state, session, other, limit, hard)
        total += change
        if total < least:
            least = total
            best[0][:] = state.start
            best[1][:] = state.place
    return total, least


@compiled_within
def _is_hopeless(tables: Tables, state: State, session: int, other: int, start: int, most: float) -> bool:
    """Tell whether a move would break more than is gained by it in all likelihood, where nothing is broken yet."""
    before = state.start[session]
    if start == before:
        return False
    kind = tables.kind[session]
    if other < 0:
        return _clashes(tables, state, kind, start) > most + 1
    another = tables.kind[other]
    long = max(
        tables.last[kind, start] - tables.first[kind, start],
        tables.last[another, before] - tables.first[another, before],
    )
    spared: int = 2 * long * tables.common[kind, another]
    return _clashes(tables, state, kind, start) + _clashes(tables, state, another, before) - spared > most + 1


@compiled_within
def _move(tables: Tables, state: State, session: int, start: int, place: int, limit: float, hard: float) -> int:
    """Hold a session elsewhere, unless that costs more than a limit; return by how much the total changes."""
    if tables.alone[tables.kind[session], start, place] == FORBIDDEN:
        return 0
    before_start, before_place = state.start[session], state.place[session]
    change = _take_out(tables, state, session)
    change += _price_of(tables, state, session, start, place)
    if _weighed(change, hard) > limit:
        _put_in(tables, state, session, before_start, before_place)
        return 0
    _put_in(tables, state, session, start, place)
    return change


@compiled_within
def _exchange(tables: Tables, state: State, one: int, other: int, limit: float, hard: float) -> int:
    """Let two sessions change places, unless that costs more than a limit; return by how much the total changes."""
    kind, another = tables.kind[one], tables.kind[other]
    here, room, there, place = state.start[one], state.place[one], state.start[other], state.place[other]
    if kind == another:
        return 0
    if tables.alone[kind, there, place] == FORBIDDEN or tables.alone[another, here, room] == FORBIDDEN:
        return 0
    change = _take_out(tables, state, one) + _take_out(tables, state, other)
    change += _price_of(tables, state, one, there, place)
    _put_in(tables, state, one, there, place)
    change += _price_of(tables, state, other, here, room)
    if _weighed(change, hard) <= limit:
        _put_in(tables, state, other, here, room)
        return change
    _take_out(tables, state, one)
    _put_in(tables, state, one, here, room)
    _put_in(tables, state, other, there, place)
    return 0
