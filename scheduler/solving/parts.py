"""Parts of a model that have nothing to do with each other: what is best for each is best for all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model, cp_model_helper

if TYPE_CHECKING:
    from constraints.board import Lit
    from scheduler.solving.run import Run

Priced = tuple[int, "Lit | cp_model.IntVar"]
SMALL = 100
"""Parts with fewer variables are taken together: each search reads the whole model, which costs more than they do."""


class Part:
    """Some variables and all constraints about them, as a model of its own in which the variables keep their indices.

    `values` are those of its last solution, and `chosen` of the one that the exact search proved to be the best at all
    priorities. By priority: the value `reached`, the bound `least` below it, whether they are `proved` equal, and
    whether the exact search has `tried`.
    """

    def __init__(self, model: cp_model.CpModel, variables: frozenset[int] | None = None, *, first: bool = True) -> None:
        self.model = model
        self.variables = frozenset(range(len(model.proto.variables))) if variables is None else variables
        self.first = first
        self.values: Sequence[int] | None = None
        self.chosen: Sequence[int] | None = None
        self.reached: dict[int, int] = {}
        self.least: dict[int, int] = {}
        self.proved: set[int] = set()
        self.tried: set[int] = set()

    def terms(self, costs: Iterable[Priced]) -> list[Priced]:
        """Return what this part contributes to a cost; what is paid in any case is the first part's."""
        return [term for term in costs if self._owns(term[1])]

    def note(self, priority: int, found: Run, *, exact: bool) -> None:
        """Remember what a run found at a priority."""
        if exact:
            self.tried.add(priority)
        known = self.reached.get(priority) if self.values is not None else None
        if found.values is not None and (known is None or found.objective is None or found.objective <= known):
            self.values = found.values
            if found.objective is not None:
                self.reached[priority] = found.objective
        self.least[priority] = max(self.least.get(priority, 0), found.bound or 0)
        if found.proved or self.least[priority] == self.reached.get(priority):
            self.proved.add(priority)

    def know(self, priority: int, reached: int, *, proved: bool) -> None:
        """Take down what is known to be reached at a priority, and whether that is proved to be the least."""
        self.reached[priority] = reached
        if proved:
            self.least[priority] = reached
            self.proved.add(priority)

    def hint(self, values: Iterable[tuple[int, int]]) -> None:
        """Hint the values of its variables among some, by index."""
        self.model.clear_hints()  # type: ignore[no-untyped-call]  # OR-Tools leaves it untyped
        for index, value in values:
            if index in self.variables:
                self.model.add_hint(self.model.get_int_var_from_proto_index(index), value)

    def _owns(self, what: Lit | cp_model.IntVar) -> bool:
        return self.first if isinstance(what, bool) else variable(what.index) in self.variables


def parts_of(model: cp_model.CpModel) -> list[Part]:
    """Divide a model into parts of which no constraint is about two, the largest first.

    A model that does not fall apart is its only part, and not copied. Constants connect nothing.
    """
    fixed = {n for n, one in enumerate(model.proto.variables) if len(set(one.domain)) == 1}
    about = [[index for index in found if index not in fixed] for found in _variables(model)]
    groups = _connected(len(model.proto.variables), about)
    large = [frozenset(group) for group in groups if len(group) >= SMALL]
    small = frozenset(index for group in groups if len(group) < SMALL for index in group)
    divided = [*large, *([small] if small else [])]
    if len(divided) <= 1:
        return [Part(model)]
    return [Part(_restricted(model, about, group), group, first=n == 0) for n, group in enumerate(divided)]


def joined(parts: Sequence[Part]) -> list[int] | None:
    """Return the values of all variables, each from its part; None as long as one has no solution."""
    values: dict[int, int] = {}
    for part in parts:
        if part.values is None:
            return None
        values |= {index: part.values[index] for index in part.variables}
    return [values[index] for index in sorted(values)]


def variable(index: int) -> int:
    """Return the variable of a literal."""
    return index if index >= 0 else -index - 1


def _connected(size: int, about: Iterable[Collection[int]]) -> list[list[int]]:
    """Return the variables that constraints connect, directly or through others; the largest groups first."""
    leader = list(range(size))

    def lead(index: int) -> int:
        while leader[index] != index:
            leader[index] = index = leader[leader[index]]
        return index

    for variables in about:
        for one in variables:
            leader[lead(one)] = lead(next(iter(variables)))
    groups: dict[int, list[int]] = defaultdict(list)
    for index in range(size):
        groups[lead(index)].append(index)
    return sorted(groups.values(), key=lambda group: (-len(group), group))


def _restricted(model: cp_model.CpModel, about: Sequence[Collection[int]], mine: frozenset[int]) -> cp_model.CpModel:
    """Return a copy with the constraints about some variables only; the others are emptied, so that indices hold."""
    copy = model.clone()
    empty = cp_model_helper.ConstraintProto()
    for constraint, variables in zip(copy.proto.constraints, about, strict=True):
        if not mine.isdisjoint(variables) or not variables:
            continue
        constraint.copy_from(empty)
    return copy


def _variables(model: cp_model.CpModel) -> Iterator[list[int]]:
    """Yield for each constraint the variables that it is about; intervals are about their ends and their presence."""
    spans: dict[int, list[int]] = {}
    for number, constraint in enumerate(model.proto.constraints):
        if constraint.has_no_overlap() or constraint.has_cumulative():
            said = constraint.no_overlap if constraint.has_no_overlap() else constraint.cumulative
            found = [index for interval in said.intervals for index in spans[interval]]
        else:
            found = _stated(constraint)
        found += [variable(index) for index in constraint.enforcement_literal]
        if constraint.has_interval():
            spans[number] = found
        yield found


def _stated(constraint: cp_model_helper.ConstraintProto) -> list[int]:
    """Return the variables of a constraint that is about no interval; of one that the board does not make, none.

    Raises:
        NotImplementedError: the board makes no such constraint.
    """
    for kind in ("bool_or", "bool_and", "at_most_one", "exactly_one"):
        if getattr(constraint, f"has_{kind}")():
            return [variable(index) for index in getattr(constraint, kind).literals]
    if constraint.has_linear():
        return list(constraint.linear.vars)
    if constraint.has_lin_max():
        sides = [constraint.lin_max.target, *constraint.lin_max.exprs]
    elif constraint.has_interval():
        sides = [constraint.interval.start, constraint.interval.size, constraint.interval.end]
    else:
        raise NotImplementedError(str(constraint))
    return [index for side in sides for index in side.vars]
