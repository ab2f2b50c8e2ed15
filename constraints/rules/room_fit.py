"""Room fit: a room has space and features enough for what takes place in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from constraints.placed import alone
from constraints.rule import Rule
from constraints.separable import InRoom
from rota.agenda import agenda_of
from rota.text import Message, clauses, several, text

if TYPE_CHECKING:
    from constraints.board import Board
    from constraints.breach import Breach
    from constraints.placed import Placed
    from constraints.separable import Separable
    from rota.agenda import PartFrame
    from rota.case import Case
    from rota.facts import Room
    from rota.roster import Roster


class RoomFit(Rule):
    """A room holds the expected attendance (a capacity of 0 is not stated and fits all) and has the features asked for.

    Amount: people who find no space, plus features missing.
    """

    kind = "room_fit"
    label = text("Room fit", "场地适配")
    summary = text("a room has space and features enough", "场地容量与设施满足需要")
    unit = text("people or features", "人或设施")
    lax = True
    local = True
    by_session = True
    hereditary = True
    names_all_mends = True
    standing = True
    fact = True
    firmness = 3

    def tells_apart(self, case: Case) -> bool:
        """Start, place and seats say it all."""
        return False

    def post(self, board: Board) -> None:
        """Forbid every candidate room that falls short."""
        for occurrence in board.occurrences:
            for part in occurrence.parts:
                for room in part.rooms:
                    people, features = shortfall(board.case.room[room], part)
                    if people or features:
                        short = people + len(features)
                        board.forbid([board.room(occurrence, part, room)], (occurrence.id, part.id), short)

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every part whose room falls short."""
        for id_, held, part in roster.in_rooms():
            room, frame = roster.case.room.get(id_), held.occurrence.part.get(part.id)
            if room is None or frame is None:
                continue
            people, features = shortfall(room, frame)
            if people or features:
                message = text(
                    "{room} does not fit {session}: {why}",
                    "{room} 不适合 {session}：{why}",
                    room=room.label,
                    session=held.occurrence.label,
                    why=clauses(_why(roster.case, room, frame)),
                )
                yield self.breach(people + len(features), message, sessions=(held.id,), who=(id_,))

    def separable(self, case: Case) -> Iterator[Separable]:
        """Yield what each room falls short of for each part."""
        for occurrence in agenda_of(case).occurrences:
            for part in occurrence.parts:
                found = {room: shortfall(case.room[room], part) for room in part.rooms}
                short = {room: people + len(features) for room, (people, features) in found.items()}
                yield InRoom(occurrence.id, part.id, {room: amount for room, amount in short.items() if amount})

    def placed(self, case: Case) -> Iterable[Placed]:
        """Say what each room falls short of."""
        return alone(
            (occurrence.id, (None, room), people + len(features))
            for occurrence in agenda_of(case).occurrences
            for part in occurrence.parts
            for room in part.rooms
            for people, features in [shortfall(case.room[room], part)]
            if people or features
        )

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        return text("Rooms have space and features enough", "场地容量与设施满足需要")


def _why(case: Case, room: Room, part: PartFrame) -> Iterator[Message]:
    people, features = shortfall(room, part)
    if people:
        yield text(
            "{n} expected, it holds {capacity}",
            "预计 {n}，可容纳 {capacity} 人",
            n=several(part.attendance, "person is", "人", "people are"),
            capacity=room.capacity,
        )
    if features:
        yield text(
            "it lacks {features}", "缺少设施“{features}”", features=tuple(case.term(feature) for feature in features)
        )


def shortfall(room: Room, part: PartFrame) -> tuple[int, list[str]]:
    """Return how many people find no space in the room, and which features it lacks."""
    people = max(0, part.attendance - room.capacity) if room.capacity else 0
    return people, sorted(part.features.difference(room.features))
