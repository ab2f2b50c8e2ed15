"""Literals of a model: decisions where they are open, constants where they are fixed, and what follows from them."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import combinations, product
from typing import NamedTuple

from ortools.sat.python import cp_model

Unknown = cp_model.BoolVarT
"""A literal of the model: an open decision, what follows from some, or the opposite of one."""
Lit = Unknown | bool
"""A decision: a literal of the model where it is open, a constant where it is fixed."""

Bound = cp_model.BoundedLinearExpression | bool
"""A linear constraint; a constant where nothing in it is open."""


class Count(NamedTuple):
    """A number that follows from decisions: its value, and the least and the most that it can be."""

    value: cp_model.LinearExpr
    least: int
    most: int


Term = tuple[Lit | Count, int]
"""A decision, or a number that follows from some, with its coefficient."""


class Model(cp_model.CpModel):
    """A model without the former names of its methods: to make them takes longer than a small model itself."""

    def _add_pre_pep8_methods(self) -> None:
        pass


class Literals:
    """A model, and the literals and numbers that follow from its decisions; each is made on first use and shared.

    Literals that facts have forbidden are constants from then on.
    """

    def __init__(self) -> None:
        self.model = Model()
        self._dropped: set[int] = set()
        self._never: set[tuple[int, int]] = set()
        self._members: dict[int, tuple[int, ...]] = {}
        self._any: dict[tuple[int, ...], Lit] = {}
        self._all: dict[tuple[int, ...], Lit] = {}

    def negation(self, lit: Lit) -> Lit:
        """Return the opposite of a decision."""
        return opposite(lit)

    def any_of(self, lits: Iterable[Lit]) -> Lit:
        """Return a literal that is true exactly when one of `lits` is."""
        known = list(lits)
        if any(lit is True for lit in known):
            return True
        unknown = unknowns(known)
        if not unknown:
            return False
        if len(unknown) == 1:
            return next(iter(unknown.values()))
        key = tuple(sorted(unknown))
        if key not in self._any:
            either = self.model.new_bool_var("any")
            self._members[either.index] = key
            self.model.add_bool_or([*unknown.values(), either.negated()])
            for lit in unknown.values():
                self.model.add_implication(lit, either)
            self._any[key] = either
        return self._any[key]

    def _one_of(self, lits: Iterable[Lit]) -> Lit:
        """Return a literal that is true exactly when one of `lits` is, of which no two can be.

        Said as a sum it is as tight as can be; `any_of` leaves fractions to the linear relaxation.
        """
        unknown = unknowns(lits)
        key = tuple(sorted(unknown))
        if len(unknown) > 1 and key not in self._any:
            one = self._any[key] = self.model.new_bool_var("one")
            self._members[one.index] = key
            self.model.add_exactly_one([*unknown.values(), one.negated()])
        return self.any_of(unknown.values())

    def all_of(self, lits: Iterable[Lit]) -> Lit:
        """Return a literal that is true exactly when all of `lits` are."""
        unknown: dict[int, Unknown] = {}
        for lit in lits:
            if lit is False:
                return False
            if lit is not True:
                unknown[lit.index] = lit
        if not unknown:
            return True
        if len(unknown) == 1:
            return next(iter(unknown.values()))
        key = tuple(sorted(unknown))
        if any(map(self._never.__contains__, combinations(key, 2))):
            return False
        if key not in self._all:
            both = self.model.new_bool_var("all")
            self.model.add_bool_or([*(lit.negated() for lit in unknown.values()), both])
            for lit in unknown.values():
                self.model.add_implication(both, lit)
            self._all[key] = both
        return self._all[key]

    def _can_both(self, one: Lit, other: Lit) -> bool:
        """Tell whether both can be true, as far as facts have forbidden one of them, or the two together."""
        if one is False or other is False:
            return False
        if one is True or other is True:
            return True
        return ((one.index, other.index) if one.index < other.index else (other.index, one.index)) not in self._never

    def at_least(self, lits: Iterable[Lit], n: int) -> Lit:
        """Return a literal that is true exactly when `n` of `lits`, which differ, are, or more."""
        known = list(lits)
        n -= sum(lit is True for lit in known)
        unknown = list(unknowns(known).values())
        if n <= 0 or n > len(unknown):
            return n <= 0
        if n == 1:
            return self.any_of(unknown)
        enough = self.model.new_bool_var("enough")
        count = cp_model.LinearExpr.sum(unknown)
        self.model.add(count >= n).only_enforce_if(enough)
        self.model.add(count < n).only_enforce_if(enough.negated())
        return enough

    def count(self, terms: Iterable[Term]) -> Count:
        """Return the sum of coefficient x literal, or count, as a number that other sums may hold."""
        total, unknown = self._total(terms)
        if unknown <= 1:
            return total
        value = self.model.new_int_var(total.least, total.most, "count")
        self.model.add(value == total.value)
        return total._replace(value=value)

    def tally(self, dated: Iterable[tuple[dt.date, Lit]], days: Sequence[dt.date]) -> dict[dt.date, Count]:
        """Return for each of `days`, which are in order, how many of the dated decisions hold by its end."""
        lits: dict[dt.date, list[Term]] = {}
        for day, lit in dated:
            if day <= days[-1]:
                lits.setdefault(days[bisect_left(days, day)], []).append((lit, 1))
        running, counts = self.count([]), {}
        for day in days:
            if day in lits:
                running = self.count([(running, 1), *lits[day]])
            counts[day] = running
        return counts

    def greatest(self, counts: Iterable[Count]) -> Count:
        """Return the greatest of some counts."""
        known = list(counts)
        least, most = max(count.least for count in known), max(count.most for count in known)
        unknown = [count for count in known if count.most > least]
        if len(unknown) <= 1 and all(count.least == least for count in unknown):
            return unknown[0] if unknown else self.count([(True, least)])
        value = self.model.new_int_var(least, most, "greatest")
        self.model.add_max_equality(value, [least, *(count.value for count in unknown)])
        return Count(value, least, most)

    def _total(self, terms: Iterable[Term]) -> tuple[Count, int]:
        """Return a sum, and of how many unknowns it is one."""
        constant, low, high = 0, 0, 0
        unknown: list[cp_model.LinearExpr] = []
        coefficients: list[int] = []
        for what, coefficient in terms:
            if isinstance(what, bool):
                constant += coefficient * what
                continue
            value, least, most = what if isinstance(what, Count) else (what, 0, 1)
            if least == most:
                constant += coefficient * least
                continue
            unknown.append(value)
            coefficients.append(coefficient)
            low += min(coefficient * least, coefficient * most)
            high += max(coefficient * least, coefficient * most)
        total = cp_model.LinearExpr.weighted_sum(unknown, coefficients) + constant
        return Count(total, constant + low, constant + high), len(unknown)

    def _at_most(self, counts: Sequence[Count]) -> Count:
        """Return a level that no count lies below; the highest such level is their least."""
        if len(counts) == 1:
            return counts[0]
        lowest, highest = min(count.least for count in counts), min(count.most for count in counts)
        if lowest == highest:
            return Count(cp_model.LinearExpr.constant(lowest), lowest, lowest)
        level = self.model.new_int_var(lowest, highest, "level")
        for count in counts:
            if count.least < highest:
                self.model.add(level <= count.value)
        return Count(level, lowest, highest)

    def _never_both(self, one: Unknown, other: Unknown) -> None:
        """Remember that two cannot hold together; nor can one with any of those of which the other is "one of them"."""
        members = [self._members.get(lit.index, (lit.index,)) for lit in (one, other)]
        self._never |= {(min(pair), max(pair)) for pair in product(*members)}

    def _clause(self, lits: Sequence[Lit]) -> None:
        self.model.add_bool_or(lits)

    def _lit(self, lit: Lit) -> Lit:
        if isinstance(lit, bool):
            return lit
        return False if lit.index in self._dropped else lit


def opposite(lit: Lit) -> Lit:
    """Return the opposite of a decision."""
    return (not lit) if isinstance(lit, bool) else lit.negated()


def unknowns(lits: Iterable[Lit]) -> dict[int, Unknown]:
    """Return the literals that are no constants, each once, by their index."""
    return {lit.index: lit for lit in lits if not isinstance(lit, bool)}
