"""Orders: each asks for one session of its service, on the dates wished."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from rota.activity import Presence
from rota.agenda import Occurrence, agenda_of
from rota.order import Order
from tests.rota.small import TABLES, case_of

AID: dict[str, Any] = {
    "id": "aid",
    "name": "急救培训",
    "name_en": "First aid",
    "times": "10:00; 14:00",
    "minutes": 60,
    "presence": "order",
    "rooms": "corner; loft",
    "lines": "legal",
    "attendance": 8,
}
ORDER: dict[str, Any] = {"id": "o1", "service": "aid", "requester": "商户", "days": "2027-03-09; 2027-03-07"}
TRAINER = {"activity": "aid", "role": "trainer", "kind": "person"}


def ordered(order: dict[str, Any], /, *, settings: dict[str, Any] | None = None, **service: object) -> Occurrence:
    """Return the session that an order of first aid asks for; `service` exchanges cells of the activity."""
    roles = [*TABLES["roles"], TRAINER]
    activities = [*TABLES["activities"], {**AID, **service}]
    case = case_of(settings, activities=activities, roles=roles, orders=[{**ORDER, **order}])
    (found,) = (occurrence for occurrence in agenda_of(case).occurrences if occurrence.order)
    return found


def starts(occurrence: Occurrence) -> list[str]:
    return [f"{start:%m-%d %H:%M}" for start in occurrence.starts]


def test_an_order_is_a_session_that_may_take_place_on_the_first_day_wished() -> None:
    found = ordered({})
    assert (found.id, found.activity.id, found.must) == ("o1@2027-03-09", "aid", False)
    assert (f"{found.nominal:%m-%d %H:%M}", found.round) == ("03-09 10:00", 0)
    assert found.order is not None
    assert found.order.requester == found.activity.requester == "商户"


def test_a_service_that_takes_place_only_when_ordered_has_no_sessions_of_its_own() -> None:
    service = {**AID, "cycle": "weeks", "rounds": "1-2"}
    case = case_of(activities=[service], roles=[], orders=[])
    assert agenda_of(case).occurrences == ()


def test_an_activity_with_sessions_of_its_own_can_be_ordered_besides() -> None:
    case = case_of(orders=[{**ORDER, "service": "day"}])
    found = agenda_of(case).occurrences
    assert [o.id for o in found][:3] == ["day@2027-03-06", "o1@2027-03-09", "day@2027-03-13"]
    assert [o.must for o in found][:3] == [True, False, True]
    assert found[1].activity.presence is Presence.MAY


def test_it_may_start_at_every_time_on_every_day_wished() -> None:
    # 7 March is a Sunday: what the service says of weekdays, windows and holidays is about its own rounds.
    found = ordered({}, weekdays="Mon-Fri", days_after=3, holidays="skip")
    assert starts(found) == ["03-07 10:00", "03-07 14:00", "03-09 10:00", "03-09 14:00"]


def test_times_wished_take_the_place_of_those_of_the_service() -> None:
    found = ordered({"times": "16:00; 9:00", "days": "2027-03-09; 2027-03-09"})
    assert starts(found) == ["03-09 09:00", "03-09 16:00"]
    assert f"{found.nominal:%H:%M}" == "16:00"


def test_days_outside_the_horizon_are_left_out() -> None:
    found = ordered({"times": "9:00"}, settings={"last": "2027-03-08"})
    assert (found.id, starts(found)) == ("o1@2027-03-07", ["03-07 09:00"])


def test_an_order_for_another_year_is_left_out() -> None:
    case = case_of({"last": "2027-03-06"}, orders=[{**ORDER, "service": "day"}])
    assert [o.id for o in agenda_of(case).occurrences] == ["day@2027-03-06"]


def test_a_part_with_an_attendance_of_its_own_keeps_it() -> None:
    parts = [{"activity": "aid", "id": "talk", "attendance": 30}, {"activity": "aid", "id": "practice"}]
    case = case_of(activities=[AID], parts=parts, roles=[], orders=[{**ORDER, "attendance": 20}])
    assert [part.attendance for part in agenda_of(case).occurrences[0].parts] == [30, 20]


def test_parts_and_roles_are_those_of_the_service() -> None:
    (part,) = ordered({}).parts
    assert (part.rooms, part.lines, part.attendance) == (("corner", "loft"), ("legal",), 8)
    assert [(seats.name, seats.candidates) for seats in part.seats] == [("trainer", ("li",))]


def test_attendance_value_and_sites_are_those_of_the_order() -> None:
    found = ordered({"attendance": 20, "value": 5, "sites": "north"}, value=2)
    assert (found.parts[0].attendance, found.activity.value) == (20, 5)
    assert (found.sites, found.parts[0].rooms) == (("north",), ("loft",))
    assert ordered({}, value=2).activity.value == 1


@pytest.mark.parametrize(
    ("day", "number"), [("2027-03-05", 0), ("2027-03-06", 1), ("2027-03-14", 2), ("2027-05-01", 0)]
)
def test_its_round_is_the_one_of_the_services_cycle_in_which_the_first_day_lies(day: str, number: int) -> None:
    assert ordered({"days": day}, cycle="weeks").round == number
    assert ordered({"days": day}).round == 0


def test_its_label_names_who_asked() -> None:
    label = ordered({}).label
    assert label.say("en") == "First aid for 商户 2027-03-09 (Tue)"
    assert label.say("zh") == "商户点单的急救培训 2027-03-09 (周二)"


def test_an_order_of_an_unknown_service_is_left_to_the_inspection() -> None:
    case = case_of(orders=[{**ORDER, "service": "nowhere"}])
    assert [o.id for o in agenda_of(case).occurrences if o.order] == []


@pytest.mark.parametrize("cell", ["service", "requester", "days"])
def test_an_order_says_what_by_whom_and_when(cell: str) -> None:
    with pytest.raises(ValidationError) as error:
        Order.model_validate({**ORDER, cell: ""})
    assert error.value.errors()[0]["loc"] == (cell,)
