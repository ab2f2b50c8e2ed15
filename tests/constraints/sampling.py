"""Random small cases under all rules at once, and random plans for them, for Hypothesis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from constraints.reading import rule_problems
from constraints.registry import RULES
from constraints.rule import Rule
from rota.agenda import Occurrence, PartFrame, agenda_of
from rota.plan import PlanPart, Session
from tests.constraints.building import (
    audience,
    case_of,
    cycle,
    demand,
    line,
    order,
    part,
    pin,
    room,
    seats,
    series,
    site,
    states,
    turn,
    unit,
    way,
    weeks,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rota.case import Case
    from rota.demand import Demand
    from rota.row import Row

DAYS = st.sampled_from(["2027-01-04", "2027-01-05", "2027-01-11", "2027-01-12", "2027-01-18", "2027-02-01"])
KINDS = tuple(rule.kind for rule in RULES)
SPEAKING = tuple(rule.kind for rule in RULES if rule.separable is not Rule.separable)
"""Those of which bounds are made; of rules of all kinds together hardly one case in a hundred has a bound above 0."""
UNITS = "abcd"
ROLES = ("host", "partner")


def few(choices: str) -> st.SearchStrategy[str]:
    """Draw a cell of some of the words in `choices`."""
    return st.lists(st.sampled_from(choices.split()), unique=True, max_size=2).map("; ".join)


@st.composite
def cases(draw: st.DrawFn, about: Sequence[str] = KINDS) -> Case:
    """Draw a case of two or three units, up to two activities of up to three rounds, and rules, some kinds twice.

    The rules are `about` some kinds.
    """
    rows: list[Row] = [site("hall", hours=draw(st.sampled_from(["", "09:00-10:30"]))), site("yard")]
    rows += [
        room("red", capacity=draw(st.sampled_from([0, 5]))),
        room("blue", hours=draw(st.sampled_from(["", "10:00-18:00"]))),
    ]
    rows += [room("shed", at="yard", parallel=draw(st.integers(1, 2))), line("law"), line("tea"), line("tax")]
    rows += [weeks(3), cycle("fortnights", "FREQ=WEEKLY;INTERVAL=2;COUNT=2")]
    who = UNITS[: draw(st.integers(2, 4))]
    rows += [draw(members(each)) for each in who]
    rows += [way("hall", "yard", draw(st.sampled_from([0, 20, 90]))), way("yard", "hall", 40)]
    activities = ["duty", "talk"][: draw(st.integers(1, 2))]
    for activity in activities:
        rows += draw(sessions(activity))
    if draw(st.sampled_from([False, False, True])):
        days = f"{draw(DAYS)}; {draw(DAYS)}"
        rows.append(order("wish", activities[-1], days, value=draw(st.integers(0, 3)), attendance=7))
    rows += [audience("riders", 4, "09:00", "11:00"), audience("neighbours", 3, "08:00", "10:00", site="hall")]
    for _ in range(draw(st.integers(0, 3))):
        level = draw(st.sampled_from(["cannot", "avoid", "prefer"]))
        whose = draw(st.sampled_from([*who, "red", "hall"]))
        rows.append(states(whose, level, draw(DAYS), end=draw(st.sampled_from(["", "10:00"]))))
    for _ in range(draw(st.integers(0, 2))):
        day = draw(st.sampled_from(["2026-12-21", "2026-12-28"]))
        rows.append(
            turn(draw(st.sampled_from(who)), day, draw(st.sampled_from(ROLES)), draw(st.sampled_from(activities)))
        )
    rows += draw(pins(case_of(*rows), who))
    kinds = draw(st.lists(st.sampled_from(about), min_size=1, max_size=5, unique=True))
    again = draw(st.lists(st.sampled_from(kinds), max_size=2, unique=True))
    stated = [draw(demands(kind, who, activities)) for kind in kinds]
    stated += [draw(demands(kind, who, activities, "again")) for kind in again]
    misread = {problem.row for problem in rule_problems(case_of(*rows, *stated))}
    return case_of(*rows, *(row for number, row in enumerate(stated) if number not in misread), last="2027-02-28")


@st.composite
def members(draw: st.DrawFn, id_: str) -> Row:
    return unit(
        id_,
        groups=draw(few("old new")),
        lines=draw(few("law tea")),
        skills=draw(st.sampled_from(["", "talk"])),
        joined=draw(st.sampled_from(["", "", "2027-01-11"])),
        left=draw(st.sampled_from(["", "", "2027-01-12"])),
        parallel=draw(st.sampled_from([1, 1, 2])),
        members=draw(st.integers(1, 2)),
    )


@st.composite
def sessions(draw: st.DrawFn, activity: str) -> list[Row]:
    """Draw an activity with its parts and roles."""
    rows: list[Row] = [
        series(
            activity,
            rounds=draw(st.sampled_from(["1", "1-2", "1-3", "2-3"])),
            times=draw(st.sampled_from(["09:00", "09:30; 10:30", "10:00; 09:00"])),
            minutes=draw(st.sampled_from([60, 90])),
            days_after=draw(st.integers(0, 1)),
            presence=draw(st.sampled_from(["must", "must", "may"])),
            value=draw(st.integers(0, 3)),
            choice=draw(st.sampled_from(["", "n"])),
            needs_room=draw(st.sampled_from(["是", "否"])),
            sites=draw(st.sampled_from(["", "hall", "yard"])),
            lines=draw(few("law tea tax")),
            attendance=draw(st.sampled_from([0, 7])),
        )
    ]
    parts = draw(st.sampled_from([[], [], ["p", "q"]]))
    for each in parts:
        theme = draw(st.sampled_from(["", "culture", "business"]))
        rows.append(part(activity, each, theme=theme, lines=draw(st.sampled_from(["", "law", "law; tea"]))))
    for role in draw(st.sampled_from([ROLES[:1], ROLES])):
        least, most = draw(st.sampled_from([(1, 1), (1, 1), (0, 1), (1, 2)]))
        skills = draw(st.sampled_from(["", "", "talk"]))
        of = draw(st.sampled_from(["", *parts]))
        groups = draw(st.sampled_from(["", "", "old"]))
        rows.append(seats(role, activity, least=least, most=most, skills=skills, groups=groups, part=of))
    return rows


@st.composite
def pins(draw: st.DrawFn, case: Case, who: str) -> list[Row]:
    occurrences = agenda_of(case).occurrences
    found: list[Row] = []
    for _ in range(draw(st.sampled_from([0, 0, 1, 2]))):
        occurrence = draw(st.sampled_from(occurrences))
        roles = [s.name for p in occurrence.parts for s in p.seats] or ["host"]
        what: dict[str, Any] = draw(
            st.sampled_from(
                [
                    {"start": f"{occurrence.nominal:%Y-%m-%d %H:%M}"},
                    {"room": "red"},
                    {"role": roles[0], "resource": who[0]},
                    {"role": roles[-1], "resource": who[-1]},
                ]
            )
        )
        found.append(pin(occurrence.id, absent=draw(st.sampled_from(["是", "否"])), **what))
    return found


@st.composite
def demands(draw: st.DrawFn, kind: str, who: str, activities: list[str], id_: str = "stated") -> Demand:
    """Draw a rule of one kind, required or preferred, with some of its parameters."""
    role = draw(st.sampled_from(["", *ROLES[:1]]))
    least, most = draw(st.sampled_from([(0, 1), (1, 1), (1, 2), (2, 2), (0, 0)]))
    per = draw(st.sampled_from(["day", "week", "month", "horizon"]))
    some = {"activities": draw(st.sampled_from(["", "", activities[-1]]))}
    narrow = {"role": role, "groups": draw(st.sampled_from(["", "", "old"])), **some}
    count = draw(st.integers(1, 3))
    in_rounds = draw(st.sampled_from([{}, {"match": "round"}, {"match": "round", "most_days": str(most)}]))
    params: dict[str, dict[str, Any]] = {
        "availability": {"level": draw(st.sampled_from(["cannot", "avoid", "prefer"]))},
        "eligibility": {"roles": role},
        "load": {**narrow, "least": least, "most": most, "per": per},
        "cover": {**narrow, "times": count},
        "rest_gap": {**narrow, "cycle": draw(st.sampled_from(["weeks", "fortnights"])), "rounds": count},
        "fair_share": {**narrow, "weighted": draw(st.sampled_from(["是", "否"])), "tolerance": 20 * count},
        "line_coverage": {**some, "per": per, "least": least, "most": most},
        "line_balance": {**some, "per": per, "lines": draw(few("law tea"))},
        "pairing": {
            "who": who[0],
            "with_whom": "; ".join(who[1:]),
            "mode": draw(st.sampled_from(["require", "forbid"])),
        },
        "fresh_partners": {"role": "host", "with_role": draw(st.sampled_from(["host", "partner"]))},
        "date_preference": {**some, "weekdays": draw(st.sampled_from(["", "Tue"]))},
        "wanted": some,
        "standby": {**some, "role": "partner", "with_role": "host"},
        "theme_focus": narrow,
        "substitute": {"activities": activities[0], "instead": activities[-1], "per": per},
        "order_share": {**some, "least": least, "most": most, "per": per},
        "audience_fit": {**some, "least": draw(st.sampled_from(["", count]))},
        "travel_time": {"minutes": 5 * least},
        "travel_cost": narrow,
        "room_stability": {**some, "most": count, "per": per},
        "choose": {"choice": "n", "least": least, "most": most, "per": per},
        "full_circle": {**narrow, "history": draw(st.sampled_from(["是", "否"]))},
        "turn_order": {**narrow, "who": draw(st.sampled_from(["", "; ".join(reversed(who))]))},
        "spread": {**narrow, "cycle": "weeks", "rounds": count, "least": least, "most": most},
        "continuity": {**narrow, "most": count, "per": per},
        "double_rotation": {**some, "role": "host", "with_role": draw(st.sampled_from(ROLES)), "per": per},
        "site_rotation": {**narrow, "sites": draw(st.sampled_from(["", "hall; yard"]))},
        "rising_load": {**narrow, "free": least},
        "compactness": {**narrow, "minutes": 15 * least},
        "duty_rest": {**narrow, "hours": draw(st.sampled_from([1, 20, 160]))},
        "consecutive_days": {**narrow, "least": 1 + least, "most": 1 + most},
        "forbidden_succession": {**narrow, "then": activities[0], "days": draw(st.sampled_from([1, 7]))},
        "days_off": {**narrow, "least": 7 - count, "per": per, "weekdays": draw(st.sampled_from(["", "Mon-Tue"]))},
        "minimum_days": {**some, "least": 1 + count, "per": per},
        "precedence": {"activities": activities[0], "then": activities[-1], "days": least, **in_rounds},
        "spacing": {**some, "days": draw(st.sampled_from([2, 8])), "same_site": draw(st.sampled_from(["是", "否"]))},
    }
    if kind == "load" and draw(st.booleans()):
        params["load"] |= {"measure": "minutes", "least": 60 * least, "most": 60 * most}
    priority, weight = draw(st.integers(0, 2)), draw(st.integers(1, 3))
    return demand(kind, id=f"{id_}-{kind}", priority=priority, weight=weight, **params.get(kind, {}))


@st.composite
def plans(draw: st.DrawFn, case: Case) -> dict[str, Session]:
    """Draw a plan that is made of what the case foresees."""
    drawn = [draw(session(case, occurrence)) for occurrence in agenda_of(case).occurrences]
    return {each.id: each for each in drawn if each is not None}


@st.composite
def session(draw: st.DrawFn, case: Case, occurrence: Occurrence) -> Session | None:
    places = [place for place in occurrence.sites if all(_has_room(case, place, frame) for frame in occurrence.parts)]
    seated = all(s.role.least <= len(s.candidates) for frame in occurrence.parts for s in frame.seats)
    if not (places and seated) or (not occurrence.must and draw(st.booleans())):
        return None
    place, start = draw(st.sampled_from(places)), draw(st.sampled_from(occurrence.starts))
    return Session(
        id=occurrence.id,
        activity=occurrence.activity.id,
        start=start,
        end=start + occurrence.duration,
        site=place,
        parts=tuple(draw(_part(case, place, frame)) for frame in occurrence.parts),
    )


def _has_room(case: Case, place: str, frame: PartFrame) -> bool:
    return not frame.needs_room or any(case.room[each].site == place for each in frame.rooms)


@st.composite
def _part(draw: st.DrawFn, case: Case, place: str, frame: PartFrame) -> PlanPart:
    rooms = [each for each in frame.rooms if case.room[each].site == place]
    return PlanPart(
        id=frame.id,
        theme=frame.theme.zh,
        room=draw(st.sampled_from(rooms)) if frame.needs_room else None,
        line=draw(st.sampled_from(frame.lines)) if frame.lines else None,
        roles={
            s.name: tuple(
                draw(st.lists(st.sampled_from(s.candidates), unique=True, min_size=s.role.least, max_size=s.role.most))
            )
            if s.candidates
            else ()
            for s in frame.seats
        },
    )
