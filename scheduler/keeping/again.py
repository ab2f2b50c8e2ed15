"""Doing it again: what looks first and then writes is repeated where somebody else was faster in between."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from rota.document import State, canonical, document_of, edits_between
from scheduler.keeping.errors import ConflictError

TRIES = 20
"""So often something is looked at anew; four that write without pause lose to each other far less often."""
PAUSE = 0.02
"""Seconds at the most before the second time; the pause grows with each one."""

T = TypeVar("T")


def until_first(work: Callable[[], T]) -> T:
    """Do what reads what holds and then records something for just that; where it holds no more, do it again.

    Raises:
        ConflictError: others were faster every time.
    """
    for number in range(1, TRIES):
        try:
            return work()
        except ConflictError:
            time.sleep(random.uniform(0, PAUSE * number))
    return work()


def overtaken(seen: State, now: State, after: State) -> bool:
    """Tell whether what leads from `now` to `after` takes out or exchanges rows that were not there when it was `seen`.

    Where it does not, it is about other facts than those that were recorded in between, and stands beside them.
    """
    rows = {table: {canonical(row) for row in each} for table, each in document_of(seen).items()}
    edits = edits_between(document_of(now), document_of(after))
    return any(edit.before is not None and canonical(edit.before) not in rows[edit.table] for edit in edits)
