"""What a rule is: validated parameters with four faces - post, check, cost and describe."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, get_args

from pydantic import Field
from pydantic.fields import FieldInfo

from constraints.breach import Breach
from constraints.misfits import misfits
from constraints.remembered import once
from rota.agenda import agenda_of
from rota.catalogue import RuleKind, RuleParam
from rota.demand import REQUIRED
from rota.periods import Per, is_day, period_label
from rota.row import Id, Ids, Positive, Texts, Value, refused
from rota.text import Message, Word, clauses, counted, text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ortools.sat.python.cp_model import LinearExprT

    from constraints.board import Board, Lit, Stay, Turn
    from constraints.placed import Placed
    from constraints.separable import Separable
    from rota.agenda import Occurrence
    from rota.case import Case
    from rota.demand import HistoricTurn
    from rota.roster import Held, Roster

FRAME = frozenset({"id", "priority", "weight"})
"""Fields of a rule that every demand has; all others are parameters of its kind."""


def param(title: str, en: str, zh: str, default: Any = ...) -> Any:  # noqa: ANN401 - as pydantic's own Field
    """Declare a parameter of a rule with its Chinese header and one explaining clause in each language."""
    return Field(default, title=title, description=en, json_schema_extra={"zh": zh})


class Rule(Value, ABC):
    """One demand, read: required (priority 0), or preferred at a priority and a weight.

    `post` may only use the queries and the demands of the board; `check` only the roster. Neither sees another rule.
    """

    kind: ClassVar[str]
    label: ClassVar[Message]
    summary: ClassVar[Message]
    unit: ClassVar[Message]
    standing: ClassVar[bool] = False
    fact: ClassVar[bool] = False
    """Whether it speaks about single candidates; facts are posted first, so that the board can drop candidates."""
    local: ClassVar[bool] = False
    """Whether each breach is about one session, or about all that one resource, site or room has: then a plan that
    differs from another in a few sessions can be judged by these."""
    by_session: ClassVar[bool] = False
    """Whether it is local and each breach is about one session, names it, and is one whatever the others are."""
    hereditary: ClassVar[bool] = False
    """Whether no plan breaks the rule because sessions are left out of it, but for a minimum that it has."""
    names_all_mends: ClassVar[bool] = False
    """Whether no plan mends a breach that leaves as they are all sessions that it is about or names in `mends`."""
    lax: ClassVar[bool] = False
    """Whether it asks and charges no more where seats are left out, whichever these are."""
    firmness: ClassVar[int] = 1
    """How hard it is to make one exception: 1 for what somebody decided, up to 9 for what nobody can change."""

    id: Id
    priority: int = REQUIRED
    weight: Positive = 1

    @abstractmethod
    def post(self, board: Board) -> None:
        """Encode the rule on the board's decisions."""

    @abstractmethod
    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every breach of the rule in a plan; none exactly when the plan keeps the rule."""

    @abstractmethod
    def describe(self, case: Case) -> Message:
        """Say the rule with its parameters in one sentence."""

    @property
    def required(self) -> bool:
        """Whether the rule must hold."""
        return self.priority == REQUIRED

    def cost(self, roster: Roster) -> int:
        """Return the price of all breaches: their amounts times the weight."""
        return self.weight * sum(breach.amount for breach in self.check(roster))

    def separable(self, case: Case) -> Iterator[Separable]:
        """Yield what the rule charges for single resources and rooms: never more than its breaches come to."""
        yield from ()

    def placed(self, case: Case) -> Iterable[Placed] | None:
        """Return what the rule charges where nothing but starts and rooms is open; None where it cannot be said."""
        return None

    def tells_apart(self, case: Case) -> bool:
        """Tell whether it matters which of the sessions of one activity is held when, where and with whom."""
        return bool(case)

    def stands_without(self, roles: Collection[str]) -> bool:
        """Tell whether the rule asks and charges no more where the seats of some roles are left out."""
        return self.lax or not roles

    def replaces(self, standing: Rule) -> bool:
        """Tell whether stating this rule takes the place of a standing one."""
        return self.kind == standing.kind

    def misfits(self, case: Case) -> Iterator[tuple[str, Message]]:
        """Yield (parameter, sentence) for every parameter that names something the case does not have."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        yield from misfits({name: v if isinstance(v, tuple) else (v,) for name, v in fields.items()}, case)

    def breach(
        self,
        amount: int,
        message: Message,
        *,
        sessions: tuple[str, ...] = (),
        who: tuple[str, ...] = (),
        mends: Iterable[Occurrence] = (),
        about: tuple[str, ...] = (),
        by_day: Iterable[tuple[dt.date, int]] = (),
    ) -> Breach:
        """Make a breach of this rule; `Breach` says what the arguments mean."""
        mending = tuple(occurrence.id for occurrence in mends) if self.required else ()  # wishes stand for nothing
        return Breach(self.id, amount, message, sessions, who, mending, about, tuple(by_day))

    @classmethod
    def catalogue_entry(cls) -> RuleKind:
        """Present this kind of rule to those who write cases."""
        params = tuple(_presented(name, info) for name, info in cls.model_fields.items() if name not in FRAME)
        return RuleKind(cls.kind, cls.label, cls.summary, cls.unit, params, cls.standing)


