"""How a change is made: everything that stands against it is gathered first, and what comes out is inspected."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar, Self, TypeVar

from pydantic import ValidationError

from rota.agenda import agenda_of
from rota.case import Case
from rota.catalogue import param_label
from rota.cell import unusable
from rota.change import Change, ChangeError
from rota.changes.reading import texts_of
from rota.demand import Demand
from rota.document import State
from rota.inspection import inspect
from rota.problem import Problem
from rota.request import Answer, Request, SeatRef, Stage
from rota.row import Named, Row, refused
from rota.row_title import row_title
from rota.spelling import near
from rota.text import LANGUAGES, Message, name, text

Body = Mapping[str, Any]
"""The particulars of a change as JSON."""
Check = Callable[[Case], Iterable[Problem]]
"""A further check of a case, e.g. of the parameters of its rules."""

AnyRow = TypeVar("AnyRow", bound=Row)

MOST_SHOWN = 8
"""So many of the things that could be meant are listed."""
UNSETTLED = frozenset({Stage.ASKED, Stage.AGREED})


class CheckedChange(Change):
    """A change that says all that stands against it at once, and after which the case is as sound as before.

    `upcasts` brings older particulars up to date: by version, from its form to the next one.
    """

    upcasts: ClassVar[Mapping[int, Callable[[Body], Body]]] = {}

    @abstractmethod
    def against(self, state: State) -> Iterator[Message]:
        """Yield every reason why the change cannot be made."""

    @abstractmethod
    def made(self, state: State) -> State:
        """Return the state after the change, against which nothing stands."""

    def texts(self) -> Iterator[tuple[Message, str]]:
        """Yield every text among the particulars, with what it is called."""
        return texts_of(self)

    def _unusable(self) -> Iterator[Message]:
        """Yield the texts that no cell of the tables could hold, after which nobody could read them any more."""
        for field, said in self.texts():
            if (what := unusable(said)) is not None:
                yield text("{field}: {what}", "{field}：{what}", field=field, what=what)

    def applied(self, state: State) -> State:
        """Return the state after the change.

        Raises:
            ChangeError: it cannot be made; the sentence names every reason.
        """
        reasons = tuple(dict.fromkeys((*self._unusable(), *self.against(state))))
        if reasons:
            raise ChangeError(reasons)
        after = self.made(state)
        if after == state:
            raise ChangeError([text("Nothing would change: it is so already", "没有变化：现状已是如此")])
        refuse_faults(after.case, before=state.case)
        return after

    @classmethod
    def upcast(cls, version: int, body: Body) -> Self:
        """Return the change that was written down in the form `version`."""
        for step in range(version, cls.version):
            body = cls.upcasts[step](body)
        return cls.model_validate(body)


def refuse_faults(after: Case, checks: Iterable[Check] = (), *, before: Case | None = None) -> None:
    """Look at a case as if it had been read from a file.

    What was wrong `before` already is not held against a change.

    Raises:
        ChangeError: the case has errors; it names all of them.
    """
    known = set(_faults(before, checks)) if before is not None and any(_errors(after, checks)) else set()
    faults = [fault for fault in _faults(after, checks) if fault not in known]
    if faults:
        raise ChangeError(faults)


def _errors(case: Case, checks: Iterable[Check]) -> list[Problem]:
    found = [*inspect(case), *(problem for check in checks for problem in check(case))]
    return [problem for problem in found if problem.severity == "error"]


def _faults(case: Case, checks: Iterable[Check]) -> list[Message]:
    return [fault_message(case, problem) for problem in _errors(case, checks)]


def fault_message(case: Case, problem: Problem) -> Message:
    """Say what is wrong with a row of a case that was read from no file, and which row it is."""
    sheet = name(Case.model_fields[problem.table].title or problem.table, problem.table)
    if problem.row is None:
        return text("{sheet}: {what}", "{sheet}：{what}", sheet=sheet, what=problem.message)
    row: Row = getattr(case, problem.table)[problem.row]
    said = {"sheet": sheet, "row": row_title(case, row), "what": problem.message}
    if isinstance(row, Demand) and problem.field in dict(row.params):
        param = param_label(row.kind, problem.field)
        return text("{sheet}, {row}, {param}: {what}", "{sheet}，{row}，{param}：{what}", **said, param=param)
    return text("{sheet}, {row}: {what}", "{sheet}，{row}：{what}", **said)


def row_from(model: type[AnyRow], cells: Mapping[str, Any]) -> AnyRow:
    """Return the row that cells stand for, each of which was read already; what they are wrong about together is said.

    Raises:
        PydanticCustomError: they contradict each other.
    """
    try:
        return model.model_validate(cells)
    except ValidationError as error:
        said = error.errors()[0].get("ctx", {})
        raise refused(str(said["en"]), str(said["zh"]), str(said["field"])) from None


def with_rows(state: State, **tables: Iterable[Row]) -> State:
    """Return a state in which some tables of the case are exchanged."""
    rows = {table: tuple(each) for table, each in tables.items()}
    return state.model_copy(update={"case": state.case.model_copy(update=rows)})


def unknown(kind: Message, wanted: str, named: Mapping[str, Message]) -> Message:
    """Say that nothing is called `wanted`, with what is called nearly so, or else with what there is."""
    meant = near(wanted, {id_: (id_, *map(label.say, LANGUAGES)) for id_, label in named.items()})
    if meant:
        return text(
            'There is no {kind} "{wanted}"; did you mean {near}?',
            "没有{kind}“{wanted}”；是否应为 {near}？",
            kind=kind,
            wanted=wanted,
            near=_listed(meant, named),
        )
    return text(
        'There is no {kind} "{wanted}"; there are: {all}',
        "没有{kind}“{wanted}”；已有：{all}",
        kind=kind,
        wanted=wanted,
        all=_listed(named, named) or text("none", "无"),
    )


def _listed(ids: Iterable[str], named: Mapping[str, Message]) -> tuple[Message, ...]:
    all_ids = tuple(ids)
    shown = [_with_id(id_, named[id_]) for id_ in all_ids[:MOST_SHOWN]]
    return (*shown, name("…")) if len(all_ids) > MOST_SHOWN else tuple(shown)


def _with_id(id_: str, label: Message) -> Message:
    if id_ in {label.en, label.zh}:
        return label
    return text("{label} [{id}]", "{label}〔{id}〕", label=label, id=id_)


RESOURCE = text("unit, person or equipment", "单位、人员或设备")
SESSION = text("session", "场次")


def shared_ids(case: Case) -> tuple[Named, ...]:
    """Return everything whose ids differ from each other's: what availability can be stated for."""
    return (*case.resources.values(), *case.rooms, *case.sites)


