"""What is pending: changes of a case that its newest revision does not answer yet."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduler.keeping.chain import entries
from scheduler.keeping.drafts import OPEN, newest_draft
from scheduler.keeping.publication import PUBLISHED, newest_of_case, newest_revision
from scheduler.keeping.swaps import agreed

if TYPE_CHECKING:
    from rota.case import Case
    from scheduler.keeping.publication import Revision
    from scheduler.keeping.transaction import Store, Transaction


@dataclass(frozen=True)
class Pending:
    """A case that has moved away from its newest revision, by changes up to `sequence`, the last of them made `at`.

    The first of them that nobody has answered was made at `since`. Where they took each other back (`undone`), the
    revision answers the case again, and only a draft made in between is left to be dropped. `agreed` tells whether two
    parties agree to a swap that waits to be confirmed.
    """

    stream: str
    case: Case
    base: Revision
    sequence: int
    at: dt.datetime
    undone: bool
    since: dt.datetime
    agreed: bool = False

    def rested(self, now: dt.datetime, seconds: float, longest: float) -> bool:
        """Tell whether nothing came for so many seconds, or the first change has waited for the `longest` time.

        A clock that was set back leaves changes ahead of now.
        """
        quiet, waited = (abs((now - moment).total_seconds()) for moment in (self.at, self.since))
        return quiet >= seconds or waited >= longest


def pending(store: Store, stream: str) -> Pending | None:
    """Return what is to be answered in a case, all of it as of one moment; None where nothing is."""
    return store.read(lambda transaction: _pending(transaction, stream))


def _pending(transaction: Transaction, stream: str) -> Pending | None:
    connection = transaction.connection
    base = newest_revision(connection, stream)
    sequence = newest_of_case(connection, stream)
    if base is None or sequence <= base.case_sequence:
        return None
    draft = newest_draft(transaction, stream)
    if draft and (draft.base, draft.case_sequence) == (base.number, sequence):
        return None  # answered already, whatever became of it
    state = transaction.snapshot(transaction.head(stream)).state
    case, waiting = state.case, bool(agreed(state))
    undone = case.hash == base.case_hash
    if undone and not waiting and not (draft and draft.base == base.number and draft.state in OPEN):
        return None
    answered = draft.case_sequence if draft and draft.base == base.number else base.case_sequence
    moments = [
        dt.datetime.fromisoformat(each.at)
        for each in entries(connection, stream, after=answered)
        if each.kind != PUBLISHED
    ]
    return Pending(stream, case, base, sequence, moments[-1], undone, moments[0], waiting)
