"""From a case to a plan: the best one, with its proof, whatever the workers; and how it ends when there is none."""

import datetime as dt
from itertools import product
from threading import Event

import pytest

from constraints.reading import read_rules
from constraints.verify import verify
from rota.activity import Activity, Presence, Role
from rota.agenda import agenda_of
from rota.case import Case, Settings
from rota.cycle import Cycle
from rota.demand import Availability, Demand, Level
from rota.facts import Site, Unit
from rota.plan import CaseRef, Plan, PlanPart, Session, dump_plan
from scheduler.solving import solve as solving
from scheduler.solving.construct import construct
from scheduler.solving.control import Control, Progress
from scheduler.solving.decode import decode
from scheduler.solving.errors import InfeasibleError, InterruptedSearchError, NoPlanFoundError, VerifierError
from scheduler.solving.solve import solve
from workbook.starter import starter_case

ROUNDS = 4


def small_case(
    *demands: Demand, availability: tuple[Availability, ...] = (), presence: Presence = Presence.MUST
) -> Case:
    """Four weekly sessions, three units, one host each: 81 plans."""
    return Case(
        settings=Settings(
            id="small", title="小案例", first=dt.date(2026, 3, 1), last=dt.date(2026, 4, 30), calendar="none"
        ),
        sites=(Site(id="S", name="站"),),
        units=tuple(Unit(id=f"U{n}", name=f"单位{n}") for n in (1, 2, 3)),
        cycles=(Cycle(id="weeks", name="每周", first=dt.date(2026, 3, 7), rrule=f"FREQ=WEEKLY;COUNT={ROUNDS}"),),
        activities=(
            Activity(
                id="rotation",
                name="轮值",
                cycle="weeks",
                times=(dt.time(9),),
                minutes=60,
                needs_room=False,
                presence=presence,
            ),
        ),
        roles=(Role(activity="rotation", role="host"),),
        availability=availability,
        demands=demands,
    )


REST = Demand(
    id="rest", kind="rest_gap", priority=1, params=tuple({"role": "host", "cycle": "weeks", "rounds": "3"}.items())
)
FAIR = Demand(id="fair", kind="fair_share", priority=2, params=tuple({"role": "host"}.items()))
AWAY = (
    Availability(resource="U1", level=Level.CANNOT, first=dt.date(2026, 3, 7)),
    Availability(resource="U2", level=Level.CANNOT, first=dt.date(2026, 3, 14), last=dt.date(2026, 3, 21)),
    Availability(resource="U3", level=Level.CANNOT, first=dt.date(2026, 3, 28)),
)


def all_plans(case: Case) -> list[Plan]:
    """Every plan of the small case, enumerated without a solver."""
    occurrences = agenda_of(case).occurrences
    return [
        Plan(
            case=CaseRef(title="", hash=case.hash),
            sessions=tuple(
                Session(
                    id=o.id,
                    activity="rotation",
                    start=o.starts[0],
                    end=o.starts[0] + o.duration,
                    site="S",
                    parts=(PlanPart(id="main", roles={"host": (who,)}),),
                )
                for o, who in zip(occurrences, hosts, strict=True)
            ),
        )
        for hosts in product(("U1", "U2", "U3"), repeat=ROUNDS)
    ]


def test_the_plan_is_the_lexicographically_best_of_all_that_hold() -> None:
    case = small_case(REST, FAIR, availability=AWAY)
    rules = read_rules(case)
    verdicts = [verify(case, rules, plan) for plan in all_plans(case)]
    best = min(tuple(v.costs.values()) for v in verdicts if v.holds)

    solved = solve(case, rules, Control())

    assert tuple(score.value for score in solved.plan.score) == best
    assert all(score.proved and score.bound == score.value for score in solved.plan.score)


def test_swapping_the_priorities_gives_the_best_of_the_other_order() -> None:
    case = small_case(
        REST.model_copy(update={"priority": 2}), FAIR.model_copy(update={"priority": 1}), availability=AWAY
    )
    rules = read_rules(case)
    verdicts = [verify(case, rules, plan) for plan in all_plans(case)]
    best = min(tuple(v.costs[p] for p in (1, 2)) for v in verdicts if v.holds)

    assert tuple(score.value for score in solve(case, rules, Control()).plan.score) == best


@pytest.mark.slow
def test_the_same_case_and_seed_give_the_same_bytes_with_any_number_of_workers() -> None:
    case = starter_case(2026)
    rules = read_rules(case)

    plans = {dump_plan(solve(case, rules, Control(seed=3, workers=workers)).plan) for workers in (1, 2, 4, 2)}

    assert len(plans) == 1
    assert '"reproducible": true' in plans.pop()


def test_nothing_that_must_hold_is_broken_in_the_plan_and_its_costs_are_those_of_the_verifier() -> None:
    case = starter_case(2026)
    rules = read_rules(case)

    plan = solve(case, rules, Control()).plan
    verdict = verify(case, rules, plan)

    assert verdict.holds
    assert {score.priority: score.value for score in plan.score} == verdict.costs


@pytest.mark.slow
def test_construction_alone_is_a_plan_that_is_not_better() -> None:
    case = starter_case(2026)
    rules = read_rules(case)
    held = construct(case, rules, Control())
    greedy = Plan(case=CaseRef(title="", hash=case.hash), sessions=tuple(held.values()))

    best = solve(case, rules, Control()).plan

    assert tuple(verify(case, rules, greedy).costs.values()) >= tuple(score.value for score in best.score)


