"""Compression: whether gzip is welcome, and gzip that is the same every time."""

from __future__ import annotations

import gzip

LEVEL = 6


def takes_gzip(accepted: str) -> bool:
    """Tell whether Accept-Encoding admits gzip, RFC 9110 §12.5.3."""
    weights = dict(_weighed(entry) for entry in accepted.lower().split(",") if entry.strip())
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0))) > 0


def _weighed(entry: str) -> tuple[str, float]:
    coding, *parameters = (part.strip() for part in entry.split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return coding, float(value)
            except ValueError:
                return coding, 0.0
    return coding, 1.0


def gzipped(body: bytes) -> bytes:
    """Return octets compressed, without the time of day that gzip would put in."""
    return gzip.compress(body, LEVEL, mtime=0)
