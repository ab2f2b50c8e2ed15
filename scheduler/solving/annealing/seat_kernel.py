"""The inner loop of annealing seats: somebody takes another's seat, or two change theirs, and that is priced."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scheduler.solving.annealing.compiling import compiled, compiled_within
from scheduler.solving.annealing.seat_layout import NEVER, SeatState, SeatTables

if TYPE_CHECKING:
    from numpy.typing import NDArray

ACROSS = 0.8
"""The share of moves in which two who sit at different moments change seats."""


@compiled_within
def _price(tables: SeatTables, state: SeatState, term: int, row: int) -> int:
    """Return what one more turn at a seat comes to, for one term."""
    span = tables.span[term]
    turns = state.turns[term]
    price: int = tables.counted[term, turns + 1] - tables.counted[term, turns]
    if span > 0:
        middle = tables.round_of[tables.key[term], row]
        price = state.served[term, middle] * tables.close[term, 0]
        for apart in range(1, span):
            around = state.served[term, middle - apart] + state.served[term, middle + apart]
            price += around * tables.close[term, apart]
    return price


@compiled_within
def _count(tables: SeatTables, state: SeatState, term: int, row: int, by: int) -> None:
    state.turns[term] += by
    if tables.span[term] > 0:
        state.served[term, tables.round_of[tables.key[term], row]] += by


@compiled_within
def _together(tables: SeatTables, state: SeatState, seat: int, who: int, by: int) -> None:
    """Add what a turn at a seat comes to together with others, or take it off."""
    for n in range(tables.pair_first[seat], tables.pair_last[seat]):
        term, other = tables.pair_term[n], state.who[tables.pair_seat[n]]
        if term < 0:
            if other >= 0 and tables.clash[who, other]:
                state.sums[1] += by
        elif other == who and tables.pair_about[term, who]:
            state.sums[1 if tables.pair_required[term] else 0] += by * tables.pair_amount[n]


@compiled_within
def put_in(tables: SeatTables, state: SeatState, seat: int, who: int) -> None:
    """Let somebody take an empty seat."""
    row, moment = tables.row[seat], tables.moment[seat]
    state.who[seat] = who
    cost, broken = np.int64(tables.alone[row, who]), np.int64(0)
    if state.held[who, moment] >= tables.capacity[who]:
        broken += 1
    state.held[who, moment] += 1
    state.seat[who, moment] = seat
    for term in range(tables.term_first[who], tables.term_last[who]):
        if tables.touches[tables.key[term], row]:
            price = _price(tables, state, term, row)
            if tables.required[term]:
                broken += price
            else:
                cost += price
            _count(tables, state, term, row, 1)
    state.sums[0] += cost
    state.sums[1] += broken
    _together(tables, state, seat, who, 1)


@compiled_within
def take_out(tables: SeatTables, state: SeatState, seat: int) -> None:
    """Leave a seat empty."""
    row, moment, who = tables.row[seat], tables.moment[seat], state.who[seat]
    state.who[seat] = -1
    cost, broken = -np.int64(tables.alone[row, who]), np.int64(0)
    state.held[who, moment] -= 1
    if state.held[who, moment] >= tables.capacity[who]:
        broken -= 1
    if state.seat[who, moment] == seat:
        state.seat[who, moment] = -1
    for term in range(tables.term_first[who], tables.term_last[who]):
        if tables.touches[tables.key[term], row]:
            _count(tables, state, term, row, -1)
            price = _price(tables, state, term, row)
            if tables.required[term]:
                broken -= price
            else:
                cost -= price
    state.sums[0] += cost
    state.sums[1] += broken
    _together(tables, state, seat, who, -1)


@compiled
def fill(tables: SeatTables, state: SeatState, meant: NDArray[np.int64], draw: np.random.Generator) -> None:
    """Fill all seats in order: with those who are meant to sit there, others (-1) each at the least price.

    That is with somebody who holds nothing at that moment, if there is anybody.
    """
    for seat in range(len(state.who)):
        if meant[seat] >= 0:
            put_in(tables, state, seat, meant[seat])
    for seat in range(len(state.who)):
        if meant[seat] >= 0:
            continue
        row = tables.row[seat]
        best, least = -1, np.inf
        for n in range(tables.first[row], tables.last[row]):
            who = tables.able[n]
            cost, broken = state.sums[0], state.sums[1]
            put_in(tables, state, seat, who)
            price = (state.sums[0] - cost) + 1e9 * (state.sums[1] - broken) + draw.random()
            take_out(tables, state, seat)
            if price < least:
                best, least = who, price
        put_in(tables, state, seat, best)


@compiled
def anneal_seats(
    tables: SeatTables,
    state: SeatState,
    best: NDArray[np.int64],
    least: NDArray[np.int64],
    draw: np.random.Generator,
    moves: int,
    temperature: float,
    hard: float,
) -> None:
    """Try so many moves at a temperature; `best` and its sums, `least`, follow. A breach is weighed at `hard`."""
    for _ in range(moves):
        seat = tables.drawn[int(draw.random() * len(tables.drawn))]
        coming, other = _drawn(tables, state, seat, draw)
        before = state.who[seat]
        if coming < 0 or (other >= 0 and tables.alone[tables.row[other], before] == NEVER):
            continue
        cost, broken = state.sums[0], state.sums[1]
        _change(tables, state, seat, coming, other, before)
        change = (state.sums[0] - cost) + hard * (state.sums[1] - broken)
        if change > 0 and draw.random() >= np.exp(-change / temperature):
            _change(tables, state, seat, before, other, coming)
        elif state.sums[1] < least[1] or (state.sums[1] == least[1] and state.sums[0] < least[0]):
            least[0], least[1] = state.sums[0], state.sums[1]
            for n in range(len(best)):
                best[n] = state.who[n]


@compiled_within
def _drawn(tables: SeatTables, state: SeatState, seat: int, draw: np.random.Generator) -> tuple[int, int]:
    """Draw who is to take a seat (-1: nobody), and the seat that they leave for it (-1: none)."""
    row, moment, other = tables.row[seat], tables.moment[seat], -1
    if draw.random() < ACROSS:
        first, last = tables.mate_first[seat], tables.mate_last[seat]
        other = tables.mates[first + int(draw.random() * (last - first))]
        coming = state.who[other]
        if tables.moment[other] != moment and state.held[coming, moment] >= tables.capacity[coming]:
            coming = -1
    else:
        coming = tables.able[tables.first[row] + int(draw.random() * (tables.last[row] - tables.first[row]))]
        if state.held[coming, moment] >= tables.capacity[coming]:
            other = state.seat[coming, moment]
    if coming == state.who[seat] or tables.alone[row, coming] == NEVER:
        coming = -1
    return coming, other


@compiled_within
def _change(tables: SeatTables, state: SeatState, seat: int, coming: int, other: int, leaving: int) -> None:
    """Let somebody take a seat; where they leave another for it, whoever had theirs takes that."""
    take_out(tables, state, seat)
    if other >= 0:
        take_out(tables, state, other)
        put_in(tables, state, other, leaving)
    put_in(tables, state, seat, coming)