AnyRule = TypeVar("AnyRule", bound=Rule)


class RoleRule(Rule):
    """A rule about the turns of single resources in a role: which resources and which activities it is about."""

    role: str = param("岗位", "the role it is about; empty means any", "所指岗位；空为任意", "")
    groups: Texts = param("分组", "only resources of these groups", "只限这些分组", ())
    activities: Ids = param("活动项目", "only turns in these activities", "只限这些活动项目", ())

    def stands_without(self, roles: Collection[str]) -> bool:
        """Tell whether the seats that count are none of those that are left out: then it asks and charges the same."""
        counted = {getattr(self, field) for field in ("role", "with_role") if field in type(self).model_fields}
        return super().stands_without(roles) or ("" not in counted and counted.isdisjoint(roles))

    @once
    def about(self, case: Case) -> tuple[str, ...]:
        """Return the resources that the rule is about, in the order of the case's tables."""
        agenda, groups = agenda_of(case), set(self.groups)
        able = {who for role in ([self.role] if self.role else agenda.roles) for who in agenda.candidates(role)}
        return tuple(r.id for r in case.resources.values() if r.id in able and (not groups or groups & set(r.groups)))

    def takers(self, occurrence: Occurrence) -> set[str]:
        """Return the candidates for a turn in the role."""
        return {
            who
            for part in occurrence.parts
            for seats in part.seats
            if self.role in {"", seats.name}
            for who in seats.candidates
        }

    @once
    def foreseen(self, case: Case) -> list[Occurrence]:
        """Return the sessions in which a turn that counts could be taken, in order of the nominal dates."""
        able = set(self.about(case))
        return [o for o in agenda_of(case).occurrences if self.counts(o) and able & self.takers(o)]

    @once
    def chances(self, case: Case) -> dict[str, list[Occurrence]]:
        """Return for each resource the sessions in which it could take a turn that counts."""
        found: dict[str, list[Occurrence]] = {who: [] for who in self.about(case)}
        able: dict[int, list[list[Occurrence]]] = {}  # the sessions of an activity have the same parts
        for occurrence in agenda_of(case).occurrences:
            if self.counts(occurrence):
                if id(occurrence.parts) not in able:
                    able[id(occurrence.parts)] = [found[who] for who in self.takers(occurrence) if who in found]
                for mine in able[id(occurrence.parts)]:
                    mine.append(occurrence)
        return found

    def turns_between(self, board: Board, occurrence: Occurrence, who: set[str]) -> tuple[int, int]:
        """Return how many of `who` take a turn in a session, at least and at most, where every seat is filled."""
        seats = [s for part in occurrence.parts for s in part.seats if self.role in {"", s.name}]
        taken = [s.role.least for s in seats if board.held(occurrence) is True and who.issuperset(s.candidates)]
        return max(taken, default=0), sum(min(s.role.most, len(who.intersection(s.candidates))) for s in seats)

    def add_up(self, board: Board, counts: Sequence[LinearExprT], who: set[str]) -> None:
        """State within which bounds all turns of `who` lie; where every seat is taken the sum is known, and proves."""
        if not counts or board.fixed or board.open_seats or board.partial or board.mode == "explain":
            return
        turns = [self.turns_between(board, o, who) for o in board.agenda.occurrences if self.counts(o)]
        board.imply([(n, 1) for n in counts], sum(least for least, _ in turns), sum(most for _, most in turns))

    def counts(self, occurrence: Occurrence) -> bool:
        """Tell whether turns in this occurrence count."""
        return is_of(occurrence, self.activities)

    def held(self, roster: Roster, who: str) -> list[Held]:
        """Return the turns of `who` that count, in order of time."""
        turns = roster.turns(who, self.role)
        return [turn for turn in turns if self.counts(turn.occurrence)] if self.activities else list(turns)

    def turns(self, board: Board, who: str) -> list[Turn]:
        """Return the possible turns of `who` that count, in order of the nominal dates."""
        return [turn for turn in board.turns(who, self.role) if self.counts(turn.occurrence)]

    def stays(self, board: Board, who: str) -> list[Stay]:
        """Return the ways in which `who` could take a turn that counts, in order of the nominal dates."""
        return [stay for stay in board.stays(who, self.role) if self.counts(stay.occurrence)]

    def days_served(self, board: Board, who: str) -> dict[dt.date, Lit]:
        """Return for every day, in order, whether `who` serves in a session that begins on it; earlier years too."""
        lits: dict[dt.date, list[Lit]] = {turn.day: [True] for turn in self.earlier(board.case, who)}
        for turn in self.turns(board, who):
            for day, starts in by_day(board.starts(turn.occurrence)).items():
                lits.setdefault(day, []).append(board.serves_in(turn, starts))
        return {day: board.any_of(lits[day]) for day in sorted(lits)}

    def days_held(self, roster: Roster, who: str) -> dict[dt.date, tuple[str, ...]]:
        """Return the days on which `who` serves, in order, with the sessions; days of earlier years have none."""
        served: dict[dt.date, list[str]] = {turn.day: [] for turn in self.earlier(roster.case, who)}
        for turn in self.held(roster, who):
            served.setdefault(turn.start.date(), []).append(turn.id)
        return {day: tuple(served[day]) for day in sorted(served)}

    def earlier(self, case: Case, who: str) -> list[HistoricTurn]:
        """Return the turns of `who` in earlier years that count, in order of time."""
        turns = (
            turn
            for turn in case.turns_of.get(who, ())
            if self.role in {"", turn.role} and (not self.activities or turn.activity in self.activities)
        )
        return sorted(turns, key=lambda turn: turn.day)

    def scope(self, case: Case) -> Message:
        """Say in brackets to which groups and activities the rule is narrowed."""
        return scope(case, self.groups, self.activities)

    def role_name(self, case: Case) -> Message:
        """Say the role; empty where any counts."""
        return case.role_label.get(self.role, Message(self.role, self.role))

    def lead(self, case: Case) -> Message:
        """Say whose turns the rule is about, before what it demands; where any role counts, of everybody."""
        if not self.role:
            return text("Everybody: ", "每人")
        return text("As {role}{scope}: ", "任“{role}”{scope}：", role=self.role_name(case), scope=self.scope(case))

    def trail(self, case: Case) -> Message:
        """Say behind what it demands to whom the rule is narrowed, where `lead` does not."""
        return text("", "") if self.role else self.scope(case)

    def as_role(self, case: Case) -> Message:
        """Say in which role a turn is taken, ` as Host`; where any counts, that it is a turn."""
        if not self.role:
            return text("", "当值 ")
        return text(" as {role}", "任“{role}”", role=self.role_name(case))

    def of_role(self, case: Case) -> Message:
        """Say of which role somebody is the holder; nothing where any counts."""
        if not self.role:
            return text("", "")
        return text(" of {role}", "的“{role}”", role=self.role_name(case))


