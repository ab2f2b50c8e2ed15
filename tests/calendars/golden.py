"""The golden feeds: what the station's calendars looked like when somebody last read them with care.

`python -m tests.calendars.golden` from the project's folder writes them anew; the difference is then to be read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from calendars.feed import feeds
from tests.calendars.station import case_of, plan_of, stamps_of

FOLDER = Path(__file__).with_name("golden")


def contents() -> Mapping[str, bytes]:
    """Return the golden feeds by file name: the year in Chinese, a unit in English with reminders, a zone with DST."""
    case, abroad = case_of(), case_of("Europe/Berlin")
    plan, stamps = plan_of(case), stamps_of(case)
    units = {feed.of: feed for feed in feeds(case, plan, "en", stamps=stamps, alarms=[dt.timedelta(hours=1)])}
    return {
        "year-zh.ics": next(feeds(case, plan, stamps=stamps)).content,
        "unit-en.ics": units["U3"].content,
        "berlin-zh.ics": next(feeds(abroad, plan_of(abroad))).content,
    }


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, content in contents().items():
        (FOLDER / name).write_bytes(content)
