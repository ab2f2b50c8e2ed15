"""`rota engine`: the clock lets the engine answer what has happened; all of it stands in the journal alone."""

from __future__ import annotations

import os
import secrets
import socket
import sys
from pathlib import Path
from threading import Event

from console.desk import Desk, now, opened
from console.exits import Exit
from console.interrupt import stopped_by_interrupt
from rota.problem import RotaError
from rota.text import Message, text
from scheduler.keeping.apart import Apart
from scheduler.keeping.clock import Clock, Job
from scheduler.keeping.engine import Engine, Reaction
from scheduler.keeping.journal import Journal

LEASE = 30.0
"""Seconds for which a lease is held: so much later another engine takes over what one left that was killed."""
EVERY, DEBOUNCE, PATIENCE = 2.0, 5.0, 60.0
"""Seconds: how often the engine looks, how long it waits for further changes, what a repair may take."""
BEAT = LEASE / 3
REAP = 300.0


def run_once(place: Path, lang: str | None, *, debounce: float, patience: float) -> Exit:
    """Answer what is to be answered now, and return how that ended.

    Raises:
        RotaError: there is no journal, or it cannot be read.
    """
    stop = Event()
    with opened(place, lang) as desk, stopped_by_interrupt(stop):
        said: list[Reaction] = []
        engine = Engine(desk.journal, holder(), now, debounce=debounce, patience=patience, repairer=Apart(stop=stop))

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
    with opened(place, lang) as desk, stopped_by_interrupt(stop):
        answering = answering_at(desk, stop, every=every, debounce=debounce, patience=patience)
        with Clock((*answering.jobs, reaping(desk.journal))).running(died=stop.set):
            desk.screen.note(text("The engine runs; Ctrl-C ends it.", "引擎正在运行，按 Ctrl-C 结束。"))
            stop.wait()
        desk.screen.note(text("The engine has stopped.", "引擎已停止。"))


def answering_at(
    desk: Desk, stop: Event, *, every: float = EVERY, debounce: float = DEBOUNCE, patience: float = PATIENCE
) -> Answering:
    """Return what answers the changes in a journal; a repair under way ends when `stop` is set."""
    repairer = Apart(stop=stop)
    engine = Engine(desk.journal, holder(), now, debounce=debounce, patience=patience, lease=LEASE, repairer=repairer)
    return Answering(desk, engine, every)


def holder() -> str:
    """Return a name for this process that no other one has."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


class Answering:
    """The engine's jobs for the clock: react, prolong the lease of what is worked on."""

    def __init__(self, desk: Desk, engine: Engine, every: float) -> None:
        self.desk, self.engine, self.every = desk, engine, every
        self._trouble = ""

    @property
    def jobs(self) -> tuple[Job, ...]:
        """What is to be done, and how often."""
        return (
            Job("answering changes", self.every, self.react),
            Job("prolonging leases", BEAT, self.engine.beat),
        )

    def react(self) -> None:
        """Answer what has come; trouble with the journal is said once, and is over by itself."""
        try:
            self.engine.react(lambda reaction: _say(self.desk, reaction))
        except RotaError as error:
            said = error.say(self.desk.screen.language)
            if said != self._trouble:
                self.desk.screen.note(said)
            self._trouble = said
        else:
            self._trouble = ""


def reaping(journal: Journal) -> Job:
    """Return the job that removes the leases of processes that are gone."""
    return Job("reaping leases", REAP, journal.leases.reap)


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
        case "overtaken" if reaction.draft:
            return text(
                "{title}: something changed meanwhile; draft {n} holds all the same, and the answer is made anew.",
                "{title}：求解期间又有变化；第 {n} 号草案仍然可行，将重新求解以求改动最少。",
                n=reaction.draft.id,
                title=title,
            )
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
