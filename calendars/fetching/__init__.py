"""Fetching an external calendar over the network; nothing else in this room opens a connection."""

from calendars.fetching.addresses import Guard
from calendars.fetching.refusal import FetchError
from calendars.fetching.request import Fetched, fetch

__all__ = ["FetchError", "Fetched", "Guard", "fetch"]
