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
CLASHING, MOVING = 0.5, 2.0
"""What a move may gain that is not yet priced, in prices of a breach: where it brings breaches, where it does not."""


class State(NamedTuple):
    """Where sessions are held, and what is counted of it.

    For each kind, how many of its rivals run in each stretch of time; of each group that shares something, and of each
    place, how many sessions run then, and who is there; of each group that wants company, how many turns each span
    holds; of those whose days or rooms are counted, how many sessions each of them has, and how many there are.
    """

    start: NDArray[np.int64]
    place: NDArray[np.int64]
    busy: NDArray[np.int64]
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
        busy=np.zeros((len(tables.n_rivals), stretches), np.int64),
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
        start = state.start[session]
        total += HARD * _rivals_at(tables, state, tables.kind[session], start)
        total += _price_of(tables, state, session, start, state.place[session])
        _count(tables, state, session, 1)
        _keep_busy(tables, state, session, start, 1)
    return total


@compiled_within
def _rivals_at(tables: Tables, state: State, kind: int, start: int) -> int:
    """Return how many rivals of a kind run while it runs from a start, summed over the stretches of time."""
    found = 0
    for stretch in range(tables.first[kind, start], tables.last[kind, start]):
        found += state.busy[kind, stretch]
    return found


@compiled_within
def _keep_busy(tables: Tables, state: State, session: int, start: int, by: int) -> None:
    """Count a session for its rivals, from a start."""
    kind = tables.kind[session]
    for stretch in range(tables.first[kind, start], tables.last[kind, start]):
        for number in range(tables.n_rivals[kind]):
            state.busy[tables.rivals[kind, number], stretch] += by


@compiled_within
def _meeting(tables: Tables, one: int, start: int, other: int, then: int) -> int:
    """Return for how many stretches of time two kinds that are rivals meet, each from its start."""
    begin = max(tables.first[one, start], tables.first[other, then])
    end = min(tables.last[one, start], tables.last[other, then])
    stretches: int = tables.rival[one, other] * max(0, end - begin)
    return stretches


@compiled_within
def _price_of(tables: Tables, state: State, session: int, start: int, place: int) -> int:
    """Return by how much the total would rise if a session that is held nowhere were held there, rivals apart."""
    kind = tables.kind[session]
    price: int = tables.alone[kind, start, place]
    for stretch in range(tables.first[kind, start], tables.last[kind, start]):
        for number in range(tables.n_shared[kind]):
            group = tables.shared[kind, number]
            if state.running[group, stretch] >= tables.capacity[group]:
                price += HARD
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
    """Hold a session nowhere; return by how much the total changes, rivals apart."""
    _count(tables, state, session, -1)
    return -_price_of(tables, state, session, state.start[session], state.place[session])


@compiled_within
def _count(tables: Tables, state: State, session: int, by: int) -> None:
    """Count a session where it is held, or no more, but not for its rivals."""
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
            if before == 0 or before + by == 0:
                state.number[group] += by


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
        if other < 0:
            change = _move(tables, state, session, start, place, limit, hard)
        else:
            change = _exchange(tables, state, session, other, limit, hard)
        total += change
        if total < least:
            least = total
            for each in range(sessions):
                best[0][each], best[1][each] = state.start[each], state.place[each]
    return total, least


@compiled_within
def _move(tables: Tables, state: State, session: int, start: int, place: int, limit: float, hard: float) -> int:
    """Hold a session elsewhere, unless that costs more than a limit; return by how much the total changes."""
    kind, before, room = tables.kind[session], state.start[session], state.place[session]
    if tables.alone[kind, start, place] == FORBIDDEN:
        return 0
    clashes = _rivals_at(tables, state, kind, start) - _meeting(tables, kind, start, kind, before)
    clashes -= _rivals_at(tables, state, kind, before) - _meeting(tables, kind, before, kind, before)
    alone = tables.alone[kind, start, place] - tables.alone[kind, before, room]
    if _is_hopeless(clashes, alone, limit, hard):
        return 0
    change = HARD * clashes + _take_out(tables, state, session) + _price_of(tables, state, session, start, place)
    if _weighed(change, hard) > limit:
        _put_in(tables, state, session, before, room)
        return 0
    _put_in(tables, state, session, start, place)
    _keep_busy(tables, state, session, before, -1)
    _keep_busy(tables, state, session, start, 1)
    return change


@compiled_within
def _is_hopeless(clashes: int, alone: int, limit: float, hard: float) -> bool:
    """Tell whether a move costs more than a limit by far, whatever else it brings; that is known after a look."""
    grace = CLASHING if clashes > 0 else MOVING
    return clashes * hard + alone > limit + grace * hard


@compiled_within
def _exchange(tables: Tables, state: State, one: int, other: int, limit: float, hard: float) -> int:
    """Let two sessions change places, unless that costs more than a limit; return by how much the total changes."""
    kind, another = tables.kind[one], tables.kind[other]
    here, room, there, place = state.start[one], state.place[one], state.start[other], state.place[other]
    if kind == another:
        return 0
    if tables.alone[kind, there, place] == FORBIDDEN or tables.alone[another, here, room] == FORBIDDEN:
        return 0
    clashes = _clashes_exchanged(tables, state, kind, here, another, there) if here != there else 0
    alone = tables.alone[kind, there, place] - tables.alone[kind, here, room]
    alone += tables.alone[another, here, room] - tables.alone[another, there, place]
    if _is_hopeless(clashes, alone, limit, hard):
        return 0
    change = HARD * clashes + _take_out(tables, state, one) + _take_out(tables, state, other)
    change += _price_of(tables, state, one, there, place)
    _put_in(tables, state, one, there, place)
    change += _price_of(tables, state, other, here, room)
    if _weighed(change, hard) > limit:
        _take_out(tables, state, one)
        _put_in(tables, state, one, here, room)
        _put_in(tables, state, other, there, place)
        return 0
    _put_in(tables, state, other, here, room)
    if here != there:
        _keep_busy(tables, state, one, here, -1)
        _keep_busy(tables, state, other, there, -1)
        _keep_busy(tables, state, one, there, 1)
        _keep_busy(tables, state, other, here, 1)
    return change


@compiled_within
def _clashes_exchanged(tables: Tables, state: State, one: int, here: int, other: int, there: int) -> int:
    """Return by how much the clashes of rivals change if a session of one kind and one of another exchange starts."""
    before = _rivals_at(tables, state, one, here) - _meeting(tables, one, here, one, here)
    before += _rivals_at(tables, state, other, there) - _meeting(tables, other, there, other, there)
    before -= _meeting(tables, other, there, one, here)
    after = _rivals_at(tables, state, one, there) - _meeting(tables, one, there, one, here)
    after -= _meeting(tables, one, there, other, there)
    after += _rivals_at(tables, state, other, here) - _meeting(tables, other, here, other, there)
    after += _meeting(tables, other, here, one, there) - _meeting(tables, other, here, one, here)
    return after - before
