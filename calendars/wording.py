"""What an event says: its summary, description and place, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from calendars.subject import Shown
from rota.activity import ROLE_NAMES, Role
from rota.agenda import agenda_of
from rota.case import Case
from rota.plain import clean, one_line
from rota.plan import OpenSeat, PlanPart, Session
from rota.row import Named
from rota.text import Language, Message, name, said, text

LEADING = "host"
"""The role whose holders stand in the summary; where an activity has none, its first role that is filled."""
MOST_NAMES = 3
"""More hosts or rooms than these are counted, not listed, where the line is short."""


@dataclass(frozen=True)
class Wording:
    """Says the sessions of one case; seats in `open` are told to be vacant."""

    case: Case
    open: tuple[OpenSeat, ...]
    language: Language

    def summary(self, shown: Shown) -> str:
        """Return e.g. `轮值服务日 · 税务局`: the activity, the theme if all shown parts share one, who leads."""
        session = shown.stamped.session
        themes = dict.fromkeys(self._theme(session, part) for part in shown.parts)
        pieces = [self._named(self.case.activity, session.activity)]
        if len(themes) == 1:
            pieces += [theme for theme in themes if theme and theme != pieces[0]]
        leading = self._names(self._leading(session, shown.parts))
        if leading:
            pieces.append(self._few(leading))
        spoken = one_line(" · ".join(pieces))
        if shown.stamped.stamp.cancelled:
            return text("[Cancelled] {summary}", "【取消】{summary}", summary=spoken).say(self.language)
        return spoken

    def location(self, shown: Shown) -> str:
        """Return rooms, site and address, from the small to the large."""
        session = shown.stamped.session
        site = self.case.site.get(session.site)
        rooms = [self._named(self.case.room, room) for room in dict.fromkeys(p.room for p in shown.parts) if room]
        address = name(site.address, site.address_en).say(self.language) if site and site.address else ""
        pieces = [self._few(rooms), self._named(self.case.site, session.site), address]
        return one_line(("，" if self.language == "zh" else ", ").join(piece for piece in pieces if piece))

    def lines(self, shown: Shown) -> list[str]:
        """Return the names of the service lines of the shown parts, each once."""
        lines = dict.fromkeys(part.line for part in shown.parts if part.line)
        return [one_line(self._named(self.case.line, line)) for line in lines]

    def description(self, shown: Shown) -> str:
        """Return one paragraph per shown part: theme, service line, room, and who sits in which role."""
        session = shown.stamped.session
        return clean("\n\n".join("\n".join(self._part(session, part)) for part in shown.parts))

    def _part(self, session: Session, part: PlanPart) -> Iterator[str]:
        if theme := self._theme(session, part):
            yield self._line(text("Theme", "特色"), theme)
        if part.line:
            yield self._line(text("Service line", "服务线"), self._named(self.case.line, part.line))
        if part.room:
            yield self._line(text("Room", "场地"), self._named(self.case.room, part.room))
        vacant = self._vacant(session, part)
        for role in self._in_order(session, {*part.roles, *vacant}):
            names = [*self._names(part.roles.get(role, ())), *vacant.get(role, ())]
            if names:
                yield self._line(self._role(session, part, role), said(tuple(names), self.language))

    def _line(self, label: Message, value: str) -> str:
        return text("{label}: {value}", "{label}：{value}", label=label, value=one_line(value)).say(self.language)

    def _vacant(self, session: Session, part: PlanPart) -> Mapping[str, list[str]]:
        seats = [seat for seat in self.open if seat.session == session.id and seat.part in {None, part.id}]
        return {
            seat.role: [text("{n} still to be named", "待定 {n} 个", n=seat.missing).say(self.language)]
            for seat in seats
            if seat.role
        }

    def _roles(self, session: Session) -> list[Role]:
        return [role for role in self.case.roles if role.activity == session.activity]

    def _in_order(self, session: Session, roles: Iterable[str]) -> list[str]:
        order = {role.role: place for place, role in reversed(list(enumerate(self._roles(session))))}
        return sorted(roles, key=lambda role: (order.get(role, len(order)), role))

    def _role(self, session: Session, part: PlanPart, role: str) -> Message:
        mine = [each for each in self._roles(session) if each.role == role and each.part in {"", part.id}]
        return mine[0].label if mine else self.case.role_label.get(role) or ROLE_NAMES.get(role) or name(role)

    def _leading(self, session: Session, parts: tuple[PlanPart, ...]) -> Sequence[str]:
        filled = {role for part in parts for role, seated in part.roles.items() if seated}
        if not filled:
            return ()
        role = LEADING if LEADING in filled else self._in_order(session, filled)[0]
        return tuple(dict.fromkeys(who for part in parts for who in part.roles.get(role, ())))

    def _theme(self, session: Session, part: PlanPart) -> str:
        """Say the plan's theme, in English where the case has it so."""
        occurrence = agenda_of(self.case).by_id.get(session.id)
        frame = occurrence.part.get(part.id) if occurrence else None
        if frame and part.theme in {"", frame.theme.zh, frame.theme.en}:
            return one_line(frame.theme.say(self.language))
        return one_line(part.theme)

    def _names(self, resources: Iterable[str]) -> list[str]:
        return [self._named(self.case.resources, who) for who in resources]

    def _named(self, table: Mapping[str, Named], identifier: str) -> str:
        row = table.get(identifier)
        return row.label.say(self.language) if row else identifier

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
