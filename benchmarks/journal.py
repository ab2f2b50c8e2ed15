"""The journal's speed on both databases: changes, publications, an audit and the opening of a state, as it grows.

`python benchmarks/journal.py 10000` writes so many changes of the Suzhou case. PostgreSQL is tried where its address is
given: `--postgresql postgresql://…` names an empty database. docs/decisions/0009-journal.md says what follows.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, process_time

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from constraints.reading import rule_problems  # noqa: E402 - found through the line above, also where Rota is not installed
from constraints.registry import catalogue  # noqa: E402
from rota.document import Edit  # noqa: E402
from rota.facts import Unit  # noqa: E402
from rota.plan import CaseRef, Plan, load_plan  # noqa: E402
from scheduler.keeping.journal import Journal  # noqa: E402
from workbook.reading import read_case  # noqa: E402

ACTOR = "coordinator"
PUBLISHED_EVERY = 500
"""After so many changes a revision is published."""


@dataclass
class Took:
    """Seconds of the wall and of the processor, and for how many things."""

    wall: float = 0
    processor: float = 0
    times: int = 0

    def measure(self, work: Callable[[], object]) -> None:
        """Add one piece of work."""
        wall, processor = monotonic(), process_time()
        work()
        self.wall += monotonic() - wall
        self.processor += process_time() - processor
        self.times += 1

    def __str__(self) -> str:
        each = 1000 * self.wall / max(1, self.times)
        return f"{self.times:6} x {each:9.2f} ms  ({1000 * self.processor / max(1, self.times):.2f} ms of processor)"


def edit(number: int, units: Sequence[Unit]) -> Edit:
    """A unit gets a note, and loses it again, so that the case does not grow without end."""
    plain = units[number // 2 % len(units)].model_dump(mode="json")
    noted = {**plain, "note": f"第{number // 2}次来电"}
    before, after = (noted, plain) if number % 2 else (plain, noted)
    return Edit(table="units", before=before, after=after)


def run(where: str, plan: Plan, changes: int) -> None:
    """Fill a journal and print what each thing took."""
    case = read_case(ROOT / "examples" / "suzhou", catalogue(), [rule_problems]).required()
    stream = case.settings.id
    recording, publishing, auditing, opening = Took(), Took(), Took(), Took()
    with Journal.open(where, clock=lambda: dt.datetime.now(dt.UTC), create=True) as journal:
        journal.begin(case, actor=ACTOR)
        base = None
        for number in range(changes):
            made = [edit(number, case.units)]
            recording.measure(lambda made=made: journal.record_edits(stream, made, actor=ACTOR))  # type: ignore[misc]
            if number % PUBLISHED_EVERY == PUBLISHED_EVERY - 1:
                now = journal.state(stream).case
                ours = plan.model_copy(update={"case": CaseRef(title=plan.case.title, hash=now.hash)})
                publishing.measure(lambda ours=ours, base=base: journal.publish(stream, ours, base=base, actor=ACTOR))  # type: ignore[misc]
                base = journal.revisions(stream)[-1].number
        auditing.measure(journal.audit)
    with Journal.open(where, clock=lambda: dt.datetime.now(dt.UTC)) as journal:
        opening.measure(lambda: journal.state(stream))
    print(f"record  {recording}\npublish {publishing}\naudit   {auditing}\nopen    {opening}", flush=True)


def main() -> None:
    """Run on SQLite, and on PostgreSQL where an address is given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("plan", type=Path, help="a plan of the Suzhou case that holds")
    parser.add_argument("changes", type=int, nargs="?", default=10_000)
    parser.add_argument("--postgresql")
    options = parser.parse_args()
    plan = load_plan(options.plan.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        print("SQLite")
        run(str(Path(folder) / "journal.db"), plan, options.changes)
        print(f"file    {(Path(folder) / 'journal.db').stat().st_size / 2**20:.1f} MB")
    if options.postgresql:
        print("PostgreSQL")
        run(options.postgresql, plan, options.changes)


if __name__ == "__main__":
    main()
