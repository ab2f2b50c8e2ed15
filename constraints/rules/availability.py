"""Availability: what units, people, rooms and sites said about when they can serve."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from constraints.placed import alone
from constraints.remembered import once
from constraints.rule import Rule, param
from constraints.separable import Each
from rota.agenda import agenda_of
from rota.demand import Level
from rota.roster import in_time, used_by
from rota.text import Message, text

if TYPE_CHECKING:
    from constraints.board import Board, Lit
    from constraints.breach import Breach
    from constraints.placed import Placed, Where
    from constraints.separable import Separable
    from rota.agenda import Occurrence
    from rota.case import Case
    from rota.demand import Availability
    from rota.roster import Held, Roster


class Statements(Rule):
    """Nobody is used at a time of which they said `level`; for `prefer`: only at such times, if they named any.

    Used are the resources that serve, the rooms of the parts, and the site. Amount: 1 per session and what it uses at a
    time that meets a statement `cannot` or `avoid`; for `prefer`, at a time that meets none of its `prefer`.
    """

    kind = "availability"
    label = text("Availability", "时间意向")
    summary = text(
        "nobody is used when they cannot (or would rather not; or only when they prefer)",
        "不在“不能”（或“尽量避免”）的时间安排；“优先”则只在其优先时间安排",
    )
    unit = text("turns", "次")
    lax = True
    local = True
    by_session = True
    hereditary = True
    names_all_mends = True
    standing = True
    fact = True
    firmness = 3

    level: Level = param("意向", "which statements it is about", "所指意向", Level.CANNOT)

    def replaces(self, standing: Rule) -> bool:
        """Only a rule about the same level takes the place of the standing one."""
        return isinstance(standing, Statements) and self.level == standing.level

    def tells_apart(self, case: Case) -> bool:
        """Start, place and seats say it all."""
        return False

    def post(self, board: Board) -> None:
        """Forbid each use at each start that goes against a statement."""
        about = {row.resource for row in board.case.availability if row.level == self.level}
        for occurrence in board.occurrences:
            for who, used in _uses(board, occurrence):
                if who in about:
                    against = [s for s in occurrence.starts if self._against(board.case, who, occurrence, s)]
                    if against:
                        board.forbid([used, board.starts_in(occurrence, against)], (who, occurrence.id))

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every use that goes against what the used one said."""
        statements, only_then = self._statements(roster.case), self.level is Level.PREFER
        against: defaultdict[Held, dict[str, str]] = defaultdict(dict)
        for who, uses in roster.using.items():
            for held in uses if who in statements else ():
                first, last = held.start.date(), held.end.date()
                met = [
                    row
                    for begun, over, row in statements[who]
                    if begun <= last and first <= over and row.touches(held.start, held.end)
                ]
                if bool(met) != only_then:
                    against[held][who] = next((row.reason for row in met if row.reason), "")
        for held in in_time(against):
            for who in used_by(held.session):
                if who in against[held]:
                    yield self._breach(roster.case, held, who, against[held][who])

    def _breach(self, case: Case, held: Held, who: str, reason: str) -> Breach:
        message = text(
            "{who} is used in {session}, but {said}{reason}",
            "{who} 被安排在 {session}，但{said}{reason}",
            who=case.label[who],
            session=held.label,
            said=self._said(),
            reason=text(" ({why})", "（{why}）", why=case.term(reason)) if reason else text("", ""),
        )
        return self.breach(1, message, sessions=(held.id,), who=(who,))

    def separable(self, case: Case) -> Iterator[Separable]:
        """Yield the sessions of which every start goes against what a candidate said."""
        about = {row.resource for row in case.availability if row.level == self.level} & case.resources.keys()
        against: dict[str, dict[str, int]] = {who: {} for who in sorted(about)}
        for occurrence in agenda_of(case).occurrences:
            takers = {who for part in occurrence.parts for seats in part.seats for who in seats.candidates}
            for who in takers & about:
                if all(self._against(case, who, occurrence, start) for start in occurrence.starts):
                    against[who][occurrence.id] = 1
        for who, amounts in against.items():
            yield Each(who, "", amounts)

    def placed(self, case: Case) -> Iterable[Placed]:
        """Say at which starts each candidate, room and site goes against a statement."""
        return alone(self._placed(case))

    def _placed(self, case: Case) -> Iterator[tuple[str, Where, int]]:
        about = {row.resource for row in case.availability if row.level == self.level}
        for occurrence in agenda_of(case).occurrences:
            seated = {who for part in occurrence.parts for seats in part.seats for who in seats.candidates}
            places = {*occurrence.sites, *(room for part in occurrence.parts for room in part.rooms)}
            for used in sorted(about & (seated | places)):
                for start in occurrence.starts:
                    if self._against(case, used, occurrence, start):
                        yield occurrence.id, (start, used if used in places else None), 1

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        if self.level is Level.PREFER:
            return text("Turns lie within the preferred times of those who named any", "安排在各自“优先”的时间内")
        return text(
            'Nobody is used at a time of which they said "{level}"', "不在“{level}”的时间安排", level=self.level.label
        )

    @once
    def _statements(self, case: Case) -> dict[str, list[tuple[dt.date, dt.date, Availability]]]:
        """Return what is stated at the level, by whom it is about, with the first and the last day."""
        found: dict[str, list[tuple[dt.date, dt.date, Availability]]] = {}
        for row in case.availability:
            if row.level == self.level:
                found.setdefault(row.resource, []).append((row.first, row.last or row.first, row))
        return found

    def _against(self, case: Case, who: str, occurrence: Occurrence, start: dt.datetime) -> bool:
        met = any(case.stated(who, self.level, start, occurrence.end_of(start)))
        if self.level is Level.PREFER:
            return not met
        return met

    def _said(self) -> Message:
        if self.level is Level.PREFER:
            return text("prefers other times", "其优先的是其他时间")
        return text('said "{level}"', "其时间意向为“{level}”", level=self.level.label)


def _uses(board: Board, occurrence: Occurrence) -> Iterator[tuple[str, Lit]]:
    """Yield everything that the occurrence could use, with the literal of its use."""
    seated: dict[str, list[Lit]] = {}
    rooms: dict[str, list[Lit]] = {}
    for part in occurrence.parts:
        for seats in part.seats:
            for who in seats.candidates:
                seated.setdefault(who, []).append(board.seat(occurrence, part, seats.name, who))
        for room in part.rooms:
            rooms.setdefault(room, []).append(board.room(occurrence, part, room))
    for who, lits in (*seated.items(), *rooms.items()):
        yield who, lits[0] if len(lits) == 1 else board.any_of(lits)
    for site in occurrence.sites:
        yield site, board.site(occurrence, site)
