"""The trial of rules: what one encodes is compared with what it checks, on every plan of tiny cases.

    python -m constraints.trial            every kind of rule that another distribution adds
    python -m constraints.trial KIND …     some of them

Plans are enumerated in plain Python, and each is fixed on the board. A distribution that adds rules names their tiny
cases, for each kind, as an entry point of the group `rota.trials`: some cases, or a function that returns them. Its
tests may call `agree` as well.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from itertools import combinations, islice, product
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from constraints.board import Board, Mode
from constraints.reading import read_rules
from constraints.registry import ADDED
from constraints.standing import Standing
from rota.agenda import Occurrence, PartFrame, Seats, agenda_of
from rota.plan import CaseRef, Plan, PlanPart, Session
from rota.roster import Roster

if TYPE_CHECKING:
    from constraints.rule import Rule
    from rota.case import Case

Sessions = Mapping[str, Session]

GROUP = "rota.trials"
"""The group of entry points that name the tiny cases of rules, by kind."""
MOST_PLANS = 1000
"""A tiny case with more plans than this is not tiny."""
FEW_PLANS = 50
"""So many plans show what does not depend on the plan."""


class DisagreementError(AssertionError):
    """A rule does not encode what it checks, or its tiny cases do not show whether it does."""


@dataclass(frozen=True)
class Verdicts:
    """How often a rule was kept and broken by the plans of some cases."""

    kept: int
    broken: int


def agree(kind: str, cases: Iterable[Case]) -> Verdicts:
    """Try the rules of one kind that some tiny cases state: whole and in windows, required and preferred.

    Raises:
        DisagreementError: board and check do not agree on some plan; or the cases have too many plans to try, or none
            that keeps the rule, or none that breaks it.
    """
    kept = broken = 0
    for case in cases:
        rule = stated(case, kind)
        if sum(1 for _ in islice(plans_of(case), MOST_PLANS + 1)) > MOST_PLANS:
            raise DisagreementError(f"a case of {kind} is not tiny: it has more than {MOST_PLANS} plans")
        verdicts = compare(case, rule)
        compare_windows(case, rule)
        compare_untouched(case, rule)
        kept, broken = kept + verdicts.kept, broken + verdicts.broken
    if not kept or not broken:
        raise DisagreementError(f"{kept} plans keep {kind} and {broken} break it: its tiny cases say nothing")
    return Verdicts(kept, broken)


def cases_of(kind: str) -> tuple[Case, ...]:
    """Return the tiny cases that a distribution brings along with a rule.

    Raises:
        LookupError: it brings none.
    """
    for entry in entry_points(group=GROUP, name=kind):
        found = entry.load()
        if cases := tuple(found() if callable(found) else found):
            return cases
    raise LookupError(f"no tiny cases for the rule {kind}: name them as the entry point {kind} of the group {GROUP}")


def stated(case: Case, kind: str) -> Rule:
    """Return the first rule of a kind that the case states.

    Raises:
        LookupError: it states none.
    """
    ids = {demand.id for demand in case.demands}
    rule = next((rule for rule in read_rules(case) if rule.kind == kind and rule.id in ids), None)
    if rule is None:
        raise LookupError(f"the case {case.settings.id} states no rule of the kind {kind}")
    return rule


# Enumeration, in plain Python and without the board.


def plans_of(case: Case) -> Iterator[dict[str, Session]]:
    """Yield every plan that is made of what the case foresees, whatever the rules say."""
    occurrences = agenda_of(case).occurrences
    every = [list(choices(case, occurrence)) + ([] if occurrence.must else [None]) for occurrence in occurrences]
    for chosen in product(*every):
        yield {session.id: session for session in chosen if session is not None}


def choices(case: Case, occurrence: Occurrence) -> Iterator[Session]:
    """Yield every way in which one session can be held."""
    for start, place in product(occurrence.starts, occurrence.sites):
        for parts in product(*(list(_parts(case, place, frame)) for frame in occurrence.parts)):
            yield Session(
                id=occurrence.id,
                activity=occurrence.activity.id,
                start=start,
                end=start + occurrence.duration,
                site=place,
                parts=parts,
            )


def _parts(case: Case, place: str, frame: PartFrame) -> Iterator[PlanPart]:
    rooms: list[str | None] = [room for room in frame.rooms if case.room[room].site == place]
    lines: list[str | None] = list(frame.lines)
    seated = [list(_seated(seats)) for seats in frame.seats]
    names = [seats.name for seats in frame.seats]
    for room, line, who in product(rooms if frame.needs_room else [None], lines or [None], product(*seated)):
        roles = dict(zip(names, who, strict=True))
        yield PlanPart(id=frame.id, room=room, theme=frame.theme.zh, line=line, roles=roles)


def _seated(seats: Seats) -> Iterator[tuple[str, ...]]:
    for size in range(seats.role.least, min(seats.role.most, len(seats.candidates)) + 1):
        yield from combinations(seats.candidates, size)


def roster(case: Case, sessions: Sessions) -> Roster:
    """Read sessions against their case."""
    return Roster(case, Plan(case=CaseRef(title="", hash=""), sessions=tuple(sessions.values())))


# The board, with its decisions fixed to one plan after the other.


class Trial:
    """A board whose decisions are fixed to plans, to see what is left to the auxiliaries."""

    def __init__(self, board: Board, *, assumed: bool | None = None) -> None:
        """Price all that the board charges and misses; `assumed` fixes the literals of all its instances."""
        self.board = board
        self._cost = {
            priority: cp_model.LinearExpr.weighted_sum([what for _, what in terms], [c for c, _ in terms])
            for priority, terms in board.costs.items()
        }
        missing = [amount * what for amount, what in board.missing]
        board.model.minimize(cp_model.LinearExpr.sum([*self._cost.values(), *missing]))
        if assumed is not None:
            for literal in board.instances.values():
                board.model.add(literal == int(assumed))
        self._solver = quick_solver()

    def least_cost(self, sessions: Sessions) -> int | None:
        """Return the least cost that the board gives to a plan; None where it rules the plan out."""
        variables = self.board.model.proto.variables
        for literal, value in self.board.values(sessions):
            domain = variables[literal.index].domain
            domain[0] = domain[1] = int(value)
        status = self._solver.solve(self.board.model)
        if status == cp_model.INFEASIBLE:
            return None
        if status != cp_model.OPTIMAL:
            raise RuntimeError(f"the solver ends with {self._solver.status_name(status)}")
        return round(self._solver.objective_value)

    def cost(self, priority: int) -> int:
        """Return the cost at one priority that the last solution has."""
        return int(self._solver.value(self._cost[priority])) if priority in self._cost else 0


def quick_solver() -> cp_model.CpSolver:
    """Return a solver for models so small that preparing them costs more than solving them."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.cp_model_presolve = False
    solver.parameters.cp_model_probing_level = 0
    solver.parameters.symmetry_level = 0
    solver.parameters.linearization_level = 0
    return solver


