"""An engine that reacts at once, what befalls its station, and a repairer that counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from rota.case import Case
from rota.changes.availability import Unavailable
from rota.document import Edit, document_of
from rota.plan import Plan
from scheduler.keeping.apart import Failed, Repaired, repair_here
from scheduler.keeping.engine import Engine, Reaction
from scheduler.keeping.journal import Journal
from scheduler.solving.repair import Request
from tests.keeping.conftest import BOTH, Ticking
from tests.keeping.station import STREAM, WHO

LATER = dt.timedelta(minutes=1)
ON_BOTH = pytest.mark.parametrize("database", BOTH)


class Counted:
    """A repairer that counts, and does something else first."""

    def __init__(self, first: Callable[[], object] = lambda: None) -> None:
        self.first, self.times = first, 0

    def __call__(self, case: Case, request: Request, seconds: float) -> Repaired | Failed:
        self.times += 1
        self.first()
        return repair_here(case, request, seconds)


@pytest.fixture
def database() -> str:
    """What an engine does depends on no database, but for who is the first."""
    return "sqlite"


def reactions(engine: Engine) -> list[Reaction]:
    found: list[Reaction] = []
    engine.react(found.append)
    return found


def reacting(journal: Journal, clock: Ticking, **options: object) -> Engine:
    return Engine(journal, "one", clock, **{"debounce": 0, "repairer": Counted(), **options})  # type: ignore[arg-type]


def away(journal: Journal, who: str, day: str) -> int:
    return journal.record(STREAM, Unavailable(resource=who, first=day), actor=WHO).sequence  # type: ignore[arg-type]


def away_on(who: str, day: str) -> Unavailable:
    return Unavailable(resource=who, first=day)  # type: ignore[arg-type]  # read as a day


def note(journal: Journal, said: str) -> None:
    """Record something that no plan depends on."""
    row = document_of(journal.state(STREAM))["contacts"][0]
    edit = Edit(table="contacts", before=row, after={**row, "note": said}, at=0)
    journal.record_edits(STREAM, [edit], actor=WHO)


def hosts(plan: Plan | None) -> list[str]:
    assert plan is not None
    return [session.serving("host")[0] for session in plan.sessions]
