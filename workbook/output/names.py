"""What the ids of a case are called in one language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property

from rota.case import Case
from rota.row import SEPARATORS, Named
from rota.text import Language, Message


class Names:
    """The names of a case's rows in `language`; an id that the case does not know stands for itself."""

    def __init__(self, case: Case, language: Language) -> None:
        self.case = case
        self.language = language

    def activity(self, activity: str) -> str:
        """Name an activity."""
        return self._say(self.case.activity, activity)

    def site(self, site: str) -> str:
        """Name a site."""
        return self._say(self.case.site, site)

    def room(self, room: str | None) -> str:
        """Name a room; nothing for none."""
        return self._say(self.case.room, room)

    def line(self, line: str | None) -> str:
        """Name a service line; nothing for none."""
        return self._say(self.case.line, line)

    def who(self, who: str) -> str:
        """Name a unit, a person or a piece of equipment."""
        return self._say(self.case.resources, who)

    def role(self, role: str) -> str:
        """Name a role."""
        return self.case.role_label.get(role, Message(role, role)).say(self.language)

    def all_of(self, who: Iterable[str]) -> str:
        """Name several resources in one phrase."""
        return self.listed(self.who(each) for each in who)

    def listed(self, phrases: Iterable[str]) -> str:
        """Join phrases as the language does."""
        return ("、" if self.language == "zh" else ", ").join(phrases)

    def cells(self, who: Iterable[str]) -> str:
        """Name resources so that a cell can be read back: `name`, `name [id]` where names are shared, or the id.

        The id alone stands where the name holds one of the signs that separate names in a cell.
        """
        return ("、" if self.language == "zh" else "; ").join(self._cell(each) for each in who)

    def _cell(self, who: str) -> str:
        spoken = self.who(who)
        if SEPARATORS.search(spoken):
            return who
        shared = self._bearers[spoken] > 1 or (spoken != who and spoken in self.case.resources)
        return f"{spoken} [{who}]" if shared else spoken

    @cached_property
    def _bearers(self) -> Counter[str]:
        return Counter(self.who(each) for each in self.case.resources)

    def _say(self, table: Mapping[str, Named], key: str | None) -> str:
        if not key:
            return ""
        return table[key].label.say(self.language) if key in table else key