def posted(case: Case, rule: Rule, mode: Mode = "plan") -> Board:
    """Return a board over the whole case with one rule on it."""
    board = Board(case, mode=mode)
    board.post([rule])
    return board


# What is compared.


def compare(case: Case, rule: Rule, every: int = 1) -> Verdicts:
    """Compare board and check on every plan of a case: required in both modes, and preferred.

    With `every` above 1 only each so-many-th plan is tried.

    Raises:
        DisagreementError: they do not agree on some plan; it is named.
    """
    required = rule.model_copy(update={"priority": 0})
    preferred = rule.model_copy(update={"priority": 1})
    holds = Trial(posted(case, required))
    explained = Trial(posted(case, required, "explain"), assumed=True)
    free = Trial(posted(case, required, "explain"), assumed=False)
    priced = Trial(posted(case, preferred))
    wished = Trial(posted(case, preferred, "explain"), assumed=True)
    kept = broken = 0
    for sessions in islice(plans_of(case), 0, None, every):
        read = roster(case, sessions)
        found = list(rule.check(read))
        feasible = 0 if not found else None
        cost = preferred.cost(read)
        _expect("a breach of no size", any(breach.amount <= 0 for breach in found), expected=False, sessions=sessions)
        _expect("required", holds.least_cost(sessions), feasible, sessions)
        _expect("required, to be explained", explained.least_cost(sessions), feasible, sessions)
        _expect("enforced outside its instances", free.least_cost(sessions), 0, sessions)
        _expect("preferred", priced.least_cost(sessions), cost, sessions)
        _expect("preferred, while explaining", wished.least_cost(sessions), cost, sessions)
        kept += not found
        broken += bool(found)
    return Verdicts(kept, broken)


