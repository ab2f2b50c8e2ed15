"""Reseating: who serves is annealed where all else is settled, and it counts what the verifier counts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
import pytest

from benchmarks.district.generator import case_of, laid_out, planted
from constraints.board import Given
from constraints.reading import read_rules
from constraints.verify import Verdict, verify
from rota.case import Case
from rota.plan import CaseRef, Plan, Session
from scheduler.solving.annealing import reseating, seat_kernel
from scheduler.solving.annealing.reseating import FACTORS, PlannedSeats, reseated
from scheduler.solving.control import Control
from scheduler.solving.coupling import Coupling

STATIONS = 9


@cache
def district() -> tuple[Case, Mapping[str, Session]]:
    """Return a district with its planted plan, which holds and is far from good."""
    laid = laid_out(STATIONS, 7)
    case = case_of(laid, "reseated")
    return case, {session.id: session for session in planted(laid, case).sessions}


def judged(sessions: Mapping[str, Session]) -> Verdict:
    case, _ = district()
    plan = Plan(case=CaseRef(title="", hash=case.hash), sessions=tuple(sessions.values()))
    return verify(case, read_rules(case), plan)


def parted(stations: int) -> tuple[list[str], list[str]]:
    """Return the sessions of the first stations, and all others."""
    mine = {f"a{n}" for n in range(stations)}
    sessions = district()[1].values()
    return [s.id for s in sessions if s.activity in mine], [s.id for s in sessions if s.activity not in mine]


@pytest.fixture(autouse=True)
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reseating, "EACH", 500)


@pytest.mark.parametrize("stations", [STATIONS, 5, 1])
def test_others_serve_at_the_same_sessions_and_less_is_breached(stations: int) -> None:
    case, before = district()
    mine, beside = parted(stations)
    found = reseated(case, read_rules(case), Given(case, before), mine, beside, Control(seed=1))
    assert set(found) <= set(mine)
    for id_, session in found.items():
        assert session != before[id_]
        assert _where_and_when(session) == _where_and_when(before[id_])
    verdict = judged({**before, **found})
    assert verdict.holds, [breach.message.en for breach in verdict.breaches]
    assert verdict.costs[1] < judged(before).costs[1]


@pytest.mark.parametrize(
    ("stations", "roles"), [(STATIONS, ()), (5, ()), (STATIONS, ("instructor",)), (5, ("host", "partner"))]
)
@pytest.mark.parametrize("temperature", [100_000.0, 20.0])
def test_what_changes_is_counted_as_the_verifier_counts_it(
    stations: int, roles: tuple[str, ...], temperature: float
) -> None:
    case, before = district()
    layout = PlannedSeats(case, read_rules(case), Given(case, before), *parted(stations), roles)
    tables, draw = layout.tables(), np.random.default_rng(1)
    state = layout.state(tables)
    seat_kernel.fill(tables, state, layout.now, draw)
    assert state.who.tolist() == layout.now.tolist()
    sums, best, least = state.sums.copy(), state.who.copy(), state.sums.copy()
    seat_kernel.anneal_seats(tables, state, best, least, draw, 50_000, temperature, reseating.BROKEN)
    verdict, then = judged({**before, **layout.changed(state.who)}), judged(before)
    weighed = {priority: factor * verdict.costs[priority] for priority, factor in zip((1, 2, 3), FACTORS, strict=True)}
    less = {priority: factor * then.costs[priority] for priority, factor in zip((1, 2, 3), FACTORS, strict=True)}
    assert state.sums[0] - sums[0] == sum(weighed.values()) - sum(less.values())
    assert verdict.holds == (state.sums[1] == sums[1])


def test_where_roles_are_named_nobody_else_and_no_line_changes() -> None:
    case, before = district()
    found = reseated(case, read_rules(case), Given(case, before), list(before), (), Control(seed=1), {"instructor"})
    assert found
    for id_, session in found.items():
        (now,), (then,) = session.parts, before[id_].parts
        assert now.roles.keys() == then.roles.keys()
        assert {role for role in now.roles if now.roles[role] != then.roles[role]} == {"instructor"}
        assert now.line == then.line
    verdict = judged({**before, **found})
    assert verdict.holds
    assert verdict.costs[2] < judged(before).costs[2]


def test_roles_that_nobody_has_beside_others_are_apart() -> None:
    case, before = district()
    assert dict(Coupling(case).roles_apart()) == {
        frozenset({"instructor"}): 5 * len(before),
        frozenset({"host", "partner"}): 4 * STATIONS * 2 * len(before),
    }


def test_another_line_is_served_where_that_helps() -> None:
    case, before = district()
    found = reseated(case, read_rules(case), Given(case, before), parted(STATIONS)[0], (), Control(seed=1))
    served = {id_: [part.line for part in session.parts] for id_, session in found.items()}
    assert any(lines != [part.line for part in before[id_].parts] for id_, lines in served.items())
    assert all(line in case.activity[before[id_].activity].lines for id_, lines in served.items() for line in lines)


def test_an_empty_seat_is_filled_by_whoever_can_be_spared() -> None:
    case, full = district()
    mine, _ = parted(STATIONS)
    poor = _without_host(full[mine[0]])
    before = {**full, poor.id: poor}
    found = reseated(case, read_rules(case), Given(case, before), mine, (), Control(seed=1))
    assert judged({**before, **found}).holds


def test_a_seat_that_nobody_can_take_leaves_all_as_it_is() -> None:
    case, full = district()
    mine, beside = parted(1)
    poor = _without_host(full[mine[0]])
    units = {who for session in full.values() for part in session.parts for who in part.roles["host"]}
    busy = [full[id_].model_copy(update={"start": poor.start, "end": poor.end}) for id_ in beside[: len(units)]]
    taken = {s.id: _hosted(s, who) for s, who in zip(busy, sorted(units), strict=False)}
    given = Given(case, {**full, poor.id: poor, **taken})
    assert reseated(case, read_rules(case), given, mine, beside, Control(seed=1)) == {}


def _where_and_when(session: Session) -> Session:
    parts = tuple(part.model_copy(update={"roles": {}, "line": None}) for part in session.parts)
    return session.model_copy(update={"parts": parts})


def _without_host(session: Session) -> Session:
    return _hosted(session)


def _hosted(session: Session, *hosts: str) -> Session:
    (part,) = session.parts
    kept = {name: getattr(session, name) for name in Session.model_fields}
    return Session(**{**kept, "parts": (part.model_copy(update={"roles": {**part.roles, "host": hosts}}),)})
