"""The child process in which foreign octets are read: it bounds itself first, then reads, then prints JSON.

Run as `python -m calendars.incoming.child`: the first line of its input is the question as JSON, the rest a
calendar or a mail.
"""

from __future__ import annotations

import contextlib
import json
import sys
from typing import Any


def main() -> None:
    """Answer one question; whatever happens inside, the answer is JSON or there is none."""
    question = json.loads(sys.stdin.buffer.readline())
    bound(question["processor"], question["memory"])
    try:
        answer = _answer(question, sys.stdin.buffer.read())
    except MemoryError:
        answer = {"refused": "memory", "detail": ""}
    sys.stdout.write(json.dumps(answer))


def bound(processor: int, memory: int) -> None:
    """Limit processor time and address space; no file may grow and nothing is left behind. Not on Windows."""
    try:
        import resource  # noqa: PLC0415 - there is none on Windows
    except ImportError:
        return
    for limit, most in (
        (resource.RLIMIT_CPU, processor),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # macOS knows some of them in name only
            resource.setrlimit(limit, (most, most))


def _answer(question: dict[str, Any], content: bytes) -> dict[str, object]:
    # Imported under the limits: the libraries that meet foreign octets are bound from their first line on.
    if question["about"] == "mail":
        from calendars.answers.message import read_message  # noqa: PLC0415

        return read_message(content)
    return _busy_times(question, content)


def _busy_times(question: dict[str, Any], content: bytes) -> dict[str, object]:
    import datetime as dt  # noqa: PLC0415

    from calendars.incoming.bounds import Bounds  # noqa: PLC0415
    from calendars.incoming.busy import Horizon  # noqa: PLC0415
    from calendars.incoming.expanding import Asked, expand  # noqa: PLC0415
    from calendars.incoming.refusal import RefusedError  # noqa: PLC0415

    horizon = Horizon(dt.date.fromisoformat(question["first"]), dt.date.fromisoformat(question["last"]))
    bounds = Bounds(**question["bounds"])
    try:
        return expand(content, Asked(question["zone"], horizon, question["all_day"], question["own"], bounds))
    except RefusedError as refused:
        return {"refused": refused.code, "detail": refused.detail}


if __name__ == "__main__":
    main()
