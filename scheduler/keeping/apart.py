"""Repairs in a process of their own: one that runs for ever, or takes its process down with it, harms nobody else."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from constraints.reading import read_rules
from rota.case import Case
from rota.plan import Plan, dump_plan, load_plan
from rota.problem import RotaError
from rota.text import Message, clauses, name, several, text
from scheduler.solving.control import Control, SearchOverError
from scheduler.solving.errors import InfeasibleError
from scheduler.solving.executors import entrust, undisturbed
from scheduler.solving.repair import Request, repair, why_none

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

    from scheduler.solving.repair import Repair

GRACE = 10.0
"""Seconds that a repair has beyond its own limit to say what it found, before it is ended."""
LOOK = 0.2
"""Seconds between two looks at a repair that runs."""
FEWEST = 5.0
"""Seconds that finding out why there is no plan has at least."""
MOST_SAID = 4
"""Of what cannot hold together, so much is said."""

Body = tuple[Any, ...]
"""What is asked for, in plain values."""
Repairer = Callable[[Case, Request, float], "Repaired | Failed"]
"""Repairs a plan within so many seconds."""


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
    control = Control(seconds=seconds)
    try:
        return _of(repair(case, read_rules(case), request, control))
    except InfeasibleError as error:
        return Failed(_because(error, case, request, max(FEWEST, control.left() or 0)))
    except RotaError as error:
        return Failed(error.message)


def _of(found: Repair) -> Repaired:
    forced = tuple(dict.fromkeys(loosened.session for loosened in found.forced))
    return Repaired(found.plan, found.changed, found.least, found.proved, forced)


def _because(error: RotaError, case: Case, request: Request, seconds: float) -> Message:
    """Say that there is no plan, and what cannot hold together, where that is found in time."""
    conflict = why_none(case, read_rules(case), request, Control(seconds=seconds))
    if conflict is None:
        return error.message
    said = list(conflict.sentences[:MOST_SAID])
    if len(conflict.sentences) > MOST_SAID:
        said.append(text("and {n} more", "另有 {n} 处", n=len(conflict.sentences) - MOST_SAID))
    return text(
        "{error} These cannot hold together: {said}",
        "{error}以下无法同时满足：{said}",
        error=error.message,
        said=clauses(said),
    )


def _most_memory() -> int | None:
    """Return half of the machine's memory in bytes, None where it cannot be told."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    except (AttributeError, ValueError, OSError):
        return None


@dataclass(frozen=True)
class Apart:
    """Repairs plans in a process of its own each, which is ended when it takes too long or too much memory.

    `stop` ends it as well, for the program is to end; `work` is what the process does.
    """

    stop: Event = field(default_factory=Event)
    grace: float = GRACE
    most_memory: int | None = field(default_factory=_most_memory)
    work: Callable[[Connection, Body], None] | None = None

    def __call__(self, case: Case, request: Request, seconds: float) -> Repaired | Failed:
        """Repair a plan within so many seconds.

        Raises:
            SearchOverError: the program is to end.
        """
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe(duplex=False)
        body = (case.model_dump(mode="json"), dump_plan(request.baseline), request.now, request.freeze_days, seconds)
        child = context.Process(target=_entrusted, args=(there, self.work or repair_for, body), daemon=True)
        with undisturbed():
            child.start()
        there.close()
        try:
            return self._awaited(child, here, seconds)
        finally:
            child.kill()
            child.join()
            here.close()

    def _awaited(self, child: SpawnProcess, here: Connection, seconds: float) -> Repaired | Failed:
        until = time.monotonic() + seconds + self.grace
        while not here.poll(LOOK):
            if self.stop.is_set():
                raise SearchOverError
            if time.monotonic() > until:
                return Failed(_too_long(seconds + self.grace))
            if self.most_memory is not None and _memory(child.pid) > self.most_memory:
                return Failed(_too_much(self.most_memory))
        try:
            return _read(here.recv())
        except (EOFError, OSError):  # it went down without a word
            child.join()
            return Failed(_went_down(child.exitcode))


def _memory(process: int | None) -> int:
    """Return the memory that a process takes, in bytes; 0 where that cannot be told."""
    with suppress(OSError, ValueError, IndexError, AttributeError):
        pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    return 0


# In the process apart.


def _entrusted(there: Connection, work: Callable[[Connection, Body], None], body: Body) -> None:
    """Do some work in a process that an interrupt of the terminal leaves alone, and that outlives no parent."""
    entrust()
    with suppress(OSError):  # where memory runs out, the system ends this process before any other
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    work(there, body)


def repair_for(there: Connection, body: Body) -> None:
    """Repair what is asked for and send the answer, in plain values alone."""
    rows, plan, now, freeze_days, seconds = body
    request = Request(load_plan(plan), now, freeze_days)
    answer = repair_here(Case.model_validate(rows), request, seconds)
    if isinstance(answer, Failed):
        there.send({language: answer.reason.say(language) for language in ("en", "zh")})
    else:
        there.send({**vars(answer), "plan": dump_plan(answer.plan)})


def _read(answer: dict[str, Any]) -> Repaired | Failed:
    if "en" in answer:
        return Failed(name(answer["zh"], answer["en"]))
    return Repaired(**{**answer, "plan": load_plan(answer["plan"])})


def _too_long(seconds: float) -> Message:
    return text(
        "The search was ended after {n}.", "求解超过 {n}，已被终止。", n=several(round(seconds), "second", "秒")
    )


def _too_much(memory: int) -> Message:
    return text(
        "The search was ended: it took more than {n} MB of memory.",
        "求解占用内存超过 {n} MB，已被终止。",
        n=round(memory / 2**20),
    )


def _went_down(code: int | None) -> Message:
    return text(
        "The search went down without an answer (exit code {code}).",
        "求解进程意外终止，没有结果（退出码 {code}）。",
        code=code,
    )
