"""Links in letters: which of their turns somebody may answer from a letter, and the addresses at which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from rota.changes.answers import seats_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from rota.plan import Plan, Session
    from rota.request import SeatRef
    from rota.text import Language
    from scheduler.keeping.answer_links import AnswerLinks, Links
    from scheduler.keeping.outbox import Item

MOST_MADE = 256
"""Links of letters that are under way."""
MOST_ASKED = 5
"""So many turns can be answered from one letter: those that come first."""


class LetterLinks:
    """Makes the links in letters; where it is not known at which address people reach the server, there are none."""

    def __init__(self, links: AnswerLinks, base: str, clock: Callable[[], dt.datetime]) -> None:
        self._links, self._base, self._clock = links, base, clock
        self._made: dict[str, Links] = {}

    def prepare(self, letters: Iterable[tuple[Item, Plan]]) -> None:
        """Make the links for letters about one turn each in one transaction, for which each would stand in line."""
        turns = {}
        for item, plan in letters if self._base else ():
            if found := self._turn(item, plan.session.get(item.body.get("session", ""))):
                turns[item.key] = (item.stream, *found)
        if turns:
            made = self._links.issue_all(self._base, list(turns.values()))
            new = {key: links for key, each in zip(turns, made, strict=True) for links in each.values()}
            self._made = dict(list((self._made | new).items())[-MOST_MADE:])

    def one(self, item: Item, plan: Plan, language: Language) -> Links | None:
        """Return the addresses at which the recipient answers the turn that a letter is about."""
        found = self._turn(item, plan.session.get(item.body.get("session", "")))
        if found is None:
            return None
        links = self._made.pop(item.key, None) or self._links.issue(self._base, item.stream, *found)[found[1][0]]
        return links.spoken(language)

    def several(
        self, item: Item, plan: Plan, sessions: Iterable[str], language: Language
    ) -> tuple[Mapping[str, Links], int]:
        """Return the addresses for the turns that come first, by session, and how many more could be answered."""
        planned = sorted((plan.session[id_] for id_ in sessions if id_ in plan.session), key=lambda each: each.start)
        turns = [(item.stream, *found) for session in planned if (found := self._turn(item, session))]
        if not turns:
            return {}, 0
        asked = turns[:MOST_ASKED]
        made = self._links.issue_all(self._base, asked)
        spoken = {
            session.id: links[seats[0]].spoken(language) for (_, session, seats), links in zip(asked, made, strict=True)
        }
        return spoken, len(turns) - len(asked)

    def swap(self, item: Item, plan: Plan, seat: SeatRef, language: Language) -> str:
        """Return the address at which somebody answers who is asked to exchange a seat; nothing where there is none."""
        if not self._base:
            return ""
        links = self._links.issue(self._base, item.stream, plan.session[seat.session], [seat])
        return links[seat].spoken(language).swap

    def _turn(self, item: Item, session: Session | None) -> tuple[Session, tuple[SeatRef]] | None:
        """Return a session and the seat that the recipient of a letter can answer for, where there is one."""
        if session is None or not self._base or session.start <= self._clock():
            return None
        mine = next((seat for seat in seats_of(session) if seat.who == item.recipient), None)
        return (session, (mine,)) if mine else None
