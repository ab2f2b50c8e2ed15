"""The board: what rules may demand of decisions, and what that comes to in the model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from constraints.board.literals import Bound, Count, Lit, Term, Unknown, unknowns
from constraints.board.turns import Turns
from constraints.instances import Instance
from rota.hours import minute_of

if TYPE_CHECKING:
    from constraints.rule import Rule
    from rota.agenda import Occurrence


class Board(Turns):
    """All decisions about the sessions `open`, with the sessions of `fixed` as constants.

    Sessions that are neither open nor fixed do not take place; of those `narrowed` no more is open than that frame of
    theirs says, and those that must take place do. Where not all are open the board is a window: there no
    more is asked of open sessions than that they break nothing that must hold beside what is fixed, and bring what is
    still missing (`constraints.standing`). In `explain` mode every required demand is enforced under the literal of
    its instance (`instances`); otherwise it simply holds, and candidates that facts forbid are dropped. `open_seats`
    lets seats and whole sessions stay empty, at a cost in `missing`. `partial` is for building a plan up bit by bit:
    required minima become wishes, also counted in `missing`. What is required under an instance in `exempt` may be
    broken, at a cost in `exceptions`. Costs are kept by priority and by rule; `asked_about` tells about whose places
    each rule asked.
    """

    # Demands: what a rule may say.

    def post(self, rules: Iterable[Rule], before_each: Callable[[], None] = lambda: None) -> None:
        """Let rules speak; facts first, so that the candidates that they forbid are dropped for the others.

        `before_each` rule is called first; what it raises ends the posting, and the board is then of no use.
        """
        for rule in sorted(rules, key=lambda rule: not (rule.fact and rule.required)):
            before_each()
            self._posting = rule
            rule.post(self)
            self._posting = None

    def forbid(self, lits: Iterable[Lit], about: tuple[str, ...], amount: int = 1) -> None:
        """Demand that not all of `lits` are true; together they are a breach of size `amount`.

        Where all are true already the model of a required rule has no solution.
        """
        known = list(lits)
        if any(lit is False for lit in known):
            return
        unknown = list(unknowns(known).values())
        rule = self._rule
        if not self._strict(about):
            self._charge_all(unknown, amount)
        elif self.mode == "explain":
            self._clause([*(lit.negated() for lit in unknown), self._instance(Instance(rule.id, about)).negated()])
        elif len(unknown) == 1:
            self._dropped.add(unknown[0].index)
            self.model.add(unknown[0] == 0)
        else:
            if len(unknown) == 2:  # noqa: PLR2004 - a pair
                self._never_both(*unknown)
            self._clause([lit.negated() for lit in unknown])

    def demand(self, lits: Iterable[Lit], about: tuple[str, ...], amount: int = 1) -> None:
        """Demand that one of `lits` is true; none is a breach of size `amount`."""
        self.between([(lit, 1) for lit in lits], 1, None, about, amount)

    def between(
        self,
        terms: Iterable[Term],
        least: int | None,
        most: int | None,
        about: tuple[str, ...],
        amount: int = 1,
    ) -> None:
        """Demand least <= sum of coefficient x literal or count <= most; each unit outside is a breach of `amount`.

        Of what has to hold, no more is asked for than that what is fixed comes to without any other session.
        """
        stated = list(terms)
        (total, low, high), _ = self._total(stated)
        if most is not None and self._rule.required and self.windowed:
            most = max(most, self._alone(stated))
        if least is not None and low < least:
            self._keep(total >= least, lambda slack: total + slack >= least, least - low, about, amount, minimum=True)
        if most is not None and high > most:
            self._keep(total <= most, lambda slack: total - slack <= most, high - most, about, amount)

    def at_once(self, uses: Iterable[tuple[Occurrence, Lit]], most: int, about: tuple[str, ...]) -> bool:
        """Demand that no more than `most` sessions run at once of those for which a decision holds, each for its own.

        Return whether that was said: it cannot be where sessions are fixed, where it may be broken at a price, and
        where it is to be explained.
        """
        taken = [(occurrence, lit) for occurrence, lit in uses if lit is not False]
        if self.mode == "explain" or not self._strict(about) or any(o.id in self.fixed for o, _ in taken):
            return False
        spans = [self._span(occurrence, lit) for occurrence, lit in taken]
        if most == 1:
            self.model.add_no_overlap(spans)
        else:
            self.model.add_cumulative(spans, [1] * len(spans), most)
        return True

    def spread(
        self, compared: Iterable[tuple[Sequence[Count], Sequence[Count]]], most: int, about: tuple[str, ...]
    ) -> cp_model.LinearExpr:
        """Demand that none of the first counts is more than `most` above any of the second, in each pair of groups.

        The greatest excess is the size of the breach, and returned; of what has to hold it is 0. Each group is held
        against one level, not count against count.
        """
        gaps = [
            (ahead.value - level.value, ahead.most - level.least - most)
            for first, second in compared
            for level in [self._at_most(second)]
            for ahead in first
            if ahead.most - level.least > most
        ]
        excess: cp_model.LinearExpr = cp_model.LinearExpr.constant(0)
        if self.windowed and self._rule.required:
            most = max(
                [most, *(ahead.least - min(b.least for b in second) for first, second in compared for ahead in first)]
            )
        if gaps and not self._strict(about):
            excess = self.model.new_int_var(0, max(furthest for _, furthest in gaps), "excess")
            self._cost(1, excess)
        for gap, _ in gaps:
            self._enforce(gap - excess <= most, about)
        return excess

    def charge(
        self, terms: Iterable[Term], price: Callable[[int], int], about: tuple[str, ...]
    ) -> cp_model.LinearExprT:
        """Demand that price(n) is 0, where n is the sum of the terms; else it is the size of the breach.

        `price` must be convex and not negative. Returns n as an expression.
        """
        stated = list(terms)
        (total, low, high), _ = self._total(stated)
        count = self.model.new_int_var(low, high, "count")
        self.model.add(count == total)
        prices = [price(n) for n in range(low, high + 1)]
        if self._rule.required:
            least, most = _cheapest(price, high, self._alone(stated) if self.windowed else None)
            if low < least:
                self._keep(count >= least, lambda slack: count + slack >= least, least - low, about, 1, minimum=True)
            if high > most:
                self._keep(count <= most, lambda slack: count - slack <= most, high - most, about, 1)
        else:
            cost = self.model.new_int_var(min(prices), max(prices), "price")
            for n, (here, there) in enumerate(pairwise(prices), low):
                self.model.add(cost >= here + (there - here) * (count - n))
            self._cost(1, cost)
        return count

    def imply(self, terms: Iterable[tuple[cp_model.LinearExprT, int]], least: int | None, most: int | None) -> None:
        """State what follows anyway and helps the proof: least <= sum of coefficient x expression <= most."""
        total = sum(c * expression for expression, c in terms)
        if least is not None:
            self.model.add(total >= least)
        if most is not None:
            self.model.add(total <= most)

    # What demands come to in the model.

    def _span(self, occurrence: Occurrence, lit: Lit) -> cp_model.IntervalVar:
        """Return the minutes of a session, counted where the decision holds."""
        begins, minutes = self._begin(occurrence), occurrence.activity.minutes
        if lit is True:
            return self.model.new_fixed_size_interval_var(begins, minutes, occurrence.id)
        return self.model.new_optional_fixed_size_interval_var(begins, minutes, lit, occurrence.id)

    def _begin(self, occurrence: Occurrence) -> cp_model.LinearExprT:
        """Return the minute at which a session begins, where it takes place."""
        if occurrence.id not in self._begins:
            minutes = {start: minute_of(start) for start in occurrence.starts}
            first, last = min(minutes.values(), default=0), max(minutes.values(), default=0)
            begins: cp_model.LinearExprT = first
            if first < last:
                begins = self.model.new_int_var(first, last, f"{occurrence.id} begins")
                later = [(self.start(occurrence, start), minute - first) for start, minute in minutes.items()]
                self.model.add(begins == self._total(later)[0].value + first)
            self._begins[occurrence.id] = begins
        return self._begins[occurrence.id]

    def _alone(self, terms: Iterable[Term]) -> int:
        """Return what a sum comes to where no open session takes place."""
        return sum(coefficient * _without(what) for what, coefficient in terms)

    @property
    def _rule(self) -> Rule:
        if self._posting is None:
            raise RuntimeError("demands are made while a rule is being posted")
        return self._posting

    def _keep(
        self,
        whole: Bound,
        with_slack: Callable[[cp_model.IntVar], Bound],
        furthest: int,
        about: tuple[str, ...],
        amount: int,
        *,
        minimum: bool = False,
    ) -> None:
        rule = self._rule
        soft = rule.required and minimum and self.partial
        if not self._strict(about) or soft:
            slack = self.model.new_int_var(0, furthest, "slack")
            self.model.add(with_slack(slack))
            if soft:
                self.missing.append((1, slack))
            else:
                self._cost(amount, slack)
        else:
            self._enforce(whole, about)

    def _enforce(self, whole: Bound, about: tuple[str, ...]) -> None:
        """State a constraint; where it is to be explained, one of a required rule holds under its instance only."""
        stated = self.model.add(whole)
        if self._rule.required and self.mode == "explain":
            stated.only_enforce_if(self._instance(Instance(self._rule.id, about)))

    def _charge_all(self, unknown: list[Unknown], amount: int) -> None:
        if len(unknown) == 1:
            self._cost(amount, unknown[0])
        elif not unknown:
            self._cost(amount, what=True)
        else:
            broken = self.model.new_bool_var("broken")
            self._clause([*(lit.negated() for lit in unknown), broken])
            self._cost(amount, broken)

    def _strict(self, about: tuple[str, ...]) -> bool:
        """Tell whether what the rule demands there has to hold."""
        return self._rule.required and Instance(self._rule.id, about) not in self.exempt

    def _cost(self, amount: int, what: Lit | cp_model.IntVar) -> None:
        if self._rule.required:
            self.exceptions.append((amount, what))
            return
        priced = (amount * self._rule.weight, what)
        self.costs.setdefault(self._rule.priority, []).append(priced)
        self.costs_of.setdefault(self._rule.id, []).append(priced)


def _cheapest(price: Callable[[int], int], high: int, alone: int | None) -> tuple[int, int]:
    """Return the least and the most that costs nothing, or no more than what is fixed `alone`, where that is too much.

    Where every number costs something, the first lies above the second.
    """
    least = next((n for n in range(high + 1) if price(n + 1) >= price(n)), high + 1)
    allowed = price(alone) if alone is not None and alone >= least else 0
    return least, max((n for n in range(least, high + 1) if price(n) <= allowed), default=least - 1)


def _without(what: Lit | Count) -> int:
    """Return what a decision, or a count of some, comes to where no open session takes place."""
    if isinstance(what, Count):
        return what.least
    return int(what) if isinstance(what, bool) else int(what.index < 0)
