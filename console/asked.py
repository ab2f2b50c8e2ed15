"""What `rota why` and `rota whynot` are asked about: which case, which plan, which session; and who answers."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Self

from console.exits import Exit
from console.interrupt import stopped_by_interrupt
from console.loading import plan_from, usable_file
from console.naming import UnclearNameError, resource_named, role_named, session_named
from console.no_plan import why_no_plan
from console.places import case_at, plan_at, plan_of
from console.verifying import warn_of_breaches
from console.why import why_session
from console.whynot import pin_of, why_not
from constraints.reading import read_rules
from constraints.verify import verify
from rota.demand import Pin
from rota.text import text
from scheduler.solving.control import Control

if TYPE_CHECKING:
    from console.screen import Screen
    from constraints.rule import Rule
    from rota.agenda import Occurrence
    from rota.case import Case
    from rota.plan import Plan
    from workbook.reading import CaseFile

EXPLAINING = 60.0
"""Seconds of the processor for finding out why there is no plan, where nobody says another limit."""


def _end_if_interrupted(stop: Event) -> None:
    """End the program with what is known printed, where an interrupt cut the search short."""
    if stop.is_set():
        sys.exit(Exit.INTERRUPTED)


@dataclass(frozen=True)
class Asked:
    """A question about a case: about its plan and a session, or, without these, whether there is a plan at all."""

    file: CaseFile
    case: Case
    rules: tuple[Rule, ...]
    screen: Screen
    plan: Plan | None
    session: str | None

    @classmethod
    def read(
        cls, said: Sequence[str], session: str | None, lang: str | None, *, as_json: bool, case: Path | None = None
    ) -> Self:
        """Tell apart what was said: files are the case and the plan, anything else is the session.

        Raises:
            RotaError: something cannot be found or read.
        """
        places = [Path(word) for word in said if Path(word).exists()]
        words = [word for word in said if not Path(word).exists()]
        plans = [place for place in places if place.suffix == ".json"]
        cases = [place for place in places if place.suffix != ".json"]
        place = case_at(case or (cases[0] if cases else None), plans[0] if plans else None)
        file, screen = usable_file(place, lang, as_json=as_json)
        loaded = file.required()
        session = session or " ".join(words) or None
        needed = bool(plans) or (session is not None and plan_of(place).is_file())
        plan = plan_from(plan_at(plans[0] if plans else None, place), loaded) if needed else None
        return cls(file, loaded, read_rules(loaded), screen, plan, session)

    def why(self, role: str | None, seconds: float | None) -> None:
        """Answer why there is no plan, or why a session is as it is.

        Raises:
            RotaError: the question cannot be answered as it stands.
        """
        if self.session is None:
            control = Control.by_processor(EXPLAINING) if seconds is None else Control(seconds)
            with stopped_by_interrupt(control.stop):
                feasible = why_no_plan(self.file, self.rules, self.screen, control)
            _end_if_interrupted(control.stop)
            if feasible is not True:
                sys.exit(Exit.INFEASIBLE if feasible is False else Exit.NO_PLAN_IN_TIME)
            return
        occurrence, plan = self._occurrence(), self._plan()
        if occurrence.id in plan.session:
            named = role_named(self.case, role) if role else None
            why_session(self.case, self.rules, plan, occurrence, named, self.screen)
        else:
            self._force(Pin(session=occurrence.id), plan, seconds, None)

    def why_not(self, who: str, role: str | None, seconds: float | None, output: Path | None) -> None:
        """Answer why somebody does not serve in a session.

        Raises:
            RotaError: the question cannot be answered as it stands.
        """
        occurrence, plan = self._occurrence(), self._plan()
        named = role_named(self.case, role) if role else None
        pin = pin_of(self.case, occurrence, resource_named(self.case, who), named)
        self._force(pin, plan, seconds, output)

    def _force(self, pin: Pin, plan: Plan, seconds: float | None, output: Path | None) -> None:
        stop = Event()
        with stopped_by_interrupt(stop):
            why_not(self.case, self.rules, plan, pin, self.screen, seconds=seconds, stop=stop, output=output)
        _end_if_interrupted(stop)

    def _plan(self) -> Plan:
        if self.plan is None:
            raise UnclearNameError(
                text("There is no plan yet: make one with `rota plan`.", "尚无轮值安排：请先运行 `rota plan`。")
            )
        warn_of_breaches(verify(self.case, self.rules, self.plan), self.screen)
        return self.plan

    def _occurrence(self) -> Occurrence:
        if self.session is None:
            raise UnclearNameError(text("Say which session: --on DATE.", "请用 --on 指明场次或日期。"))
        return session_named(self.case, self.session, self.plan)
