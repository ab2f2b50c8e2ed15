"""Repairs in a process of their own: one that runs for ever, or takes its process down with it, harms nobody else."""

from __future__ import annotations

import multiprocessing
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from constraints.reading import read_rules
from rota.case import Case
from rota.plan import Plan, dump_plan, load_plan
from rota.problem import RotaError
from rota.text import Message, text
from scheduler.solving.control import Control
from scheduler.solving.repair import Request, repair

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.solving.repair import Repair

    Repairer = Callable[[Case, Request, float], "Repaired | Failed"]

GRACE = 10.0
"""Seconds that a repair has beyond its own limit to say what it found, before it is ended."""


@dataclass(frozen=True)
class Repaired:
    """A repaired plan: which sessions changed, how few could have, and which frozen ones had to be opened."""

    plan: Plan
    changed: tuple[str, ...]
    least: int
    proved: bool
    forced: tuple[str, ...]


@dataclass(frozen=True)
class Failed:
    """There is no repaired plan, and why."""

    reason: Message


def repair_here(case: Case, request: Request, seconds: float) -> Repaired | Failed:
    """Repair a plan in this process, within so many seconds."""
    try:
        return _of(repair(case, read_rules(case), request, Control(seconds=seconds)))
    except RotaError as error:
        return Failed(error.message)


def _of(found: Repair) -> Repaired:
    forced = tuple(dict.fromkeys(loosened.session for loosened in found.forced))
    return Repaired(found.plan, found.changed, found.least, found.proved, forced)


def repair_apart(case: Case, request: Request, seconds: float) -> Repaired | Failed:
    """Repair a plan in a process of its own, which is ended some time after its limit."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    body = (case.model_dump(mode="json"), dump_plan(request.baseline), request.now, request.freeze_days, seconds)
    child = context.Process(target=_child, args=(there, body), daemon=True)
    child.start()
    there.close()
    try:
        answer = here.recv() if here.poll(seconds + GRACE) else None
    except EOFError:  # it went down without a word
        answer = _crashed()
    finally:
        if child.is_alive():
            child.kill()
        child.join()
        here.close()
    return _read(answer, seconds)


def _child(there: Connection, body: tuple[Any, ...]) -> None:
    """Repair what is asked for and send the answer, in plain values alone."""
    rows, plan, now, freeze_days, seconds = body
    request = Request(load_plan(plan), now, freeze_days)
    answer = repair_here(Case.model_validate(rows), request, seconds)
    if isinstance(answer, Failed):
        there.send({"en": answer.reason.say("en"), "zh": answer.reason.say("zh")})
    else:
        there.send({**vars(answer), "plan": dump_plan(answer.plan)})


def _crashed() -> dict[str, str]:
    said = text("The search ended without an answer.", "求解进程意外终止，没有结果。")
    return {"en": said.en, "zh": said.zh}


def _read(answer: dict[str, Any] | None, seconds: float) -> Repaired | Failed:
    if answer is None:
        return Failed(
            text("The search was ended after {n} seconds.", "求解超过 {n} 秒，已被终止。", n=round(seconds + GRACE))
        )
    if "en" in answer:
        return Failed(Message(answer["en"], answer["zh"]))
    return Repaired(**{**answer, "plan": load_plan(answer["plan"])})
