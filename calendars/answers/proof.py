"""Whose word a mail is, by the mail server that took it in: the header Authentication-Results, RFC 8601."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

MOST_HEADERS = 20
LONGEST = 8_000
COMMENT = re.compile(r"\([^()]*\)")
RESULT = re.compile(r"\s*(dmarc|dkim)\s*(?:/\s*\d+\s*)?=\s*pass\b", re.IGNORECASE)
DOMAINS = {
    "dmarc": re.compile(r"\bheader\.from\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE),
    "dkim": re.compile(r"\bheader\.[di]\s*=\s*\"?(?:[^\s;\"@]*@)?([^\s;\"]+)", re.IGNORECASE),
}


def proofs(headers: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield which server says of which domain that the mail is from there: DMARC, or a signature by DKIM, has passed.

    Of each server the topmost header counts alone: it wrote that one last, and what stands below may be anybody's.
    """
    told: set[str] = set()
    for header in list(headers)[:MOST_HEADERS]:
        server, *results = _plain(header[:LONGEST]).split(";")
        by = server.split()[0].casefold() if server.split() else ""
        if by and by not in told:
            told.add(by)
            yield from ((by, domain) for result in results for domain in _domains(result))


def _domains(result: str) -> Iterator[str]:
    passed = RESULT.match(result)
    if passed:
        yield from (found.casefold().rstrip(".") for found in DOMAINS[passed[1].lower()].findall(result))


def _plain(header: str) -> str:
    """Return a header without its comments, which may lie in each other."""
    before = ""
    while before != header:
        before, header = header, COMMENT.sub(" ", header)
    return header
