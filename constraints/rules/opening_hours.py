"""Opening hours: sessions run while their site and their rooms are open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from constraints.placed import alone
from constraints.remembered import once
from constraints.rule import Rule
from rota.agenda import agenda_of
from rota.hours import covers
from rota.text import Message, text

if TYPE_CHECKING:
    from constraints.board import Board
    from constraints.breach import Breach
    from constraints.placed import Placed, Where
    from rota.case import Case
    from rota.roster import Held, Roster


class OpeningHours(Rule):
    """A session runs wholly within the weekly hours of its site, each part within those of its room.

    Times are local to the case's zone. Amount: 1 per session outside the site's hours, 1 per part outside the room's.
    """

    kind = "opening_hours"
    label = text("Opening hours", "开放时间")
    summary = text("sessions run while their site and rooms are open", "活动在站点和场地开放时间内举行")
    unit = text("sessions", "场")
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
        """Forbid every start together with a site or a room that is closed then."""
        for occurrence in board.occurrences:
            hours = {site: board.case.site[site].hours for site in occurrence.sites}
            places = [(site, hours[site], board.site(occurrence, site)) for site in occurrence.sites]
            for part in occurrence.parts:
                rooms = (board.case.room[room] for room in part.rooms)
                places += [(room.id, room.hours, board.room(occurrence, part, room.id)) for room in rooms]
            for place, cell, used in places:
                closed = [start for start in occurrence.starts if not covers(cell, start, occurrence.end_of(start))]
                board.forbid([used, board.starts_in(occurrence, closed)], (place, occurrence.id))

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every session and part outside the hours."""
        if not self._stated(roster.case):
            return
        for held in roster.held:
            site = roster.case.site.get(held.session.site)
            if site and site.hours and not covers(site.hours, held.start, held.end):
                yield self._closed(held, site.id, site.label)
        for id_, held, _ in roster.in_rooms():
            room = roster.case.room.get(id_)
            if room and room.hours and not covers(room.hours, held.start, held.end):
                yield self._closed(held, room.id, room.label)

    @once
    def _stated(self, case: Case) -> bool:
        """Tell whether any site or room has hours."""
        return any(site.hours for site in case.sites) or any(room.hours for room in case.rooms)

    def placed(self, case: Case) -> Iterable[Placed]:
        """Say at which starts each site and room is closed."""
        return alone(self._placed(case))

    @staticmethod
    def _placed(case: Case) -> Iterator[tuple[str, Where, int]]:
        hours = {site.id: site.hours for site in case.sites} | {room.id: room.hours for room in case.rooms}
        hours = {place: cell for place, cell in hours.items() if cell}
        for occurrence in agenda_of(case).occurrences if hours else ():
            for place in dict.fromkeys(
                (*occurrence.sites, *(room for part in occurrence.parts for room in part.rooms))
            ):
                for start in occurrence.starts if place in hours else ():
                    if not covers(hours[place], start, occurrence.end_of(start)):
                        yield occurrence.id, (start, place), 1

    def _closed(self, held: Held, place: str, label: Message) -> Breach:
        message = text(
            "{place} is not open for all of {session} to {end}",
            "{session} 至 {end} 不全在 {place} 的开放时间内",
            session=held.label,
            end=held.end.time(),
            place=label,
        )
        return self.breach(1, message, sessions=(held.id,), who=(place,))

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        return text("Sessions run while their site and rooms are open", "活动在站点和场地开放时间内举行")
