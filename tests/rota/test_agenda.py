"""The agenda: which sessions a case foresees, with which starts, rooms, lines and seats."""

from __future__ import annotations

import pytest

from rota.agenda import Occurrence, agenda_of, session_id
from rota.case import Case
from tests.rota.small import case_of, with_activity


def occurrences(case: Case) -> tuple[Occurrence, ...]:
    return agenda_of(case).occurrences


def starts(case: Case, session: int = 0) -> list[str]:
    return [f"{start:%m-%d %H:%M}" for start in occurrences(case)[session].starts]


def days(case: Case) -> list[str]:
    return [f"{occurrence.nominal:%m-%d}" for occurrence in occurrences(case)]


# Rounds and horizon.


def test_there_is_one_session_for_each_round_of_the_cycle() -> None:
    found = occurrences(case_of())
    assert [o.id for o in found] == ["day@2027-03-06", "day@2027-03-13", "day@2027-03-20", "day@2027-03-27"]
    assert [o.round for o in found] == [1, 2, 3, 4]


def test_a_choice_of_rounds_keeps_their_numbers() -> None:
    assert [o.round for o in occurrences(with_activity(rounds="2-3"))] == [2, 3]


def test_rounds_outside_the_horizon_are_left_out_and_still_counted() -> None:
    case = case_of({"first": "2027-03-13", "last": "2027-03-20"})
    assert [(o.round, f"{o.nominal:%m-%d}") for o in occurrences(case)] == [(2, "03-13"), (3, "03-20")]


def test_the_agenda_is_in_order_of_nominal_starts() -> None:
    early = {"id": "early", "name": "早场", "cycle": "weeks", "times": ["08:00"], "minutes": 30}
    case = case_of(activities=[*case_of().model_dump()["activities"], early], roles=[])
    assert [o.activity.id for o in occurrences(case)][:2] == ["early", "day"]


# Starts.


def test_without_a_window_a_session_starts_on_its_day_at_its_time() -> None:
    assert starts(with_activity()) == ["03-06 09:00"]


def test_a_window_gives_every_day_at_every_time_in_order_each_once() -> None:
    case = with_activity(days_before=1, days_after=1, times=["14:00", "09:00", "14:00"])
    assert starts(case) == [f"03-0{day} {time}" for day in (5, 6, 7) for time in ("09:00", "14:00")]


def test_the_first_time_is_the_nominal_one() -> None:
    (first, *_) = occurrences(with_activity(times=["14:00", "09:00"]))
    assert f"{first.nominal:%H:%M}" == "14:00"


def test_weekdays_narrow_the_window() -> None:
    assert starts(with_activity(days_before=3, days_after=3, weekdays="周五、周日")) == ["03-05 09:00", "03-07 09:00"]


def test_the_window_ends_with_the_horizon() -> None:
    case = with_activity({"first": "2027-03-06", "last": "2027-03-28"}, days_before=1, days_after=2)
    assert starts(case, 0) == ["03-06 09:00", "03-07 09:00", "03-08 09:00"]
    assert starts(case, 3) == ["03-26 09:00", "03-27 09:00", "03-28 09:00"]


OFF = {"holidays": [{"day": "2027-03-13", "kind": "off"}]}
WORK = {"holidays": [{"day": "2027-03-13", "kind": "work"}]}


@pytest.mark.parametrize(("tables", "policy"), [(OFF, "holidays"), (WORK, "makeup_days")])
def test_on_a_special_day_a_session_is_kept_moved_or_skipped_as_its_policy_says(
    tables: dict[str, object], policy: str
) -> None:
    kept = with_activity(tables=tables, days_after=1, **{policy: "keep"})
    assert starts(kept, 1) == ["03-13 09:00", "03-14 09:00"]
    moved = with_activity(tables=tables, days_after=1, **{policy: "move"})
    assert starts(moved, 1) == ["03-14 09:00"]
    skipped = with_activity(tables=tables, days_after=1, **{policy: "skip"})
    assert days(skipped) == ["03-06", "03-20", "03-27"]


@pytest.mark.parametrize(("tables", "other"), [(OFF, "makeup_days"), (WORK, "holidays")])
def test_the_policy_for_the_other_kind_of_day_does_not_count(tables: dict[str, object], other: str) -> None:
    case = with_activity(tables=tables, **{"holidays": "keep", "makeup_days": "keep", other: "skip"})
    assert days(case) == ["03-06", "03-13", "03-20", "03-27"]


def test_no_session_moves_onto_a_special_day_that_its_policy_avoids() -> None:
    tables = {"holidays": [{"day": "2027-03-14", "kind": "off"}]}
    assert starts(with_activity(tables=tables, days_after=1, holidays="skip"), 1) == ["03-13 09:00"]


def test_a_session_that_must_move_and_cannot_has_no_start() -> None:
    (_, second, *_) = occurrences(with_activity(tables=OFF, holidays="move"))
    assert second.starts == ()
    assert (second.first, second.until) == (second.nominal, second.nominal + second.duration)


# Time zones.