def no_resource(case: Case, who: str) -> Iterator[Message]:
    """Yield what is to be said where nobody is called `who`."""
    if who not in case.resources:
        yield unknown(RESOURCE, who, {id_: each.label for id_, each in case.resources.items()})


def no_session(case: Case, session: str) -> Iterator[Message]:
    """Yield what is to be said where no session is called so."""
    known = agenda_of(case).by_id
    if session not in known:
        yield unknown(SESSION, session, {id_: occurrence.label for id_, occurrence in known.items()})


def without_lost_sessions(before: State, after: State) -> State:
    """Drop the pins of sessions that are no more, and withdraw what was asked about them."""
    lost = agenda_of(before.case).by_id.keys() - agenda_of(after.case).by_id.keys()
    if not lost:
        return after
    return withdrawn_where(
        with_rows(after, pins=(pin for pin in after.case.pins if pin.session not in lost)),
        lambda seat: seat.session in lost,
    )


def held_among(before: State, after: State) -> Iterator[Message]:
    """Yield the sessions that would be no more although an outcome is recorded for them."""
    lost = agenda_of(before.case).by_id.keys() - agenda_of(after.case).by_id.keys()
    for outcome in before.case.outcomes:
        if outcome.session in lost:
            yield text(
                "{session} has an outcome already, so it cannot be dropped; correct its outcome instead",
                "{session} 已有台账记录，不能取消；请改正该台账",
                session=agenda_of(before.case).by_id[outcome.session].label,
            )


def withdrawn_where(state: State, about: Callable[[SeatRef], bool]) -> State:
    """Withdraw the open requests of which a seat answers to `about`, and drop what was said to such seats."""
    requests = tuple(
        request.model_copy(update={"stage": Stage.WITHDRAWN})
        if request.stage in UNSETTLED and (about(request.mine) or about(request.other))
        else request
        for request in state.requests
    )
    answers = tuple(answer for answer in state.answers if not about(answer))
    return state.model_copy(update={"requests": requests, "answers": answers})


def answered(state: State, answer: Answer) -> State:
    """Return a state in which a seat is answered for as said last."""
    seat = (answer.session, answer.part, answer.role, answer.who)
    others = (each for each in state.answers if (each.session, each.part, each.role, each.who) != seat)
    return state.model_copy(update={"answers": (*others, answer)})


def replaced(state: State, request: Request) -> State:
    """Return a state in which a request is as it is now."""
    requests = tuple(request if each.id == request.id else each for each in state.requests)
    return state.model_copy(update={"requests": requests})
