"""What processes use: seconds of the processor, and memory as Linux tells it in /proc."""

from __future__ import annotations

import multiprocessing
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import NamedTuple

if sys.platform != "win32":
    import resource

TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 1
KIB_IN_MIB = 1024
PACE = 0.25
"""Seconds from one look at the memory to the next, at the least."""
SHARE = 0.01
"""The share of a core that looking takes at the most: the kernel walks through all pages, 17 ms for each GiB."""
ROOT = Path(__file__).resolve().parent.parent
HANGS, STARTING = 3.0, 600.0
"""So many times the seconds of its search, and so many more, a process may take: reading, building, verifying."""
GRACE = 5.0
"""Seconds in which a process that was told to end does so."""


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


def used() -> float:
    """Return the seconds of the processor that this process took, and those that it started and that have ended.

    What ends just now, or was killed, is waited for first: the time of a process counts once its end was seen.
    """
    for child in multiprocessing.active_children():
        child.join(GRACE)
    if sys.platform == "win32":
        return sum(os.times()[:4])
    taken = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in taken)


class Peak:
    """Looks now and then at how much memory this process and all that it started hold together."""

    def __init__(self) -> None:
        self.most = 0
        self._over = Event()
        self._watch = Thread(target=self._run, daemon=True)
        self._watch.start()

    def _run(self) -> None:
        pause = PACE
        while not self._over.wait(pause):
            pause = max(PACE, self._look() / SHARE)

    def _look(self) -> float:
        """Look, and return the seconds of the processor that it took."""
        begun = time.thread_time()
        self.most = max(self.most, sum(map(_held, _tree(os.getpid()))) // KIB_IN_MIB)
        return time.thread_time() - begun

    def end(self) -> int:
        """Return the most that was seen, in MiB; where there is no /proc, the peak of the largest process."""
        self._over.set()
        self._watch.join()
        self._look()
        return self.most or _largest()


def _held(process: int) -> int:
    """Return the KiB that a process holds: of what it shares its part (PSS), where the kernel tells that."""
    for file, name in (("smaps_rollup", "Pss"), ("status", "VmRSS")):
        with suppress(OSError):
            said = Path(f"/proc/{process}/{file}").read_text("utf-8")
            if found := re.search(rf"^{name}:\s+(\d+) kB", said, re.MULTILINE):
                return int(found[1])
    return 0


def _tree(process: int) -> Iterator[int]:
    yield process
    with suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text("utf-8").split():
                yield from _tree(int(child))


def _largest() -> int:
    """Return the peak of the largest process in MiB, as the system counts it; 0 where it does not."""
    if sys.platform == "win32":
        return 0
    peaks = [resource.getrusage(whose).ru_maxrss for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return max(peaks) // (2**20 if sys.platform == "darwin" else 2**10)


class Took(NamedTuple):
    """Seconds of the processor and of the clock."""

    processor: float
    clock: float


def timed(command: Sequence[str | Path], folder: Path, environment: Mapping[str, str] | None = None) -> Took:
    """Run a command in a folder, and return what it took.

    Raises:
        subprocess.CalledProcessError: it did not end well.
    """
    before, begun = used(), time.monotonic()
    subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=True)  # noqa: S603 - the caller's
    clock = time.monotonic() - begun
    return Took(used() - before, clock)


def run(command: Sequence[str], seconds: float) -> subprocess.CompletedProcess[str]:
    """Run a benchmark's process that has so many seconds for its search; what hangs is ended, and has failed."""
    most = HANGS * seconds + STARTING
    try:
        return subprocess.run(  # noqa: S603 - the caller's
            command, capture_output=True, text=True, encoding="utf-8", check=False, cwd=ROOT, timeout=most
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 1, "", f"it did not end within {most:g} s")


def why(ended: subprocess.CompletedProcess[str]) -> str:
    """Say why a process failed: the last line of what it wrote to stderr, or how it ended; nothing where it did not."""
    lines = (ended.stderr or "").strip().splitlines()
    return (lines[-1] if lines else f"it ended with {ended.returncode}") if ended.returncode else ""
