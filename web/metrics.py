"""What the server measures of itself, for Prometheus: no name, no link, no address is in it."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from scheduler.keeping.feeds import Size
from scheduler.keeping.subscribers import Subscriber

METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5)
CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4


class Metrics:
    """The counters of one server."""

    def __init__(self) -> None:
        self._registry = mine = CollectorRegistry()
        self._requests = Counter("rota_http_requests", "Answers.", ["route", "method", "status"], registry=mine)
        self._seconds = Histogram(
            "rota_http_request_seconds", "Time to answer.", ["route"], buckets=SECONDS, registry=mine
        )
        self._octets = Counter("rota_http_response_octets", "Octets of bodies sent.", ["route"], registry=mine)
        self._failures = Counter(
            "rota_periodic_failures", "Turns of periodic work that failed.", ["work"], registry=mine
        )
        self._links = Gauge("rota_links", "Links in use.", registry=mine)
        self._behind = Gauge("rota_links_behind", "Links whose owner has not seen the newest revision.", registry=mine)
        self._newest = Gauge("rota_newest_revision", "Number of the newest revision.", registry=mine)
        self._largest = Gauge("rota_feed_largest_octets", "Octets of the largest feed.", registry=mine)

    def answered(self, route: str, method: str, status: int, seconds: float, octets: int) -> None:
        """Count an answer."""
        self._requests.labels(route, method if method in METHODS else "other", str(status)).inc()
        self._seconds.labels(route).observe(seconds)
        self._octets.labels(route).inc(octets)

    def failed(self, work: str) -> None:
        """Count a turn of periodic work that failed."""
        self._failures.labels(work).inc()

    def said(self, links: Iterable[Subscriber], newest: int, sizes: Iterable[Size]) -> bytes:
        """Return everything in the text format, with what the journal holds now."""
        seen = [link.newest_seen for link in links]
        self._links.set(len(seen))
        self._behind.set(sum(number < newest for number in seen))
        self._newest.set(newest)
        self._largest.set(max((each.size for each in sizes), default=0))
        return generate_latest(self._registry)
