"""A program that writes into a journal and says what was acknowledged, to run several of and to be killed.

`python -m tests.keeping.writer PLACE NAME CHANGES` records so many changes, as somebody does who looks first;
`python -m tests.keeping.writer PLACE NAME` goes on recording and publishing until it is killed.
"""

from __future__ import annotations

import datetime as dt
import sys
from itertools import count

from scheduler.keeping.again import until_first
from scheduler.keeping.journal import Journal
from scheduler.keeping.records import Recorded
from tests.keeping.station import OTHER_ROTATION, ROTATION, STREAM, hosted, joining


def say(*words: object) -> None:
    print(*words, flush=True)  # noqa: T201 - what it is for


def record_all(journal: Journal, name: str, changes: int) -> None:
    for number in range(changes):
        made = until_first(lambda: looked_first(journal, name, number))  # noqa: B023 - called at once
        say("change", made.sequence)


def looked_first(journal: Journal, name: str, number: int) -> Recorded:
    head = journal.head(STREAM)
    return journal.record(STREAM, joining(f"{name}{number}"), actor=name, expected=head.version)


def go_on(journal: Journal, name: str) -> None:
    newest = journal.newest(STREAM)
    base = newest.number if newest else None
    for number in count():
        made = journal.record(STREAM, joining(f"{name}{number}"), actor=name)
        say("change", made.sequence)
        case = journal.state(STREAM).case
        plan = hosted(case, *(OTHER_ROTATION if number % 2 else ROTATION))
        base = journal.publish(STREAM, plan, base=base, actor=name).number
        say("revision", base)


def main() -> None:
    where, name, *changes = sys.argv[1:]
    with Journal.open(where, clock=lambda: dt.datetime.now(dt.UTC)) as journal:
        if changes:
            record_all(journal, name, int(changes[0]))
        else:
            go_on(journal, name)


if __name__ == "__main__":
    main()