def test_a_start_keeps_its_hour_when_the_clocks_change() -> None:
    berlin = with_activity({"zone": "Europe/Berlin"}, days_after=1)
    assert [start.isoformat() for start in occurrences(berlin)[3].starts] == [
        "2027-03-27T09:00:00+01:00",
        "2027-03-28T09:00:00+02:00",  # summer time began in the night
    ]


def test_a_session_is_over_after_its_latest_start_and_its_duration() -> None:
    (first, *_) = occurrences(with_activity(days_before=1, times=["09:00", "14:00"]))
    assert (f"{first.first:%d %H:%M}", f"{first.until:%d %H:%M}") == ("05 09:00", "06 16:00")


# Parts, rooms and lines.


def test_an_activity_without_parts_has_the_one_main_part() -> None:
    (first, *_) = occurrences(
        with_activity(theme="便民", theme_en="Help", lines=["tax"], attendance=20, features=["投影"])
    )
    (part,) = first.parts
    assert (part.id, part.theme.say("en"), part.lines, part.attendance) == ("main", "Help", ("tax",), 20)
    assert part.features == {"投影"}


def test_a_part_falls_back_to_its_activity_cell_by_cell() -> None:
    parts = [
        {"activity": "day", "id": "p1"},
        {"activity": "day", "id": "p2", "theme": "商务", "lines": ["legal"], "rooms": ["corner"], "attendance": 5},
        {"activity": "other", "id": "p3"},
    ]
    case = with_activity(tables={"parts": parts}, theme="便民", lines=["tax"], rooms=["hall"], attendance=20)
    (first, *_) = occurrences(case)
    assert [(p.id, p.theme.zh, p.lines, p.rooms, p.attendance) for p in first.parts] == [
        ("p1", "便民", ("tax",), ("hall",), 20),
        ("p2", "商务", ("legal",), ("corner",), 5),
    ]


@pytest.mark.parametrize(
    ("cells", "rooms"),
    [
        ({}, ("hall", "corner", "loft")),
        ({"sites": ["north"]}, ("loft",)),
        ({"sites": ["center"], "rooms": ["corner", "loft"]}, ("corner",)),
        ({"needs_room": False}, ()),
    ],
)
def test_rooms_are_those_named_or_all_at_the_sites_of_the_activity(
    cells: dict[str, object], rooms: tuple[str, ...]
) -> None:
    (first, *_) = occurrences(with_activity(**cells))
    assert first.parts[0].rooms == rooms


def test_an_activity_without_sites_may_be_at_any() -> None:
    assert occurrences(case_of())[0].sites == ("center", "north")


# Seats.


@pytest.mark.parametrize(
    ("role", "candidates"),
    [
        ({"groups": ["hosts"]}, ("bank", "court")),
        ({"groups": ["hosts", "partners"]}, ("bank", "court", "shop")),
        ({}, ("bank", "court", "shop")),
        ({"kind": "person"}, ("li",)),
        ({"kind": "equipment"}, ()),
        ({"groups": ["nobody"]}, ()),
    ],
)
def test_a_seat_is_open_to_its_kind_in_any_of_its_groups(role: dict[str, object], candidates: tuple[str, ...]) -> None:
    case = case_of(roles=[{"activity": "day", "role": "host", **role}])
    (seats,) = occurrences(case)[0].parts[0].seats
    assert seats.candidates == candidates


def test_a_role_of_a_part_has_its_seats_there_and_a_role_of_none_in_every_part() -> None:
    case = case_of(
        parts=[{"activity": "day", "id": "p1"}, {"activity": "day", "id": "p2"}],
        roles=[{"activity": "day", "role": "host"}, {"activity": "day", "role": "partner", "part": "p2"}],
    )
    assert [[seats.name for seats in part.seats] for part in occurrences(case)[0].parts] == [
        ["host"],
        ["host", "partner"],
    ]
    assert len(agenda_of(case).seats_of("partner")) == 4
    assert agenda_of(case).roles == ("host", "partner")


def test_candidates_come_in_the_order_of_the_tables() -> None:
    case = case_of(roles=[{"activity": "day", "role": "host", "groups": ["partners", "hosts"]}])
    assert agenda_of(case).candidates("host") == ("bank", "court", "shop")
    assert agenda_of(case).candidates("guide") == ()


# What is kept.


def test_the_agenda_is_laid_out_once_per_case() -> None:
    case = case_of()
    assert agenda_of(case) is agenda_of(case)
    assert agenda_of(case).by_id["day@2027-03-13"].round == 2


def test_a_session_is_named_by_its_activity_and_its_rounds_date() -> None:
    (first, *_) = occurrences(with_activity(days_before=1))
    assert first.id == session_id("day", first.nominal.date()) == "day@2027-03-06"
    assert first.label.say("zh") == "服务日 2027-03-06 (周六)"
    assert first.label.say("en") == "Service day 2027-03-06 (Sat)"


def test_a_session_may_or_must_take_place() -> None:
    assert occurrences(case_of())[0].must
    assert not occurrences(with_activity(presence="可办"))[0].must