def test_a_case_that_cannot_hold_is_proved_infeasible() -> None:
    case = small_case(
        availability=tuple(
            Availability(resource=u, level=Level.CANNOT, first=dt.date(2026, 3, 14)) for u in ("U1", "U2", "U3")
        )
    )
    with pytest.raises(InfeasibleError):
        solve(case, read_rules(case), Control())


def test_what_is_seen_to_be_impossible_is_not_searched_for(monkeypatch: pytest.MonkeyPatch) -> None:
    case = small_case(
        availability=tuple(
            Availability(resource=u, level=Level.CANNOT, first=dt.date(2026, 3, 14)) for u in ("U1", "U2", "U3")
        )
    )
    monkeypatch.setattr(solving, "is_wide", lambda _: True)
    monkeypatch.setattr(solving, "_search_wide", None)
    with pytest.raises(InfeasibleError):
        solve(case, read_rules(case), Control(seconds=60))


def test_seats_that_nobody_can_take_stay_open_where_that_is_allowed() -> None:
    case = small_case(
        FAIR,
        availability=tuple(
            Availability(resource=u, level=Level.CANNOT, first=dt.date(2026, 3, 14)) for u in ("U1", "U2", "U3")
        ),
    )
    rules = read_rules(case)

    plan = solve(case, rules, Control(), open_seats=True).plan

    assert [(seat.session, seat.role, seat.missing) for seat in plan.open] == [("rotation@2026-03-14", "host", 1)]
    assert plan.score[0].priority == 0
    assert plan.score[0].value == 1
    assert plan.score[0].proved
    assert verify(case, rules, plan).holds


def test_sessions_that_may_take_place_are_declined_when_they_cost_more_than_they_are_worth() -> None:
    away = tuple(Availability(resource=u, level=Level.AVOID, first=dt.date(2026, 3, 14)) for u in ("U1", "U2", "U3"))
    avoid = Demand(id="avoid", kind="availability", priority=1, weight=2, params=tuple({"level": "avoid"}.items()))
    wanted = Demand(id="wanted", kind="wanted", priority=1)
    case = small_case(avoid, wanted, availability=away, presence=Presence.MAY)

    plan = solve(case, read_rules(case), Control()).plan

    # Held, the session of 14 March costs 2; declined, 1: it is declined, and the other three are held.
    assert [declined.session for declined in plan.declined] == ["rotation@2026-03-14"]
    assert len(plan.sessions) == ROUNDS - 1


def test_with_no_time_and_no_constructed_plan_there_is_no_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solving, "construct", lambda *_: {})
    with pytest.raises(NoPlanFoundError):
        solve(small_case(FAIR), read_rules(small_case(FAIR)), Control(seconds=0))


def test_an_interrupt_after_construction_keeps_the_constructed_plan() -> None:
    case = starter_case(2026)
    rules = read_rules(case)
    stop = Event()

    def interrupt(progress: Progress) -> None:
        if progress.stage == "search":
            stop.set()

    solved = solve(case, rules, Control(stop=stop, report=interrupt))

    assert solved.interrupted
    assert verify(case, rules, solved.plan).holds


def test_an_interrupt_without_a_plan_ends_construction_after_a_short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    told_to_stop: list[bool] = []

    def endless(_case: object, _rules: object, control: Control) -> dict[str, Session]:
        told_to_stop.append(control.stop.wait(60.0))
        return {}

    monkeypatch.setattr(solving, "construct", endless)
    monkeypatch.setattr(solving, "GRACE", 0.1)
    stop = Event()
    stop.set()
    with pytest.raises(InterruptedSearchError):
        solve(small_case(REST, FAIR), read_rules(small_case(REST, FAIR)), Control(stop=stop))
    assert told_to_stop == [True]


def test_what_is_interrupted_before_the_proof_is_not_called_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    case = small_case(REST, FAIR, availability=AWAY)
    rules = read_rules(case)
    held = {
        session.id: session for session in next(p for p in all_plans(case) if verify(case, rules, p).holds).sessions
    }
    monkeypatch.setattr(solving, "construct", lambda *_: held)
    stop = Event()
    stop.set()

    plan = solve(case, rules, Control(stop=stop)).plan

    assert not plan.proved
    assert not plan.solver.reproducible
    assert plan.score[1].conditional_on == (1,)


def test_a_plan_that_the_verifier_refuses_is_never_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    case = small_case(FAIR, availability=AWAY)
    rules = read_rules(case)
    honest = decode

    def faulty(*arguments: object) -> tuple[Session, ...]:
        return honest(*arguments)[1:]  # type: ignore[arg-type]

    monkeypatch.setattr("scheduler.solving.stage.decode", faulty)
    with pytest.raises(VerifierError, match="fault in Rota"):
        solve(case, rules, Control())


@pytest.mark.slow
def test_progress_tells_value_and_bound_of_the_priority_at_hand() -> None:
    heard: list[Progress] = []
    case = starter_case(2026)

    solve(case, read_rules(case), Control(report=heard.append))

    assert [p.priority for p in heard] == sorted(p.priority or 0 for p in heard)
    assert any(p.value is not None and p.bound is not None and p.gap is not None for p in heard if p.stage == "search")