def in_order(rule: AnyRule, least: int, most: int | None) -> AnyRule:
    """Return the rule if its limits leave something between them.

    Raises:
        PydanticCustomError: `most` is less than `least`.
    """
    if most is not None and most < least:
        raise refused("is less than the minimum", "小于最少", "most")
    return rule


def is_of(occurrence: Occurrence, activities: tuple[str, ...]) -> bool:
    """Tell whether an occurrence is one of these activities; where none is named, any is meant."""
    return not activities or occurrence.activity.id in activities


def by_day(starts: Iterable[dt.datetime]) -> dict[dt.date, list[dt.datetime]]:
    """Return the starts by the day on which they lie."""
    days: dict[dt.date, list[dt.datetime]] = {}
    for start in starts:
        days.setdefault(start.date(), []).append(start)
    return days


def outside(n: int, least: int, most: int | None) -> int:
    """Return how far a number lies below or above its limits."""
    return max(least - n, 0 if most is None else n - most, 0)


def limits(least: int, most: int | None) -> Message:
    """Say the limits of a number."""
    if most is None:
        return text("at least {least}", "至少 {least}", least=least)
    if not least:
        return text("at most {most}", "至多 {most}", most=most)
    if least == most:
        return text("exactly {least}", "正好 {least}", least=least)
    return text("{least} to {most}", "{least} 至 {most}", least=least, most=most)


