"""iCalendar feeds: a case, its plan and the stamps of its sessions become .ics files for any program."""

from calendars.feed import Feed, feeds, feeds_of
from calendars.folder import FolderError, Written, write_feeds
from calendars.freebusy import free_busy
from calendars.identity import uid_of
from calendars.subject import Subject, feed_key
from rota.stamp import Stamp

__all__ = [
    "Feed",
    "FolderError",
    "Stamp",
    "Subject",
    "Written",
    "feed_key",
    "feeds",
    "feeds_of",
    "free_busy",
    "uid_of",
    "write_feeds",
]
