"""One small search: what is open in a window of a plan is decided anew, as well as can be beside all the rest.

`improve` is a function of its task alone, so that it may run anywhere, more than once, or not at all. What a case needs
is prepared once in each process or thread, and a plan taken up by its differences from the one before.
"""

from __future__ import annotations

import pickle
import threading
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from constraints.board import Board, Given
from rota.case import Case
from scheduler.solving.alike import are_alike, keep_order
from scheduler.solving.chains import lacks
from scheduler.solving.construct import Beside, construct
from scheduler.solving.control import Control
from scheduler.solving.decode import decided
from scheduler.solving.levels import better, costs_in, costs_near, sum_of_all
from scheduler.solving.narrowing import Admitted, Window, frames_of
from scheduler.solving.run import Effort, run

if TYPE_CHECKING:
    from constraints.rule import Rule
    from rota.plan import Session
    from scheduler.solving.bandit import Bandit
    from scheduler.solving.neighbourhoods import Kind, Size

BUILDING = 2e-4
"""Deterministic seconds that are reckoned for building each variable of a window's model."""

Packed = Mapping[str, bytes]
"""The sessions of a plan by id, each packed."""


@dataclass(frozen=True)
class Context:
    """A case and its rules, packed to be sent wherever small searches run."""

    body: bytes
    digest: str

    @classmethod
    def of(cls, case: Case, rules: Sequence[Rule]) -> Context:
        """Pack a case and its rules, without what was worked out from them."""
        tables = {table: getattr(case, table) for table in Case.model_fields}
        body = zlib.compress(pickle.dumps((tables, tuple(rules))), 1)
        return cls(body, sha256(body).hexdigest())

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel as what it is made of."""
        return Context, (self.body, self.digest)


@dataclass(frozen=True)
class Task:
    """A window of a plan, to be improved with so much `effort`; `mending` allows seats to stay empty, at a price.

    Without, seats may stay empty in those windows alone in which some are.
    """

    context: Context
    plan: Packed
    window: Window
    effort: float
    seconds: float | None = None
    seed: int = 0
    mending: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of a task: sessions that are as good or better otherwise, what the window cost before, and after.

    A session that is dropped has None. `proved` tells that nothing better is in the window, `effort` what the search
    took, in deterministic seconds.
    """

    changed: Mapping[str, bytes | None] = field(default_factory=dict)
    before: Mapping[int, int] = field(default_factory=dict)
    after: Mapping[int, int] = field(default_factory=dict)
    proved: bool = False
    effort: float = 0.0


def pack(session: Session) -> bytes:
    """Pack a session."""
    return pickle.dumps(session)


def unpack(packed: bytes) -> Session:
    """Unpack a session."""
    session: Session = pickle.loads(packed)  # noqa: S301 - packed by this program
    return session


def improve(task: Task) -> Outcome:
    """Search the window of a task."""
    prepared = prepared_for(task.context)
    prepared.take_up(task.plan)
    return improved(prepared, task.window, task.effort, Control.of_task(task.seconds, task.seed), task.mending)


def improved(prepared: Prepared, window: Window, effort: float, control: Control, mending: bool) -> Outcome:  # noqa: FBT001 - as in a task
    """Search a window of the plan that is taken up."""
    frames = frames_of(window, prepared.admitted, prepared.given.sessions)
    mine = {id_: session for id_ in frames if (session := prepared.given.sessions.get(id_))}
    opened = mending or any(lacks(prepared.admitted.agenda.by_id[id_], mine.get(id_)) for id_ in frames)
    board = Board(prepared.case, frames, prepared.given, narrowed=frames, open_seats=opened, partial=mending)
    board.post(prepared.rules)
    if prepared.alike and not opened:
        keep_order(board, prepared.given.sessions)
    for lit, value in board.values(mine):
        board.model.add_hint(lit, value)
    board.model.minimize(sum_of_all(board))
    spent = BUILDING * len(board.model.proto.variables)
    now = run(board.model, control, Effort(small=True, to_hint=True))
    if now.values is None or not now.proved:  # of what it costs now nothing is known, unless time was enough
        return Outcome(effort=spent + now.effort)
    board.model.clear_hints()  # type: ignore[no-untyped-call]  # OR-Tools leaves it untyped
    before = costs_in(board, now.values)
    board.model.minimize(costs_near(board, before, held=window.light))
    found = run(board.model, control, Effort(small=True, light=window.light, deterministic=effort))
    spent += now.effort + found.effort
    after = before if found.values is None else costs_in(board, found.values)
    if found.values is None or better(before, after):
        return Outcome(proved=found.proved, effort=spent)
    sessions = decided(board, found.values)
    changed = {id_: sessions.get(id_) for id_ in frames if sessions.get(id_) != mine.get(id_)}
    packed = {id_: None if session is None else pack(session) for id_, session in changed.items()}
    return Outcome(packed, before, after, found.proved, spent)


def next_sessions(context: Context, plan: Packed, due: Collection[str], seconds: float | None) -> Packed:
    """Construct sessions that are due beside those of a plan, the first ones first, as many as there is time for."""
    prepared = prepared_for(context)
    prepared.take_up(plan)
    among = prepared.admitted.agenda.in_order(due)
    beside = Beside(prepared.given, prepared.admitted)
    found = construct(prepared.case, prepared.rules, Control.of_task(seconds), among=among, beside=beside)
    return {o.id: pack(found[o.id]) for o in among if o.id in found}


class Prepared:
    """A case with what all of its windows share, and the plan that the last one was in."""

    def __init__(self, context: Context) -> None:
        tables, rules = pickle.loads(zlib.decompress(context.body))  # noqa: S301 - packed by this program
        self.digest = context.digest
        self.case: Case = Case.model_construct(**tables)
        self.rules: tuple[Rule, ...] = rules
        self.admitted = Admitted(self.case, self.rules)
        self.alike = are_alike(self.case, self.rules)
        self.given = Given(self.case, {})
        self.experience: dict[tuple[Kind, ...], tuple[Bandit[Kind], Mapping[Kind, Bandit[Size]]]] = {}
        """What kinds and sizes of windows have gained in this process."""
        self._packed: dict[str, bytes] = {}

    def take_up(self, plan: Packed, about: Collection[str] | None = None) -> None:
        """Take up the sessions in which a plan differs from the last one; those of other activities may stay."""
        activity = self.admitted.agenda.by_id
        for id_ in [id_ for id_ in self._packed if id_ not in plan]:
            if about is None or activity[id_].activity.id in about:
                self.put(id_, None)
        for id_, packed in plan.items():
            self.put(id_, packed)

    def packed(self, id_: str) -> bytes | None:
        """Return a session of the plan, packed."""
        return self._packed.get(id_)

    def put(self, id_: str, packed: bytes | None) -> None:
        """Take up one session, or leave it out."""
        if packed is None:
            self._packed.pop(id_, None)
            self.given.leave_out(id_)
        elif self._packed.get(id_) != packed:
            self._packed[id_] = packed
            self.given.put(unpack(packed))


_LAST = threading.local()


def prepared_for(context: Context) -> Prepared:
    """Return what is prepared for a case in this thread, where that is the last one that it worked for."""
    last: Prepared | None = getattr(_LAST, "prepared", None)
    if last is None or last.digest != context.digest:
        last = _LAST.prepared = Prepared(context)
    return last
