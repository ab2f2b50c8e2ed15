"""One run of CP-SAT: in a thread of its own, so that it can be stopped at any time with the best solution kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Thread

from ortools.sat.python import cp_model

from scheduler.solving.control import Control
from scheduler.solving.executors import usable_cores

POLL = 0.05
"""Seconds between two looks at whether to stop."""


@dataclass(frozen=True)
class Run:
    """How a run ended: the values of all variables by index (None without a solution), the objective and its bound."""

    status: cp_model.CpSolverStatus
    values: Sequence[int] | None
    objective: int | None
    bound: int | None
    core: tuple[int, ...] = ()
    """Where assumptions made the model infeasible: the indices of some that did, as far as the search recalls."""
    effort: float = 0.0
    """Seconds of CP-SAT's deterministic clock."""

    @property
    def proved(self) -> bool:
        """Whether the outcome is final: optimal, or infeasible."""
        return self.status in (cp_model.OPTIMAL, cp_model.INFEASIBLE)

    @property
    def infeasible(self) -> bool:
        """Whether it is proved that there is no solution."""
        return bool(self.status == cp_model.INFEASIBLE)


@dataclass(frozen=True)
class Effort:
    """How one run searches: within `seconds`, or `deterministic` seconds of CP-SAT's clock, with how many `workers`.

    `exact` asks for one worker with the full linear relaxation: it proves, and does the same every time
    (docs/decisions/0002-workers.md). `to_hint` only completes the model's hint. To `recall` which assumptions made the
    model infeasible, the search goes without presolve, and without probing, which takes longer than most such
    questions. In a `small` model, a window, it goes without probing and symmetries for the same reason, and has one
    worker with the full linear relaxation, without which such windows take ten times as long;
    `light`, it has little of it. By `cores` one worker raises the bound: it looks for preferences that cannot be met
    all together, without the linear relaxation. Where many small ones compete it proves far more in the same time, but
    finds few plans before it is done. Of two that are `paired` one has the full linear relaxation with many cuts, and
    proves, while the other looks for plans near those that are known; `nearby`, all do, one on each core.
    """

    seconds: float | None = None
    deterministic: float | None = None
    workers: int | None = None
    exact: bool = False
    to_hint: bool = False
    recall: bool = False
    small: bool = False
    light: bool = False
    cores: bool = False
    paired: bool = False
    nearby: bool = False


def run(
    model: cp_model.CpModel,
    control: Control,
    effort: Effort,
    on_solution: Callable[[int, int], None] | None = None,
    on_bound: Callable[[int], None] | None = None,
    on_values: Callable[[Sequence[int]], None] | None = None,
    until: Callable[[], bool] = lambda: False,
) -> Run:
    """Solve `model` with `effort` within the control's limits; tell (objective, bound) of every improvement.

    Then the values of all variables are told to `on_values`. It ends, too, as soon as `until` says so.
    """
    solver = _solver(control, effort)
    if on_bound is not None:
        solver.best_bound_callback = lambda bound: on_bound(_whole(bound))
    statuses: list[cp_model.CpSolverStatus] = []
    errors: list[BaseException] = []

    def solve() -> None:
        try:
            statuses.append(solver.solve(model, _Listener(on_solution, on_values) if on_solution else None))
        except BaseException as error:  # noqa: BLE001 - carried over to the caller's thread below
            errors.append(error)

    thread = Thread(target=solve, daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(POLL)
        if control.stop.is_set() or until():
            solver.stop_search()
    if errors:
        raise errors[0]
    status = statuses[0]
    if status == cp_model.MODEL_INVALID:
        raise RuntimeError(model.validate())
    solved = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    has_objective = model.has_objective()
    return Run(
        status,
        tuple(solver.response_proto.solution) if solved else None,
        round(solver.objective_value) if solved and has_objective else None,
        _whole(solver.best_objective_bound) if has_objective and status != cp_model.INFEASIBLE else None,
        tuple(solver.sufficient_assumptions_for_infeasibility()) if status == cp_model.INFEASIBLE else (),
        solver.response_proto.deterministic_time,
    )


def _solver(control: Control, effort: Effort) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    parameters = solver.parameters
    parameters.random_seed = control.seed
    alone = effort.exact or effort.small
    parameters.num_workers = 1 if alone or effort.cores else effort.workers or control.workers
    if effort.paired:
        parameters.num_workers = 2
        parameters.subsolvers.append("max_lp")
    if effort.nearby:
        parameters.num_workers = max(2, usable_cores())
        parameters.use_lns_only = True
    parameters.optimize_with_core = effort.cores
    parameters.linearization_level = _relaxed(effort, alone=alone)
    parameters.catch_sigint_signal = False
    parameters.fix_variables_to_their_hinted_value = effort.to_hint
    parameters.cp_model_presolve = not effort.recall and not (effort.small and effort.to_hint)
    if effort.recall or effort.small:
        parameters.cp_model_probing_level = parameters.symmetry_level = 0
    if effort.small:
        parameters.max_presolve_iterations = 1
    limits = [limit for limit in (effort.seconds, control.left()) if limit is not None]
    if limits:
        parameters.max_time_in_seconds = min(limits)
    if effort.deterministic is not None:
        parameters.max_deterministic_time = effort.deterministic
    return solver


def _relaxed(effort: Effort, *, alone: bool) -> int:
    """Return how much of the linear relaxation a search has."""
    if effort.recall or effort.cores or (effort.small and effort.to_hint):
        return 0
    return 2 if alone and not effort.light else 1


def _whole(bound: float) -> int:
    """Round a bound of integer costs up: no plan costs a fraction."""
    return -int(-(bound - 1e-6) // 1) if abs(bound) < 2**53 else 0


class _Listener(cp_model.CpSolverSolutionCallback):
    def __init__(
        self, tell: Callable[[int, int], None], tell_values: Callable[[Sequence[int]], None] | None = None
    ) -> None:
        super().__init__()
        self._tell, self._tell_values = tell, tell_values

    def on_solution_callback(self) -> None:
        """Pass on the objective and the bound, and the values if somebody wants them."""
        self._tell(round(self.objective_value), _whole(self.best_objective_bound))
        if self._tell_values is not None:
            self._tell_values(tuple(self.response_proto.solution))
