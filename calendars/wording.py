"""What an event says: its summary, description and place, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from calendars.subject import Shown
from rota.caption import Called, Caption, PartCaption, caption
from rota.case import Case
from rota.plain import clean, one_line
from rota.plan import OpenSeat
from rota.text import Language, Message, said, text

MOST_NAMES = 3
"""More hosts or rooms than these are counted, not listed, where the line is short."""


@dataclass(frozen=True)
class Wording:
    """Says the sessions of one case; seats in `open` are told to be vacant."""

    case: Case
    open: tuple[OpenSeat, ...]
    language: Language

    def caption(self, shown: Shown) -> Caption:
        """Return what is told about the parts of a session that are shown."""
        session = shown.stamped.session
        vacant = () if shown.left else self.open
        return caption(self.case, session.model_copy(update={"parts": shown.parts}), vacant)

    def summary(self, shown: Shown, told: Caption) -> str:
        """Return e.g. `轮值服务日 · 税务局`: the activity, the theme if all shown parts share one, who leads."""
        themes = dict.fromkeys(self._line_of(part.theme) for part in told.parts)
        pieces = [self._named(told.activity)]
        if len(themes) == 1:
            pieces += [theme for theme in themes if theme and theme != pieces[0]]
        if leading := [self._named(who) for who in told.leading]:
            pieces.append(self._few(leading))
        spoken = one_line(" · ".join(pieces))
        if shown.left:
            marked = text("[{left}] {summary}", "【{left}】{summary}", left=shown.left.label, summary=spoken)
            return marked.say(self.language)
        if shown.stamped.stamp.cancelled:
            return text("[Cancelled] {summary}", "【取消】{summary}", summary=spoken).say(self.language)
        return spoken

    def location(self, told: Caption) -> str:
        """Return rooms, site and address, from the small to the large."""
        rooms = [self._named(room) for room in dict.fromkeys(part.room for part in told.parts) if room]
        pieces = [self._few(rooms), self._named(told.site), told.address.say(self.language)]
        return one_line(("，" if self.language == "zh" else ", ").join(piece for piece in pieces if piece))

    def lines(self, told: Caption) -> list[str]:
        """Return the names of the service lines of the shown parts, each once."""
        return [self._line_of(line.label) for line in dict.fromkeys(part.line for part in told.parts) if line]

    def description(self, told: Caption) -> str:
        """Return one paragraph per shown part: theme, service line, room, and who sits in which role."""
        return clean("\n\n".join("\n".join(self._part(part)) for part in told.parts))

    def _part(self, part: PartCaption) -> Iterator[str]:
        if theme := self._line_of(part.theme):
            yield self._line(text("Theme", "特色"), theme)
        if part.line:
            yield self._line(text("Service line", "服务线"), self._named(part.line))
        if part.room:
            yield self._line(text("Room", "场地"), self._named(part.room))
        for seated in part.seated:
            vacant = [text("{n} still to be named", "待定 {n} 个", n=missing) for missing in seated.missing]
            names = [self._named(who) for who in seated.who] + [each.say(self.language) for each in vacant]
            if names:
                yield self._line(seated.role.label, said(tuple(names), self.language))

    def _line(self, label: Message, value: str) -> str:
        return text("{label}: {value}", "{label}：{value}", label=label, value=one_line(value)).say(self.language)

    def _line_of(self, message: Message) -> str:
        return one_line(message.say(self.language))

    def _named(self, called: Called) -> str:
        return called.label.say(self.language)

    def _few(self, names: Sequence[str]) -> str:
        if len(names) <= MOST_NAMES:
            return said(tuple(names), self.language)
        return text(
            "{first} and {more} more",
            "{first}等 {all} 个",
            first=tuple(names[:MOST_NAMES]),
            more=len(names) - MOST_NAMES,
            all=len(names),
        ).say(self.language)
