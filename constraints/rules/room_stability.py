"""Room stability: an activity stays in its room."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from constraints.placed import InRooms
from constraints.rule import Rule, each, param, scope, within
from rota.agenda import agenda_of
from rota.periods import Per, period_of
from rota.row import Ids, Positive
from rota.text import Message, text

if TYPE_CHECKING:
    from constraints.board import Board
    from constraints.breach import Breach
    from constraints.placed import Placed
    from rota.agenda import Occurrence, PartFrame
    from rota.case import Case
    from rota.roster import Roster

Series = dict[tuple[str, str, str], list[tuple["Occurrence", "PartFrame"]]]
"""The parts of one name of an activity in one period, by activity, part and period."""


class RoomStability(Rule):
    """In each period `per`, by nominal date, each part of an activity is held in at most `most` different rooms.

    Parts of one session run at once, each in a room of its own; so each is counted by itself over the sessions.
    Amount: rooms in excess, summed over the parts of the activities and the periods.
    """

    kind = "room_stability"
    label = text("Room stability", "场地固定")
    summary = text("an activity stays in its room", "同一活动尽量固定在同一场地")
    unit = text("rooms in excess", "超出场地数")
    hereditary = True
    lax = True
    names_all_mends = True

    most: Positive = param("最多", "rooms that are used, at most", "至多使用几个场地", 1)
    per: Per = param("周期", "the period", "周期", Per.HORIZON)
    activities: Ids = param("活动项目", "only these activities", "只限这些活动项目", ())

    def tells_apart(self, case: Case) -> bool:
        """Sessions belong to the periods of their nominal dates."""
        return self.per is not Per.HORIZON

    def post(self, board: Board) -> None:
        """Bound the number of rooms that are used at all by the series of each part that has an open session."""
        for (activity, _, period), series in self._series(board.case).items():
            if any(board.is_open(occurrence) for occurrence, _ in series):
                rooms = {room: None for _, part in series for room in part.rooms}
                used = [board.any_of(board.room(o, part, room) for o, part in series) for room in rooms]
                board.between([(lit, 1) for lit in used], None, self.most, (activity, period))

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every part of an activity that is held in too many rooms."""
        for (activity, part, period), series in self._series(roster.case).items():
            used: dict[str, list[str]] = defaultdict(list)
            for occurrence, _ in series:
                held = roster.by_id.get(occurrence.id)
                planned = held.session.part.get(part) if held else None
                if planned and planned.room:
                    used[planned.room].append(occurrence.id)
            if len(used) > self.most:
                message = text(
                    "{activity} is held in {n} rooms {period}: {rooms}; at most {most}",
                    "{activity} 在 {period} 使用了 {n} 个场地：{rooms}；至多 {most} 个",
                    activity=_named(roster.case, activity, series[0][1]),
                    n=len(used),
                    period=within(period),
                    rooms=tuple(roster.case.label.get(room, room) for room in used),
                    most=self.most,
                )
                sessions = tuple(session for held_there in used.values() for session in held_there)
                about = (activity, part, period)
                yield self.breach(len(used) - self.most, message, sessions=sessions, about=about)

    def placed(self, case: Case) -> Iterable[Placed]:
        """Say how many rooms each number of rooms has in excess."""
        for series in self._series(case).values():
            amounts = tuple(max(0, rooms - self.most) for rooms in range(len(series) + 1))
            yield InRooms(tuple(occurrence.id for occurrence, _ in series), amounts)

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        said = {"per": each(self.per), "scope": scope(case, activities=self.activities)}
        if self.most == 1:
            return text(
                "An activity stays in one room {per}{scope}",
                "{per}同一活动固定在一个场地{scope}",
                **said,
            )
        return text(
            "An activity uses at most {most} rooms {per}{scope}",
            "{per}同一活动至多使用 {most} 个场地{scope}",
            most=self.most,
            **said,
        )

    def _series(self, case: Case) -> Series:
        series: Series = defaultdict(list)
        for occurrence in agenda_of(case).occurrences:
            if not self.activities or occurrence.activity.id in self.activities:
                period = period_of(occurrence.nominal.date(), self.per)
                for part in occurrence.parts:
                    series[occurrence.activity.id, part.id, period].append((occurrence, part))
        return series


def _named(case: Case, activity: str, part: PartFrame) -> Message:
    """Say the activity, and the theme of the part where it has several."""
    name = case.label[activity]
    if not part.theme.zh or sum(row.activity == activity for row in case.parts) <= 1:
        return name
    return text("{name} ({theme})", "{name}（{theme}）", name=name, theme=part.theme)
