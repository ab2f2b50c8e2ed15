"""Asking the child process: a question and foreign octets go in, JSON comes back in time or not at all."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from calendars.incoming.bounds import Bounds
from calendars.incoming.refusal import CalendarRefusedError

ROOT = Path(__file__).resolve().parents[2]


def asked(question: Mapping[str, object], content: bytes, bounds: Bounds) -> dict[str, Any]:
    """Put a question about foreign octets to a child process with limits, which ends with the answer, or is ended.

    Raises:
        CalendarRefusedError: it took too long, or stopped without an answer.
    """
    command = [sys.executable, "-P", "-X", "utf8", "-m", "calendars.incoming.child"]
    limited = {**question, "processor": bounds.processor, "memory": bounds.memory}
    try:
        ended = subprocess.run(  # noqa: S603 - this program itself, with no argument from outside
            command,
            input=json.dumps(limited).encode() + b"\n" + content,
            capture_output=True,
            check=False,
            timeout=bounds.wall,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
    except subprocess.TimeoutExpired:
        raise CalendarRefusedError("too-slow") from None
    if ended.returncode != 0:
        stopped = -ended.returncode in {getattr(signal, "SIGXCPU", None), getattr(signal, "SIGKILL", None)}
        raise CalendarRefusedError("too-slow" if stopped else "failed")
    try:
        return dict(json.loads(ended.stdout))
    except ValueError:
        raise CalendarRefusedError("failed") from None
