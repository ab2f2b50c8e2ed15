"""Theme focus: who serves in several parts of one session does so under one theme."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from constraints.rule import RoleRule, param
from rota.row import Positive
from rota.text import Message, several, text

if TYPE_CHECKING:
    from constraints.board import Board, Lit
    from constraints.breach import Breach
    from rota.agenda import Occurrence
    from rota.case import Case
    from rota.roster import Held, Roster


class ThemeFocus(RoleRule):
    """A resource serves in the parts of one session under at most `most` different themes.

    Parts without a theme are under none. Amount: themes in excess, per resource and session.
    """

    kind = "theme_focus"
    label = text("Theme focus", "特色专一")
    summary = text("who serves in several parts of a session does so under one theme", "同一场次兼多个分场时特色一致")
    unit = text("themes", "个特色")
    names_all_mends = True

    most: Positive = param("最多", "themes per session, at most", "每场至多几个特色", 1)

    def post(self, board: Board) -> None:
        """Bound the themes of each resource in each open session."""
        for who in self.about(board.case):
            for occurrence, themes in self._could(board, who).items():
                taken = [(board.any_of(lits), 1) for lits in themes.values()]
                board.between(taken, None, self.most, (who, occurrence.id))

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every session in which a resource serves under too many themes."""
        for who in self.about(roster.case):
            for held in self.held(roster, who):
                themes = self._themes(held, who)
                if len(themes) > self.most:
                    message = text(
                        "{who} serves under {n} themes in {session}: {themes}; at most {most}",
                        "{who} 在 {session} 涉及 {n} 个特色：{themes}；至多 {most} 个",
                        who=roster.case.label[who],
                        n=len(themes),
                        session=held.occurrence.label,
                        themes=tuple(themes.values()),
                        most=self.most,
                    )
                    yield self.breach(len(themes) - self.most, message, sessions=(held.id,), who=(who,))

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        return text(
            "{lead}at most {n} per session{trail}",
            "{lead}每场至多 {n}{trail}",
            lead=self.lead(case),
            trail=self.trail(case),
            n=several(self.most, "theme", "个特色"),
        )

    def _could(self, board: Board, who: str) -> dict[Occurrence, dict[str, list[Lit]]]:
        """Return the seats that `who` could take in each open session, by theme."""
        found: dict[Occurrence, dict[str, list[Lit]]] = defaultdict(lambda: defaultdict(list))
        for place in board.places(who):
            meant = self.role in {"", place.role} and self.counts(place.occurrence)
            if meant and place.part.theme.zh and board.is_open(place.occurrence):
                found[place.occurrence][place.part.theme.zh].append(place.taken)
        return found

    def _themes(self, held: Held, who: str) -> dict[str, Message]:
        """Return the themes under which `who` serves."""
        themes: dict[str, Message] = {}
        for part in held.session.parts:
            frame = held.occurrence.part.get(part.id)
            serves = any(who in seated for role, seated in part.roles.items() if self.role in {"", role})
            if serves and frame and frame.theme.zh:
                themes.setdefault(frame.theme.zh, frame.theme)
        return themes
