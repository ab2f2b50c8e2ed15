"""Logs: one JSON object a line, in which no secret of a link stands."""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
from typing import TextIO

from scheduler.keeping.subscribers import digest_of_token

SECRET = re.compile(r"(/[fpa]/)([^/\s?#\"']+?)(?=\.ics|[/\s?#\"']|$)")
DIGITS = 8
"""So many digits of its digest stand for a secret: enough to find the link in the journal."""


class Lines(logging.Formatter):
    """Says a record as JSON, with what was given it as `extra={"fields": …}`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        at = dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds")
        line = {"at": at, "level": record.levelname.lower(), "logger": record.name, "message": record.getMessage()}
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps({name: _told(value) for name, value in line.items()}, ensure_ascii=False)


def _told(value: object) -> object:
    return redacted(value) if isinstance(value, str) else value


def redacted(said: str) -> str:
    """Return a text with the first digits of its digest in the place of a link's secret."""
    return SECRET.sub(lambda found: f"{found[1]}{digest_of_token(found[2])[:DIGITS]}", said)


def log_to(stream: TextIO, level: int = logging.INFO) -> logging.Handler:
    """Send all that is logged to a stream, line by line; return the handler, to be removed afterwards."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Lines())
    root = logging.getLogger()
    root.addHandler(handler)
    for name in ("rota", "uvicorn"):
        logging.getLogger(name).setLevel(level)
    return handler