def each(per: Per) -> Message:
    """Say in which periods something is counted."""
    if per is Per.HORIZON:
        return text("in the whole horizon", "全期")
    return text("each {per}", "每{per}", per=per.label)


def within(period: str) -> Message:
    """Say in which period of the calendar: `in Q2 2027`, or `on` a day; in Chinese the period alone."""
    return text("on {p}" if is_day(period) else "in {p}", "{p}", p=period_label(period))


def so_many(least: int, most: int | None, noun: str, zh: str, nouns: str = "") -> Message:
    """Say the limits of a number of something, `at most 1 day` or `2 to 3 days`."""
    last = least if most is None else most
    return text("{limits} {noun}", "{limits} " + zh, limits=limits(least, most), noun=counted(last, noun, nouns))


def scope(case: Case, groups: Iterable[str] = (), activities: Iterable[str] = ()) -> Message:
    """Say in brackets to which groups and activities a rule is narrowed; nothing where it is about all."""
    named = (tuple(case.term(group) for group in groups), tuple(case.label[activity] for activity in activities))
    said = [text("{names}", "{names}", names=names) for names in named if names]
    return text(" ({said})", "（{said}）", said=clauses(said)) if said else text("", "")


def _presented(name: str, info: FieldInfo) -> RuleParam:
    extra: Mapping[str, Any] = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    return RuleParam(
        name=name,
        title=info.title or name,
        summary=Message(info.description or "", str(extra.get("zh", ""))),
        needed=info.is_required(),
        choices=_choices(info.annotation),
        default="" if info.is_required() else _cell(info.default),
    )


def _choices(annotation: object) -> tuple[str, ...]:
    if isinstance(annotation, type) and issubclass(annotation, Word):
        return tuple(member.value for member in annotation)
    if annotation is bool:
        return ("是", "否")
    return tuple(str(choice) for choice in get_args(annotation) if isinstance(choice, str))


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, tuple):
        return "; ".join(str(item) for item in value)
    return "" if value is None else str(value)
