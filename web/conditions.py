"""Conditional requests, RFC 9110 §13: whether whoever asks has the bytes already."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from email.utils import format_datetime, parsedate_to_datetime

TAG = re.compile(r'(?:W/)?("[^"]*")')
"""An entity tag; whether it is weak does not count in §13.1.2, and proxies that compress make ours weak."""


def is_fresh(headers: Mapping[str, str], etag: str, modified: dt.datetime) -> bool:
    """Tell whether a GET is answered by 304: If-None-Match decides alone where it is there, §13.2.2."""
    known = headers.get("if-none-match")
    if known is not None:
        return known.strip() == "*" or etag in TAG.findall(known)
    since = _moment(headers.get("if-modified-since", ""))
    return since is not None and modified.replace(microsecond=0) <= since


def http_date(moment: dt.datetime) -> str:
    """Return a moment as HTTP says it, §5.6.7."""
    return format_datetime(moment.astimezone(dt.UTC), usegmt=True)


def _moment(said: str) -> dt.datetime | None:
    """Read a date of HTTP; None for anything else, which is ignored (§13.1.3)."""
    try:
        moment = parsedate_to_datetime(said)
    except (TypeError, ValueError, IndexError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
