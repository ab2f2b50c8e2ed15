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

MOST_MADE = 1024
"""Links of letters that are under way."""
MOST_ASKED = 5
"""So many turns can be answered from one letter: those that come first."""


Turn = tuple[str, "Session", "tuple[SeatRef]"]
"""A turn that can be answered: the case, the session, and the seat."""


class LetterLinks:
    """Makes the links in letters; where it is not known at which address people reach the server, there are none."""

    def __init__(self, links: AnswerLinks, base: str, clock: Callable[[], dt.datetime]) -> None:
        self._links, self._base, self._clock = links, base, clock
        self._made: dict[tuple[str, str], Links] = {}

    def prepare(self, letters: Iterable[tuple[Item, Plan, Iterable[str]]]) -> None:
        """Make the links of letters about some sessions in one transaction, for which each would stand in line."""
        wanted = {
            (item.key, turn[1].id): turn
            for item, plan, sessions in letters
            for turn in self._turns(item, plan, sessions)[:MOST_ASKED]
        }
        self._made = dict(list((self._made | self._issued(wanted)).items())[-MOST_MADE:])

    def several(
        self, item: Item, plan: Plan, sessions: Iterable[str], language: Language
    ) -> tuple[Mapping[str, Links], int]:
        """Return the addresses for the turns that come first, by session, and how many more could be answered."""
        turns = self._turns(item, plan, sessions)
        asked = {(item.key, turn[1].id): turn for turn in turns[:MOST_ASKED]}
        there = {key: self._made.pop(key) for key in asked if key in self._made}
        there |= self._issued({key: turn for key, turn in asked.items() if key not in there})
        return {session: there[key, session].spoken(language) for key, session in asked}, len(turns) - len(asked)

    def _issued(self, wanted: Mapping[tuple[str, str], Turn]) -> dict[tuple[str, str], Links]:
        if not wanted:
            return {}
        made = self._links.issue_all(self._base, list(wanted.values()))
        return {key: links for key, each in zip(wanted, made, strict=True) for links in each.values()}

    def swap(self, item: Item, plan: Plan, seat: SeatRef, language: Language) -> str:
        """Return the address at which somebody answers who is asked to exchange a seat; nothing where there is none."""
        if not self._base:
            return ""
        links = self._links.issue(self._base, item.stream, plan.session[seat.session], [seat])
        return links[seat].spoken(language).swap

    def _turns(self, item: Item, plan: Plan, sessions: Iterable[str]) -> list[Turn]:
        """Return the turns among some sessions that the recipient of a letter can answer, in order of time."""
        if not self._base:
            return []
        planned = (plan.session[id_] for id_ in sessions if id_ in plan.session)
        coming = sorted(
            (each for each in planned if each.start > self._clock()), key=lambda each: (each.start, each.id)
        )
        mine = ((each, next((s for s in seats_of(each) if s.who == item.recipient), None)) for each in coming)
        return [(item.stream, session, (seat,)) for session, seat in mine if seat]
