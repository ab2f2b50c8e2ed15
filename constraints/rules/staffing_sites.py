"""Staffing of sites: people who are shared between sites serve at their home sites only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from constraints.placed import alone
from constraints.rule import Rule
from rota.agenda import agenda_of
from rota.text import Message, text

if TYPE_CHECKING:
    from constraints.board import Board, Lit
    from constraints.breach import Breach
    from constraints.placed import Placed
    from rota.agenda import Occurrence
    from rota.case import Case
    from rota.roster import Roster


class StaffingSites(Rule):
    """A person whom the table of staffing names serves at one of the home sites that stand there.

    Amount: 1 per turn at another site.
    """

    kind = "staffing_sites"
    label = text("Home sites", "人员共用")
    summary = text("people shared between sites serve at their home sites", "共用人员只在其常驻站点当值")
    unit = text("turns", "次")
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
        """Forbid each turn together with the sites that are no home."""
        for who in board.touched() if board.case.staffing else ():
            seats: dict[str, tuple[Occurrence, list[Lit]]] = {}
            for place in board.places(who):
                if who in board.case.homes and board.is_open(place.occurrence):
                    seats.setdefault(place.occurrence.id, (place.occurrence, []))[1].append(place.taken)
            for occurrence, lits in seats.values():
                self._forbid(board, who, occurrence, lits)

    def _forbid(self, board: Board, who: str, occurrence: Occurrence, seats: list[Lit]) -> None:
        """Forbid each seat by itself where that is all one: the board drops candidates that stand alone."""
        homes = board.case.homes[who]
        elsewhere = [site for site in occurrence.sites if site not in homes]
        never_home = len(elsewhere) == len(occurrence.sites)
        away = [] if never_home else [board.any_of(board.site(occurrence, site) for site in elsewhere)]
        for serves in seats if self.required else [board.any_of(seats)]:
            board.forbid([serves, *away], (who, occurrence.id))

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every turn at a site that is no home."""
        for who, homes in roster.case.homes.items():
            for held in roster.turns(who):
                if held.site not in homes:
                    message = text(
                        "{who} serves in {session} at {site}; home sites: {homes}",
                        "{who} 在 {site} 参加 {session}；其常驻站点为：{homes}",
                        who=roster.case.label[who],
                        session=held.occurrence.label,
                        site=roster.case.label.get(held.site, held.site),
                        homes=tuple(roster.case.label[site] for site in homes),
                    )
                    yield self.breach(1, message, sessions=(held.id,), who=(who,))

    def placed(self, case: Case) -> Iterable[Placed]:
        """Say for how many each site is no home."""
        return alone(
            (occurrence.id, (None, site), 1)
            for occurrence in agenda_of(case).occurrences
            for who in {who for part in occurrence.parts for seats in part.seats for who in seats.candidates}
            if who in case.homes
            for site in occurrence.sites
            if site not in case.homes[who]
        )

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        return text("People shared between sites serve at their home sites", "共用人员只在其常驻站点当值")
