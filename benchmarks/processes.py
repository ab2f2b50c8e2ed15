"""What a process has used, as Linux tells it in /proc."""

from __future__ import annotations

import os
import re
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 1
KIB_IN_MIB = 1024


def processor(process: int) -> float:
    """Return the seconds of processor time that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory(process: int) -> tuple[int, int]:
    """Return how many MiB a process holds now, and held at most."""
    said = Path(f"/proc/{process}/status").read_text("utf-8")
    now, most = (re.search(rf"^{name}:\s+(\d+) kB", said, re.MULTILINE) for name in ("VmRSS", "VmHWM"))
    if now is None or most is None:
        raise LookupError(said)
    return int(now[1]) // KIB_IN_MIB, int(most[1]) // KIB_IN_MIB
