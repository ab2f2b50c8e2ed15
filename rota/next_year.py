"""The next year's case made from this one: what goes on is carried over, what was about the old year is not."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from rota.activity import Activity, OnHoliday, Presence, rounds_with, selected
from rota.agenda import agenda_of
from rota.demand import Demand, HistoricTurn
from rota.inspection import words
from rota.row import SEPARATORS
from rota.shifting import Shift, shift_to
from rota.text import Message, name, several, text

if TYPE_CHECKING:
    from rota.case import Case, Settings
    from rota.document import Edit
    from rota.facts import Resource
    from rota.ledger import Ledger

RESOURCES = ("units", "people", "equipment")
LEFT_BEHIND = ("availability", "pins", "orders", "outcomes", "holidays")
"""The tables that are about the old year alone."""

ACTIVITIES = ("activities", "then", "instead")
"""The parameters of rules that name activities."""
WHO = ("who", "with_whom")
"""The parameters of rules that name resources; `groups` names groups of them."""

MOST_NAMED = 5
"""So many activities are named in one note."""

_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")


@dataclass(frozen=True)
class NextYear:
    """The new case, and what the coordinator should look at: where, what, and what to do.

    `added` counts the turns that the history has gained.
    """

    case: Case
    notes: tuple[Message, ...]
    added: int = 0


def next_year(case: Case, book: Ledger, year: int) -> NextYear:
    """Return the case for `year`, as yet without holidays.

    Carried over are the settings with the new horizon (see `Shift`), all that exists, contacts, cycles, activities of
    more than one session with their parts and roles, and rules. Whoever left before the new horizon is dropped, with
    contacts and staffing; a rule loses their names, and is left out where none remains, since an empty cell would mean
    everybody. The history is the old one and the turns of the ledger, but for turns of those who are not there any
    more. Availability, pins, orders, outcomes and holidays begin empty.

    Raises:
        NextYearError: the year is none that can follow the case.
    """
    following = _Succession(case, shift_to(case, year), book)
    made = following.case
    used = words(made)
    terms = tuple(term for term in made.terms if term.word in used)
    return NextYear(made.model_copy(update={"terms": terms}), tuple(following.notes()), following.added)


def resumed(case: Case, cancellations: Iterable[Edit]) -> Case:
    """Return a case in which activities have the rounds again that single cancellations, given by their edits, took.

    A session cancelled in one year says nothing about the next.
    """
    activities = {activity.id: activity for activity in case.activities}
    for edit in cancellations:
        was, now = edit.before, edit.after
        activity = activities.get(was["id"]) if was and now and edit.table == "activities" else None
        if was is None or now is None or activity is None:
            continue
        rounds = len(case.cycle[activity.cycle].days)
        if (
            was["presence"] != now["presence"] and activity.presence is Presence.ORDER
        ):  # the last round of all was cancelled
            back = Activity.model_validate(was)
            activities[activity.id] = activity.model_copy(update={"presence": back.presence, "rounds": back.rounds})
            continue
        lost = selected(was["rounds"], rounds) - selected(now["rounds"], rounds)
        activities[activity.id] = activity.model_copy(update={"rounds": rounds_with(activity.rounds, lost, rounds)})
    return case.model_copy(update={"activities": tuple(activities.values())})


@dataclass(frozen=True)
class _Succession:
    """From one case to the next."""

    old: Case
    shift: Shift
    book: Ledger

    @cached_property
    def case(self) -> Case:
        """The case that follows."""
        rows: dict[str, Any] = {
            **self._resources,
            **dict.fromkeys(LEFT_BEHIND, ()),
            "settings": self._settings(),
            "contacts": tuple(row for row in self.old.contacts if row.of not in self._gone),
            "staffing": tuple(row for row in self.old.staffing if row.person not in self._gone),
            "activities": tuple(row for row in self.old.activities if row.id not in self._once),
            "parts": tuple(row for row in self.old.parts if row.activity not in self._once),
            "roles": tuple(row for row in self.old.roles if row.activity not in self._once),
            "cycles": tuple(self.shift.cycle(cycle) for cycle in self.old.cycles),
            "demands": tuple(kept for demand in self.old.demands if (kept := self._demand(demand)[0])),
            "history": tuple(turn for turn in self._turns if turn.resource not in self._dangling),
        }
        return self.old.model_copy(update=rows)

    def notes(self) -> Iterator[Message]:
        """Yield what the coordinator should look at, from the settings to the rules."""
        yield from self._notes_on_settings()
        yield from self._notes_on_resources()
        yield from self._notes_on_activities()
        yield from self._notes_on_roles()
        yield from (note for demand in self.old.demands if (note := self._demand(demand)[1]))
        yield from self._notes_on_the_rest()

    @cached_property
    def _gone(self) -> Mapping[str, Resource]:
        """Those who left before the new horizon."""
        left = self.shift.first
        return {r.id: r for r in self.old.resources.values() if r.left is not None and r.left < left}

    @cached_property
    def _once(self) -> Mapping[str, dt.date]:
        """The activities of one single date, as an opening is, with it; none where there are no others."""
        days: dict[str, list[dt.date]] = {}
        for occurrence in agenda_of(self.old).occurrences:
            days.setdefault(occurrence.activity.id, []).append(occurrence.nominal.date())
        once = {a.id: days[a.id][0] for a in self.old.activities if len(days.get(a.id, ())) == 1 and not a.requester}
        return once if len(once) < len(self.old.activities) else {}

    @cached_property
    def _resources(self) -> Mapping[str, tuple[Resource, ...]]:
        """Those who stay, by table; a person from a unit that is gone comes from none."""
        kept = {
            table: tuple(row for row in getattr(self.old, table) if row.id not in self._gone) for table in RESOURCES
        }
        people = (p.model_copy(update={"unit": ""}) if p.unit in self._gone else p for p in self.old.people)
        return {**kept, "people": tuple(p for p in people if p.id not in self._gone)}

    @cached_property
    def _known(self) -> Mapping[str, set[str]]:
        """What the parameters of rules may name from now on."""
        stay = [resource for rows in self._resources.values() for resource in rows]
        groups = {group for resource in stay for group in resource.groups}
        known = {resource.id for resource in stay}
        going_on = {activity.id for activity in self.old.activities if activity.id not in self._once}
        return {**dict.fromkeys(WHO, known), **dict.fromkeys(ACTIVITIES, going_on), "groups": groups}

    @cached_property
    def _turns(self) -> tuple[HistoricTurn, ...]:
        """The history and the turns of the ledger since."""
        held = (
            HistoricTurn(resource=turn.resource, role=turn.role, day=turn.day, activity=turn.activity)
            for turn in self.book.turns
            if turn.session
        )
        return (*self.old.history, *held)

    @cached_property
    def _dangling(self) -> Mapping[str, int]:
        """How many turns belong to somebody who is not in the new case."""
        known = self._known[WHO[0]]
        lost = [turn.resource for turn in self._turns if turn.resource not in known]
        return {who: lost.count(who) for who in lost}

    @property
    def added(self) -> int:
        """How many turns the history has gained."""
        return sum(1 for turn in self.book.turns if turn.session and turn.resource not in self._dangling)

    def _settings(self) -> Settings:
        """Return the settings of the new year; the years of the old horizon in id and title become the new ones."""
        old = self.old.settings
        moved = self._renamed(old.id)
        fresh = moved if moved != old.id else f"{old.id}-{self.shift.first.year}"
        return old.model_copy(
            update={
                "id": fresh[-64:],
                "title": self._renamed(old.title),
                "title_en": self._renamed(old.title_en),
                "first": self.shift.first,
                "last": self.shift.last,
                "issued": None,
            }
        )

    def _renamed(self, said: str) -> str:
        def moved(found: re.Match[str]) -> str:
            year = int(found[0])
            return str(year + self.shift.years) if self._is_old(year) else found[0]

        return _YEAR.sub(moved, said)

    def _is_old(self, year: int) -> bool:
        first, last = self.shift.old
        return first.year <= year <= last.year

    def _demand(self, demand: Demand) -> tuple[Demand | None, Message | None]:
        """Return a rule without the names of those who are gone, None where that leaves nobody; and a note on it."""
        params, gone = dict(demand.params), []
        for param in self._known.keys() & params.keys():
            named = [part.strip() for part in SEPARATORS.split(params[param]) if part.strip()]
            kept = [each for each in named if each in self._known[param]]
            gone += [each for each in named if each not in kept]
            params[param] = "; ".join(kept)
        if not gone:
            return demand, None
        said = {
            "rule": demand.id,
            "gone": tuple(self.old.label.get(each, self.old.term(each)) for each in dict.fromkeys(gone)),
        }
        if any(not params[param] for param in self._known.keys() & params.keys()):
            return None, text(
                "Rules, {rule}: left out, for it is about {gone} alone, now gone. State it anew for others if it is "
                "still wanted.",
                "规则 {rule}：所指的 {gone} 均不再有，未沿用。如仍需要，请另写对象。",
                **said,
            )
        return demand.model_copy(update={"params": tuple(sorted(params.items()))}), text(
            "Rules, {rule}: {gone} gone, and taken out. See whether it still says what you mean.",
            "规则 {rule}：已去掉退出的 {gone}。请看规则是否仍符合本意。",
            **said,
        )

    def _notes_on_settings(self) -> Iterator[Message]:
        old = self.old.settings
        if old.issued:
            yield text(
                "Settings: the date of issue {day} is left out. Enter the new one before publishing.",
                "参数：原发布日期 {day} 未沿用。发布前请填写新的日期。",
                day=old.issued,
            )
        if old.calendar == "none":
            yield text(
                "Settings: this case knows no holidays but those of the sheet 节假日, now empty. Enter them.",
                "参数：本资料只看“节假日”表，现为空。请录入新年度的节假日。",
            )

    def _notes_on_resources(self) -> Iterator[Message]:
        for who, resource in self._gone.items():
            turns = self._dangling.get(who, 0)
            yield text(
                "{who} left on {day} and is not carried over{turns}.",
                "{who} 已于 {day} 退出，未沿用{turns}。",
                who=resource.label,
                day=resource.left,
                turns=text(", nor their turns in the ledger ({n})", "，账本中的 {n} 次也未沿用", n=turns)
                if turns
                else text("", ""),
            )
        for who in self._dangling.keys() - self._gone.keys():
            yield text(
                "History: {turns} of {who}, whom no table knows, left out.",
                "往年记录：{who} 不在任何名册中，其 {turns}记录未沿用。",
                who=who,
                turns=several(self._dangling[who], "turn", "次"),
            )
        for person in self.old.people:
            if person.unit in self._gone and person.id not in self._gone:
                yield text(
                    "People, {who}: the unit {unit} is gone. Enter the new one, or remove the person.",
                    "人员 {who}：所属单位 {unit} 已退出。请填写新的所属单位，或删除该行。",
                    who=person.label,
                    unit=self._gone[person.unit].label,
                )

    def _notes_on_activities(self) -> Iterator[Message]:
        rounds = {cycle.id: len(cycle.days) for cycle in self.old.cycles}
        for cycle in self.case.cycles:
            if len(cycle.days) != rounds[cycle.id]:
                yield text(
                    "Cycles, {cycle}: {new}, where there were {old}. Look at 轮次 of its activities.",
                    "轮次表 {cycle}：现为 {new}，原为 {old} 轮。请核对相关活动的“轮次”。",
                    cycle=cycle.label,
                    new=several(len(cycle.days), "round", "轮"),
                    old=rounds[cycle.id],
                )
        activities = self.case.activities
        asked = [a for a in activities if a.requester]
        dated = [a for a in activities if any(map(self._is_old, _years_in(f"{a.name} {a.name_en}")))]
        for activity, day in self._once.items():
            yield text(
                "Activities, {activity}: left out, with its parts and roles, for it took place on {day} alone. Enter "
                "it anew if it returns.",
                "活动项目 {activity}：上年度只在 {day} 办一场，连同分场、岗位均未沿用。如再举办，请另行录入。",
                activity=self.old.activity[activity].label,
                day=day,
            )
        yield from _about(asked, text("somebody asked for it. Remove what is done.", "为他人点单。已完成的请删除。"))
        yield from _about(dated, text("the name tells the old year. Change it.", "名称含旧年份。请修改。"))

    def _notes_on_roles(self) -> Iterator[Message]:
        for role in self.case.roles:
            known = {group for resource in self.case.of_kind(role.kind) for group in resource.groups}
            empty = [group for group in role.groups if group not in known]
            if empty:
                yield text(
                    "Roles, {role} of {activity}: nobody is left in the group {groups}. Put somebody into it, or take "
                    "it out; `rota check` refuses it until then.",
                    "岗位 {role}（{activity}）：分组“{groups}”已无人。请补充成员或去掉分组，否则 `rota check` 不通过。",
                    role=role.label,
                    activity=self.case.label.get(role.activity, name(role.activity)),
                    groups=tuple(map(self.case.term, empty)),
                )

    def _notes_on_the_rest(self) -> Iterator[Message]:
        fields = type(self.old).model_fields
        behind = {table: len(getattr(self.old, table)) for table in LEFT_BEHIND}
        said = tuple(
            text("{table} {n}", "{table} {n} 行", table=name(fields[table].title or table, table), n=n)
            for table, n in behind.items()
            if n
        )
        if said:
            yield text(
                "Left behind, being about the old year (rows): {tables}. `rota ask` asks everybody anew.",
                "只关乎旧年度、未沿用：{tables}。请用 `rota ask` 重新征集时间。",
                tables=said,
            )


def _about(activities: Sequence[Activity], what: Message) -> Iterator[Message]:
    """Say the same about some activities, the first of them by name."""
    if activities:
        named = [activity.label for activity in activities[:MOST_NAMED]]
        if more := len(activities) - len(named):
            named.append(text("and {n} more", "另有 {n} 项", n=more))
        yield text("Activities, {named}: {what}", "活动项目 {named}：{what}", named=tuple(named), what=what)


def _years_in(said: str) -> Iterator[int]:
    return (int(found) for found in _YEAR.findall(said))


def out_of_the_way_of_holidays(case: Case) -> NextYear:
    """Let the sessions fall out for which no day is left, as holidays lie differently in every year.

    An activity that moves its sessions off holidays, and has one with no other day in its window, skips them instead.
    """
    stuck: dict[str, list[dt.date]] = {}
    for occurrence in agenda_of(case).occurrences:
        if occurrence.must and not occurrence.starts and _moves(occurrence.activity):
            stuck.setdefault(occurrence.activity.id, []).append(occurrence.nominal.date())
    activities = tuple(_skipping(activity) if activity.id in stuck else activity for activity in case.activities)
    notes = tuple(
        text(
            "Activities, {activity}: no day is left around {days}, holidays being what they are, so it now skips "
            'holidays. Or widen its window, or set it to "keep".',
            "活动项目 {activity}：{days} 前后因节假日无日可用，已改为遇节假日“取消”。也可放宽窗口，或改为“照常”。",
            activity=case.activity[activity].label,
            days=tuple(days),
        )
        for activity, days in stuck.items()
    )
    return NextYear(case.model_copy(update={"activities": activities}), notes)


def _moves(activity: Activity) -> bool:
    return OnHoliday.MOVE in {activity.holidays, activity.makeup_days}


def _skipping(activity: Activity) -> Activity:
    policies = {"holidays": activity.holidays, "makeup_days": activity.makeup_days}
    moving = {cell: OnHoliday.SKIP for cell, policy in policies.items() if policy is OnHoliday.MOVE}
    return activity.model_copy(update=moving)
