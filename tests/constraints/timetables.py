"""Random small timetables for Hypothesis: cases in which nobody is to be chosen, and rules that price single moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from tests.constraints.building import case_of, cycle, demand, pin, room, seats, series, site, staffing, states, unit
from tests.constraints.building import person as person_of

if TYPE_CHECKING:
    from rota.case import Case
    from rota.row import Row

KINDS = (
    *("availability", "membership", "no_overlap", "travel_time", "eligibility", "staffing_sites", "room_fit"),
    *("opening_hours", "pins", "compactness", "room_stability", "minimum_days"),
)
"""The kinds of rules that say what they charge where nothing but starts and rooms is open."""
STANDING = frozenset(KINDS[:9])
"""Those of them that hold without being stated."""
WEEK = "2027-01-05 2027-01-06 2027-01-07"


@st.composite
def cases(draw: st.DrawFn, preferred: bool = False) -> Case:  # noqa: FBT001, FBT002 - a strategy's argument
    """Draw a case of two sites, up to three activities of up to three sessions each, and some rules.

    Where they are all to be `preferred`, nothing has to hold but what always has to.
    """
    hours = st.sampled_from(["", "", "09:00-10:30"])
    rows: list[Row] = [site("hall", hours=draw(hours)), site("yard"), cycle("days", "FREQ=DAILY;COUNT=3")]
    rows += [room("red", capacity=5, hours=draw(hours)), room("blue"), room("shed", at="yard", capacity=8, parallel=2)]
    rows += [
        unit(each, groups=each, joined=draw(st.sampled_from(["", "", "2027-01-05"])), parallel=n)
        for each, n in zip("abc", [1, 1, 2], strict=True)
    ]
    rows += [person_of("ann", groups="ann"), staffing("ann", "hall")]
    rows += [
        row for activity in ("talk", "tea", "walk")[: draw(st.integers(1, 3))] for row in draw(_activity(activity))
    ]
    for _ in range(draw(st.integers(0, 3))):
        whose, level = (
            draw(st.sampled_from(["a", "b", "red", "hall"])),
            draw(st.sampled_from(["cannot", "avoid", "prefer"])),
        )
        rows.append(states(whose, level, draw(st.sampled_from(WEEK.split())), end=draw(st.sampled_from(["", "10:00"]))))
    if draw(st.sampled_from([False, False, True])):
        said = draw(st.sampled_from([{"start": "2027-01-05 09:00"}, {"room": "red"}]))
        rows.append(pin("talk@2027-01-04", absent=draw(st.sampled_from(["是", "否"])), **said))
    return case_of(*rows, *draw(_demands(preferred)), first="2027-01-04", last="2027-01-06")


@st.composite
def _activity(draw: st.DrawFn, id_: str) -> list[Row]:
    """Draw an activity with one or two roles, each of them taken by all who belong to it."""
    rows: list[Row] = [
        series(
            id_,
            draw(st.sampled_from(["1", "1-2", "1-3"])),
            cycle="days",
            days_before=2,
            days_after=2,
            times=draw(st.sampled_from(["09:00; 10:00", "09:00; 09:30; 10:30"])),
            minutes=draw(st.sampled_from([30, 60, 90])),
            needs_room="是"
            if id_ == "talk"
            else draw(st.sampled_from(["是", "是", "否"])),  # a room may be pinned there
            sites=draw(st.sampled_from(["", "hall"])),
            attendance=draw(st.sampled_from([0, 7])),
        ),
    ]
    who = draw(st.lists(st.sampled_from("abc"), unique=True, min_size=1))
    rows.append(seats("host", id_, groups="; ".join(who), least=len(who), most=len(who)))
    if draw(st.booleans()):
        rows.append(seats("guide", id_, kind="person", groups="ann"))
    return rows


@st.composite
def _demands(draw: st.DrawFn, preferred: bool) -> list[Row]:  # noqa: FBT001
    """Draw some rules, each at most once."""
    least = 1 if preferred else 0
    found: list[Row] = []
    for kind in draw(st.lists(st.sampled_from(KINDS), unique=True, max_size=4)):
        params: dict[str, object] = dict[str, dict[str, object]](
            {
                "availability": {"level": draw(st.sampled_from(["avoid", "prefer"]))},
                "compactness": {"role": draw(st.sampled_from(["", "host"])), "minutes": draw(st.sampled_from([0, 30]))},
                "room_stability": {"most": draw(st.integers(1, 2)), "per": draw(st.sampled_from(["day", "horizon"]))},
                "minimum_days": {"least": draw(st.integers(1, 3)), "per": draw(st.sampled_from(["week", "horizon"]))},
            }
        ).get(kind, {})
        if kind in {"availability", "room_fit", "compactness", "room_stability", "minimum_days"} or not preferred:
            cells = {"priority": draw(st.integers(least, 1)), "weight": draw(st.integers(1, 3))}
            found.append(demand(kind, id=f"stated-{kind}", **cells, **params))
    return found
