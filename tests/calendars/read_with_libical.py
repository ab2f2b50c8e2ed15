"""Read a feed with libical and print its events as JSON, in the system's Python with Debian's GObject bindings.

Usage: python3 read_with_libical.py ADDRESS
"""

import json
import sys
from urllib.request import urlopen

import gi  # type: ignore[import-not-found]  # the Python that runs this has it

gi.require_version("ICalGLib", "3.0")
from gi.repository import ICalGLib  # type: ignore[import-not-found]  # noqa: E402 - its version is chosen first


def utc(moment: "ICalGLib.Time") -> str:
    return str(moment.convert_to_zone(ICalGLib.Timezone.get_utc_timezone()).as_ical_string())


def events(calendar: "ICalGLib.Component") -> "list[dict[str, object]]":
    found = []
    event = calendar.get_first_component(ICalGLib.ComponentKind.VEVENT_COMPONENT)
    while event is not None:
        found.append(
            {
                "uid": event.get_uid(),
                "start": utc(event.get_dtstart()),
                "end": utc(event.get_dtend()),
                "summary": event.get_summary(),
                "location": event.get_location(),
                "description": event.get_description(),
                "cancelled": event.get_status() == ICalGLib.PropertyStatus.CANCELLED,
                "sequence": event.get_sequence(),
            }
        )
        event = calendar.get_next_component(ICalGLib.ComponentKind.VEVENT_COMPONENT)
    return found


if __name__ == "__main__":
    with urlopen(sys.argv[1], timeout=60) as answer:  # noqa: S310 - the test's own server, or a file of its own
        feed = ICalGLib.Component.new_from_string(answer.read().decode())
    errors = feed.count_errors()
    json.dump({"errors": errors, "events": events(feed)}, sys.stdout)
