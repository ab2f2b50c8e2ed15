"""No overlap: nobody and no room is used in more sessions at once than it can be."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

from constraints.placed import AtOnce
from constraints.rule import Rule
from constraints.stretches import Use, stretches
from rota.agenda import agenda_of
from rota.text import Message, text

if TYPE_CHECKING:
    import datetime as dt

    from constraints.board import Board, Lit, Place, RoomUse
    from constraints.breach import Breach
    from constraints.placed import Placed
    from rota.agenda import Occurrence
    from rota.case import Case
    from rota.roster import Held, Roster

AnyUse = TypeVar("AnyUse", "Place", "RoomUse")


class NoOverlap(Rule):
    """At every moment a resource sits in at most `parallel` seats and a room holds at most `parallel` parts.

    Nobody has two seats in one part. Amount: minutes in excess, times the number of seats in excess; a second seat in
    one part counts the minutes of the session.
    """

    kind = "no_overlap"
    label = text("No overlap", "不重叠")
    summary = text(
        "nobody and no room is used in more sessions at once than it can serve", "同一时间不超过各自可同时承担的场次"
    )
    unit = text("minutes", "分钟")
    lax = True
    local = True
    hereditary = True
    names_all_mends = True
    standing = True
    firmness = 9

    def tells_apart(self, case: Case) -> bool:
        """Start, place and seats say it all."""
        return False

    def post(self, board: Board) -> None:
        """Bound the uses at once; where that cannot be said at once, in every stretch of time by itself.

        Such a stretch lies between two moments at which something could begin or end.
        """
        for who in board.touched():
            places, parallel = nearby(board, board.places(who)), board.case.resources[who].parallel
            settled = all(place.taken is True for place in places)
            in_step = settled and _in_step(board, [place.occurrence for place in places])
            if in_step or not board.at_once([(p.occurrence, p.taken) for p in places], parallel, (who,)):
                uses = [u for p in places for u in _uses(board, p.occurrence, (p.part.id, p.role), p.taken)]
                self._bound(board, who, parallel, uses)
            self._one_seat_in_a_part(board, who, places)
        for room, every in board.rooms().items():
            held, parallel = nearby(board, every), board.case.room[room].parallel
            if not board.at_once([(use.occurrence, use.made) for use in held], parallel, (room,)):
                uses = [u for use in held for u in _uses(board, use.occurrence, (use.part.id,), use.made)]
                self._bound(board, room, parallel, uses)

    def _bound(self, board: Board, what: str, capacity: int, uses: list[Use]) -> None:
        """Allow as many uses at once as there may be, or as are fixed already."""
        for minutes, together in stretches(uses):
            taken = sum(not use.is_open for use in together)
            most = max(capacity, taken)
            if len({use.of for use in together}) <= most:
                continue
            if taken == most:  # nothing is left: each by itself is one too many
                for use in together:
                    if use.is_open:
                        board.forbid(use.decisions, (what,), minutes)
            else:
                board.between([(board.all_of(use.decisions), 1) for use in together], None, most, (what,), minutes)

    def _one_seat_in_a_part(self, board: Board, who: str, places: list[Place]) -> None:
        taken: dict[tuple[str, str], list[tuple[Lit, int]]] = defaultdict(list)
        for place in places:
            if board.is_open(place.occurrence):
                taken[place.occurrence.id, place.part.id].append((place.taken, 1))
        for (session, part), seats in taken.items():
            minutes = board.agenda.by_id[session].activity.minutes
            board.between(seats, None, 1, (who, session, part), minutes)

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every pair of moments between which somebody or some room is used too often."""
        in_rooms: dict[str, list[Held]] = defaultdict(list)
        for room, held, _ in roster.in_rooms():
            in_rooms[room].append(held)
        for who, seated in roster.seated.items():
            if who in roster.case.resources:
                yield from self._too_many(roster.case, who, seated)
        for room, uses in in_rooms.items():
            if room in roster.case.room:
                yield from self._too_many(roster.case, room, uses)
        for who in roster.among(roster.case.resources):
            if len(roster.seated.get(who, ())) == len(roster.turns(who)):
                continue
            seats = Counter((seat.held.id, seat.part.id) for seat in roster.seats_of(who))
            for (session, _), taken in seats.items():
                if taken > 1:
                    held = roster.by_id[session]
                    message = text(
                        "{who} has {n} seats in one part of {session}",
                        "{who} 在 {session} 的同一分场占了 {n} 个岗位",
                        who=roster.case.label[who],
                        n=taken,
                        session=held.occurrence.label,
                    )
                    minutes = held.occurrence.activity.minutes
                    yield self.breach((taken - 1) * minutes, message, sessions=(held.id,), who=(who,))

    def _too_many(self, case: Case, what: str, uses: Sequence[Held]) -> Iterator[Breach]:
        capacity = (case.room.get(what) or case.resources[what]).parallel
        if all(one.ends < other.begins or one.end <= other.start for one, other in pairwise(uses)):
            return  # in order of time, as nearly always
        moments = sorted({moment for held in uses for moment in (held.start, held.end)})
        for begin, end in pairwise(moments):
            together = [held for held in uses if held.start <= begin and end <= held.end]
            if len(together) > capacity:
                sessions = tuple(dict.fromkeys(held.id for held in together))
                minutes = int((end - begin).total_seconds() // 60)
                message = text(
                    "{what} is used {n} times at once from {begin} to {end} ({sessions}); at most {capacity}",
                    "{what} 在 {begin} 至 {end} 同时被使用 {n} 次（{sessions}）；至多 {capacity} 次",
                    what=case.label[what],
                    n=len(together),
                    begin=begin,
                    end=end.time(),
                    sessions=tuple(dict.fromkeys(held.occurrence.label for held in together)),
                    capacity=capacity,
                )
                yield self.breach(minutes * (len(together) - capacity), message, sessions=sessions, who=(what,))

    def placed(self, case: Case) -> Iterable[Placed] | None:
        """Say how many sessions of each resource, and in each room, run at once; None where one has two seats."""
        sessions: dict[str, list[str]] = defaultdict(list)
        for occurrence in agenda_of(case).occurrences:
            for part in occurrence.parts:
                for who in [who for seats in part.seats for who in seats.candidates]:
                    sessions[who].append(occurrence.id)
        if any(len(set(each)) < len(each) for each in sessions.values()):
            return None
        held: dict[str, list[str]] = defaultdict(list)
        for occurrence in agenda_of(case).occurrences:
            for part in occurrence.parts:
                for room in part.rooms:
                    held[room].append(occurrence.id)
        return (
            *(AtOnce(tuple(each), case.resources[who].parallel) for who, each in sessions.items()),
            *(AtOnce(tuple(each), case.room[room].parallel, room) for room, each in held.items() if each),
        )

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        return text(
            "Nobody and no room is used in more sessions at once than it can serve", "人员、单位、场地不同时超额使用"
        )


def _in_step(board: Board, sessions: list[Occurrence]) -> bool:
    """Tell whether no two of the starts overlap without being equal, so that a sum for each says it all."""
    ends: dict[dt.datetime, dt.datetime] = {}
    for occurrence in sessions:
        for start in board.starts(occurrence):
            if ends.setdefault(start, occurrence.end_of(start)) != occurrence.end_of(start):
                return False
    return all(ends[start] <= after for start, after in pairwise(sorted(ends)))


def nearby(board: Board, uses: list[AnyUse]) -> list[AnyUse]:
    """Return the uses by open sessions, and of the others those that lie between the first and the last of these."""
    opened = [use.occurrence for use in uses if board.is_open(use.occurrence)]
    if len(opened) == len(uses):
        return uses
    first = min((occurrence.first for occurrence in opened), default=None)
    until = max((occurrence.until for occurrence in opened), default=None)
    if first is None or until is None:
        return []
    return [use for use in uses if board.is_open(use.occurrence) or _meets(board, use.occurrence.id, first, until)]


def _meets(board: Board, fixed: str, first: dt.datetime, until: dt.datetime) -> bool:
    session = board.fixed[fixed]
    return session.start < until and first < session.end


def _uses(board: Board, occurrence: Occurrence, of: tuple[str, ...], taken: Lit) -> Iterator[Use]:
    """Yield what one decision comes to, a use for each start of its session."""
    for start in board.starts(occurrence):
        begins = board.start(occurrence, start)
        if taken is not False and begins is not False:
            end, is_open = occurrence.end_of(start), board.is_open(occurrence)
            yield Use((occurrence.id, *of), start, end, (taken, begins), is_open)
