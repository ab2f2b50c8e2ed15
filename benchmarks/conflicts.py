"""How long it takes to say why there is no plan: ten impossible years at Suzhou's size.

`python benchmarks/conflicts.py [NAME …]`; the cases are those of tests/solving/planted.py.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from time import monotonic, process_time

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from constraints.reading import read_rules  # noqa: E402 - found through the line above, also where Rota is not installed
from scheduler.solving.conflict import conflict_of  # noqa: E402
from scheduler.solving.control import Control  # noqa: E402
from scheduler.solving.question import Question  # noqa: E402
from scheduler.solving.ways_out import ways_out  # noqa: E402
from tests.solving.planted import PLANTED  # noqa: E402

LINE = "{:<22} {:>9} {:>7} {:>8} {:>8} {:>5} {:>8} {:>8} {:>8}"


def measure(name: str) -> str:
    """Explain one case, and return its line of the table."""
    case = PLANTED[name]()
    rules, control = read_rules(case), Control()
    begun, worked = monotonic(), process_time()
    question = Question(case, rules, control)
    conflict = conflict_of(question, case, rules)
    named = _since(begun, worked)
    if conflict is None:
        return f"{name:<22} has a plan"
    ways = list(ways_out(question, case, rules, control))
    minimal = "yes" if conflict.minimal else "no"
    return LINE.format(
        name, len(question.instances), len(conflict.instances), minimal, *named, len(ways), *_since(begun, worked)
    )


def _since(begun: float, worked: float) -> tuple[str, str]:
    return f"{monotonic() - begun:.1f}", f"{process_time() - worked:.1f}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("case", nargs="*", choices=[*PLANTED, []], help="some of the cases; else all ten")
    print("times in seconds, of the clock and of the processor; the second pair is with the ways out")
    print(LINE.format("case", "instances", "named", "minimal", "clock", "CPU", "ways", "clock", "CPU"), flush=True)
    for name in parser.parse_args().case or PLANTED:
        print(measure(name), flush=True)


if __name__ == "__main__":
    main()
