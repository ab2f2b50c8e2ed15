"""`rota …` as a process of its own, as people run it, at a moment that the test chooses."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT

PATIENCE = 300
"""Seconds after which a command is taken to hang."""
MOMENT = Path(__file__).with_name("moment.py")
ADDRESS = re.compile(r"http://\S+:\d+")


def _command(at: str, arguments: tuple[object, ...]) -> list[str]:
    begin = [str(MOMENT), at] if at else ["-m", "cli"]
    return [sys.executable, *begin, *map(str, arguments)]


def _environment(more: dict[str, str] | None = None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "ROTA_JOURNAL"}
    return {**kept, "ROTA_LANG": "en", "PYTHONPATH": str(ROOT), **(more or {})}


def rota(*arguments: object, at: str = "") -> str:
    """Run a command that succeeds, at a moment if one is given; return what it prints."""
    done = subprocess.run(
        _command(at, arguments), env=_environment(), capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, f"{arguments}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@dataclass(frozen=True)
class Served:
    """A server that runs: its address, its process, and the file in which its log comes to stand."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def lines(self) -> list[str]:
        """The lines of its log so far, the two it greets with left out."""
        return [line for line in self.log.read_text("utf-8").splitlines() if line.startswith("{")]


@contextmanager
def served(place: Path, *options: str, at: str = "", env: dict[str, str] | None = None) -> Iterator[Served]:
    """Run `rota serve` until the block ends, which it does as a service manager would: by SIGTERM."""
    log = place.parent / f"{place.name}-{time.monotonic_ns()}.log"
    command = _command(at, ("serve", place, "--port", 0, *options))
    with log.open("wb") as stream, subprocess.Popen(command, cwd=ROOT, env=_environment(env), stderr=stream) as process:
        try:
            yield Served(_said(process, log), process, log)
        finally:
            process.send_signal(signal.SIGTERM)
            status = process.wait(60)
    assert status == 0, log.read_text("utf-8")


def _said(process: subprocess.Popen[bytes], log: Path) -> str:
    """Wait for the address at which a server says that it is."""
    for _ in range(10 * PATIENCE):
        if found := ADDRESS.search(log.read_text("utf-8")):
            return found[0]
        assert process.poll() is None, log.read_text("utf-8")
        time.sleep(0.1)
    raise TimeoutError(log.read_text("utf-8"))
