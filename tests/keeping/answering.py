"""A program that answers changes of a journal until it is killed, to run several of.

`python -m tests.keeping.answering PLACE NAME SHIFT`: its clock is SHIFT seconds ahead of the system's.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
from threading import Thread

from rota.case import Case
from scheduler.keeping.apart import Failed, Repaired, repair_here
from scheduler.keeping.engine import Engine
from scheduler.keeping.journal import Journal
from scheduler.solving.repair import Request

LEASE = 2.0


def slowly(case: Case, request: Request, seconds: float) -> Repaired | Failed:
    """Repair a plan, and take so long over it that others come near it, and that a kill comes into the middle of it."""
    found = repair_here(case, request, seconds)
    time.sleep(0.3)
    return found


def main() -> None:
    where, name, shift = sys.argv[1:]
    ahead = dt.timedelta(seconds=float(shift))

    def clock() -> dt.datetime:
        return dt.datetime.now(dt.UTC) + ahead

    with Journal.open(where, clock=clock) as journal:
        engine = Engine(journal, name, clock, debounce=0.2, patience=20, lease=LEASE, repairer=slowly)

        def beat() -> None:
            while True:
                time.sleep(LEASE / 4)
                engine.beat()

        Thread(target=beat, daemon=True).start()
        while True:
            engine.react(lambda reaction: print(reaction.what, flush=True))  # noqa: T201 - what it is for
            time.sleep(0.05)


if __name__ == "__main__":
    main()
