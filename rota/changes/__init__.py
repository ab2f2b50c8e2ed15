"""The kinds of changes (变更): what can happen to a case while its plan is kept alive, all of them in one table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from rota.change import ChangeError
from rota.changes.answers import Accepted
from rota.changes.availability import AvailableAgain, CalendarRefreshed, Unavailable
from rota.changes.edits import Edited
from rota.changes.making import CheckedChange
from rota.changes.membership import PersonJoined, PersonLeft, UnitJoined, UnitLeft
from rota.changes.reading import reasons_of
from rota.changes.rules import HolidayMoved, OutcomeRecorded, RuleChanged, SettingsChanged
from rota.changes.seats import Declined, Pinned, RoomSet, SeatSet, Unpinned
from rota.changes.sessions import OrderPlaced, OrderWithdrawn, SessionAdded, SessionCancelled, SessionMoved
from rota.changes.swaps import SwapAnswered, SwapAsked, SwapConfirmed, SwapWithdrawn
from rota.text import text

KINDS: tuple[type[CheckedChange], ...] = (
    # Who belongs.
    UnitJoined,
    UnitLeft,
    PersonJoined,
    PersonLeft,
    # Who can serve; rooms and sites that close are unavailable too.
    Unavailable,
    AvailableAgain,
    CalendarRefreshed,
    # What takes place.
    SessionAdded,
    SessionCancelled,
    SessionMoved,
    OrderPlaced,
    OrderWithdrawn,
    OutcomeRecorded,
    # What is decided by hand, or between participants.
    RoomSet,
    SeatSet,
    Pinned,
    Unpinned,
    Accepted,
    Declined,
    SwapAsked,
    SwapAnswered,
    SwapConfirmed,
    SwapWithdrawn,
    # What must hold.
    HolidayMoved,
    RuleChanged,
    SettingsChanged,
    # Whatever else.
    Edited,
)

CHANGES: Mapping[str, type[CheckedChange]] = {kind.kind: kind for kind in KINDS}
"""Every kind of change by the name under which journals keep it."""


def change_kinds() -> tuple[str, ...]:
    """Return the names of all kinds, in the order of the table."""
    return tuple(CHANGES)


def read_change(kind: str, version: int, body: Mapping[str, Any]) -> CheckedChange:
    """Return the change that was written down under a kind, in any form that the kind ever had.

    Raises:
        ChangeError: the kind or the form is not known here, or the particulars cannot be read.
    """
    known = CHANGES.get(kind)
    if known is None or version > known.version:
        raise ChangeError(
            [
                text(
                    'This version of Rota does not know the change "{kind}" in its form {version}. Please update Rota.',
                    "本版 Rota 不认识变更“{kind}”的第 {version} 版格式，请升级 Rota。",
                    kind=kind,
                    version=version,
                )
            ]
        )
    try:
        return known.upcast(version, body)
    except ValidationError as error:
        raise ChangeError(reasons_of(error, known)) from error
