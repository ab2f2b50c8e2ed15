"""`rota engine`: APScheduler is the clock; what has happened, and what is to be done, stands in the journal alone."""

from __future__ import annotations

import datetime as dt
import logging
import os
import secrets
import signal
import socket
import sys
import time
from pathlib import Path
from threading import Event

from apscheduler.schedulers.background import BackgroundScheduler

from console.desk import Desk, DeskError, now, opened
from console.exits import Exit
from console.interrupt import stopped_by_interrupt
from rota.problem import RotaError
from rota.text import Message, text
from scheduler.keeping.apart import Apart
from scheduler.keeping.engine import Engine, Reaction

LEASE = 30.0
"""Seconds for which a lease is held: so much later another engine takes over what one left that was killed."""
BEAT = LEASE / 3
REAP = 300.0
SILENCE = 240.0
"""Seconds without a heartbeat after which the clock counts as dead; a journal that is locked may hold one up."""
PARTED = 5.0
"""Seconds by which the clock on the wall may part from the steady one before all jobs are set anew."""


def run_once(place: Path, lang: str | None, *, debounce: float, patience: float) -> Exit:
    """Answer what is to be answered now, and return how that ended.

    Raises:
        RotaError: there is no journal, or it cannot be read.
    """
    stop = Event()
    with opened(place, lang) as desk, stopped_by_interrupt(stop, signal.SIGTERM):
        said: list[Reaction] = []
        engine = Engine(desk.journal, _holder(), now, debounce=debounce, patience=patience, repairer=Apart(stop=stop))

        def tell(reaction: Reaction) -> None:
            said.append(reaction)
            _say(desk, reaction)

        engine.react(tell)
        if stop.is_set():
            return Exit.INTERRUPTED
        if not said:
            desk.screen.say(text("There is nothing to answer.", "没有待处理的变更。"))
        return Exit.ERROR if any(reaction.what == "failed" for reaction in said) else Exit.OK


def run_until_stopped(place: Path, lang: str | None, *, every: float, debounce: float, patience: float) -> None:
    """Answer changes as they come, until the program is told to end.

    Raises:
        RotaError: there is no journal, or the clock has stopped.
    """
    stop = Event()
    with opened(place, lang) as desk, stopped_by_interrupt(stop, signal.SIGTERM):
        engine = Engine(
            desk.journal, _holder(), now, debounce=debounce, patience=patience, lease=LEASE, repairer=Apart(stop=stop)
        )
        Clockwork(desk, engine, every).run(stop)


def _holder() -> str:
    """Return a name for this process that no other one has."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


class Clockwork:
    """A few jobs in memory: react, heartbeat, reap leases. Whatever is missed is made up for by the next turn."""

    def __init__(self, desk: Desk, engine: Engine, every: float) -> None:
        self.desk, self.engine, self.every = desk, engine, every
        self.trouble = ""
        self.alive = time.monotonic()

    def run(self, stop: Event) -> None:
        """Let the clock run until `stop` is set.

        Raises:
            DeskError: the clock has stopped.
        """
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a turn that is left out while one runs is no news
        kept = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        scheduler = BackgroundScheduler(timezone=dt.UTC, job_defaults=kept)
        for job, seconds in ((self.react, self.every), (self.beat, BEAT), (self.reap, REAP)):
            scheduler.add_job(job, "interval", seconds=seconds, next_run_time=now())
        scheduler.start()
        self.desk.screen.note(text("The engine runs; Ctrl-C ends it.", "引擎正在运行，按 Ctrl-C 结束。"))
        try:
            self.watch(scheduler, stop)
        finally:
            scheduler.shutdown()
        self.desk.screen.note(text("The engine has stopped.", "引擎已停止。"))

    def react(self) -> None:
        """Answer what has come; trouble with the journal is said once, and is over by itself."""
        try:
            self.engine.react(lambda reaction: _say(self.desk, reaction))
        except RotaError as error:
            said = error.say(self.desk.screen.language)
            if said != self.trouble:
                self.desk.screen.note(said)
            self.trouble = said
        else:
            self.trouble = ""

    def beat(self) -> None:
        """Prolong the lease of what is being worked on, and note that the clock runs."""
        self.alive = time.monotonic()
        self.engine.beat()

    def reap(self) -> None:
        """Remove leases that have run out."""
        self.desk.journal.leases.reap()

    def watch(self, scheduler: BackgroundScheduler, stop: Event) -> None:
        """Set the jobs anew where the system's clock was set, for they are due by it; return when told to end.

        Raises:
            DeskError: no job has run for long.
        """
        apart = time.time() - time.monotonic()
        while not stop.wait(1):
            moved = time.time() - time.monotonic()
            if abs(moved - apart) > PARTED:
                apart = moved
                for job in scheduler.get_jobs():
                    job.modify(next_run_time=now())
            if time.monotonic() - self.alive > SILENCE:
                raise DeskError(text("The clock has stopped. Start the engine anew.", "时钟已停止，请重新启动引擎。"))


def _say(desk: Desk, reaction: Reaction) -> None:
    case = desk.journal.state(reaction.stream).case
    when = now().astimezone(case.zone)
    said = reaction_line(case.settings.label, reaction).say(desk.screen.language)
    desk.screen.say(f"{when:%Y-%m-%d %H:%M:%S}  {said}")
    sys.stdout.flush()  # whoever reads a log sees it now


def reaction_line(title: Message, reaction: Reaction) -> Message:
    """Say what the engine did."""
    said = {"title": title, "how": _how_little(reaction)}
    match reaction.what:
        case "kept":
            return text("{title}: nothing has to change.", "{title}：无需改动。", title=title)
        case "overtaken":
            return text(
                "{title}: something changed meanwhile; the answer is made anew.",
                "{title}：求解期间又有变化，将重新求解。",
                title=title,
            )
        case "failed":
            return text(
                "{title}: no draft. {why}", "{title}：未能生成草案。{why}", title=title, why=reaction.reason or ""
            )
        case "published":
            number = reaction.revision.number if reaction.revision else 0
            return text(
                "{title}: revision {n} is published, as the policy allows; {how}.",
                "{title}：按自动批准设置发布第 {n} 版；{how}。",
                n=number,
                **said,
            )
        case _:
            return text(
                "{title}: draft {n} waits for approval; {how}. `rota diff @ @draft` shows it, `rota apply @draft` "
                "publishes it.",
                "{title}：第 {n} 号草案待批准；{how}。可用 `rota diff @ @draft` 查看，`rota apply @draft` 发布。",
                n=reaction.draft.id if reaction.draft else 0,
                **said,
            )


def _how_little(reaction: Reaction) -> Message:
    said = {"n": len(reaction.differing), "changed": len(reaction.changed), "least": reaction.least}
    if reaction.proved:
        return text(
            "sessions that differ: {n}, of which {changed} had to change (the least, proved)",
            "有变化的场次：{n} 场，其中须改动 {changed} 场（已证明最少）",
            **said,
        )
    return text(
        "sessions that differ: {n}, of which {changed} were changed (at least {least} have to)",
        "有变化的场次：{n} 场，其中改动 {changed} 场（至少须改 {least} 场）",
        **said,
    )
