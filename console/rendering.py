"""Which room renders the feeds that a journal keeps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from calendars.feed import feeds_of
from rota.edition import Edition
from rota.text import Language


def render(editions: Sequence[Edition], language: Language) -> Iterator[tuple[str, bytes]]:
    """Yield every feed of some editions by its key."""
    for feed in feeds_of(editions, language):
        yield feed.key, feed.content
