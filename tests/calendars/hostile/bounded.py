"""Read many calendars in one process that bounds itself as the child does, and print what became of each, and how soon.

`python -m tests.calendars.hostile.bounded FILE …`: a process for each file would take longer than all the reading.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from pathlib import Path

from calendars.incoming.bounds import BOUNDS
from calendars.incoming.busy import Horizon
from calendars.incoming.child import bound
from calendars.incoming.expanding import Asked, expand
from calendars.incoming.refusal import RefusedError

DECADES = Horizon(dt.date(1996, 1, 1), dt.date(2027, 12, 31))
ALL = 600
"""Seconds of processor time for all files together."""


def outcome(content: bytes) -> str:
    """What becomes of a calendar."""
    try:
        found = expand(content, Asked("Asia/Shanghai", DECADES, "busy", "", BOUNDS))
    except RefusedError as refused:
        return refused.code
    if found["unread"]:
        return "partly-read" if found["events"] else "nothing-readable"
    return "read"


def main(files: list[str]) -> None:
    """Print for each file by its name: what became of it, and the seconds of processor time."""
    bound(ALL, BOUNDS.memory)
    found = {}
    for file in map(Path, files):
        began = time.process_time()
        found[file.stem] = (outcome(file.read_bytes()), time.process_time() - began)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
