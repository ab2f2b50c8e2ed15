"""How long do commands take that do next to nothing, beside Python itself?

`python -m benchmarks.start [--times 11] [--json FILE]`. Each command is a process of its own; what counts is the median
of as many starts, after one that does not count, by which files are read into memory.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from statistics import median

from benchmarks.processes import timed
from benchmarks.results import Run, Runs

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = Path(sys.executable).with_name("rota")
COMMANDS: dict[str, list[str | Path]] = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "rota --help": [PROGRAM, "--help"],
    "rota check examples/suzhou": [PROGRAM, "check", "examples/suzhou"],
}


def started(name: str, times: int) -> Run:
    """Return the medians of so many starts, in seconds of the processor and of the clock."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ROTA_")}
    _, *took = [timed(COMMANDS[name], ROOT, environment) for _ in range(times + 1)]
    processor, clock = (round(median(measured), 4) for measured in zip(*took, strict=True))
    return {"command": name, "times": times, "processor": processor, "clock": clock}


def main() -> None:
    """Print a line for each command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--times", type=int, default=11)
    parser.add_argument("--json", type=Path, help="also keep the medians there")
    asked = parser.parse_args()
    kept = Runs(asked.json, "command", "times")
    print(f"medians of {asked.times}, in seconds; load {kept.machine['load']}")
    print(f"{'command':<28}{'processor':>10}{'clock':>8}", flush=True)
    for name in COMMANDS:
        run = started(name, asked.times)
        print(f"{name:<28}{run['processor']:>10.2f}{run['clock']:>8.2f}", flush=True)
        kept.add(run)


if __name__ == "__main__":
    main()
