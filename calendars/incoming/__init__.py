"""External calendars come in: the octets of an .ics file become busy times, and these rows of 时间意向."""

from calendars.incoming.bounds import BOUNDS, Bounds
from calendars.incoming.busy import Busy, Horizon
from calendars.incoming.expanding import AllDay
from calendars.incoming.reading import Incoming, LeftOut, read_calendar
from calendars.incoming.refusal import CalendarRefusedError
from calendars.incoming.rows import availability_from

__all__ = [
    "BOUNDS",
    "AllDay",
    "Bounds",
    "Busy",
    "CalendarRefusedError",
    "Horizon",
    "Incoming",
    "LeftOut",
    "availability_from",
    "read_calendar",
]