def _expect(what: str, found: object, expected: object, sessions: Sessions) -> None:
    if found != expected:
        raise DisagreementError(f"{what}: the board says {found}, the check {expected}, of {describe(sessions)}")


def compare_windows(case: Case, rule: Rule, every: int = 1) -> None:
    """Compare each window of one session, with every plan of the rest as given, to the check of the whole plan.

    With `every` above 1 only each so-many-th plan of the rest is given.

    Whatever is fixed is paid for or not alike in all plans of a window, so prices are compared up to a constant. A
    required rule rules out what the verifier refuses where all but the window is past: what stands does not count.

    Raises:
        DisagreementError: they do not agree on some plan; it is named.
    """
    required = rule.model_copy(update={"priority": 0})
    preferred = rule.model_copy(update={"priority": 1})
    occurrences = agenda_of(case).occurrences
    for opened in occurrences:
        others = [o for o in occurrences if o is not opened]
        mine: list[Session | None] = [*choices(case, opened), *([] if opened.must else [None])]
        rests = product(*([*choices(case, other), None] for other in others))
        for rest in islice(rests, 0, None, every):
            fixed = {session.id: session for session in rest if session is not None}
            _compare_window(case, (required, preferred), opened, mine, fixed)


def _compare_window(
    case: Case, rules: tuple[Rule, Rule], opened: Occurrence, mine: list[Session | None], fixed: dict[str, Session]
) -> None:
    required, preferred = rules
    plans = [{**fixed, session.id: session} if session else fixed for session in mine]
    costs = [preferred.cost(roster(case, sessions)) for sessions in plans]
    priced = _window(case, preferred, opened.id, fixed)
    found = [priced.least_cost(sessions) for sessions in plans]
    least = min(costs)
    lowest = min((cost for cost in found if cost is not None), default=0)
    for sessions, checked, solved in zip(plans, costs, found, strict=True):
        beyond = None if solved is None else solved - lowest
        _expect(f"window {opened.id}, preferred", beyond, checked - least, sessions)
    holds = _window(case, required, opened.id, fixed)
    past = agenda_of(case).by_id.keys() - {opened.id}
    for sessions in plans:
        broken, _ = Standing(roster(case, sessions), past).of_rule(required)
        solved = holds.least_cost(sessions)
        _expect(f"window {opened.id}, required", solved, None if broken else 0, sessions)


def compare_untouched(case: Case, rule: Rule) -> None:
    """Post a rule where nothing is open: even on plans that break it the model stays empty.

    Raises:
        DisagreementError: something was posted; the plan is named.
    """
    for sessions in islice(plans_of(case), FEW_PLANS):
        for priority in (0, 1):
            board = Board(case, set(), sessions)
            board.post([rule.model_copy(update={"priority": priority})])
            anything = bool(board.costs or board.model.proto.variables or board.model.proto.constraints)
            _expect("posted where nothing is open", anything, expected=False, sessions=sessions)


def _window(case: Case, rule: Rule, opened: str, fixed: dict[str, Session]) -> Trial:
    board = Board(case, {opened}, fixed)
    board.post([rule])
    return Trial(board)


def describe(sessions: Sessions) -> str:
    """Say a plan in one line."""
    return "; ".join(
        f"{session.id} {session.start:%m-%d %H:%M} {session.site} "
        + " ".join(f"{p.id}[{p.room} {p.line} {_said(p.roles.items())}]" for p in session.parts)
        for session in sessions.values()
    )


def _said(roles: Iterable[tuple[str, tuple[str, ...]]]) -> str:
    return " ".join(f"{role}={'+'.join(who)}" for role, who in roles)


def main(kinds: Iterable[str]) -> int:
    """Try some kinds of rules, or all that were added; print what comes of it, and return how many fail."""
    failed = 0
    for kind in list(kinds) or [rule.kind for rule in ADDED]:
        try:
            verdicts = agree(kind, cases_of(kind))
        except (DisagreementError, LookupError) as error:
            failed += 1
            sys.stdout.write(f"{kind}: {error}\n")
        else:
            sys.stdout.write(f"{kind}: agrees on {verdicts.kept} plans that keep it and {verdicts.broken} others\n")
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
