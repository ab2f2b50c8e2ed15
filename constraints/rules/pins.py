"""Pins: what has been fixed by hand stays."""

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
    from constraints.placed import Placed, Where
    from rota.case import Case
    from rota.demand import Pin
    from rota.roster import Held, Roster


class Pins(Rule):
    """Every pin holds: its session takes place and has the pinned start, room or seat; or has not, if it is `absent`.

    A pin without a part is kept by any part of the session. Amount: 1 per pin not kept.
    """

    kind = "pins"
    label = text("Pins", "锁定")
    summary = text("what has been fixed by hand stays", "人工锁定的内容保持不变")
    unit = text("pins", "项")
    local = True
    by_session = True
    lax = True
    names_all_mends = True
    standing = True
    firmness = 2

    def tells_apart(self, case: Case) -> bool:
        """Pins name their sessions."""
        return bool(case.pins)

    def post(self, board: Board) -> None:
        """Force, or forbid, what each pin about an open session says."""
        for pin in board.case.pins:
            occurrence = board.agenda.by_id[pin.session]
            if not board.is_open(occurrence):
                continue
            kept = board.any_of(self._literals(board, pin))
            about = (pin.session, pin.resource or pin.room or pin.start)
            board.forbid([kept] if pin.absent else [board.negation(kept)], about)

    def _literals(self, board: Board, pin: Pin) -> Iterator[Lit]:
        occurrence = board.agenda.by_id[pin.session]
        if pin.start:
            yield board.start(occurrence, pin.at().replace(tzinfo=board.case.zone))
        elif not pin.room and not pin.resource:
            yield board.held(occurrence)
        else:
            for part in occurrence.parts:
                if pin.part in {"", part.id} and pin.room:
                    yield board.room(occurrence, part, pin.room)
                elif pin.part in {"", part.id}:
                    yield board.seat(occurrence, part, pin.role, pin.resource)

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every pin that is not kept."""
        for pin in roster.case.pins:
            held = roster.by_id.get(pin.session)
            if (held is not None and _kept(roster.case, pin, held)) is pin.absent:
                template = _BANNED if pin.absent else _NOT_KEPT
                occurrence = roster.agenda.by_id[pin.session]
                message = Message(
                    template.en, template.zh, {"session": occurrence.label, "what": _what(roster.case, pin)}
                )
                who = (pin.resource,) if pin.resource else ()
                yield self.breach(1, message, sessions=(pin.session,), who=who, mends=(occurrence,))

    def placed(self, case: Case) -> Iterable[Placed]:
        """Say which starts and rooms keep no pin, or are banned."""
        return alone(self._placed(case))

    @staticmethod
    def _placed(case: Case) -> Iterator[tuple[str, Where, int]]:
        for pin in case.pins:
            occurrence = agenda_of(case).by_id[pin.session]
            if pin.start:
                pinned = pin.at().replace(tzinfo=case.zone)
                for start in occurrence.starts:
                    if (start == pinned) is pin.absent:
                        yield pin.session, (start, None), 1
            elif pin.room:
                for part in occurrence.parts:
                    for room in part.rooms:
                        kept = pin.part in {"", part.id} and room == pin.room
                        if kept is pin.absent:
                            yield pin.session, (None, room), 1

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        return text("What has been fixed by hand stays", "人工锁定的内容保持不变")


def _kept(case: Case, pin: Pin, held: Held) -> bool:
    if pin.start:
        return held.start == pin.at().replace(tzinfo=case.zone)
    parts = [part for part in held.session.parts if pin.part in {"", part.id}]
    if pin.room:
        return any(part.room == pin.room for part in parts)
    return not pin.resource or any(pin.resource in part.roles.get(pin.role, ()) for part in parts)


def _what(case: Case, pin: Pin) -> Message:
    if pin.start:
        return text("{start}", "{start}", start=pin.at())
    if pin.room:
        return case.label[pin.room]
    if not pin.resource:
        return text("takes place", "举办")
    return text("{who} as {role}", "{role}：{who}", role=case.role_label[pin.role], who=case.label[pin.resource])


_NOT_KEPT = text("{session} does not keep what was fixed by hand: {what}", "{session}：未遵守锁定的“{what}”")
_BANNED = text("{session} has what was banned by hand: {what}", "{session}：出现了已禁止的“{what}”")
